"""The disk of the SQLite file is full: nothing is half saved, the page still holds the answers, and with room it goes on by itself."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

from sqlalchemy import Engine

from assess.engine.answers import MAX_TEXT
from faults.killing import FULL
from faults.serving import Reply, Visitor, serving
from faults.surveyed import participants

MOST_SAVES = 50
"""A new file has room for fewer long texts than these in pages that it has already."""


def long_text(number: int) -> str:
    return f"{number} ".ljust(MAX_TEXT, "x")


def save_until_refused(visitor: Visitor) -> tuple[list[str], Reply]:
    """Save long texts until one is refused; return those that were acknowledged, and the refusal."""
    acknowledged: list[str] = []
    for number in range(MOST_SAVES):
        text = long_text(number)
        reply = visitor.post("/about", visitor.filled("/about", {"kind": "company", "comment": text}))
        if reply.status != 303:
            return acknowledged, reply
        acknowledged.append(text)
    raise AssertionError("the disk never filled up")


def test_full_disk__is_503_with_the_answers__and_goes_on_when_there_is_room(sqlite_database: Engine, tmp_path: Path) -> None:
    (member,) = participants(sqlite_database, 1)
    with serving(sqlite_database, tmp_path) as site:
        visitor = Visitor(site, member.token)
        assert visitor.post("/about", visitor.filled("/about", {"kind": "company", "comment": "Early."})).status == 303
        (tmp_path / FULL).touch()
        acknowledged, refused = save_until_refused(visitor)
        texts = ["Early.", *acknowledged]
        assert refused.status == 503
        held = {e.attributes["name"]: e.attributes["value"] for e in refused.page.all("input")}
        assert held["comment"] == long_text(len(acknowledged))
        assert visitor.post("/about", held).status == 503
        assert site.get("/readyz").status == 503
        assert (member.answers()["comment"], member.revision()) == (texts[-1], len(texts))
        assert visitor.get("/about").status == 200
        (tmp_path / FULL).unlink()
        assert visitor.post("/about", held).status == 303
        assert visitor.post("/about", held).status == 303
        assert site.get("/readyz").status == 200
    texts.append(held["comment"])
    assert member.answers() == {"kind": "company", "comment": texts[-1]}
    assert member.written() == Counter([("kind", "company"), *(("comment", text) for text in texts)])
    assert sum(member.receipts().values()) == len(texts)
