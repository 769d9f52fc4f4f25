"""The page of a member's own, once figures are released."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

import pytest
from sqlmodel import select
from workflow.evaluating import make_account
from workflow.surveying import NOON, only

from assess.store.session import writing
from assess.store.steering_tables import Publication
from assess.store.tables import ReleasedCell, StoredDiagnosis
from assess.workflow.releases import TOO_FEW
from web.visiting import Survey


@pytest.fixture
def released(survey: Survey) -> Survey:
    """A company that answered, in a round whose figures are out."""
    survey.browser.start()
    survey.browser.get("/network")
    survey.browser.save("network", {"network_density": "4", "network_diversity": "2", "network_startups": "dont_know"})
    survey.browser.submit()
    survey.close()
    cells = [
        ReleasedCell(round_id=survey.round_id, indicator="network.density", kind="all", value="2.5", n=12),
        ReleasedCell(round_id=survey.round_id, indicator="network.density", kind="company", reason=TOO_FEW),
        ReleasedCell(round_id=survey.round_id, indicator="network.diversity", kind="all", value="3.25", n=11),
        ReleasedCell(round_id=survey.round_id, indicator="network.startups", kind="all", reason=TOO_FEW),
        ReleasedCell(round_id=survey.round_id, indicator="linkage.local_sourcing_share", kind="all", value="0.4", n=7),
    ]
    advice = {"advice": {"executives": [{"text": "Take part in joint projects."}], "agency": [{"text": "Not for members."}]}}
    with writing(survey.engine) as session:
        session.add_all(cells)
        session.add(StoredDiagnosis(round_id=survey.round_id, digest="0" * 64, document=json.dumps(advice), created_at=survey.clock.now))
    return survey


def publish(survey: Survey, **more: Any) -> None:
    """Let the diagnosis be approved, and what else is said."""
    with writing(survey.engine) as session:
        by, now = make_account(session), survey.clock.now
        diagnosis = only(session.exec(select(StoredDiagnosis)).one().id)
        row = Publication(round_id=survey.round_id, diagnosis_id=diagnosis, number="2026-X", approved_at=now, approved_by=by, **more)
        session.add(row)


def rows(survey: Survey) -> list[list[str]]:
    table = survey.browser.get("/results")
    cells = [e for e in table.elements if e.tag in ("th", "td") and e.inside("tbody")]
    return [[" ".join(cell.text.split()) for cell in cells[i : i + 5]] for i in range(0, len(cells), 5)]


def test_own_answers__stand_beside_the_figures_of_the_cluster(released: Survey) -> None:
    density = rows(released)[0]
    assert density[2:] == ["4", "2.5n = 12", "not shown"]
    assert "Most firms in the cluster are in touch with many of its other firms. Agree" in density[0]


def test_question_that_says_the_opposite__is_turned_round(released: Survey) -> None:
    diversity = rows(released)[1]
    assert "Disagree" in diversity[0]
    assert diversity[2:4] == ["4", "3.25n = 11"]


def test_withheld_figure__and_own_dont_know__are_no_numbers(released: Survey) -> None:
    assert rows(released)[2][2:] == ["–", "not shown", "not shown"]


def test_share__is_written_in_per_cent(released: Survey) -> None:
    assert rows(released)[3][2:4] == ["–", "40 %n = 7"]


def test_advice__is_that_for_executives_only(released: Survey) -> None:
    publish(released, published_at=NOON)
    page = released.browser.get("/results")
    assert "Take part in joint projects." in page.html
    assert "Not for members." not in page.html


@pytest.mark.parametrize("more", [None, {}, {"published_at": NOON, "withdrawn_at": NOON}])
def test_advice__before_the_report_is_out__is_not_given__and_the_page_says_so(released: Survey, more: dict[str, datetime] | None) -> None:
    if more is not None:
        publish(released, **more)
    page = released.browser.get("/results")
    assert "Take part in joint projects." not in page.html
    assert "as soon as the report of this round is published; it is not yet." in page.html


def test_start_page__of_a_closed_round__leads_to_the_results_or_the_receipt(released: Survey) -> None:
    assert "Open the receipt" in released.browser.get().html
    assert "The figures are out" in released.browser.get("/receipt").html
