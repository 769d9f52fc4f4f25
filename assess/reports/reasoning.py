"""How the diagnosis was reached: which rules fired, and which narrowly did not."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from assess.definitions.scales import Scale
from assess.phrases import message
from assess.reports import names
from assess.reports.dossier import Dossier

_NEAREST = 5
_NAMED = 2
_WIDTHS = {Scale.LIKERT: 4.0, Scale.SHARE: 1.0, Scale.RATE: 1.0}
_NEEDS = {
    ">=": message("at least %(threshold)s"),
    ">": message("more than %(threshold)s"),
    "<=": message("at most %(threshold)s"),
    "<": message("less than %(threshold)s"),
    "=": message("exactly %(threshold)s"),
}


@dataclass(frozen=True, slots=True)
class Step:
    """How the rules of one stratum came out."""

    stratum: str
    fired: int
    not_fired: int
    undetermined: int


@dataclass(frozen=True, slots=True)
class Narrow:
    """Rules that missed by a small margin of one number: what was measured, what they need, and how far apart the two lie."""

    rules: tuple[str, ...]
    fact: str
    value: str
    needs: str
    margin: str
    distance: float

    @property
    def named(self) -> tuple[str, ...]:
        """The first few of the rules."""
        return self.rules[:_NAMED]

    @property
    def unnamed(self) -> int:
        """How many rules are not among them."""
        return len(self.rules) - len(self.named)


@dataclass(frozen=True, slots=True)
class Reasoning:
    """The whole trace for the reader."""

    sentence: str
    steps: tuple[Step, ...]
    near_misses: tuple[Narrow, ...]


def reasoning(dossier: Dossier) -> Reasoning:
    """Describe how the conclusions were reached."""
    traces = dossier.document["trace"]
    outcomes = Counter(trace["outcome"] for trace in traces)
    return Reasoning(
        sentence=dossier.say(
            "Of %(all)s rules, %(fired)s fired, %(not_fired)s did not, and %(open)s could not be decided for lack of a figure.",
            all=dossier.words.number(f"{len(traces):,}"),
            fired=outcomes["fired"],
            not_fired=outcomes["not_fired"],
            open=outcomes["undetermined"],
        ),
        steps=tuple(_steps(dossier, traces)),
        near_misses=tuple(_nearest(dossier)),
    )


def _strata(traces: Iterable[Mapping[str, Any]]) -> Iterable[str]:
    return dict.fromkeys(trace["stratum"] for trace in sorted(traces, key=lambda t: _rank(t["stratum"])))


def _rank(stratum: str) -> int:
    known = list(names.STRATA)
    return known.index(stratum) if stratum in known else len(known)


def _steps(dossier: Dossier, traces: Sequence[Mapping[str, Any]]) -> Iterable[Step]:
    for stratum in _strata(traces):
        found = Counter(trace["outcome"] for trace in traces if trace["stratum"] == stratum)
        yield Step(dossier.name(names.STRATA, stratum), found["fired"], found["not_fired"], found["undetermined"])


def _nearest(dossier: Dossier) -> list[Narrow]:
    """What the smallest change of a measured number would turn, nearest first; rules that hang on the same test stand together."""
    traces = (trace for trace in dossier.document["trace"] if trace["outcome"] == "not_fired")
    grouped: dict[tuple[str, str], Narrow] = {}
    for narrow in (found for trace in traces if (found := _narrow(dossier, trace))):
        earlier = grouped.get((narrow.fact, narrow.needs))
        grouped[narrow.fact, narrow.needs] = replace(narrow, rules=(*earlier.rules, *narrow.rules)) if earlier else narrow
    return sorted(grouped.values(), key=lambda narrow: (narrow.distance, narrow.rules))[:_NEAREST]


def _narrow(dossier: Dossier, trace: Mapping[str, Any]) -> Narrow | None:
    """The test a rule hangs on, where one number alone kept it from firing."""
    tests = trace["conditions"]
    if _is_outdone(dossier, trace["rule"]):
        return None
    failing = [test for test in tests if test["holds"] is not True]
    return _described(dossier, trace, failing[0]) if len(failing) == 1 and _is_measured(dossier, failing[0]) else None


def _is_outdone(dossier: Dossier, rule: str) -> bool:
    """Whether a moderate gap did not count only because the gap is severe."""
    severe = dossier.traces.get(f"{rule.removesuffix('.moderate')}.severe") if rule.endswith(".moderate") else None
    return severe is not None and severe["outcome"] == "fired"


def _is_measured(dossier: Dossier, test: Mapping[str, Any]) -> bool:
    """Whether a test compares a number that can come near its threshold, not a conclusion or a yes-or-no."""
    return test["margin"] is not None and test["operator"] != "=" and dossier.scale(test["fact"]) is not Scale.FLAG


def _distance(dossier: Dossier, test: Mapping[str, Any]) -> float:
    """The margin as a share of the scale's width; of the threshold where the scale has no end."""
    width = _WIDTHS.get(dossier.scale(test["fact"])) or _derived_width(test)
    return round(abs(float(test["margin"])) / width, 6)


def _derived_width(test: Mapping[str, Any]) -> float:
    if test["fact"].startswith("factor."):
        return _WIDTHS[Scale.LIKERT]
    return max(abs(float(test["threshold"])), 1.0)


def _described(dossier: Dossier, trace: Mapping[str, Any], test: Mapping[str, Any]) -> Narrow:
    scale = dossier.scale(test["fact"])
    return Narrow(
        rules=(trace["rule"],),
        fact=dossier.fact(test["fact"]),
        value=dossier.shown(test["value"], scale),
        needs=dossier.say(_NEEDS[test["operator"]], threshold=dossier.shown(test["threshold"], scale)),
        margin=dossier.apart(abs(test["margin"]), scale),
        distance=_distance(dossier, test),
    )
