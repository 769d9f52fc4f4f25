"""Released figures on the site: frozen, with n, and withheld where they must be."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from databases import new_migrated
from workflow.surveying import only

from assess.store.session import writing
from assess.store.staff_tables import Role
from assess.store.steering_tables import Publication
from assess.store.tables import ReleasedCell, Round
from assess.workflow import rounds
from assess.workflow.releases import TOO_FEW, WITHHELD
from web.staffing import Staffed, staffed_site

ADDRESS = "/clusters/own-valley/2026/released"


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Staffed]:
    """The site, each test with its own."""
    with new_migrated("sqlite", tmp_path) as engine:
        yield staffed_site(engine, tmp_path)


def release(site: Staffed) -> None:
    """Figures of trust: of all, of companies, withheld of research, too few of investors."""
    cells = [
        ("collaboration.trust", "all", "3.25", 12, None),
        ("collaboration.trust", "company", "4", 7, None),
        ("collaboration.trust", "research", None, None, WITHHELD),
        ("collaboration.trust", "investor", None, None, TOO_FEW),
        ("role.facilitator", "all", "0.5", 10, None),
    ]
    with writing(site.engine) as session:
        rounds.close_round(session, only(session.get(Round, site.own.round_id)), now=site.clock.now)
        for indicator, kind, value, n, reason in cells:
            session.add(ReleasedCell(round_id=site.own.round_id, indicator=indicator, kind=kind, value=value, n=n, reason=reason))


def text(site: Staffed, role: Role) -> str:
    return " ".join(site.browser(site.accounts[role]).get(ADDRESS).one("main").text.split())


def test_before_the_release__no_figure_is_shown__and_the_page_says_what_it_waits_for(site: Staffed) -> None:
    assert "Come back after the round is closed" in text(site, Role.MANAGER)
    with writing(site.engine) as session:
        rounds.close_round(session, only(session.get(Round, site.own.round_id)), now=site.clock.now)
    assert "Wait until the evaluator has released the figures" in text(site, Role.MANAGER)


def test_released_figures__stand_with_n__by_area_and_kind__and_the_others_with_their_reason(site: Staffed) -> None:
    release(site)
    page = site.browser(site.accounts[Role.MANAGER]).get(ADDRESS)
    captions = [caption.text for caption in page.all("caption")]
    assert captions == ["Collaboration", "Roles"]
    cells = [" ".join(cell.text.split()) for cell in page.all("td")]
    assert cells == ["3.25 n = 12", "4.00 n = 7", "withheld", "too few", "50 % n = 10", "–", "–", "–"]
    assert TOO_FEW in page.one("p", class_="key").text
    assert WITHHELD in page.one("p", class_="key").text
    assert "3 figures shown, 2 withheld" in page.one("main").text


def test_the_published_report__is_offered_while_it_stands(site: Staffed) -> None:
    release(site)
    assert "Published report (PDF)" in text(site, Role.MANAGER)
    with writing(site.engine) as session:
        only(session.get(Publication, 1)).withdrawn_at = site.clock.now
    assert "Published report (PDF)" not in text(site, Role.MANAGER)


def test_a_manager__sees_no_way_to_answers_or_to_the_diagnosis(site: Staffed) -> None:
    page = site.browser(site.accounts[Role.MANAGER]).get(ADDRESS)
    addresses = {a.attributes["href"] for a in page.all("a")}
    assert "/clusters/own-valley/2026/plan" in addresses
    assert not [one for one in addresses if one.endswith(("/responses", "/sheet", "/diagnosis", "/overrides", "/run"))]
