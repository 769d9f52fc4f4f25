"""Impact of another rule base: what flips, and the rules that are first responsible for it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from rulebases import engine, facts, load, make_diagnosis, parameter, rule

from assess.definitions.rulebase import Rulebase
from assess.engine.document import document
from assess.engine.impact import impact
from assess.engine.what_if import Flip
from assess.errors import AssessError

TARGET = rule("target", "stage.growing", then={"sets_target": "funding", "to": "$four"})
SEVERE = rule("severe", "factor.funding.gap >= $one", then={"concludes": "gap.funding.severe", "finding": "Too little."})
USUAL = rule("usual", "factor.reputation.gap >= $one", then={"concludes": "gap.reputation.severe", "finding": "Too little."})
"""Is in every version, so that the threshold is always used."""
PARAMETERS = {"four": parameter(4), "one": parameter(1, "difference")}


def rulebase(folder: Path, *rules: dict[str, Any], **parameters: Any) -> Rulebase:
    return load(folder, rules=(USUAL, *(rules or (TARGET, SEVERE))), parameters=PARAMETERS | parameters, version=f"2026.{len(folder.name)}")


@pytest.fixture
def old(tmp_path: Path) -> Rulebase:
    return rulebase(tmp_path / "o")


@pytest.fixture
def stored(old: Rulebase) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(json.dumps(document(make_diagnosis(old, facts("growing", "marshallian", funding=2)))))
    return found


def test_the_same_rules__change_nothing(old: Rulebase, stored: dict[str, Any], tmp_path: Path) -> None:
    found = impact(stored, old, rulebase(tmp_path / "oo"), engine())
    assert (found.flips, found.rules) == ((), ())


def test_another_threshold__flips_what_rests_on_it__through_the_rule_that_names_it(
    old: Rulebase, stored: dict[str, Any], tmp_path: Path
) -> None:
    found = impact(stored, old, rulebase(tmp_path / "oo", one=parameter(3, "difference")), engine())
    assert Flip("conclusion", "gap.funding.severe", "fired", "not fired") in found.flips
    assert found.rules == ("severe",)


def test_first_responsible_is_the_rule_that_was_changed__not_those_that_follow_it(
    old: Rulebase, stored: dict[str, Any], tmp_path: Path
) -> None:
    found = impact(stored, old, rulebase(tmp_path / "oo", TARGET | {"when": ["stage.mature"]}, SEVERE), engine())
    assert Flip("factor", "funding.target", 4, None) in found.flips
    assert found.rules == ("target",)


def test_rule_that_is_gone_or_new__is_responsible(old: Rulebase, stored: dict[str, Any], tmp_path: Path) -> None:
    found = impact(stored, old, rulebase(tmp_path / "oo", TARGET), engine())
    assert found.rules == ("severe",)
    further = rule("short", "factor.funding.gap >= $one", then={"concludes": "gap.funding.some", "finding": "A little."})
    found = impact(stored, old, rulebase(tmp_path / "ooo", TARGET, SEVERE, further), engine())
    assert found.rules == ("short",)


def test_new_words__are_no_impact(old: Rulebase, stored: dict[str, Any], tmp_path: Path) -> None:
    found = impact(stored, old, rulebase(tmp_path / "oo", TARGET | {"because": "It is otherwise."}, SEVERE), engine())
    assert found.flips == ()


def test_rule_base_that_the_diagnosis_was_not_made_with__is_refused(old: Rulebase, stored: dict[str, Any], tmp_path: Path) -> None:
    with pytest.raises(AssessError, match="as it was when this was diagnosed"):
        impact(stored, rulebase(tmp_path / "oo", TARGET), old, engine())
