"""How firm each conclusion is: under resamples of the members, under fillings of missing answers, and what small change would turn it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from assess.definitions.scales import Scale
from assess.phrases import message
from assess.reports import names
from assess.reports.charts import Bar, bar
from assess.reports.dossier import Dossier

_BAR = 34.0
_FIRM = Decimal("0.9")
"""From this share on, what came out otherwise is not named."""
_EVEN = Decimal("0.5")
UNDETERMINED = "undetermined"
_NO_STABILITY = {
    "indicator_file": message("Not resampled: the figures were stated in a file, so there are no answers of members to draw again."),
    "erased": message("Not resampled: the single answers of this round have been erased."),
    "stale": message("Not resampled: the answers are no longer those of this diagnosis."),
    "nobody": message("Not resampled: no figure of this diagnosis rests on answers of members."),
}
_RESULTS = {"pass": message("met"), "fail": message("not met"), UNDETERMINED: message("unknown"), "unknown": message("unknown")}
_GAPS = {"none": message("no gap"), "moderate": message("moderate gap"), "severe": message("severe gap"), "unknown": message("unknown")}


@dataclass(frozen=True, slots=True)
class Held:
    """In which share of draws a conclusion came out the same, and what came out most often otherwise."""

    share: str
    bar: Bar
    otherwise: str


@dataclass(frozen=True, slots=True)
class FirmRow:
    """One conclusion: what it says and how firm that is; None where nothing was drawn."""

    name: str
    says: str
    resampled: Held | None
    filled: Held | None
    span: str
    """The factor's level with figures moved to the worst and to the best end as far as answers are missing; empty for all else."""
    turned_by: str


@dataclass(frozen=True, slots=True)
class Robustness:
    """All conclusions; sentences say how it was drawn, or why not."""

    rows: tuple[FirmRow, ...]
    resampling: str
    filling: str
    searching: str

    @property
    def is_resampled(self) -> bool:
        """Whether any conclusion was looked at under resamples."""
        return any(row.resampled for row in self.rows)


def robustness(dossier: Dossier) -> Robustness | None:
    """Describe how firm the conclusions are; None without an annex, which holds what was drawn."""
    if dossier.annex is None:
        return None
    stability, bounds = dossier.annex.get("stability"), dossier.annex.get("bounds")
    flips = {flip["about"]: flip for flip in dossier.annex.get("flips") or ()}
    rows = (_row(dossier, about, says, stability, bounds, flips.get(about)) for about, says in conclusions(dossier.document))
    return Robustness(tuple(rows), _resampling(dossier, stability), _filling(dossier, bounds), _searching(dossier, flips))


def stability_of(dossier: Dossier, about: str) -> str:
    """The share of resamples in which a conclusion came out the same, in words of the language; empty where nothing was drawn."""
    stability = (dossier.annex or {}).get("stability")
    says = dict(conclusions(dossier.document)).get(about)
    return _share(dossier, stability, about, says) if stability and says else ""


def gap_when_filled(dossier: Dossier, factor: str) -> str:
    """The share of fillings in which a gap came out the same, where that is less than half; empty where there is no gap or no doubt."""
    bounds, says = (dossier.annex or {}).get("bounds"), dossier.document["factors"][factor]["severity"]
    about = f"factor.{factor}"
    if not bounds or says not in ("moderate", "severe") or about not in bounds["counts"] or round(_same(bounds, about, says), 2) >= _EVEN:
        return ""
    return _share(dossier, bounds, about, says)


