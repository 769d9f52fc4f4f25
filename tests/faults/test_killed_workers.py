"""A worker is killed at every place of a save, an autosave and a submission; the same request again gets the first outcome.

ASSESS_FAULTS sets how many workers are killed on each database (30 in a normal run).
"""

from __future__ import annotations

import os
import re
from collections import Counter
from collections.abc import Callable, Mapping
from itertools import cycle, islice
from pathlib import Path

import pytest
from sqlalchemy import Engine

from faults.killing import Failpoint
from faults.serving import NO_WHOLE_REPLY, Reply, Visitor, serving
from faults.surveyed import Participant, participants

KILLS = int(os.environ.get("ASSESS_FAULTS", "30"))
KEPT = {Failpoint.AFTER_COMMIT, Failpoint.HALF_REPLY}
"""Where a kill comes too late to undo anything."""
_KEY = re.compile(r'name="key" value="[0-9a-f]{32}"')


def killed_while_saving(visitor: Visitor, member: Participant, place: Failpoint, path: str = "/about") -> None:
    answers = {"kind": "company", "trust": "4", "comment": f"Killed {place}."}
    page = visitor.filled("/about", answers)
    struck(lambda: visitor.post(path, page, kill_at=place))
    assert member.answers() == (answers if place in KEPT else {}), f"{place} is not where it says"
    first, second = (visitor.post(path, page) for _ in range(2))
    assert first.status in (200, 303)
    assert told(first) == told(second)
    check(member, answers, keys=[str(page["key"])])


def killed_while_autosaving(visitor: Visitor, member: Participant, place: Failpoint) -> None:
    killed_while_saving(visitor, member, place, "/about/autosave")


def killed_while_submitting(visitor: Visitor, member: Participant, place: Failpoint) -> None:
    answers = {"kind": "company", "staff": "12"}
    page = visitor.filled("/about", answers)
    assert visitor.post("/about", page).status == 303
    review = visitor.get("/review").page
    form = {name: review.value(name) for name in ("form", "seen", "key")}
    struck(lambda: visitor.post("/submit", form, kill_at=place))
    known = [receipt for receipt, _ in member.submissions()]
    assert len(known) == (place in KEPT), f"{place} is not where it says"
    replies = [visitor.post("/submit", form) for _ in range(2)]
    assert [reply.status for reply in replies] == [303, 303]
    ((receipt, handed_in),) = member.submissions()
    assert known in ([], [receipt])
    assert handed_in == answers
    assert receipt in visitor.get("/receipt").text
    assert member.receipt_mails() == 1
    check(member, answers, keys=[str(page["key"]), form["key"]])


DEEDS: tuple[Callable[[Visitor, Participant, Failpoint], None], ...] = (
    killed_while_saving,
    killed_while_autosaving,
    killed_while_submitting,
)


def struck(request: Callable[[], Reply]) -> None:
    """Send a request that must not be answered in whole."""
    with pytest.raises(NO_WHOLE_REPLY):
        request()


def told(reply: Reply) -> tuple[int, str, str]:
    """A reply without the key of the next page, which is new every time."""
    return reply.status, reply.location, _KEY.sub("", reply.text)


def check(member: Participant, answers: Mapping[str, str], *, keys: list[str]) -> None:
    """Nothing lost, nothing doubled."""
    assert member.answers() == answers
    assert member.written() == Counter(answers.items())
    assert member.receipts() == Counter(keys)


@pytest.mark.parametrize("deed", DEEDS)
def test_worker_killed__at_every_place__nothing_lost_nothing_doubled(
    database: Engine, tmp_path: Path, deed: Callable[[Visitor, Participant, Failpoint], None]
) -> None:
    places = list(islice(cycle(Failpoint), -(-KILLS // len(DEEDS))))
    members = participants(database, len(places))
    with serving(database, tmp_path) as site:
        for member, place in zip(members, places, strict=True):
            deed(Visitor(site, member.token), member, place)
        assert Counter(site.ledger()) == Counter(f"killed {place}" for place in places), "not every request was killed in flight"


def test_worker_killed__of_a_site_that_forgets_its_receipts__is_found_out(sqlite_database: Engine, tmp_path: Path) -> None:
    """A check of the check."""
    (member,) = participants(sqlite_database, 1)
    with serving(sqlite_database, tmp_path, site="faults.killing:make_forgetful()") as site, pytest.raises(AssertionError):
        killed_while_saving(Visitor(site, member.token), member, Failpoint.AFTER_COMMIT)
    assert member.answers() != {}
