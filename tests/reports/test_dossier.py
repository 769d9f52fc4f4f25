"""What conclusions are called in the report."""

from __future__ import annotations

from typing import Any

import pytest
from report_documents import invented, make_document

from assess.definitions.library import load_rulebase_version
from assess.definitions.rules import Concludes
from assess.definitions.words import words_of
from assess.reports.dossier import Dossier


@pytest.mark.parametrize(
    ("conclusion", "called"),
    [
        ("porter.rivalry.weak", "Local rivalry: weak"),
        ("porter.rivalry_weak", "Local rivalry: weak"),
        ("gap.funding.severe", "Funding: severe gap"),
        ("gap.funding.seed", "Funding: availability of seed funding"),
        ("strength.funding", "Funding: strength"),
        ("flag.lock_in", "Lock-in"),
        ("screen.strategy.business_led.fail", "Business-led: not met"),
        ("stage.growing", "Stage: growing"),
        ("strategy.no_review", "Strategy and ambition: no review"),
    ],
)
def test_conclusion__has_a_short_name(conclusion: str, called: str) -> None:
    assert Dossier(make_document()).conclusion(conclusion) == called


def test_conclusion__without_a_short_name__is_called_what_was_found() -> None:
    finding = {"id": "strategy.no_review", "finding": "Nobody reviews milestones.", "tone": "weakness", "because": []}
    profiles = make_document()["profiles"] | {"strategy": {"findings": [finding], "undetermined": []}}
    assert Dossier(make_document(profiles=profiles)).conclusion("strategy.no_review") == "Nobody reviews milestones"


def test_conclusion__in_another_language__never_falls_back_on_an_english_code() -> None:
    dossier = Dossier(make_document(), words_of("de"))
    assert ":" not in dossier.conclusion("strategy.no_review")
    assert ":" not in dossier.conclusion("gap.funding.leans_on_startups")


def test_conclusions_of_the_rule_base__all_have_a_name() -> None:
    rules: Any = load_rulebase_version(None).rules
    named = Dossier(invented())
    called = [named.conclusion(rule.then.concludes) for rule in rules if isinstance(rule.then, Concludes)]
    assert all(called)
    assert not any("_" in name for name in called)
