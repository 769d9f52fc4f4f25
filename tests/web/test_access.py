"""Who may do what, made from the addresses of the site and the matrix: whatever is added to either is tried without a change here."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path

import pytest
from databases import new_migrated
from flask import Flask
from postgresql_server import AT_THE_END
from werkzeug.routing import Rule
from workflow.surveying import NOON, only

from assess.store.session import writing
from assess.store.staff_tables import BreakGlass, Role
from assess.store.steering_tables import Publication
from assess.web.access import Access, declared, needs
from assess.web.app import create_app
from assess.web.matrix import Holding, Holdings, Place, Scope, allows, matrix
from assess.workflow.rows import added
from web.staffing import Realm, StaffBrowser, Staffed, staffed_site
from web.visiting import check_headers, settings

FREE = {
    "section": "about",
    "conclusion": "stage",
    "filename": "mark.svg",
    "part": "report.css",
    "token": "A" * 43,
    "item": "strategy",
    "field": "strategy",
    "code": "en",
    "questionnaire": "member",
    "version": "2026.1",
    "name": "about",
    "kind": "member",
    "language": "en",
    "audience": "full",
}
"""Arguments of addresses that name nothing that belongs to anybody; also for numbers of which there is none: see `NUMBERS`."""
NUMBERS = 999_999
"""Stands for a number where the realms have none of that name: there is no such row, so that 404 is right for everybody."""
ROLES = (*Role, None)
"""Every role, and nobody."""


_HUGE = 10**25
"""A number that no store can hold."""


@dataclass(frozen=True)
class Route:
    """One address with one method."""

    rule: Rule
    method: str
    access: Access | str

    def address(self, *realms: Realm) -> str:
        """The address, its arguments taken from the first realm that has them."""
        adapter = self.rule.map.bind("") if self.rule.map is not None else None
        assert adapter is not None
        return adapter.build(self.rule.endpoint, {name: _argument(self.rule, name, realms) for name in self.rule.arguments}, self.method)


def _argument(rule: Rule, name: str, realms: tuple[Realm, ...]) -> str | int:
    for realm in realms:
        if name in realm.arguments:
            return realm.arguments[name]
    if name in (rule.defaults or {}):
        return str((rule.defaults or {})[name])
    if re.search(rf"<int(\([^)]*\))?:{name}>", rule.rule):
        return NUMBERS
    assert name in FREE, f"{rule.rule} names {name}: say in tests/web/staffing.py what it is in a realm, or in FREE that it is nobody's"
    return FREE[name]


def routes(app: Flask) -> Iterator[Route]:
    """Every address with every method that it takes. Fails for one that declares nothing."""
    for rule in app.url_map.iter_rules():
        access = declared(app.view_functions[rule.endpoint])
        assert access is not None, f"{rule.rule} declares nothing: put @needs above {rule.endpoint}"
        for method in sorted((rule.methods or set()) - {"OPTIONS", "HEAD"}):
            yield Route(rule, method, access)


def staff_routes(app: Flask) -> list[Route]:
    """The addresses that need a permission of the matrix."""
    return [route for route in routes(app) if not isinstance(route.access, Access)]


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Staffed]:
    """The site; nothing in this module changes it but by what an allowed form does."""
    folder = tmp_path_factory.mktemp("site")
    with new_migrated("sqlite", folder) as engine:
        yield staffed_site(engine, folder)


@dataclass(frozen=True)
class Asker:
    """Somebody with a session, or without."""

    role: Role | None
    browser: StaffBrowser

    def status(self, route: Route, *realms: Realm) -> int:
        """What an address answers; forms are sent without their token, so that none does anything."""
        reply = self.browser.client.open(route.address(*realms), method=route.method, base_url=self.browser.settings.base_url)
        reply.close()
        return reply.status_code


def askers(site: Staffed) -> list[Asker]:
    return [Asker(role, site.browser(site.accounts[role] if role else None)) for role in ROLES]


def wrongs(site: Staffed, app: Flask, realm: Realm, *, hollowed: bool = False) -> list[str]:
    """Return every address that answers somebody otherwise than the matrix says; a real page may also say that it has nothing to show."""
    found = []
    for asker in askers(site):
        asker.browser.client.application = app
        for route in staff_routes(app):
            status, wanted = asker.status(route, realm), expected(site, asker.role, route, realm)
            if status != wanted and (hollowed or wanted != 200 or status not in _NOTHING_TO_SHOW):
                who = asker.role.value if asker.role else "nobody"
                found.append(f"{who}: {route.method} {route.rule.rule} ({route.access}) is {status}, not {wanted}")
    return found


_NOTHING_TO_SHOW = {303, 404, 409, 422}
"""These rounds have no real diagnosis, and their exports are not written yet."""


def expected(site: Staffed, role: Role | None, route: Route, realm: Realm) -> int:
    """What the matrix alone says: a form without its token is 400 for whoever may send it, and 404 for everybody else."""
    if role is None:
        return 303
    if not may(site, role, str(route.access), route, realm):
        return 404
    return 200 if route.method == "GET" else 400


def may(site: Staffed, role: Role, permission: str, route: Route, realm: Realm) -> bool:
    row = matrix()[permission]
    scope = row.get(role, row.get("anyone"))
    own = realm is site.own
    names_cluster, names_programme = "cluster" in route.rule.arguments, "programme" in route.rule.arguments
    if scope is Scope.CLUSTER:
        return own and names_cluster
    if scope in (Scope.PROGRAMME, Scope.PUBLISHED):
        return own and (names_cluster or names_programme) and (scope is Scope.PROGRAMME or "year" in route.rule.arguments)
    return scope in (Scope.OWN, Scope.SITE)


def hollow(site: Staffed) -> Flask:
    """The same addresses and declarations without the views, and one of each kind for every permission: what is reached says so."""
    app = create_app(site.settings, site.engine, clock=site.clock)
    for endpoint, view in site.client.application.view_functions.items():
        app.view_functions[endpoint] = needs(only(declared(view)))(lambda **_: "reached")
    for permission in matrix():
        for place in ("/clusters/<cluster>/<int:year>/", "/clusters/<cluster>/", "/programmes/<programme>/", "/"):
            _plant(app, f"{place}planted-{permission}", permission)
            _plant(app, f"{place}planted-{permission}", permission, "POST")
    return app


def test_every_address__answers_every_role_as_the_matrix_says(site: Staffed) -> None:
    for realm in (site.own, site.foreign):
        assert wrongs(site, hollow(site), realm, hollowed=True) == []


def test_every_page__answers_every_role_as_the_matrix_says(site: Staffed) -> None:
    for realm in (site.own, site.foreign):
        assert wrongs(site, site.client.application, realm) == []


def misplaced(app: Flask) -> list[str]:
    """Return the addresses that ask for something else than what belongs where they stand."""
    places = {"/clusters/": ("round.", "report.", "plan."), "/programmes/": ("programme.", "decision.", "report."), "/admin/": ("admin.",)}
    return [
        route.rule.rule
        for route in routes(app)
        for place, permissions in places.items()
        if route.rule.rule.startswith(place) and not str(route.access).startswith(permissions)
    ]


def test_every_address__asks_for_what_belongs_where_it_stands(site: Staffed) -> None:
    assert misplaced(site.client.application) == []


def test_foreign_objects_under_ones_own_address__are_not_found(site: Staffed) -> None:
    """The cluster and the year are one's own, everything else belongs to somebody else."""
    for asker in askers(site):
        if asker.role is None:
            continue
        for route in staff_routes(site.client.application):
            inner = set(route.rule.arguments) & (set(site.own.arguments) - {"cluster", "year", "programme"})
            if route.method == "GET" and inner and set(route.rule.arguments) & {"cluster", "programme"}:
                mixed = Realm(0, 0, 0, site.foreign.arguments | {k: site.own.arguments[k] for k in ("cluster", "year", "programme")})
                assert asker.status(route, mixed) == 404, f"{asker.role}: {route.rule.rule}"


