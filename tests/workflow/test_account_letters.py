"""Letters to staff are in the language of the account that they go to, all of them and throughout."""

from __future__ import annotations

import re
from collections.abc import Mapping

import pytest
from sqlalchemy import Engine
from sqlmodel import Session, col, select

from assess.definitions.words import languages, words_of
from assess.store.session import writing
from assess.store.staff_tables import Account, Role
from assess.store.tables import OutboxMail
from assess.workflow import account_letters, break_glass, people, retention
from assess.workflow.retention import months_after
from workflow.evaluating import closed_round
from workflow.surveying import BASE_URL, NOON, make_cluster, only

READER, OPENER = "ada@example.org", "zoe@example.org"
VALLEY, REASON = "Κοιλάδα", "Ένα μέλος ρώτησε τι έχουμε."
ENGLISH = re.compile(
    r"\b(?:the|of|and|to|you|your|it|is|with|by|will|this|can|another|at|have|be|if|who|account|answers|July|June)\b", re.IGNORECASE
)
SAID = {
    "de": {
        "welcome": ("Ihr Konto bei der Clusterdiagnose", "innerhalb von sieben Tagen"),
        "reset": ("Ein neues Passwort für die Clusterdiagnose", "innerhalb einer Stunde"),
        "retention": ("Antworten werden gelöscht: Κοιλάδα, 2026", "Sie werden gelöscht am 1. Juli 2031."),
        "break_glass": ("Antworten durch die Administration geöffnet: Κοιλάδα, 2026", "Vom 1. Juni 2026, 12:00 UTC"),
    },
    "fr": {
        "welcome": ("Votre compte pour le diagnostic de pôle", "dans les sept jours"),
        "reset": ("Un nouveau mot de passe pour le diagnostic de pôle", "dans l’heure qui suit"),
        "retention": ("Effacement prochain de réponses – Κοιλάδα, 2026", "elles seront effacées le 1 juillet 2031."),
        "break_glass": ("Réponses ouvertes par l’administration – Κοιλάδα, 2026", "Du 1 juin 2026, 12:00 UTC"),
    },
}


def administrator(session: Session, name: str, email: str, language: str = "en") -> Account:
    account, _ = people.add_account(session, email=email, name=name, base_url=BASE_URL, now=NOON, actor="command line", language=language)
    people.grant(session, account, role=Role.ADMIN, now=NOON, actor="command line")
    return account


def letters(session: Session, language: str) -> Mapping[str, OutboxMail]:
    """Every kind of letter to an administrator who reads this language; the others read English."""
    round_ = closed_round(session, make_cluster(session, name=VALLEY))
    reader, opener = administrator(session, "Ada", READER, language), administrator(session, "Zoé", OPENER)
    account_letters.send_reset(session, reader, base_url=BASE_URL, now=NOON)
    retention.warn_due(session, base_url=BASE_URL, now=months_after(only(retention.kept_until(round_)), -1))
    break_glass.open_glass(session, opener, round_, reason=REASON, now=NOON)
    return {mail.kind: mail for mail in session.exec(select(OutboxMail).where(col(OutboxMail.recipient) == READER))}


@pytest.mark.parametrize("language", SAID)
def test_letter__is_in_the_language_of_the_account__and_says_nothing_in_english(engine: Engine, language: str) -> None:
    with writing(engine) as session:
        found = letters(session, language)
        assert set(found) == set(SAID[language])
        for kind, (subject, part) in SAID[language].items():
            mail = found[kind]
            assert mail.subject == subject
            assert part in mail.body.replace("\u202f", " ").replace("\u00a0", " ")
            assert mail.body.startswith({"de": "Guten Tag Ada,", "fr": "Bonjour Ada,"}[language])
            own = re.sub(r"https?://\S+|Zoé \(zoe@example\.org\)", "", mail.body)
            assert ENGLISH.findall(own) == []


def test_letter__in_english__says_the_same_as_ever(engine: Engine) -> None:
    with writing(engine) as session:
        found = letters(session, "en")
        assert found["retention"].body.startswith(
            "Dear Ada,\n\nread this if you still need single answers of the 2026 round of Κοιλάδα: they will be erased on 1 July 2031.\n"
        )
        assert f"{BASE_URL}/admin/retention" in found["retention"].body
        assert f"Reason given: {REASON}\nFrom 1 June 2026, 12:00 UTC to 1 June 2026, 13:00 UTC." in found["break_glass"].body
        assert "Zoé (zoe@example.org)" in found["break_glass"].body.splitlines()


@pytest.mark.parametrize("kind", ["welcome", "reset"])
def test_link__stands_on_a_line_of_its_own__in_every_language(engine: Engine, kind: str) -> None:
    for number, language in enumerate(languages()):
        with writing(engine) as session:
            email = f"reader{number}@example.org"
            account = people.add_account(
                session, email=email, name="R", base_url=BASE_URL, now=NOON, actor="command line", language=language
            )[0]
            account_letters.send_reset(session, account, base_url=BASE_URL, now=NOON)
            wanted = (col(OutboxMail.recipient) == email, col(OutboxMail.kind) == kind)
            lines = only(session.exec(select(OutboxMail).where(*wanted)).first()).body.splitlines()
            assert [line for line in lines if line.startswith(f"{BASE_URL}/{kind}/")]
            assert lines[0].startswith(words_of(language).say("Dear %(name)s,", name="R"))
