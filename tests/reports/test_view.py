"""What a report says: every sentence and number of the view."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest
from report_documents import comparison, instrument, invented, make_document, trace

from assess.definitions.words import words_of
from assess.reports.pdf import html
from assess.reports.view import ReportView, build_view


def view(**changes: Any) -> ReportView:
    return build_view(make_document(**changes))


def test_references__are_numbered_in_natural_order__expert_judgement_apart() -> None:
    works = view().bibliography
    assert [(p.number, p.locator) for p in works[0].places] == [("1", "Exhibit 2"), ("2", "Exhibit 10")]
    assert [(p.number, p.locator) for p in works[1].places] == [("E1", "limit of a severe gap")]
    assert works[1].is_expert


def test_references__of_rules_that_did_not_fire__are_left_out() -> None:
    assert "Never fired" not in [place.locator for work in view().bibliography for place in work.places]


def test_every_mark_of_a_real_report__leads_to_a_place_in_the_bibliography() -> None:
    built = build_view(invented())
    places = {place.anchor for work in built.bibliography for place in work.places}
    findings = [finding for factor in built.factors.factors for finding in factor.findings]
    reasons = [*(r for finding in findings for r in finding.reasons), *(r for entry in built.instruments.portfolio for r in entry.reasons)]
    marks = {mark.anchor for reason in reasons for mark in reason.marks}
    assert marks
    assert marks <= places


def test_every_rule__is_counted_once__by_how_it_came_out() -> None:
    document = invented()
    steps = build_view(document).reasoning.steps
    outcomes = Counter(entry["outcome"] for entry in document["trace"])
    counted = {name: sum(getattr(step, name) for step in steps) for name in ("fired", "not_fired", "undetermined")}
    assert counted == {name: outcomes[name] for name in counted}
    assert sum(counted.values()) == len(document["trace"])


def test_near_misses__nearest_first__with_what_was_measured_and_needed() -> None:
    rules = [
        trace("far", "not_fired", comparison("funding.seed", "<=", 4.5, 2.5, False, -2)),
        trace("near", "not_fired", comparison("role.marketer", ">=", 0.07, 0.2, False, -0.13)),
        trace(
            "two-fail",
            "not_fired",
            comparison("funding.seed", "<=", 3, 2.5, False, -0.5),
            comparison("role.marketer", ">=", 0, 1, False, -1),
        ),
        trace("conclusion", "not_fired", comparison("gap.funding.seed", "=", 0, 1, False, -1)),
    ]
    near, far = view(trace=rules).reasoning.near_misses
    assert (near.rules, near.fact, near.value, near.needs, near.margin) == (
        ("near",),
        "Marketer is named",
        "7 %",
        "at least 20 %",
        "13 % points",
    )
    assert (far.rules, far.value, far.needs) == (("far",), "4.50", "at most 2.50")


@pytest.mark.parametrize(("language", "said"), [("en", "13 % points"), ("de", "13 %-Punkte"), ("fr", "13 % (points)")])
def test_near_misses__margin_of_a_share__is_told_in_percentage_points(language: str, said: str) -> None:
    missed = make_document(trace=[trace("near", "not_fired", comparison("role.marketer", ">=", 0.07, 0.2, False, -0.13))])
    (found,) = build_view(missed, words=words_of(language)).reasoning.near_misses
    assert found.margin == said


def test_near_misses__rules_on_the_same_test__stand_together() -> None:
    rules = [trace(name, "not_fired", comparison("funding.seed", "<=", 3, 2.5, False, -0.5)) for name in ("a", "b")]
    assert [narrow.rules for narrow in view(trace=rules).reasoning.near_misses] == [("a", "b")]


def test_near_misses__many_rules_on_the_same_test__are_counted_beyond_the_first_two() -> None:
    rules = [trace(name, "not_fired", comparison("funding.seed", "<=", 3, 2.5, False, -0.5)) for name in ("a", "b", "c", "d")]
    page = html(view(trace=rules))
    assert "and 2 more rules" in page
    assert page.count('<span class="rule">c</span>') == 0
    assert "more rule" not in html(view(trace=rules[:2]))


def test_near_misses__a_moderate_gap_outdone_by_a_severe_one__is_no_near_miss() -> None:
    missed = trace("gap.funding.moderate", "not_fired", comparison("factor.funding.gap", "<", 1.25, 1, False, -0.25))
    fired = trace("gap.funding.severe", "fired", comparison("factor.funding.gap", ">=", 1.25, 1, True, 0.25))
    assert view(trace=[missed, fired]).reasoning.near_misses == ()
    assert len(view(trace=[missed]).reasoning.near_misses) == 1


def test_near_misses__of_a_real_report__are_at_most_five_in_order() -> None:
    distances = [narrow.distance for narrow in build_view(invented()).reasoning.near_misses]
    assert distances == sorted(distances)
    assert 0 < len(distances) <= 5


def test_instruments__portfolio_first_with_balance__others_and_cautions_kept() -> None:
    other = instrument(id="brand", name="International brand", rank=2, portfolio=False, horizon="short", suited=False)
    built = view(instruments=[instrument(not_checked=[{"rule": "x", "missing": ["porter.rivalry"]}]), other]).instruments
    assert [entry.name for entry in built.portfolio] == ["Seed-capital fund"]
    assert built.portfolio[0].closes == ("Funding: severe gap",)
    assert built.portfolio[0].not_checked == ("Local rivalry",)
    assert built.balance == "Short horizon (effect within about two years): 0; long: 1."
    assert built.others[0].not_suited == "The catalogue does not name the present stage or type for this instrument."


def test_advice__is_that_for_the_reader_of_the_edition__named_even_without_advice() -> None:
    given = {
        "agency": [{"insight": 10, "text": "Watch it.", "because": ["r"], "cite": [["adl", "Exhibit 2"]]}],
        "management": [],
        "executives": [],
    }
    document = make_document(advice=given)
    for_agency, for_management = (build_view(document, audience=audience) for audience in ("agency", "management"))
    assert for_agency.advice.reader == "For the funding agency and policymakers"
    assert (for_agency.advice.statements[0].insight, for_agency.advice.statements[0].marks[0].number) == ("Insight 10", "1")
    assert (for_management.advice.reader, for_management.advice.statements) == ("For the cluster management", ())


def test_grant_conditions__are_suggested_to_agencies_only() -> None:
    document = make_document()
    assert build_view(document).conditions is not None
    assert [build_view(document, audience=audience).conditions for audience in ("management", "executives")] == [None, None]


def test_sources__ids_in_notes_and_locators__are_written_out() -> None:
    sources = make_document()["sources"] | {
        "markusen1996": {"title": "Sticky Places", "via": "adl", "note": "Known from Exhibit 1 of adl."}
    }
    rules = [trace("r", "fired", cite=[("markusen1996", "abstract, as given in adl")])]
    work = view(sources=sources, trace=rules).bibliography[0]
    assert (work.note, work.via) == ("Known from Exhibit 1 of Arthur D. Little (2006).", "Arthur D. Little (2006)")
    assert work.places[0].locator == "abstract, as given in Arthur D. Little (2006)"
