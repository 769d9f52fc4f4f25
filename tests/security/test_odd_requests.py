"""Odd requests to every address of the site: never a failure, never a trace, never more than what is declared."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import cast
from urllib.parse import quote

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from werkzeug.routing import Rule
from werkzeug.test import TestResponse
from workflow.surveying import BASE_URL

from assess.web.access import Access, needs
from security.siege import Siege, new_siege

METHODS = ("GET", "POST", "HEAD", "OPTIONS", "PUT", "PATCH", "DELETE", "TRACE", "PROPFIND", "get")
DECLARED = {200, 204, 303, 304, 308, 400, 403, 404, 405, 409, 410, 413, 415, 416, 422, 429}
"""What this site answers; 308 leads from doubled slashes to one, 403 to the door of staff with what was typed."""
ODD_HEADERS: tuple[dict[str, str], ...] = (
    {"Content-Type": "application/json"},
    {"Content-Type": "multipart/form-data"},
    {"Content-Type": "multipart/form-data; boundary="},
    {"Content-Type": "text/html; charset=utf-7"},
    {"Accept-Encoding": "gzip;q=x, *"},
    {"Accept-Language": "x" * 5_000},
    {"Range": "bytes=99999999-0"},
    {"If-None-Match": '"' + "a" * 4_000},
    {"If-Modified-Since": "yesterday"},
    {"Cookie": "__Host-assess=" + "é" * 50},
    {"Cookie": "__Host-assess=; __Host-assess=x; a=b=c;;"},
    {"X-Forwarded-For": "<script>, ::1, 999.1.1.1"},
    {"X-Forwarded-Proto": "javascript"},
    {"Content-Length": "-1"},
    {"User-Agent": "\x7f" * 1_000},
    {},
)
_BAITS = (
    "\x00",
    "..",
    "../../etc/passwd",
    "%2e%2e%2f",
    "\u202e",
    "\U0010ffff",
    "{{7*7}}",
    "' OR 1=1 --",
    "-1",
    "9" * 30,
    "a" * 3_000,
    "",
    "A" * 43,
)
_NAMES = ("form", "key", "seen", "fields", "go", "email", "password", "to", "name", "code")
_TEXTS = st.one_of(st.sampled_from(_BAITS), st.text(st.characters(exclude_categories=["Cs"]), max_size=40))
_BODIES = st.one_of(
    st.binary(max_size=400),
    st.dictionaries(st.sampled_from(_NAMES), _TEXTS, max_size=5),
)
_SETTINGS = settings(
    max_examples=250,
    deadline=None,
    derandomize=True,
    database=None,
    phases=[Phase.generate, Phase.shrink],
    suppress_health_check=list(HealthCheck),
)
_TRACE = re.compile(r"Traceback|sqlalchemy|sqlite3|\.py\", line|werkzeug")


@pytest.fixture(scope="module")
def siege(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Siege]:
    with new_siege(tmp_path_factory.mktemp("siege")) as made:
        yield made


def ask(siege: Siege, draw: st.DataObject) -> tuple[str, TestResponse]:
    """Send one odd request to one address as somebody."""
    rules = sorted(siege.app.url_map.iter_rules(), key=lambda rule: (rule.rule, sorted(rule.methods or ())))
    rule = draw.draw(st.sampled_from(rules))
    address = odd_address(rule, draw)
    query = draw.draw(st.dictionaries(st.sampled_from(("language", "to", "done", "year", "sort", "entry")), _TEXTS, max_size=3))
    who = draw.draw(st.sampled_from((*siege.people, "")))
    method = draw.draw(st.sampled_from(METHODS))
    with siege.clients[who].open(
        address,
        method=method,
        query_string=query,
        data=draw.draw(_BODIES) if method not in ("GET", "HEAD", "get") else None,
        headers=draw.draw(st.sampled_from(ODD_HEADERS)),
        base_url=BASE_URL,
    ) as reply:
        return f"{method} {address} as {who or 'nobody'}", cast(TestResponse, reply)


def odd_address(rule: Rule, draw: st.DataObject) -> str:
    """An address of a rule with odd texts for its names, some written twice or at its end."""
    address = re.sub(r"<[^>]+>", lambda _: quote(draw.draw(_TEXTS), safe="/" if draw.draw(st.booleans()) else ""), rule.rule)
    return address + draw.draw(st.sampled_from(("", "", "", "/", "//", "/..", "%00", ";x=1")))


def fault(asked: str, reply: TestResponse) -> str:
    """What is wrong with a reply; empty where nothing is."""
    text = reply.get_data(as_text=True) if reply.mimetype in ("text/html", "text/plain") else ""
    if reply.status_code >= 500 or reply.status_code not in DECLARED:
        return f"{asked}: {reply.status_code}"
    if _TRACE.search(text):
        return f"{asked}: shows how it is made"
    if "Content-Security-Policy" not in reply.headers:
        return f"{asked}: has no policy"
    return ""


def test_odd_requests__are_answered_as_declared(siege: Siege) -> None:
    @_SETTINGS
    @given(st.data())
    def attack(draw: st.DataObject) -> None:
        asked, reply = ask(siege, draw)
        assert fault(asked, reply) == ""

    attack()


@pytest.mark.parametrize(
    "address",
    [
        "/..%2f..%2fetc/passwd",
        "/static/../app.py",
        "/static/..%2fapp.py",
        "/static/%00",
        "/static//etc/passwd",
        "/s/",
        "/s//evil.example.org/",
        "/%ff%fe",
        "/" + "a/" * 2_000,
    ],
)
def test_address_that_leads_outside__leads_nowhere(siege: Siege, address: str) -> None:
    with siege.clients[""].get(address, base_url=BASE_URL) as reply:
        assert reply.status_code in (400, 404, 308)
        assert "evil" not in reply.headers.get("Location", "")


@pytest.mark.parametrize("path", ["/sign-in", "/forgotten", "/verify"])
def test_body_without_end__is_refused_before_it_is_read(siege: Siege, path: str) -> None:
    body, kind = b"email=" + b"x" * 40_000_000, "application/x-www-form-urlencoded"
    reply = siege.clients[""].post(path, data=body, base_url=BASE_URL, content_type=kind)
    assert reply.status_code == 413


def test_view_that_fails__is_found(tmp_path: Path) -> None:
    def fail(name: str) -> str:
        return str(int(name))

    with new_siege(tmp_path) as siege:
        for number in range(300):
            siege.app.add_url_rule(f"/planted{number}/<name>", f"planted{number}", needs(Access.NOTHING)(fail))
        with pytest.raises(AssertionError, match="500"):
            test_odd_requests__are_answered_as_declared(siege)