def conclusions(document: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Yield what is looked at, with what it says in the words of the engine."""
    for kind in ("type", "stage"):
        yield kind, document[kind]["label"]
    for name, entry in document["factors"].items():
        yield f"factor.{name}", entry["severity"] or "unknown"
    for screen, entries in document["screens"].items():
        for name, entry in entries.items():
            yield f"{screen}.{name}", entry["result"]


def name_of(dossier: Dossier, about: str) -> str:
    """What a conclusion is about, in words."""
    first, _, rest = about.partition(".")
    if first == "factor":
        return str(dossier.document["factors"][rest]["label"])
    return dossier.name(names.CRITERIA, rest) if rest else dossier.say(_KINDS[first])


def said(dossier: Dossier, about: str, label: str) -> str:
    """What a conclusion says, in words."""
    if about in _KINDS:
        known = names.TYPES if about == "type" else names.STAGES
        return dossier.lower(dossier.name(known, label))
    return dossier.say((_GAPS if about.startswith("factor.") else _RESULTS).get(label, label))


_KINDS = {"type": message("Type"), "stage": message("Stage")}


def _row(
    dossier: Dossier,
    about: str,
    says: str,
    stability: Mapping[str, Any] | None,
    bounds: Mapping[str, Any] | None,
    flip: Mapping[str, Any] | None,
) -> FirmRow:
    return FirmRow(
        name=name_of(dossier, about),
        says=said(dossier, about, says),
        resampled=_held(dossier, stability, about, says),
        filled=_held(dossier, bounds, about, says),
        span=_span(dossier, bounds, about),
        turned_by=_turned_by(dossier, about, flip) if flip else "–",
    )


def _held(dossier: Dossier, drawn: Mapping[str, Any] | None, about: str, says: str) -> Held | None:
    if not drawn or about not in drawn["counts"]:
        return None
    counts = {label: number for label, number in drawn["counts"][about].items() if number and label != says}
    share = _share(dossier, drawn, about, says)
    other = max(counts, key=lambda label: counts[label], default="")
    named = other and _same(drawn, about, says) < _FIRM
    otherwise = dossier.say("else %(label)s", label=said(dossier, about, other)) if named else ""
    drawing = bar(_same(drawn, about, says), _BAR, f"{name_of(dossier, about)}: {share}")
    return Held(share, drawing, otherwise)


def _share(dossier: Dossier, drawn: Mapping[str, Any], about: str, says: str) -> str:
    """Rounded to whole per cents, except that nothing short of all becomes 100 % and nothing above none becomes 0 %."""
    share = _same(drawn, about, says)
    if 0 < share < Decimal("0.005"):
        return f"< {dossier.shown(Decimal('0.01'), Scale.SHARE)}"
    if Decimal("0.995") <= share < 1:
        return f"> {dossier.shown(Decimal('0.99'), Scale.SHARE)}"
    return dossier.shown(round(share, 2), Scale.SHARE)


def _same(drawn: Mapping[str, Any], about: str, says: str) -> Decimal:
    return Decimal(drawn["counts"].get(about, {}).get(says, 0)) / int(drawn["times"])


def _span(dossier: Dossier, bounds: Mapping[str, Any] | None, about: str) -> str:
    kind, _, name = about.partition(".")
    found = (bounds or {}).get("factors", {}).get(name) if kind == "factor" else None
    if not found or found["low"] is None or found["high"] is None:
        return ""
    low, high = (dossier.shown(found[end], Scale.LIKERT) for end in ("low", "high"))
    return low if low == high else f"{low}–{high}"


def _turned_by(dossier: Dossier, about: str, flip: Mapping[str, Any]) -> str:
    if flip["after"] is None:
        return dossier.say("no change of one or two known figures turns it")
    return dossier.say(
        "%(label)s: %(changes)s",
        label=said(dossier, about, flip["after"]),
        changes=dossier.listed(list(_changes(dossier, flip["figures"]))),
    )


def _changes(dossier: Dossier, figures: Iterable[Mapping[str, Any]]) -> Iterator[str]:
    for one in figures:
        scale = dossier.scale(one["indicator"])
        before, after = dossier.shown(one["before"], scale), dossier.shown(one["after"], scale)
        yield dossier.say("“%(indicator)s” %(before)s → %(after)s", indicator=dossier.label(one["indicator"]), before=before, after=after)


def _resampling(dossier: Dossier, stability: Mapping[str, Any] | None) -> str:
    if stability is None:
        return dossier.say(_NO_STABILITY[(dossier.annex or {}).get("no_stability") or "nobody"])
    return dossier.say(
        "Resampled: %(times)s times, as many organisations of each kind as answered were drawn with replacement and every rule "
        "was read again (seed %(seed)s).",
        times=dossier.words.number(f"{stability['times']:,}"),
        seed=stability["seed"],
    )


def _filling(dossier: Dossier, bounds: Mapping[str, Any] | None) -> str:
    if not bounds:
        return dossier.say("What missing answers could do was not reckoned.")
    return dossier.say(
        "Missing answers: every figure is moved to the worst, then to the best end of its scale by the share of answers that it lacks, "
        "which gives the two levels; beside it, %(times)s draws at random between them (seed %(seed)s). For means this is all that missing "
        "answers could do; for medians it is a measure, not a limit.",
        times=dossier.words.number(f"{bounds['times']:,}"),
        seed=bounds["seed"],
    )


def _searching(dossier: Dossier, flips: Mapping[str, Any]) -> str:
    if not flips:
        return ""
    return dossier.say(
        "What would turn it: the smallest change of one known figure, else of two, that gives another conclusion, tried in steps of "
        "0.1 on ratings; all others stay, and what is unknown stays unknown."
    )
