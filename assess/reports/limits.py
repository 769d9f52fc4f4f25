"""The limits of a diagnosis, as its summary names them: what is unknown, unstable, undetermined or provisional."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from assess.phrases import message
from assess.reports import names
from assess.reports.classification import Classification
from assess.reports.dossier import Dossier
from assess.reports.evidence import Evidence
from assess.reports.robustness import gap_when_filled, stability_of

_FEW = 3
_MISSING = 2
_TITLE = 64


def limits(dossier: Dossier, found: Evidence, classified: Iterable[Classification]) -> Iterator[str]:
    """Yield each limit of the diagnosis in a sentence; nothing where there is none."""
    yield from _of_figures(dossier, found)
    yield from _of_stability(dossier)
    yield from _of_fillings(dossier)
    for kind in classified:
        if not kind.is_known:
            yield _undetermined(dossier, kind)
    yield from _of_factors(dossier)
    unclear = sum(entry["result"] == "unknown" for screen in dossier.document["screens"].values() for entry in screen.values())
    if unclear:
        yield dossier.several(unclear, "One screening criterion is unknown.", "%(num)s screening criteria are unknown.")
    if dossier.document["rulebase"]["status"] != "published":
        yield dossier.say("The rule base is a draft: results may change.")
    if dossier.document["synthetic"]:
        yield dossier.say("Synthetic data: no real cluster is described.")


def _of_figures(dossier: Dossier, found: Evidence) -> Iterator[str]:
    if found.unknown.count:
        yield dossier.several(
            found.unknown.count,
            "One of %(total)s indicators is unknown.",
            "%(num)s of %(total)s indicators are unknown.",
            total=found.total,
        )
    if found.replaced:
        yield dossier.several(len(found.replaced), "The evaluator replaced one figure.", "The evaluator replaced %(num)s figures.")


def _of_stability(dossier: Dossier) -> Iterator[str]:
    kind, stage = stability_of(dossier, "type"), stability_of(dossier, "stage")
    if kind and stage:
        times = dossier.words.number(f"{(dossier.annex or {})['stability']['times']:,}")
        text = message("In %(times)s resamples of the members the type came out the same in %(type)s, the stage in %(stage)s.")
        yield dossier.say(text, times=times, type=kind, stage=stage)


def _of_fillings(dossier: Dossier) -> Iterator[str]:
    """Gaps that most fillings of what is unknown do not bear out."""
    held = ((entry["label"], gap_when_filled(dossier, name)) for name, entry in dossier.document["factors"].items())
    weak = [f"{label} ({share})" for label, share in held if share]
    if weak:
        text = message("With what is unknown filled in at random, these gaps stayed as grave in less than half of the draws: %(factors)s.")
        yield dossier.say(text, factors=dossier.listed(_begun(dossier, weak)))


def _undetermined(dossier: Dossier, found: Classification) -> str:
    text = {"type": message("The type is undetermined."), "stage": message("The stage is undetermined.")}[found.kind]
    more = len(found.missing) + found.missing_more - _MISSING
    named = "; ".join(names.shortened(name, _TITLE) for name in found.missing[:_MISSING])
    if not named:
        return dossier.say(text)
    if more <= 0:
        return f"{dossier.say(text)} {dossier.say('Missing: %(missing)s.', missing=named)}"
    missing = dossier.several(more, "Missing: %(missing)s; and one more.", "Missing: %(missing)s; and %(num)s more.", missing=named)
    return f"{dossier.say(text)} {missing}"


def _of_factors(dossier: Dossier) -> Iterator[str]:
    found = dossier.document["factors"].values()
    weak = [entry["label"] for entry in found if entry["confidence"] == "low"]
    unknown = [entry["label"] for entry in found if entry["level"] is None]
    if weak:
        yield dossier.say("Low confidence: %(factors)s.", factors=_named(dossier, weak))
    if unknown:
        yield dossier.say("Level unknown: %(factors)s.", factors=_named(dossier, unknown))


def _named(dossier: Dossier, labels: list[str]) -> str:
    """The first few by name; the chart above shows the others."""
    shown = labels[: _FEW if len(labels) > _FEW + 1 else None]  # a single further name takes no more room than its count
    rest = len(labels) - len(shown)
    more = [dossier.several(rest, "one more", "%(num)s more")] if rest else []
    return dossier.listed([*_begun(dossier, shown), *more])


def _begun(dossier: Dossier, labels: list[str]) -> list[str]:
    """Names as a sentence goes on after its first."""
    return [labels[0], *map(dossier.lower, labels[1:])]
