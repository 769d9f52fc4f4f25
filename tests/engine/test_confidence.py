"""Three grades: one is lost for each weakness of the evidence."""

from __future__ import annotations

from decimal import Decimal

import pytest
from rulebases import CHAIN_PARAMETERS, CITE

from assess.definitions.indicators import Origin
from assess.definitions.rules import Factor
from assess.engine.confidence import Confidence, factor_confidence
from assess.engine.measures import Measure

FACTOR = Factor.model_validate({"label": "Funding", "indicators": ["a", "b", "c", "d"], "known": 1, "cite": CITE})
PARAMETERS = {name: Decimal(str(entry["values"][0]["value"])) for name, entry in CHAIN_PARAMETERS.items()}
FEW, SINGLE = "only {} of 4 indicators are known", "it rests in part on a single rating, not on members’ answers"
ALONE = "it rests on single ratings, not on members’ answers"
DISAGREE, SILENT = "members disagree", "few of those asked answered"


def measures(known: str, spread: str = "0.5", coverage: str = "0.9", single: str = "") -> dict[str, Measure]:
    """Members' figures for the indicators in `known`; those in `single` come from one respondent. The rest is measured but unknown."""
    found = {name: Measure(name, Decimal(3), 9, 10, Decimal(spread), Decimal(coverage), origin=Origin.MEMBER) for name in known}
    found |= {name: Measure(name, Decimal(3), origin=Origin.EVALUATOR) for name in single}
    return {name: Measure(name, reason="nobody said") for name in "abcd"} | found


@pytest.mark.parametrize(
    ("given", "grade", "weaknesses"),
    [
        (measures("abcd"), Confidence.HIGH, ()),
        (measures("abc"), Confidence.HIGH, ()),  # three of four are 0.75, which is enough
        (measures("ab"), Confidence.MEDIUM, (FEW.format(2),)),
        (measures("abc", single="d"), Confidence.MEDIUM, (SINGLE,)),
        (measures("abcd", spread="1.2"), Confidence.HIGH, ()),  # on the threshold
        (measures("abcd", spread="1.201"), Confidence.MEDIUM, (DISAGREE,)),
        (measures("abcd", coverage="0.6"), Confidence.HIGH, ()),  # on the threshold
        (measures("abcd", coverage="0.599"), Confidence.MEDIUM, (SILENT,)),
        (measures("a", single="b"), Confidence.LOW, (FEW.format(2), SINGLE)),
        (measures("ab", spread="1.3"), Confidence.LOW, (FEW.format(2), DISAGREE)),
        (measures("a", spread="2", coverage="0.5", single="b"), Confidence.LOW, (FEW.format(2), SINGLE, DISAGREE, SILENT)),
        (measures("", single="abcd"), Confidence.MEDIUM, (ALONE,)),  # no members: neither spread nor coverage to speak of
    ],
)
def test_confidence__one_grade_less_for_each_weakness(given: dict[str, Measure], grade: Confidence, weaknesses: tuple[str, ...]) -> None:
    assert factor_confidence(FACTOR, given, PARAMETERS) == (grade, weaknesses)


def test_spread_and_coverage__are_means_over_the_indicators_that_have_them() -> None:
    """(0.4 + 2.0) ÷ 2 = 1.2 and (0.2 + 1.0) ÷ 2 = 0.6: both just do; the single rating has neither."""
    given = measures("", single="cd") | {
        "a": Measure("a", Decimal(3), 9, 10, Decimal("0.4"), Decimal("0.2")),
        "b": Measure("b", Decimal(3), 9, 10, Decimal("2.0"), Decimal("1.0")),
    }
    assert factor_confidence(FACTOR, given, PARAMETERS) == (Confidence.MEDIUM, (SINGLE,))


def test_indicator__of_another_factor_or_without_a_value__does_not_count() -> None:
    given = measures("abcd") | {"z": Measure("z", Decimal(3), 9, 10, Decimal(2), Decimal("0.1"))}
    assert factor_confidence(FACTOR, given, PARAMETERS) == (Confidence.HIGH, ())
