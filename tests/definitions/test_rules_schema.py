"""The JSON Schema that editors use accepts what the loader accepts."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from rulebases import Entry, instrument, make_rulebase, parameter, rule

from assess.definitions.rules import rules_schema
from assess.definitions.yamlfile import parse_yaml, read_yaml

CONTENT = Path(__file__).resolve().parents[2] / "rules"
FILES = sorted(path for path in CONTENT.glob("*/*.yaml") if path.stem not in ("rulebase", "sources", "indicators"))
THENS: list[Entry] = [
    {"supports": "growing", "weight": 3},
    {"opposes": "growing", "weight": 3},
    {"concludes": "flag.lock_in", "finding": "So.", "tone": "weakness"},
    {"sets_target": "funding", "to": "$four"},
    {"adjusts_target": "funding", "by": "$four"},
    {"screen": "strategy.business_led", "result": "pass", "finding": {"en": "So.", "de": "Ja."}},
    {"recommends": "fund", "weight": 5, "closes": ["gap.funding.severe"]},
    {"excludes": "fund"},
    {"cautions": "fund"},
    {"limits": "portfolio", "to": "$four"},
    {"advises": "agency", "insight": 3, "text": "Do it."},
    {"condition": "report", "text": "Report."},
]


def problems(data: Any) -> list[str]:
    return [error.message for error in Draft202012Validator(rules_schema()).iter_errors(as_json(data))]


def as_json(data: Any) -> Any:
    if isinstance(data, Decimal):
        return float(data)
    if isinstance(data, dict):
        return {key: as_json(value) for key, value in data.items()}
    return [as_json(entry) for entry in data] if isinstance(data, list | tuple) else data


def test_schema__is_one() -> None:
    Draft202012Validator.check_schema(rules_schema())


def test_schema__accepts_the_example_of_the_readme() -> None:
    readme = (CONTENT / "README.md").read_text(encoding="utf-8")
    example = readme.split("```yaml\n")[1].split("```")[0]
    assert problems(parse_yaml(example, "README.md").data) == []


@pytest.mark.parametrize("then", THENS, ids=lambda then: next(iter(then)))
def test_schema__accepts_everything_a_rule_may_say(then: Entry) -> None:
    assert problems({"rules": [rule("tried", "stage.growing", then=then)]}) == []


def test_schema__accepts_a_whole_file(tmp_path: Path) -> None:
    make_rulebase(tmp_path, parameters={"four": parameter(4)}, instruments=[instrument("fund", "stage.growing")])
    for name in ("chain", "rules"):
        assert problems(read_yaml(tmp_path / f"{name}.yaml").data) == []


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_schema__accepts_every_file_of_the_rule_base(path: Path) -> None:
    assert problems(read_yaml(path).data) == []


@pytest.mark.parametrize(
    "data",
    [
        {"rulez": []},
        {"rules": [rule("tried", "x", then={"supports": "growing", "weight": 6})]},
        {"rules": [rule("tried", "x", then={"supports": "growing"})]},
        {"rules": [rule("tried", "x", then={"says": "growing"})]},
        {"rules": [rule("tried", "x", then={"excludes": "fund", "weight": 3})]},
        {"rules": [rule("tried", then={"excludes": "fund"})]},
        {"rules": [rule("tried", "x", then={"excludes": "fund"}, cite=[])]},
        {"rules": [rule("tried", "x", then={"excludes": "fund"}, when_not=["y"])]},
        {"parameters": {"four": {"value": 4}}},
        {"instruments": [instrument("fund")]},
    ],
)
def test_schema__refuses_what_the_loader_refuses(data: Any) -> None:
    assert problems(data)
