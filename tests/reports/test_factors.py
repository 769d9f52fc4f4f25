"""The success factors in the report: numbers, limits, peers, missing answers, and the grid."""

from __future__ import annotations

from typing import Any

from report_documents import invented, make_document
from reports.annexes import drawn, make_annex

from assess.definitions.words import words_of
from assess.reports.dossier import Dossier
from assess.reports.factors import Factor, Factors, factors

PEERS = {"stage": "growing", "n": 7, "reason": "", "factors": {"funding": {"n": 6, "median": 3.25, "low": 2.75, "high": 3.75}}}
BOUNDS = drawn({}, factors={"funding": {"low": 1.9, "high": 2.6}, "research_base": {"low": 1, "high": 5}})


def described(annex: dict[str, Any] | None = None, **changes: Any) -> Factors:
    return factors(Dossier(make_document(**changes), annex=annex))


def one(name: str, found: Factors) -> Factor:
    return next(factor for factor in found.factors if factor.id == name)


def test_unknown_level__is_said_as_unknown__never_zero_or_blank() -> None:
    factor = one("research_base", described())
    assert (factor.level, factor.gap, factor.severity, factor.confidence) == ("unknown", "unknown", "unknown", "unknown")
    assert (factor.known, factor.row.dot) == (False, None)


def test_factor__numbers__are_those_of_the_diagnosis() -> None:
    factor = one("funding", described())
    assert (factor.level, factor.target, factor.gap, factor.severity) == ("2.25", "3.50", "1.25", "severe")
    assert factor.limits == "only 1 of 3 indicators are known"
    assert factor.rests_on == "Target set by stage"


def test_indicator__has_value_answers_spread_and_dont_knows() -> None:
    row = one("funding", described()).indicators[0]
    assert (row.value, row.n, row.spread, row.dont_know) == ("2.50", "18", "0.70", "2")


def test_indicator__unknown__has_no_dot_and_is_said_as_unknown() -> None:
    entries = make_document()["factors"]
    entries["funding"] |= {"unknown": ["porter.rivalry"]}
    row = one("funding", described(factors=entries)).indicators[1]
    assert (row.value, row.known, row.n) == ("unknown", False, "")
    assert row.row is not None
    assert row.row.dot is None


def test_sentence__counts_every_factor_once() -> None:
    assert described().sentence == "Of 7 success factors, 1 has a severe gap and the gaps of 6 are unknown."


def test_grid__places_each_assessed_factor_once() -> None:
    found = factors(Dossier(invented(unknown=60)))
    placed = [factor.name for row in found.grid for cell in row.cells for factor in cell]
    assert sorted(placed + list(found.unknown)) == sorted(factor.name for factor in found.factors)


def test_grid__a_level_without_a_target__has_a_column_of_its_own() -> None:
    entries = make_document()["factors"]
    entries["funding"] |= {"target": None, "gap": None, "severity": None}
    assert described(factors=entries).severities == ("none", "moderate", "severe", "unknown")
    assert described().severities == ("none", "moderate", "severe")


def test_peers__median_and_middle_half_are_shown_where_they_are_known() -> None:
    found = described(make_annex(peers=PEERS))
    funding, research = one("funding", found), one("research_base", found)
    assert (funding.peers, research.peers) == ("3.25", "")
    assert funding.row.band is not None
    assert research.row.band is None
    assert found.peers.startswith("Peers: 7 other clusters in the stage “growing”")


def test_peers__too_few_or_no_annex__are_not_spoken_of() -> None:
    few: dict[str, Any] = {"stage": "growing", "n": None, "reason": "No peers are given.", "factors": {}}
    for found in (described(), described(make_annex()), described(make_annex(peers=few))):
        assert (found.has_peers, found.peers, one("funding", found).row.band) == (False, "", None)


def test_missing_answers__leave_an_interval_around_the_level() -> None:
    interval = one("funding", described(make_annex(bounds=BOUNDS))).wide_row.interval
    assert interval is not None
    assert interval.start < interval.end
    assert not described().has_interval


def test_limits_of_confidence__are_said_in_the_language_of_the_report() -> None:
    entries = make_document()["factors"]
    entries["funding"] |= {"confidence_limits": ["members disagree", "something an older engine said"]}
    found = factors(Dossier(make_document(factors=entries), words_of("de")))
    assert one("funding", found).limits.endswith("; something an older engine said")
    assert one("funding", found).level == "2,25"


def test_finding__carries_reason_rule_figures_and_sources() -> None:
    reason = one("funding", described()).findings[0].reasons[0]
    assert (reason.rule, reason.text, reason.figures) == ("gap.funding.severe", "The level lies 1.25 below the target.", ())
    assert [mark.number for mark in reason.marks] == ["1", "2", "E1"]
