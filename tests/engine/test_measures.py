"""Measures survive being written and read; an override takes a measure's place and keeps it beside."""

from __future__ import annotations

import json
from decimal import Decimal

import pytest

from assess.definitions.indicators import Origin
from assess.engine.measures import Measure, OtherValue, Override, overridden

TRUST = Measure(
    "trust",
    Decimal("2.5"),
    n=9,
    asked=12,
    spread=Decimal("0.833"),
    coverage=Decimal("0.75"),
    dont_know=1,
    origin=Origin.MANAGEMENT,
    note="by telephone",
    source=("book", "p. 9"),
    others=(OtherValue(Origin.MEMBER, Decimal(4)),),
)
WHY = "The register shows another figure."


def overriding(value: Decimal | None, before: Measure = TRUST) -> Override:
    return Override(before, value, WHY, "2026-07-02T12:00:00", "account/7")


@pytest.mark.parametrize(
    "measure", [TRUST, Measure("trust"), Measure("trust", n=2, asked=9, reason="too few"), Measure("trust", Decimal(0))]
)
def test_a_measure__written_and_read__is_the_same(measure: Measure) -> None:
    assert Measure.from_json("trust", json.loads(json.dumps(measure.as_json()))) == measure


@pytest.mark.parametrize("value", [Decimal("3.125"), None])
def test_an_override__written_and_read__is_the_same(value: Decimal | None) -> None:
    assert Override.from_json(json.loads(json.dumps(overriding(value).as_json()))) == overriding(value)


def test_an_overridden_measure__is_the_evaluators__with_the_reason_and_what_was_stated() -> None:
    after = overriding(Decimal(4)).after
    assert (after.value, after.origin, after.reason, after.n, after.spread) == (Decimal(4), Origin.EVALUATOR, WHY, None, None)
    assert after.others == (OtherValue(Origin.MANAGEMENT, Decimal("2.5")), OtherValue(Origin.MEMBER, Decimal(4)))


def test_a_measure_taken_for_unknown__says_by_whom_and_why() -> None:
    after = overriding(None).after
    assert (after.value, after.reason, after.others) == (None, f"taken for unknown by the evaluator: {WHY}", ())


def test_overriding_twice__changes_nothing_more__and_leaves_the_rest() -> None:
    given = {"firms": Measure("firms", Decimal(7)), "trust": TRUST}
    once = overridden(given, [overriding(Decimal(4))])
    assert overridden(once, [overriding(Decimal(4))]) == once
    assert (list(once), once["firms"], once["trust"].value) == (["firms", "trust"], given["firms"], Decimal(4))
