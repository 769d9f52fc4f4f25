"""Goes through the site as somebody: follows what the pages lead to, and fills in what they ask."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from html.parser import HTMLParser
from io import BytesIO
from typing import Any
from urllib.parse import urldefrag, urlsplit

from flask import Flask
from sqlmodel import Session, col, select
from web.test_access import FREE
from werkzeug.exceptions import HTTPException
from werkzeug.routing import RequestRedirect, Rule
from werkzeug.test import TestResponse
from workflow.surveying import BASE_URL

from assess.store.session import reading
from assess.store.staff_tables import Account, Programme, Role
from assess.store.steering_tables import ActionItem, Decision
from assess.store.tables import Cluster, Invitation, Job, Member, Response, Round
from assess.web.access import Access, declared
from security.siege import Siege

_SET_ELSEWHERE = (".pdf",)
"""Ends of addresses whose documents take seconds: what is written into them is tried by tests of their own."""
_BUTTONS = {"submit", "button", "image", "reset"}


@dataclass(frozen=True, slots=True)
class Field:
    """One field of a form: `kind` as its `type` says, or `area`, `select`, `number` for a text that is meant to be one."""

    name: str
    kind: str
    value: str = ""
    options: tuple[str, ...] = ()


@dataclass
class Form:
    """A form of a page."""

    address: str
    method: str
    fields: list[Field] = field(default_factory=list)
    buttons: list[tuple[str, str]] = field(default_factory=list)

    @property
    def names(self) -> list[str]:
        """The fields that people fill in."""
        return list(dict.fromkeys(one.name for one in self.fields if one.kind != "hidden"))

    def filled(self, text: str, *, lines: str = "") -> dict[str, Any]:
        """Fill it in: `text` wherever one line may be written, `lines` where several may, elsewhere what is offered."""
        sent: dict[str, Any] = {}
        for one in self.fields:
            match one.kind:
                case "hidden":
                    sent.setdefault(one.name, one.value)
                case "area":
                    sent[one.name] = lines or text
                case "radio" | "checkbox":
                    sent.setdefault(one.name, one.value)
                case "select":
                    sent[one.name] = next((value for value in one.options if value), "")
                case "number":
                    sent[one.name] = "3"
                case "date":
                    sent[one.name] = "2026-09-01"
                case "email":
                    sent[one.name] = f"office{len(text)}@example.org"
                case "password":
                    sent[one.name] = "not the password"
                case "file":
                    content = f"name,kind,email\n{text},company,list@example.org\n".encode()
                    sent[one.name] = (BytesIO(content), "../../<zq onerror=alert(1)>.csv")
                case _:
                    sent[one.name] = text
        for name, value in self.buttons[:1]:
            sent[name] = value
        return sent


class Sheet(HTMLParser):
    """What a page leads to, asks and would do."""

    def __init__(self, html: str, here: str = "") -> None:
        super().__init__()
        self.links: list[str] = []
        self.forms: list[Form] = []
        self.elements: list[tuple[str, dict[str, str]]] = []
        self.text = ""
        self._here = here
        self._inside: list[Form] = []
        self._area = False
        self._options: list[str] | None = None
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        self.elements.append((tag, given))
        if tag == "a" and "href" in given:
            self.links.append(given["href"])
        elif tag == "form":
            form = Form(given.get("action") or self._here, given.get("method", "get").upper())
            self.forms.append(form)
            self._inside = [form]
        elif self._inside:
            self._ask(tag, given)

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._inside = []

    def handle_data(self, data: str) -> None:
        self.text += data

    def _ask(self, tag: str, given: Mapping[str, str]) -> None:
        form, name = self._inside[0], given.get("name", "")
        if tag == "option" and form.fields:
            last = form.fields[-1]
            form.fields[-1] = Field(last.name, last.kind, last.value, (*last.options, given.get("value", "")))
        elif not name:
            return
        elif tag == "textarea":
            form.fields.append(Field(name, "area"))
        elif tag == "select":
            form.fields.append(Field(name, "select"))
        elif tag == "button":
            form.buttons.append((name, given.get("value", "")))
        elif tag == "input":
            kind = given.get("type", "text")
            if kind in _BUTTONS:
                form.buttons.append((name, given.get("value", "")))
            else:
                number = kind in ("text", "number") and ("inputmode" in given or kind == "number")
                form.fields.append(Field(name, "number" if number else kind, given.get("value", "")))


@dataclass(frozen=True)
class Seen:
    """A page as it was answered."""

    who: Role | str | None
    address: str
    endpoint: str
    reply: TestResponse

    @property
    def sheet(self) -> Sheet:
        """Its content; empty where it is no page."""
        return Sheet(self.reply.text if self.is_page else "", self.address)

    @property
    def is_page(self) -> bool:
        """Whether it is HTML."""
        return bool(self.reply.mimetype == "text/html")


def walk(siege: Siege, who: Role | str, *, each: int = 2) -> Iterator[Seen]:
    """Ask for every address that somebody may ask for, `each` times at most with other names in it, and for what the pages lead to."""
    waiting, known, asked = [*siege.starts(who), *addresses(siege, who)], set[str](), Counter[str]()
    while waiting:
        address = _plain(waiting.pop(0))
        endpoint = endpoint_of(siege.app, address)
        if not address or address in known or not endpoint or endpoint == "static":
            continue
        if address.partition("?")[0].endswith(_SET_ELSEWHERE) or asked[endpoint] >= each:
            continue
        known.add(address)
        reply = siege.get(who, address)
        if reply.status_code != 404:
            asked[endpoint] += 1
        seen = Seen(who, address, endpoint, reply)
        waiting += [link for link in seen.sheet.links if not link.startswith("#")] if seen.is_page else []
        waiting += [reply.location] if 300 <= reply.status_code < 400 and reply.location else []
        yield seen


def addresses(siege: Siege, who: Role | str | None) -> list[str]:
    """Every address of the site that takes GET and that somebody might be let in to, with the names of this site in it."""
    found = []
    with reading(siege.engine) as session:
        kept = _arguments(session)
    for rule in siege.app.url_map.iter_rules():
        access = declared(siege.app.view_functions[rule.endpoint])
        of_member = access is Access.LINK
        if "GET" in (rule.methods or set()) and of_member == (who == "member") and access is not Access.DOOR:
            given = kept | ({"token": list(siege.links)} if of_member else {})
            found += [built(rule, given, turn) for turn in range(2)]
    return found


def built(rule: Rule, kept: Mapping[str, list[Any]], turn: int) -> str:
    """An address of a rule with the `turn`th of every name in it."""
    names = {name: _value(rule, name, kept, turn) for name in rule.arguments}
    assert rule.map is not None
    return rule.map.bind("").build(rule.endpoint, names)


def _value(rule: Rule, name: str, kept: Mapping[str, list[Any]], turn: int) -> Any:
    offered = re.search(rf"<any\(([^)]*)\):{name}>", rule.rule)
    values = (
        offered[1].split(", ") if offered else kept.get(name) or ([FREE[name]] if name in FREE else [(rule.defaults or {}).get(name, 1)])
    )
    return values[turn % len(values)]


def _arguments(session: Session) -> dict[str, list[Any]]:
    """What addresses of this site name."""
    clusters = session.exec(select(Cluster).order_by(col(Cluster.id))).all()
    numbers = {
        "account": Account.id,
        "response": Response.id,
        "member": Member.id,
        "invitation": Invitation.id,
        "action": ActionItem.id,
        "item": ActionItem.id,
        "job": Job.id,
        "round": Round.id,
        "reference": Decision.reference,
        "programme": Programme.key,
    }
    found = {name: list(session.exec(select(column)).all())[:2] for name, column in numbers.items()}
    years = sorted({round_.year for round_ in session.exec(select(Round))})
    return found | {"cluster": [one.key for one in reversed(clusters)], "year": years, "conclusion": ["stage", "type"]}


def endpoint_of(app: Flask, address: str) -> str:
    """The endpoint that an address of this site leads to; empty where it leads elsewhere."""
    parts = urlsplit(address)
    if parts.netloc and parts.netloc != urlsplit(BASE_URL).netloc:
        return ""
    try:
        endpoint, _ = app.url_map.bind(urlsplit(BASE_URL).netloc).match(parts.path, method="GET")
    except (RequestRedirect, HTTPException):
        return ""
    return str(endpoint)


def send(siege: Siege, who: Role | str, form: Form, sent: Mapping[str, Any]) -> TestResponse:
    """Send a form, with the token of the session that somebody has by now."""
    client = siege.clients[who]
    if who in siege.tokens and "form" in sent:
        sent = {**sent, "form": siege.form(who)}
    if form.method == "GET":
        return client.get(form.address, query_string=dict(sent), base_url=BASE_URL)
    return client.post(form.address, data=dict(sent), base_url=BASE_URL)


def every_form(siege: Siege, who: Role | str, *, each: int = 2) -> Iterator[tuple[Seen, Form]]:
    """Every form that somebody meets, once for each address that it is sent to, of at most two of a kind."""
    met, kinds = set[str](), Counter[tuple[str, ...]]()
    for seen in list(walk(siege, who, each=each)):
        for form in seen.sheet.forms:
            kind = (re.sub(r"\d+", "0", form.address.replace(siege.links[0], "").replace(siege.links[1], "")), form.method, *form.names)
            key = f"{form.method} {form.address} {form.names}"
            if key in met or kinds[kind] >= 1 or form.address.endswith("/sign-out"):
                continue
            met.add(key)
            kinds[kind] += 1
            yield seen, form


def still_open(siege: Siege) -> bool:
    """Whether everybody can still work; signs in anew whose session has ended."""
    for who in siege.people:
        if isinstance(who, Role):
            if siege.get(who, "/account").status_code != 200:
                siege.client(who)
            if siege.get(who, "/account").status_code != 200:
                return False
    return True


def _plain(address: str) -> str:
    parts = urlsplit(urldefrag(address)[0])
    return (parts.path + (f"?{parts.query}" if parts.query else "")) if parts.scheme in ("", "https", "http") else ""
