"""Every page and form of staff in German and French: answered as in English, in the language, and nothing fails for a text."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from sqlmodel import select

from assess.store.session import reading, writing
from assess.store.staff_tables import Account, Role
from security.roaming import every_form, send, walk
from security.siege import STAFF, Siege, new_siege

_ENGLISH = ("Fill in: ", "Sign out", "Skip to the content")


@pytest.fixture(scope="module", params=["de", "fr"])
def siege(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Siege]:
    """The site, whose staff chose a language."""
    with new_siege(tmp_path_factory.mktemp("siege")) as made:
        with writing(made.engine) as session:
            for account in session.exec(select(Account)):
                account.language = request.param
                session.add(account)
        yield made


@pytest.fixture(scope="module")
def language(siege: Siege) -> str:
    """What they chose."""
    with reading(siege.engine) as session:
        return session.exec(select(Account.language)).first() or ""


@pytest.mark.parametrize("who", STAFF)
def test_every_page__is_answered_in_the_language(siege: Siege, language: str, who: Role) -> None:
    shown = 0
    for seen in walk(siege, who, each=1):
        assert seen.reply.status_code < 500, seen.address
        if seen.is_page and 'class="staff"' in seen.reply.text and seen.reply.status_code == 200:
            shown += 1
            assert f'<html lang="{language}">' in seen.reply.text, seen.address
            assert not [text for text in _ENGLISH if text in seen.reply.text], seen.address
    assert shown > 5


@pytest.mark.parametrize("who", STAFF)
def test_every_form__that_is_sent_empty__says_so_in_the_language(siege: Siege, who: Role) -> None:
    refused = 0
    for _, form in every_form(siege, who, each=1):
        undo = siege.snapshot()
        reply = send(siege, who, form, form.filled("") | dict.fromkeys(form.names, ""))
        assert reply.status_code < 500, form.address
        if reply.status_code == 422 and not form.address.startswith("/verify"):  # which speaks as the browser does
            refused += 1
            assert not [text for text in _ENGLISH if text in reply.text], form.address
        siege.restore(undo)
    assert refused
