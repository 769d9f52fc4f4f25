"""Bad input is answered with a message: in every field of every form, in every word of every query, whatever it is."""

from __future__ import annotations

import re
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from flask import request

from assess.web.access import needs
from assess.web.desks import desk
from security.roaming import Form, Seen, Sheet, addresses, every_form, send, still_open
from security.siege import Siege, new_siege

PEOPLE = ("manager", "evaluator", "agency", "admin", "member")
WEB = Path(__file__).resolve().parents[2] / "assess" / "web"
ODD = (
    "",
    "-1",
    "9" * 40,
    "NaN",
    "1e999",
    "0x1f",
    "٣",
    "2026-02-30",
    "\x00",
    "\ud7ff\U0010ffff\u202e",
    "x" * 10_000,
    "[]",
    "../..",
    "%00",
    "a\r\nb: c",
)
"""What fits no type, or only seems to."""
_TRACE = re.compile(r"Traceback|sqlalchemy|File \"/|\.py\", line")
_FIELDS = 4
"""About as many fields of a long form are tried one by one; all of them together are tried anyway."""


@pytest.fixture(scope="module")
def siege(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Siege]:
    with new_siege(tmp_path_factory.mktemp("siege")) as made:
        yield made


def wordings() -> list[str]:
    """Every word of a query that a view reads."""
    reading = re.compile(r"request\.args(?:\.get(?:list)?\(|\[)\s*\"(\w+)\"")
    return sorted({name for file in WEB.rglob("*.py") for name in reading.findall(file.read_text("utf-8"))} | {"done", "page", "language"})


def is_answered(status: int, text: str) -> bool:
    """Whether a reply is none that this site makes by mistake."""
    return status < 500 and not _TRACE.search(text)


def variants(form: Form) -> Iterator[dict[str, Any]]:
    """A form filled in wrongly: with nothing, with odd texts everywhere, with one odd text in each field, with a field twice."""
    token = {one.name: one.value for one in form.fields if one.name == "form"}
    good = form.filled("A text that is long enough to be a reason.")
    yield token
    if not form.names:
        return
    for odd in ODD[1::3]:
        yield dict.fromkeys(good, odd) | token
    names = list(dict.fromkeys(one.name for one in form.fields if one.name != "form"))
    for number, name in enumerate(names[:: max(1, len(names) // _FIELDS)]):
        yield good | {name: ODD[number % len(ODD)]}
        yield good | {name: ["1", "2", ODD[(number + 7) % len(ODD)]]}
    yield good | token | {name: (BytesIO(b"\x00PK\x03\x04"), "x.xlsx") for name in form.names[:1]}


def wrongs(siege: Siege, who: str, *, only: str = "") -> list[str]:
    """Every form (or `only` those of one address) that answers bad input with something else than a message."""
    found = []
    for _, form in every_form(siege, who, each=1):
        if not form.address.startswith(only):
            continue
        for sent in variants(form):
            undo = siege.snapshot()
            reply = send(siege, who, form, sent)
            if not is_answered(reply.status_code, reply.text if reply.mimetype == "text/html" else ""):
                found.append(f"{form.method} {form.address} as {who}: {reply.status_code} for {str(sent)[:200]}")
            if reply.status_code < 400:
                siege.restore(undo)
                assert still_open(siege)
    return found


@pytest.mark.parametrize("who", PEOPLE)
def test_every_form__answers_bad_input_with_a_message(siege: Siege, who: str) -> None:
    assert wrongs(siege, who) == []


@pytest.mark.parametrize("who", PEOPLE)
def test_every_query__answers_odd_words_with_a_page(siege: Siege, who: str) -> None:
    names, seen = wordings(), set[str]()
    for number, address in enumerate(addresses(siege, who)):
        if address.partition("?")[0].endswith(".pdf") or address.startswith("/static/") or re.sub(r"\d+", "0", address) in seen:
            continue
        seen.add(re.sub(r"\d+", "0", address))
        for odd in (ODD[number % len(ODD)], ODD[(number + 5) % len(ODD)]):
            query = "&".join(f"{name}={_quoted(odd)}" for name in names)
            reply = siege.get(who, f"{address}?{query}")
            assert is_answered(reply.status_code, reply.text if reply.mimetype == "text/html" else ""), f"{address} {odd[:20]!r}"


def _quoted(text: str) -> str:
    return "".join(f"%{byte:02x}" for byte in text.encode("utf-8", "surrogatepass"))


@pytest.mark.parametrize("who", ["manager", "evaluator", "admin"])
def test_form_that_is_refused__still_holds_what_was_written(siege: Siege, who: str) -> None:
    held = 0
    for seen, form in every_form(siege, who, each=1):
        kept = [one.name for one in form.fields if one.kind in ("text", "area", "email")]
        sent = form.filled("x" * 6_000, lines="y" * 60_000)
        undo = siege.snapshot()
        reply = send(siege, who, form, sent)
        if reply.status_code == 422 and reply.mimetype == "text/html" and kept:
            again = _shown(reply.text, seen)
            lost = [name for name in kept if str(sent[name])[:200] not in again]
            assert lost == [], f"{form.address} as {who} loses {lost}"
            held += 1
        if reply.status_code < 400:
            siege.restore(undo)
            assert still_open(siege)
    assert held


def _shown(html: str, seen: Seen) -> str:
    sheet = Sheet(html, seen.address)
    return sheet.text + " ".join(value for _, given in sheet.elements for value in given.values())


def test_view_that_fails_on_bad_input__is_found(tmp_path: Path) -> None:
    def show() -> str:
        return f'<form method="post" action="/planted"><input type="hidden" name="form" value="{desk().form}"><input name="many"></form>'

    def take() -> str:
        return str(int(request.form["many"]))

    with new_siege(tmp_path) as siege:
        siege.app.add_url_rule("/planted", "planted", needs("desk.read")(show))
        siege.app.add_url_rule("/planted", "planted_too", needs("desk.read")(take), methods=["POST"])
        assert any("/planted as manager: 500" in one for one in wrongs(siege, "manager", only="/planted"))