def test_password_alone__opens_nothing_but_the_second_factor(site: Staffed) -> None:
    for role in Role:
        asker = Asker(role, site.browser(site.accounts[role], waits=True))
        for route in staff_routes(site.client.application):
            reply = asker.browser.client.open(route.address(site.own), method=route.method, base_url=site.settings.base_url)
            assert reply.status_code == 303, route.rule.rule
            assert reply.location == "/sign-in/code"


def test_unknown_cluster_year_or_programme__is_not_found_for_anybody(site: Staffed) -> None:
    nowhere = Realm(0, 0, 0, site.own.arguments | {"cluster": "nowhere", "year": 1999, "programme": "nothing"})
    for asker in askers(site):
        for route in staff_routes(site.client.application):
            if asker.role and set(route.rule.arguments) & {"cluster", "programme"}:
                assert asker.status(route, nowhere) == 404, route.rule.rule


def test_number_that_no_store_can_hold__is_not_found(site: Staffed) -> None:
    for role in (Role.ADMIN, Role.EVALUATOR):
        browser = site.browser(site.accounts[role])
        for route in staff_routes(site.client.application):
            if route.method == "GET" and "<int:" in route.rule.rule:
                address = re.sub(r"/[0-9]+(?=/|\Z)", f"/{_HUGE}", route.address(site.own))
                assert _status(browser, address) == 404, address
        assert _status(browser, f"/desk?year={_HUGE}") == 200
    assert _status(site.browser(site.accounts[Role.ADMIN]), f"/admin/audit?before={_HUGE}") == 200


