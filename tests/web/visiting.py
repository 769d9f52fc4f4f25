"""A survey under way and somebody with a browser: every page that is fetched is checked as it comes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from copy import copy
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import cache
from html.parser import HTMLParser
from pathlib import Path

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Engine, create_engine
from sqlmodel import select
from werkzeug.test import TestResponse
from workflow.surveying import BASE_URL, NOON, make_round, only

from assess.settings import Settings
from assess.store.session import writing
from assess.store.tables import Response, Round
from assess.web.app import create_app
from assess.web.site import NAME, Site
from assess.workflow import invitations, responses, rounds
from assess.workflow.answer_rows import field_name, texts

ROOT = Path(__file__).resolve().parents[2]
SECRET = "a secret for tests that is long enough, 0123456789"  # noqa: S105
VOID = frozenset({"input", "meta", "link", "img", "br", "hr"})


@cache
def member_questionnaire() -> str:
    """The questionnaire that members are asked in earnest."""
    return (ROOT / "questionnaires/member/2026.1.yaml").read_text("utf-8")


@dataclass
class Element:
    """One element of a page."""

    tag: str
    attributes: Mapping[str, str]
    parents: tuple[Element, ...]
    text: str = ""

    def inside(self, tag: str) -> bool:
        return any(parent.tag == tag for parent in self.parents)


class Page(HTMLParser):
    """A page as its elements."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.elements: list[Element] = []
        self._open: list[Element] = []
        self.feed(html)
        self.html = html

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        element = Element(tag, {name: value or "" for name, value in attrs}, tuple(self._open))
        self.elements.append(element)
        if tag not in VOID:
            self._open.append(element)

    def handle_endtag(self, tag: str) -> None:
        if tag in VOID:
            return
        assert self._open, f"</{tag}> closes nothing"
        assert self._open[-1].tag == tag, f"</{tag}> closes <{self._open[-1].tag}>"
        self._open.pop()

    def handle_data(self, data: str) -> None:
        for element in self._open:
            element.text += data

    def all(self, tag: str, **wanted: str) -> list[Element]:
        wanted = {name.rstrip("_"): value for name, value in wanted.items()}
        return [e for e in self.elements if e.tag == tag and all(e.attributes.get(n) == v for n, v in wanted.items())]

    def one(self, tag: str, **wanted: str) -> Element:
        found = self.all(tag, **wanted)
        assert len(found) == 1, f"{len(found)} of <{tag} {wanted}>"
        return found[0]

    def value(self, name: str) -> str:
        """What a hidden field, box or text area holds."""
        found = next(e for e in self.elements if e.attributes.get("name") == name)
        return found.text.removeprefix("\n") if found.tag == "textarea" else found.attributes["value"]

    def chosen(self, name: str) -> list[str]:
        return [e.attributes["value"] for e in self.all("input", name=name) if "checked" in e.attributes]

    def names(self) -> set[str]:
        """The questions that stand on the page."""
        hidden = {"form", "seen", "key", "fields", "go"}
        return {e.attributes["name"] for e in self.elements if "name" in e.attributes and e.tag in ("input", "textarea")} - hidden

    def check(self) -> None:
        """Fail unless the page has what every page must have."""
        assert self.one("html").attributes["lang"]
        assert self.one("title").text.strip(), "no title"
        assert self.one("h1").text.strip(), "no heading"
        for landmark in ("header", "main", "footer"):
            self.one(landmark)
        assert self.one("a", href="#main").parents[-1].tag == "body", "no way past the header"
        ids = [e.attributes["id"] for e in self.elements if "id" in e.attributes]
        assert len(ids) == len(set(ids)), f"ids stand twice: {sorted(i for i in ids if ids.count(i) > 1)[:3]}"
        self._check_labels(set(ids))
        self._check_actions()

    def _check_labels(self, ids: set[str]) -> None:
        labels = {e.attributes.get("for", ""): e.text.strip() for e in self.all("label")}
        for control in self.elements:
            if control.tag in ("input", "textarea", "select") and control.attributes.get("type") not in ("hidden", "submit"):
                assert labels.get(control.attributes.get("id", "")), f"{control.attributes} has no label"
            for pointer in ("aria-labelledby", "aria-describedby"):
                named = control.attributes.get(pointer, "").split()
                assert set(named) <= ids, f"{pointer} points to {set(named) - ids}, which is nowhere"
        for fieldset in self.all("fieldset"):
            legends = [e for e in self.all("legend") if fieldset in e.parents]
            assert any(legend.text.strip() for legend in legends), "a fieldset has no legend"

    def _check_actions(self) -> None:
        for element in self.elements:
            assert "style" not in element.attributes, f"a style in <{element.tag}>: the policy forbids it"
            assert not any(name.startswith("on") for name in element.attributes), f"a script in <{element.tag}>"
            for pointer in ("src", "href", "action"):
                address = element.attributes.get(pointer, "")
                assert "://" not in address, f"{address} is foreign"
                assert not address.startswith("//"), f"{address} is foreign"
        assert not [e for e in self.all("script") if "src" not in e.attributes], "a script inside the page"
        assert not self.all("style"), "a style sheet inside the page"


