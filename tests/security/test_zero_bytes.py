"""A zero byte, which PostgreSQL takes for no text, fails nowhere: in no address, query string or form, whoever sends it."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from databases import new_migrated
from flask import Flask
from flask import request as asked
from postgresql_server import AT_THE_END
from sqlmodel import select
from web.staffing import Staffed, staffed_site
from web.test_access import Asker, Route, askers, routes

from assess.store.session import reading
from assess.store.staff_tables import Account
from assess.web.access import Access, needs
from assess.web.app import create_app
from assess.web.site import site as present

NAMES = (
    *("q", "report", "done", "to", "year", "kind", "sort", "indicator", "instrument", "actor", "verb", "subject", "since", "before"),
    *("figure1", "language", "order", "email", "password", "name", "reason", "because", "title", "key", "text", "reference", "note"),
    *("owner", "state", "seen", "go", "number", "diagnosis", "sure", "code", "role", "until", "conditions", "trust"),
)
"""Names of query strings and fields; whatever a page calls them, a zero byte is refused before it looks."""


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest) -> Iterator[Staffed]:
    request.config.add_cleanup(AT_THE_END.close)
    folder = tmp_path_factory.mktemp("site")
    with new_migrated("postgresql", folder) as engine:
        yield staffed_site(engine, folder)


def failures(site: Staffed, app: Flask, beneath: str = "/") -> list[str]:
    """Every address that fails for somebody when a zero byte is sent to it."""
    found = []
    for asker in askers(site):
        asker.browser.client.application = app
        for route in routes(app):
            if (
                route.rule.rule.startswith(beneath)
                and route.rule.endpoint != "static"
                and (asker.role is not None or isinstance(route.access, Access))
            ):
                found += [
                    f"{asker.role}: {route.method} {route.rule.rule}: {status}" for status in _statuses(site, asker, route) if status >= 500
                ]
    return found


def _statuses(site: Staffed, asker: Asker, route: Route) -> Iterator[int]:
    address, client = route.address(site.own), asker.browser.client
    sent = dict.fromkeys(NAMES, "a\0b")
    kept = {} if route.method == "GET" else {"form": _form(site, asker, route)}
    yield client.open(address, method=route.method, base_url=site.settings.base_url, query_string=sent, data=kept).status_code
    if route.method != "GET":
        yield client.open(address, method=route.method, base_url=site.settings.base_url, data=sent | kept).status_code
        yield client.open(address, method=route.method, base_url=site.settings.base_url, data={"a\0": "b"} | kept).status_code


def _form(site: Staffed, asker: Asker, route: Route) -> str:
    """What a form of a page carries, so that it is taken for a real one."""
    page = "/sign-in" if route.access is Access.DOOR else "/account"
    found = re.search(r'name="form" value="(\w+)"', asker.browser.client.get(page, base_url=site.settings.base_url).text)
    return found[1] if found else ""


def test_no_address__fails_for_a_zero_byte(site: Staffed) -> None:
    assert failures(site, site.client.application) == []


def test_view_that_fails_for_one__would_be_found(site: Staffed, monkeypatch: pytest.MonkeyPatch) -> None:
    app = create_app(site.settings, site.engine, clock=site.clock)
    monkeypatch.setattr("assess.web.admission._refuse_zero_bytes", lambda _: None)

    def planted() -> str:
        with reading(present().database) as session:
            return str(session.exec(select(Account.id).where(Account.name == asked.values["name"])).first())

    app.add_url_rule("/desk/planted", view_func=needs("desk.read")(planted), endpoint="planted")
    assert failures(site, app, "/desk/planted")