def test_address_with_a_zero_byte__is_not_found(tmp_path: Path, request: pytest.FixtureRequest) -> None:
    request.config.add_cleanup(AT_THE_END.close)
    with new_migrated("postgresql", tmp_path) as engine:
        client = create_app(settings(tmp_path), engine).test_client()
        for address in ("/verify/%00", f"/s/{'A' * 42}%00"):
            assert client.get(address).status_code == 404, address


def _plant(app: Flask, rule: str, permission: str, method: str = "GET") -> None:
    view = needs(permission)(lambda **_: "a secret")
    app.add_url_rule(rule, view_func=view, endpoint=f"planted{rule}{method if method != 'GET' else ''}", methods=[method])


@pytest.fixture
def planted(tmp_path: Path) -> Iterator[Staffed]:
    with new_migrated("sqlite", tmp_path) as engine:
        site = staffed_site(engine, tmp_path)
        site.site_of_its_own()
        yield site


def test_route_that_asks_for_too_little_where_it_stands__is_found(planted: Staffed) -> None:
    app = planted.client.application
    for number, access in enumerate((Access.NOTHING, "account.own", "desk.read", "admin.jobs")):
        app.add_url_rule(f"/clusters/<cluster>/{number}", view_func=needs(access)(lambda **_: "a secret"), endpoint=f"planted{number}")
    assert misplaced(app) == [f"/clusters/<cluster>/{number}" for number in range(4)]


def test_view_that_is_called_past_the_guard__is_found(planted: Staffed) -> None:
    app = planted.client.application
    _plant(app, "/clusters/<cluster>/<int:year>/planted", "round.answers.read")
    app.before_request_funcs[None].clear()
    assert any("manager: GET /clusters/<cluster>/<int:year>/planted" in line for line in wrongs(planted, app, planted.own))


def test_view_that_looks_nothing_up__is_found_by_foreign_objects(planted: Staffed) -> None:
    _plant(planted.client.application, "/clusters/<cluster>/<int:year>/planted/<int:response>", "round.answers.read")
    with pytest.raises(AssertionError, match="planted"):
        test_foreign_objects_under_ones_own_address__are_not_found(planted)


def test_route_without_a_declaration__is_found(planted: Staffed) -> None:
    planted.client.application.add_url_rule("/planted", view_func=lambda: "secret", endpoint="planted")
    with pytest.raises(AssertionError, match="put @needs above planted"):
        list(routes(planted.client.application))


def test_argument_that_the_tests_do_not_know__is_asked_for(planted: Staffed) -> None:
    _plant(planted.client.application, "/admin/planted/<gadget>", "admin.jobs")
    with pytest.raises(AssertionError, match=r"say in tests/web/staffing\.py"):
        wrongs(planted, planted.client.application, planted.own)


def test_permission_that_the_matrix_does_not_name__cannot_be_declared() -> None:
    with pytest.raises(KeyError):
        needs("round.everything")


