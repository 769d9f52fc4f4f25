"""What a report says: every sentence and number of the view."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from report_documents import comparison, instrument, invented, make_document, of_case, trace

from assess.reports.view import ReportView, build_view


def view(**changes: Any) -> ReportView:
    return build_view(make_document(**changes))


def test_summary__type_undetermined_and_one_gap__says_both_with_numbers() -> None:
    assert view().summary.sentence == (
        "Example Valley is a growing cluster; its type cannot be determined from what is known. Of the 7 success factors, only 1 can "
        "be assessed; one falls short of its target: funding (level 2.25, target 3.5)."
    )


def test_summary__two_gaps_of_the_same_size__names_both() -> None:
    factors = make_document()["factors"]
    factors["reputation"] |= {"level": 2, "target": 3.25, "gap": 1.25, "severity": "severe", "confidence": "high"}
    said = view(factors=factors).summary.sentence
    assert said.endswith(
        "2 fall short of their targets, equally far: funding (level 2.25, target 3.5) and reputation (level 2, target 3.25)."
    )


def test_summary__support__is_never_given_without_its_coverage() -> None:
    assert view().summary.cards[1].lines[0] == "Support 81.8 %, 90 % of evidence decidable"


def test_summary__one_gap_wider_than_another__is_named_the_furthest() -> None:
    factors = make_document()["factors"]
    factors["reputation"] |= {"level": 3, "target": 3.5, "gap": 0.5, "severity": "moderate", "confidence": "high"}
    assert "2 fall short of their targets, funding (level 2.25, target 3.5) the furthest." in view(factors=factors).summary.sentence


def test_summary__hybrid__names_what_it_is_mixed_of() -> None:
    kind = make_document()["type"] | {"label": "hybrid", "mixed_of": ["hub_and_spoke", "marshallian"], "missing": []}
    built = view(type=kind)
    assert built.summary.sentence.startswith("Example Valley is a growing cluster and a hybrid of hub-and-spoke and Marshallian.")
    assert built.type.name == "Hybrid: Hub-and-spoke and Marshallian"


def test_summary__limits__count_unknown_and_name_what_is_missing() -> None:
    limits = view().summary.limits
    assert "1 of 4 indicators unknown" in limits
    assert "Type undetermined; missing: Firms in the cluster" in limits
    assert "7 screening criteria unknown" in limits
    assert "Rule base is a draft: results may change" in limits


def test_summary__nothing_known__says_that_nothing_can_be_concluded() -> None:
    built = build_view(of_case("textbook-nothing-known"))
    assert built.summary.sentence.startswith("Nothing can be concluded about Textbook cluster of which nothing is known: none of the")
    assert built.summary.strongest == ()
    assert built.summary.strongest_none == "Unknown: no factor could be assessed."


def test_unknown_level__is_said_as_unknown__never_zero_or_blank() -> None:
    factor = next(f for f in view().factors.factors if f.id == "research_base")
    assert (factor.level, factor.gap, factor.severity, factor.confidence) == ("unknown", "unknown", "unknown", "unknown")
    assert factor.row.dot is None


def test_factor__numbers__are_those_of_the_diagnosis() -> None:
    factor = next(f for f in view().factors.factors if f.id == "funding")
    assert (factor.level, factor.target, factor.gap, factor.severity) == ("2.25", "3.5", "1.25", "severe")
    assert factor.limits == "only 1 of 3 indicators are known"
    assert factor.indicators[0].value == "2.5"
    assert factor.indicators[0].n == "n 18"


def test_factors__grid__places_each_assessed_factor_once() -> None:
    built = build_view(invented(unknown=60))
    placed = [name for row in built.factors.grid for cell in row.cells for name in cell]
    assert sorted(placed + list(built.factors.unknown)) == sorted(factor.name for factor in built.factors.factors)


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
    marks = {mark.anchor for step in built.reasoning.steps for table in step.tables for reason in table for mark in reason.marks}
    assert marks
    assert marks <= places


def test_every_fired_rule__is_listed_once_with_its_reason() -> None:
    document = invented()
    listed = [reason.rule for step in build_view(document).reasoning.steps for table in step.tables for reason in table]
    assert sorted(listed) == sorted(entry["rule"] for entry in document["trace"] if entry["outcome"] == "fired")


def test_finding__carries_reason_rule_and_sources() -> None:
    factor = next(f for f in view().factors.factors if f.id == "funding")
    reason = factor.findings[0].reasons[0]
    assert (reason.rule, reason.text) == ("gap.funding.severe", "The level lies 1.25 below the target.")
    assert [mark.number for mark in reason.marks] == ["1", "2", "E1"]


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
    assert (near.rules, near.fact, near.value, near.needs, near.margin) == (("near",), "Marketer is named", "7 %", "at least 20 %", "13 %")
    assert (far.rules, far.value, far.needs) == (("far",), "4.5", "at most 2.5")


def test_near_misses__rules_on_the_same_test__stand_together() -> None:
    rules = [trace(name, "not_fired", comparison("funding.seed", "<=", 3, 2.5, False, -0.5)) for name in ("a", "b")]
    assert [narrow.rules for narrow in view(trace=rules).reasoning.near_misses] == [("a", "b")]


def test_near_misses__a_moderate_gap_outdone_by_a_severe_one__is_no_near_miss() -> None:
    missed = trace("gap.funding.moderate", "not_fired", comparison("factor.funding.gap", "<", 1.25, 1, False, -0.25))
    fired = trace("gap.funding.severe", "fired", comparison("factor.funding.gap", ">=", 1.25, 1, True, 0.25))
    assert view(trace=[missed, fired]).reasoning.near_misses == ()
    assert len(view(trace=[missed]).reasoning.near_misses) == 1


def test_near_misses__of_a_real_report__are_at_most_fifteen_in_order() -> None:
    distances = [narrow.distance for narrow in build_view(invented()).reasoning.near_misses]
    assert distances == sorted(distances)
    assert 0 < len(distances) <= 15


def test_profile__undetermined__names_conclusion_and_missing_indicator() -> None:
    porter = view().profiles[0]
    assert porter.open_sentence == "Could not be decided: local rivalry: weak."
    assert porter.missing == "Local rivalry"


def test_undetermined_type_without_recorded_gaps__names_what_its_evidence_waits_for() -> None:
    built = build_view(of_case("berlin-brandenburg"))
    assert built.type.name == "Undetermined"
    assert built.type.missing


def test_evidence__differing_statements__are_shown_agreeing_ones_counted() -> None:
    evidence = view().evidence
    row = evidence.differences[0]
    assert (row.indicator, row.used, row.used_from, row.other, row.other_from, row.distance) == (
        "Firms in the cluster", "64", "evaluator", "80", "management", "−16",
    )  # fmt: skip
    assert evidence.differences_note.startswith("1 indicator was stated by more than one origin. 1 statement departs from the figure")


def test_evidence__counts_origins_answers_and_reasons_for_unknown() -> None:
    evidence = view().evidence
    assert evidence.sentence == "3 of the 4 indicators of the rule base are known; 1 is not."
    assert [(row.origin, row.indicators, row.answered) for row in evidence.origins] == [("Members", 2, "18"), ("Evaluator", 1, "–")]
    assert evidence.usual_reason == "only 3 members answered"


def test_screen__unknown_criterion__names_what_is_missing() -> None:
    criterion = view().screens[0].criteria[0]
    assert (criterion.result, criterion.missing) == ("unknown", ("Local rivalry",))
    assert view().screens[0].verdict == "0 of 3 criteria met, 3 unknown"


def test_flag__undetermined__is_not_reported_as_not_raised() -> None:
    assert {flag.name: flag.state for flag in view().flags} == {"Stagnating": "not raised", "Lock-in": "undetermined"}


def test_instruments__portfolio_first_with_balance__others_and_cautions_kept() -> None:
    other = instrument(id="brand", name="International brand", rank=2, portfolio=False, horizon="short", suited=False)
    built = view(instruments=[instrument(not_checked=[{"rule": "x", "missing": ["porter.rivalry"]}]), other]).instruments
    assert [entry.name for entry in built.portfolio] == ["Seed-capital fund"]
    assert built.portfolio[0].closes == ("Funding: severe gap",)
    assert built.portfolio[0].not_checked == ("Local rivalry",)
    assert built.balance == "Of these, 0 have a short horizon (effect within about two years), 1 a long one."
    assert built.others[0].not_suited == "The catalogue does not name the present stage or type for this instrument."


def test_advice__each_reader_is_named__even_without_advice() -> None:
    given = {
        "agency": [{"insight": 10, "text": "Watch it.", "because": ["r"], "cite": [["adl", "Exhibit 2"]]}],
        "management": [],
        "executives": [],
    }
    groups = view(advice=given).advice
    assert [len(group.statements) for group in groups] == [1, 0, 0]
    assert (groups[0].statements[0].insight, groups[0].statements[0].marks[0].number) == ("Insight 10", "1")


def test_report_number__is_the_beginning_of_the_digest() -> None:
    assert view().number == "0123456789ab"
    assert ("Report number", "0123456789ab") in view().cover.facts


def test_published_rule_base__carries_no_draft_line() -> None:
    published = make_document()["rulebase"] | {"status": "published"}
    assert view().draft == "Rule base 2026.1 is a draft: results may change"
    assert view(rulebase=published).draft == ""


@pytest.mark.parametrize("missing", ["sector", "region", "country"])
def test_cover__optional_field_missing__still_stands(missing: str) -> None:
    cluster = {key: value for key, value in make_document()["cluster"].items() if key != missing}
    assert dict(view(cluster=cluster).cover.facts)["Year"] == "2026"


def test_issued__is_printed_only_when_given() -> None:
    assert "Issued" not in dict(view().cover.facts)
    assert dict(build_view(make_document(), issued=date(2026, 3, 2)).cover.facts)["Issued"] == "2026-03-02"


def test_verification__gives_all_digests() -> None:
    values = [entry.value for entry in view().verification]
    assert {"0123456789abcdef" * 4, "b" * 64, "c" * 64} <= set(values)


def test_recheck__from_responses__names_the_questionnaires_files() -> None:
    used = [{"id": "member", "version": "2026.1", "status": "draft", "digest": "d" * 64}]
    assert view().recheck == ("the indicator file of this cluster", "assess diagnose FILE --format json")
    assert view(questionnaires=used).recheck == (
        "the files of responses",
        "assess diagnose --member FILE --cluster NAME --year 2026 --format json",
    )


def test_sources__ids_in_notes_and_locators__are_written_out() -> None:
    sources = make_document()["sources"] | {
        "markusen1996": {"title": "Sticky Places", "via": "adl", "note": "Known from Exhibit 1 of adl."}
    }
    rules = [trace("r", "fired", cite=[("markusen1996", "abstract, as given in adl")])]
    work = view(sources=sources, trace=rules).bibliography[0]
    assert (work.note, work.via) == ("Known from Exhibit 1 of Arthur D. Little (2006).", "Arthur D. Little (2006)")
    assert work.places[0].locator == "abstract, as given in Arthur D. Little (2006)"
