"""How firm a diagnosis is: in how many resamples of the members it comes out the same, and what small change would turn it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlmodel import Session

from assess.definitions.rulebase import Rulebase
from assess.definitions.words import ENGLISH
from assess.engine.answers import ResponseSet
from assess.engine.reckoning import following
from assess.engine.resampling import Stability
from assess.engine.what_if import measures_of
from assess.phrases import message
from assess.reports import names
from assess.reports.charts import Bar, bar
from assess.reports.dossier import Dossier
from assess.web.finding_pages.case import Case
from assess.web.wording import spoken, words
from assess.workflow.annexes import RESAMPLES, SEED, stability_of
from assess.workflow.answers_behind import Change, answers_behind

_BAR = 110.0
_CHANGED = {
    Change.OVERRIDES: message("Diagnose again: figures were replaced, or replacements withdrawn, since this diagnosis was made."),
    Change.ANSWERS: message("Diagnose again: answers were corrected or handed in since this diagnosis was made."),
}
_ERASED = message("Not given: the single answers of this round have been erased, so members cannot be drawn again.")
_STALE = message("Not given: the answers are no longer those of this diagnosis.")
_NOBODY = message("Not given: no figure of this diagnosis rests on answers of members.")
_RESULTS = {"pass": message("met"), "fail": message("not met"), "unknown": message("unknown")}
_KINDS = {"type": message("Type"), "stage": message("Stage")}


@dataclass(frozen=True, slots=True)
class FirmRow:
    """One conclusion: what it says, in how many resamples it says so, what it said in the others, and the least that would turn it."""

    name: str
    address: str
    says: str
    stable: str
    bar: Bar | None
    otherwise: str
    turned_by: str


@dataclass(frozen=True, slots=True)
class Firmness:
    """All conclusions; `no_resamples` says why there are none."""

    rows: tuple[FirmRow, ...]
    times: str
    seed: int
    no_resamples: str


@dataclass(frozen=True, slots=True)
class Standing:
    """Whether a diagnosis still says what answers and overrides give: a sentence where it does not, and the answers where it does."""

    stale: str
    sets: tuple[ResponseSet, ...]


def standing_of(session: Session, case: Case, rulebase: Rulebase, now: datetime) -> Standing:
    """Hold a diagnosis against what its round holds now."""
    behind = answers_behind(session, case.found, case.document, rulebase, now)
    return Standing(words().say(_CHANGED.get(behind.change, "")), behind.sets)


def firmness(case: Case, standing: Standing, rulebase: Rulebase) -> Firmness:
    """Say of type, stage, gaps and screens how firm they are."""
    stability, _ = stability_of(measures_of(case.document), standing.sets, rulebase, case.round.year)
    unsaid = "" if stability else _STALE if standing.stale else _NOBODY if standing.sets else _ERASED
    flips = {flip["about"]: flip for flip in following(case.document, rulebase)["flips"]}
    dossier = case.dossier()
    rows = (_row(case, dossier, about, says, stability, flips.get(about)) for about, says in _conclusions(case.document).items())
    return Firmness(tuple(rows), words().number(f"{RESAMPLES:,}"), SEED, words().say(unsaid))


def _conclusions(document: Mapping[str, Any]) -> dict[str, str]:
    """What is looked at, and what it says in the words of the engine."""
    found = {kind: str(document[kind]["label"]) for kind in ("type", "stage")}
    found |= {f"factor.{name}": entry["severity"] or "unknown" for name, entry in document["factors"].items()}
    criteria = ((screen, name, entry) for screen, entries in document["screens"].items() for name, entry in entries.items())
    return found | {f"{screen}.{name}": entry["result"] for screen, name, entry in criteria}


def _row(case: Case, dossier: Dossier, about: str, says: str, stability: Stability | None, flip: Mapping[str, Any] | None) -> FirmRow:
    counts = dict(stability.counts[about]) if stability else {}
    same = counts.pop(says, 0)
    others = [_in_others(about, label, count) for label, count in sorted(counts.items(), key=lambda one: -one[1]) if count]
    all_, same_ = (words().number(f"{number:,}") for number in (RESAMPLES, same))
    stable = words().say("%(number)s of %(all)s", number=same_, all=all_) if stability else "–"
    name = _name(dossier, about)
    return FirmRow(
        name=name,
        address=case.why(about.removeprefix("factor.")),
        says=_said(about, says),
        stable=stable,
        bar=bar(same / RESAMPLES, _BAR, words().say("%(name)s: the same in %(times)s", name=name, times=stable)) if stability else None,
        otherwise=words().say("; ").join(others),
        turned_by=_turned_by(dossier, about, flip) if flip else "",
    )


def _in_others(about: str, label: str, count: int) -> str:
    return words().say("%(conclusion)s in %(count)s", conclusion=_said(about, label), count=words().number(f"{count:,}"))


def _name(dossier: Dossier, about: str) -> str:
    first, _, rest = about.partition(".")
    if first == "factor":
        return words().say("%(factor)s: gap", factor=dossier.document["factors"][rest]["label"])
    return words().say(names.CRITERIA.get(rest, names.spoken(rest)) if rest else _KINDS[first])


def _said(about: str, label: str) -> str:
    if about in ("type", "stage"):
        known = names.TYPES if about == "type" else names.STAGES
        return names.lower_first(words().say(known.get(label, label)), words())
    return severity(label) if about.startswith("factor.") else words().say(_RESULTS.get(label, label))


def severity(code: str) -> str:
    """Say how grave a gap is; in English the code does."""
    return code if spoken() == ENGLISH else words().say(names.SEVERITIES.get(code, code))


def _turned_by(dossier: Dossier, about: str, flip: Mapping[str, Any]) -> str:
    if flip["after"] is None:
        return words().say("No change of one or two figures that was tried turns it.")
    said = _said(about, flip["after"])
    changes = [_changed(dossier, one) for one in flip["figures"]]
    return words().say("%(conclusion)s, if %(changes)s.", conclusion=said[:1].upper() + said[1:], changes=_joined(changes))


def _changed(dossier: Dossier, one: Mapping[str, Any]) -> str:
    name, scale = one["indicator"], dossier.scale(one["indicator"])
    figure, after, before = dossier.lower(dossier.label(name)), dossier.shown(one["after"], scale), dossier.shown(one["before"], scale)
    return words().say("%(figure)s were %(after)s instead of %(before)s", figure=figure, after=after, before=before)


def _joined(changes: Sequence[str]) -> str:
    return words().say("%(one)s and %(other)s", one=changes[0], other=changes[1]) if len(changes) == 2 else "".join(changes)
