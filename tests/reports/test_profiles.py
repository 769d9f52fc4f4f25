"""Profiles and screens in the report: findings with the figure they were drawn from, and what could not be decided."""

from __future__ import annotations

from typing import Any

from report_documents import comparison, invented, make_document, trace

from assess.reports.dossier import Dossier
from assess.reports.profiles import Profile, profile_pages, profiles, screens

WEAK = {"id": "role.marketer.uncovered", "finding": "Few members can name a marketer.", "tone": "weakness", "because": ["role.marketer"]}
STRONG = {"id": "porter.rivalry.strong", "finding": "Rivalry is strong.", "tone": "strength", "because": ["porter.rivalry"]}


def described(name: str, **changes: Any) -> Profile:
    return next(profile for profile in profiles(Dossier(make_document(**changes))) if profile.id == name)


def test_profile__undetermined__names_conclusion_and_missing_indicator() -> None:
    porter = described("porter")
    assert porter.open_sentence == "Could not be decided: local rivalry: weak."
    assert porter.missing == "Local rivalry"
    assert porter.undetermined == "1 possible finding is undetermined; missing: Local rivalry."


def test_profile__of_which_nothing_is_known__counts_what_is_unknown() -> None:
    porter = described("porter")
    assert (porter.is_measured, porter.known, porter.unknown) == (False, "0 indicators known", "1 indicator unknown")


def test_profile__findings__weaknesses_come_first_and_are_counted() -> None:
    found = make_document()["profiles"] | {"role": {"findings": [STRONG, WEAK], "undetermined": []}}
    role = described("role", profiles=found)
    assert [finding.tone for finding in role.findings] == ["weakness", "strength"]
    assert role.counts == "1 weakness, 1 strength"


def test_finding__ends_with_the_figure_it_was_drawn_from() -> None:
    rule = trace("role.marketer", "fired", comparison("role.marketer", "<=", 0.07, 0.2, True, 0.13), because="7 % can.", stratum="profiles")
    found = make_document()["profiles"] | {"role": {"findings": [WEAK], "undetermined": []}}
    assert described("role", profiles=found, trace=[rule]).findings[0].reasons[0].figures == ("7 %",)


def test_finding__on_an_indicator_and_a_number_derived_from_it__gives_the_indicator() -> None:
    labels = {"role.coverage": {"label": "Roles that are covered, of nine", "scale": "count"}}
    tests = [comparison("role.coverage", "<=", 4, 5, True, 1), comparison("role.marketer", "<=", 0.07, 0.2, True, 0.13)]
    found = make_document()["profiles"] | {"role": {"findings": [WEAK], "undetermined": []}}
    both = described("role", profiles=found, trace=[trace("role.marketer", "fired", *tests)], derived_labels=labels)
    derived = described("role", profiles=found, trace=[trace("role.marketer", "fired", tests[0])], derived_labels=labels)
    assert both.findings[0].reasons[0].figures == ("7 %",)
    assert derived.findings[0].reasons[0].figures == ("4",)


def test_profile__derived_figure__is_shown_where_the_rule_base_derives_it() -> None:
    labels = {"role.coverage": {"label": "Roles that are covered, of nine", "scale": "count"}}
    role = described("role", derived={"role.coverage": 4}, derived_labels=labels)
    assert [(figure.name, figure.value) for figure in role.figures] == [("Roles that are covered, of nine", "4")]
    assert described("role").figures == ()


def test_pages__of_a_full_diagnosis__hold_every_measured_profile_once_on_at_most_two() -> None:
    found = profiles(Dossier(invented()))
    pages = profile_pages(found)
    shown = [profile.id for page in pages for profile in (*page.left, *page.right)]
    assert sorted(shown) == sorted(profile.id for profile in found)
    assert len(pages) <= 2


def test_screen__unknown_criterion__names_what_is_missing() -> None:
    screen = screens(Dossier(make_document()))[0]
    assert (screen.criteria[0].result, screen.criteria[0].missing) == ("unknown", ("Local rivalry",))
    assert screen.verdict == "0 of 3 criteria met, 3 unknown"
