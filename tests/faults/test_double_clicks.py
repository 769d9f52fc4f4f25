"""Fifty requests at once with one key: one of them is done, and all get the same answer."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier

import pytest
from sqlalchemy import Engine

from faults.serving import Reply, Site, Visitor, serving
from faults.surveyed import Participant, participants

CLICKS = 50
_KEY = re.compile(r'name="key" value="[0-9a-f]{32}"')


@pytest.fixture
def member(database: Engine) -> Participant:
    """Somebody who clicks."""
    (made,) = participants(database, 1)
    return made


@pytest.fixture
def site(database: Engine, tmp_path: Path) -> Iterator[Site]:
    """A site that answers as many requests at once as there are clicks."""
    with serving(database, tmp_path, threads=CLICKS // 2) as running:
        yield running


def at_once(requests: Sequence[Callable[[], Reply]]) -> list[Reply]:
    """Send all requests in the same moment; the replies in the order of the requests."""
    ready = Barrier(len(requests))

    def send(request: Callable[[], Reply]) -> Reply:
        ready.wait()
        return request()

    with ThreadPoolExecutor(len(requests)) as pool:
        return list(pool.map(send, requests))


def clicks(visitor: Visitor, path: str, *forms: Mapping[str, str | Sequence[str]]) -> list[Reply]:
    return at_once([lambda form=form: visitor.post(path, form) for form in forms])  # type: ignore[misc]


def test_saves__of_one_page__one_row_and_equal_replies(member: Participant, site: Site) -> None:
    visitor, answers = Visitor(site, member.token), {"kind": "company", "comment": "Clicked."}
    page = visitor.filled("/about", answers)
    replies = clicks(visitor, "/about/autosave", *[page] * CLICKS)
    assert len({(reply.status, _KEY.sub("", reply.text)) for reply in replies}) == 1
    assert replies[0].status == 200
    assert member.written() == Counter(answers.items())
    assert (member.receipts(), member.revision()) == (Counter([page["key"]]), 1)


def test_submissions__of_one_review__one_row_one_mail_and_equal_receipts(member: Participant, site: Site) -> None:
    visitor = Visitor(site, member.token)
    visitor.post("/about", visitor.filled("/about", {"kind": "company"}))
    review = visitor.get("/review").page
    form = {name: review.value(name) for name in ("form", "seen", "key")}
    replies = clicks(visitor, "/submit", *[form] * CLICKS)
    assert {(reply.status, reply.location) for reply in replies} == {(303, f"/s/{member.token}/receipt")}
    shown = at_once([lambda: visitor.get("/receipt")] * CLICKS)
    ((receipt, _),) = member.submissions()
    assert all(receipt in reply.text for reply in shown)
    assert (member.receipt_mails(), member.receipts()[form["key"]]) == (1, 1)


def test_one_key__two_contents__the_second_is_422_and_holds_what_it_sent(member: Participant, site: Site) -> None:
    visitor = Visitor(site, member.token)
    page = visitor.filled("/about", {"kind": "company"})
    forms = [page | {"comment": ("First.", "Second.")[n % 2]} for n in range(CLICKS)]
    replies = clicks(visitor, "/about", *forms)
    won = member.answers()["comment"]
    assert [reply.status for reply in replies] == [303 if form["comment"] == won else 422 for form in forms]
    assert all(reply.page.value("comment") == form["comment"] for reply, form in zip(replies, forms, strict=True) if reply.status == 422)
    assert member.written() == Counter([("kind", "company"), ("comment", won)])
    assert member.receipts() == Counter([page["key"]])
