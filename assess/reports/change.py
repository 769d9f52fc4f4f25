"""What changed since earlier rounds: type, stage, factors and the indicators that moved most, each with whether it compares at all."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from assess.definitions.scales import Scale, range_of
from assess.phrases import message
from assess.reports import names
from assess.reports.charts import Timeline, YearPoint, timeline
from assess.reports.dossier import Dossier

_MOST_MOVES = 6
_MOST_YEARS = 4
_WIDTH, _HEIGHT = 210.0, 32.0
_WITH_DIFFERENCE = ("same", "reworded", "rule base changed")
FLAGS = {
    "same": ("●", message("comparable")),
    "reworded": ("◇", message("question reworded")),
    "rule base changed": ("◇", message("other rule base")),
    "rescaled": ("○", message("other scale")),
    "not comparable": ("○", message("not comparable")),
    "not known": ("□", message("comparability unknown")),
}


@dataclass(frozen=True, slots=True)
class Flagged:
    """Whether two figures compare: a shape and a word for it."""

    shape: str
    word: str


@dataclass(frozen=True, slots=True)
class YearRow:
    """One round: its type, stage and report."""

    year: str
    type: str
    stage: str
    report: str


@dataclass(frozen=True, slots=True)
class FactorChange:
    """A success factor over the years, and against the last round before."""

    name: str
    timeline: Timeline
    difference: str
    flag: Flagged


@dataclass(frozen=True, slots=True)
class Move:
    """An indicator that moved: before, now and by how much."""

    name: str
    before: str
    after: str
    difference: str
    flag: Flagged


@dataclass(frozen=True, slots=True)
class ChangeOverYears:
    """The whole page; `since` is the last round before."""

    since: str
    sentence: str
    years: tuple[YearRow, ...]
    factors: tuple[FactorChange, ...]
    moves: tuple[Move, ...]
    apart: str
    key: tuple[tuple[Flagged, str], ...]


_KEY = {
    "same": message("the same questions, put together by the same rules"),
    "reworded": message("the meaning was kept, the words were not"),
    "rule base changed": message("the rule base changed and may weigh answers otherwise"),
    "rescaled": message("answers are given on another scale, so no difference is shown"),
    "not comparable": message("other questions, other people asked, or a replaced figure, so no difference is shown"),
    "not known": message("nothing is recorded that would tell, so no difference is shown"),
}


def change(dossier: Dossier) -> ChangeOverYears | None:
    """Describe what changed; None without an earlier round."""
    rounds: Sequence[Mapping[str, Any]] = ((dossier.annex or {}).get("earlier") or ())[:_MOST_YEARS]
    if not rounds:
        return None
    last = rounds[0]
    factors = tuple(_factor(dossier, entry, rounds) for entry in last["factors"])
    used = dict.fromkeys(entry["flag"] for entry in (*last["factors"], *last["indicators"]))
    return ChangeOverYears(
        since=str(last["year"]),
        sentence=_sentence(dossier, last),
        years=(*(_year(dossier, entry) for entry in reversed(rounds)), _this_year(dossier, last)),
        factors=factors,
        moves=tuple(_moves(dossier, last["indicators"])),
        apart=_apart(dossier, last["indicators"]),
        key=tuple((_flag(dossier, name), dossier.say(_KEY[name])) for name in FLAGS if name in used),
    )


def _sentence(dossier: Dossier, last: Mapping[str, Any]) -> str:
    moved = [entry["difference"] for entry in last["factors"] if entry["difference"] is not None]
    return dossier.say(
        "Since %(year)s, %(up)s of the seven success factors rose, %(down)s fell and %(same)s stayed; %(none)s cannot be compared.",
        year=last["year"],
        up=sum(one > 0 for one in moved),
        down=sum(one < 0 for one in moved),
        same=sum(one == 0 for one in moved),
        none=len(last["factors"]) - len(moved),
    )


def _year(dossier: Dossier, entry: Mapping[str, Any]) -> YearRow:
    report = entry["number"] or dossier.say("draft, not published")
    return _row(dossier, entry["year"], entry["type"][0], entry["stage"][0], report)


def _this_year(dossier: Dossier, last: Mapping[str, Any]) -> YearRow:
    return _row(dossier, dossier.document["round"]["year"], last["type"][1], last["stage"][1], dossier.say("this report"))


def _row(dossier: Dossier, year: int, kind: str, stage: str, report: str) -> YearRow:
    return YearRow(str(year), dossier.name(names.TYPES, kind), dossier.name(names.STAGES, stage), report)


def _factor(dossier: Dossier, entry: Mapping[str, Any], rounds: Sequence[Mapping[str, Any]]) -> FactorChange:
    found = dossier.document["factors"][entry["name"]]
    before = [(one["year"], change) for one in reversed(rounds) for change in one["factors"] if change["name"] == entry["name"]]
    values = [*((year, change["before"]) for year, change in before), (dossier.document["round"]["year"], entry["after"])]
    compares = [*(change["flag"] in _WITH_DIFFERENCE for _, change in before), True]
    linked = [False, *(one and next_one for one, next_one in pairwise(compares))]
    points = [
        YearPoint(year, value, dossier.shown(value, Scale.LIKERT), joined) for (year, value), joined in zip(values, linked, strict=True)
    ]
    says = f"{found['label']}: {'; '.join(f'{point.year}: {point.text}' for point in points)}"
    line = timeline(points, _WIDTH, _HEIGHT, says, found["target"])
    return FactorChange(found["label"], line, _signed(dossier, entry, Scale.LIKERT), _flag_of(dossier, entry))


def _moves(dossier: Dossier, entries: Iterable[Mapping[str, Any]]) -> Iterable[Move]:
    """The indicators that moved furthest on their scale, of those that compare."""
    moved = [entry for entry in entries if entry["difference"]]
    for entry in sorted(moved, key=lambda one: -_distance(dossier, one))[:_MOST_MOVES]:
        scale = dossier.scale(entry["name"])
        before, after = (dossier.shown(entry[key], scale) for key in ("before", "after"))
        yield Move(dossier.label(entry["name"]), before, after, _signed(dossier, entry, scale), _flag_of(dossier, entry))


def _distance(dossier: Dossier, entry: Mapping[str, Any]) -> float:
    """How far a figure moved, as a share of its scale; of the larger figure where the scale has no end."""
    scale = dossier.scale(entry["name"])
    if scale in (Scale.LIKERT, Scale.SHARE, Scale.FLAG):
        low, high = range_of(scale)
        return abs(float(entry["difference"])) / float(high - low)
    return abs(float(entry["difference"])) / max(abs(float(entry["before"])), abs(float(entry["after"])), 1.0)


def _apart(dossier: Dossier, entries: Sequence[Mapping[str, Any]]) -> str:
    both = [entry for entry in entries if entry["before"] is not None and entry["after"] is not None]
    without = sum(entry["difference"] is None for entry in both)
    return dossier.say(
        "%(both)s indicators are known in both years; %(without)s of them cannot be compared.", both=len(both), without=without
    )


def _signed(dossier: Dossier, entry: Mapping[str, Any], scale: Scale) -> str:
    if entry["difference"] is None:
        return "–"
    shown = dossier.shown(entry["difference"], scale if scale is not Scale.FLAG else Scale.NUMBER)
    return f"+{shown}" if entry["difference"] > 0 else shown


def _flag_of(dossier: Dossier, entry: Mapping[str, Any]) -> Flagged:
    return _flag(dossier, entry["flag"])


def _flag(dossier: Dossier, name: str) -> Flagged:
    shape, word = FLAGS[name]
    return Flagged(shape, dossier.say(word))