def test_break_glass__opens_the_answers_of_one_round_to_an_administrator__until_it_ends(planted: Staffed) -> None:
    address = "/clusters/own-valley/2026/planted"
    _plant(planted.client.application, "/clusters/<cluster>/<int:year>/planted", "round.answers.read")
    browser = planted.browser(planted.accounts[Role.ADMIN])
    assert _status(browser, address) == 404
    with writing(planted.engine) as session:
        added(
            session,
            BreakGlass(
                account_id=planted.accounts[Role.ADMIN],
                round_id=planted.own.round_id,
                reason="A member asked for a correction.",
                opened_at=NOON,
                expires_at=NOON + timedelta(hours=1),
            ),
        )
    assert _status(browser, address) == 200
    assert _status(browser, address.replace("own", "foreign")) == 404
    planted.clock.wait(hours=1)
    assert _status(browser, address) == 404


def test_released_figures__reach_an_agency_only_while_a_report_is_out(planted: Staffed) -> None:
    address = "/clusters/own-valley/2026/planted"
    _plant(planted.client.application, "/clusters/<cluster>/<int:year>/planted", "round.released.read")
    browser = planted.browser(planted.accounts[Role.AGENCY])
    assert _status(browser, address) == 200
    with writing(planted.engine) as session:
        only(session.get(Publication, 1)).withdrawn_at = NOON
    assert _status(browser, address) == 404
    assert _status(planted.browser(planted.accounts[Role.MANAGER]), address) == 200


def _status(browser: StaffBrowser, address: str) -> int:
    return browser.client.get(address, base_url=browser.settings.base_url).status_code


def test_matrix__names_only_roles_and_scopes_that_exist__and_no_permission_nobody_has() -> None:
    assert all(row for row in matrix().values())
    assert {role for row in matrix().values() for role in row} <= {*(role.value for role in Role), "anyone"}


def test_manager__never_reads_an_answer() -> None:
    """Said here once more because it is what members are promised."""
    here = Place(cluster_id=1, round_id=1, published=True)
    manager = Holdings((Holding(Role.MANAGER, cluster_id=1),))
    agency = Holdings((Holding(Role.AGENCY, programme_id=1),), funded=frozenset({1}))
    admin = Holdings((Holding(Role.ADMIN),))
    for somebody in (manager, agency, admin):
        for permission in ("round.answers.read", "round.sheet.write", "round.override", "round.rate", "round.diagnosis.read"):
            assert not allows(permission, somebody, here), permission
    assert allows("round.answers.read", Holdings((Holding(Role.EVALUATOR, cluster_id=1),)), here)
    assert not allows("round.answers.read", Holdings((Holding(Role.EVALUATOR, cluster_id=2),)), here)


def test_place_that_names_nothing__is_within_no_cluster_and_no_programme() -> None:
    holdings = Holdings(tuple(Holding(role) for role in (Role.MANAGER, Role.EVALUATOR, Role.AGENCY)))
    reaching: Mapping[str, Mapping[str, Scope]] = matrix()
    for permission, row in reaching.items():
        if not {Scope.OWN, Scope.SITE} & set(row.values()):
            assert not allows(permission, holdings, Place()), permission


def test_every_reply__has_the_headers_of_this_site__whoever_asks(site: Staffed) -> None:
    for asker in askers(site):
        for route in routes(site.client.application):
            if route.rule.endpoint == "static":
                continue
            reply = asker.browser.client.open(route.address(site.own), method=route.method, base_url=site.settings.base_url)
            check_headers(reply, cookies=not route.rule.rule.startswith("/s/"))
            for cookie in reply.headers.getlist("Set-Cookie"):
                assert re.match(r"__Host-assess=[\w-]{43}; Secure; HttpOnly; Path=/; SameSite=Lax\Z", cookie), cookie
            reply.close()


def test_site_without_https__uses_a_plain_cookie__because_browsers_refuse_the_other(planted: Staffed) -> None:
    app = create_app(replace(planted.settings, base_url="http://127.0.0.1:8000"), planted.engine, clock=planted.clock)
    cookie = app.test_client().get("/sign-in").headers["Set-Cookie"]
    assert re.match(r"assess=[\w-]{43}; HttpOnly; Path=/; SameSite=Lax\Z", cookie)