@dataclass
class Browser:
    """Somebody with a personal link and no JavaScript."""

    client: FlaskClient
    token: str
    status: int = 0
    page: Page = field(default_factory=lambda: Page(""))
    address: str = ""

    def get(self, path: str = "", *, status: int = 200) -> Page:
        """Fetch a page of the link."""
        return self.fetch(f"/s/{self.token}{path}", status=status)

    def fetch(self, address: str, *, status: int = 200) -> Page:
        return self._take(self.client.get(address), status)

    def post(self, path: str, data: Mapping[str, str | Sequence[str]], *, status: int = 200) -> Page:
        """Send a form and follow where it leads."""
        return self._take(self.client.post(f"/s/{self.token}{path}", data=data), status)

    def start(self) -> Page:
        self.get()
        return self.post("/start", {"form": self.page.value("form")})

    def save(
        self,
        section: str,
        answers: Mapping[str, str | Sequence[str]],
        *,
        go: str = "on",
        status: int = 200,
        page: Page | None = None,
    ) -> Page:
        """Fill in the page that is open, or an older one, as a browser would, and press a button."""
        return self.post(f"/{section}", {**filled_in(page or self.page), **answers, "go": go}, status=status)

    def submit(self, *, status: int = 200) -> Page:
        page = self.get("/review")
        return self.post("/submit", {name: page.value(name) for name in ("form", "seen", "key")}, status=status)

    def _take(self, reply: TestResponse, status: int) -> Page:
        check_headers(reply)
        hops = 0
        while reply.status_code == 303:
            hops += 1
            assert hops < 5, "the site leads round in circles"
            self.address = reply.location
            reply = self.client.get(reply.location)
            check_headers(reply)
        assert reply.status_code == status, f"{reply.status_code}: {reply.text[:2000]}"
        self.page = Page(reply.text)
        self.page.check()
        return self.page


def check_headers(reply: TestResponse, *, cookies: bool = False) -> None:
    """Fail unless the reply has the headers that every reply must have; members never get a cookie."""
    policy = reply.headers["Content-Security-Policy"]
    assert "unsafe" not in policy
    assert policy.startswith("default-src 'none'")
    assert "frame-ancestors 'none'" in policy
    assert reply.headers["Referrer-Policy"] == "no-referrer"
    assert reply.headers["X-Content-Type-Options"] == "nosniff"
    assert reply.headers["Cache-Control"] == "no-store"
    assert cookies or "Set-Cookie" not in reply.headers


def filled_in(page: Page) -> dict[str, str | Sequence[str]]:
    """What a browser sends of a page that nobody touched, without the button."""
    sent: dict[str, list[str]] = {}
    for element in page.elements:
        name, kind = element.attributes.get("name", ""), element.attributes.get("type", "")
        ticked = kind not in ("radio", "checkbox") or "checked" in element.attributes
        if element.tag in ("input", "textarea") and name and ticked:
            sent.setdefault(name, []).append(page.value(name) if element.tag == "textarea" else element.attributes["value"])
    return {name: values[0] if len(values) == 1 else values for name, values in sent.items()}


@dataclass
class Clock:
    """A clock that the test sets."""

    now: datetime = NOON

    def __call__(self) -> datetime:
        return self.now

    def wait(self, **span: int) -> None:
        self.now += timedelta(**span)


@dataclass
class Survey:
    """A site with one member that was invited."""

    engine: Engine
    clock: Clock
    browser: Browser
    round_id: int
    invitation_id: int

    def another_browser(self) -> Browser:
        return Browser(self.browser.client, self.browser.token)

    def close(self) -> None:
        with writing(self.engine) as session:
            rounds.close_round(session, only(session.get(Round, self.round_id)), now=self.clock.now)

    def response(self) -> Response:
        (response,) = self.responses()
        return response

    def responses(self) -> list[Response]:
        with writing(self.engine) as session:
            return list(session.exec(select(Response)))

    def answers(self) -> dict[str, str]:
        """The answers that are stored, by field."""
        with writing(self.engine) as session:
            return {field_name(*field): raw for field, raw in texts(session, self.response()).items()}

    def reopen(self) -> None:
        with writing(self.engine) as session:
            responses.reopen(
                session,
                only(session.get(Response, self.response().id)),
                actor="evaluator",
                reason="A figure was wrong.",
                now=self.clock.now,
            )


def settings(folder: Path) -> Settings:
    return Settings(
        database="",
        secret=SECRET,
        demo=False,
        base_url=BASE_URL,
        files=folder,
        mail=str(folder),
        mail_from="survey@example.org",
        k=5,
    )


def make_site(engine: Engine, folder: Path, clock: Clock) -> FlaskClient:
    return site_on(engine, settings(folder), clock).test_client()


def site_on(engine: Engine, given: Settings, clock: Clock) -> Flask:
    """The site on a database, whose errors become pages: a copy of one whose addresses and templates were read once."""
    app = copy(_site(given.base_url, given.proxies))
    app.extensions = {**app.extensions, NAME: Site(given, engine, clock)}
    return app


@cache
def _site(base_url: str, proxies: int) -> Flask:
    assert not proxies, "what stands behind a proxy cannot be copied"
    app = create_app(replace(settings(Path("nowhere")), base_url=base_url), create_engine("sqlite://"))
    app.config["PROPAGATE_EXCEPTIONS"] = False
    return app


def make_survey(engine: Engine, folder: Path, *, kind: str = "company", source: str = "") -> Survey:
    """One invited member, asked the real questionnaire unless another is given."""
    clock = Clock()
    with writing(engine) as session:
        round_, listed = make_round(session, sources=(source or member_questionnaire(),), kind=kind)
        invited = invitations.invite(session, round_, listed[0], base_url=BASE_URL, now=NOON)
        round_id, invitation_id = only(round_.id), only(invited.invitation.id)
    return Survey(engine, clock, Browser(make_site(engine, folder, clock), invited.token), round_id, invitation_id)
