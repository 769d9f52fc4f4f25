"""Type and stage: all supports, what decided, the runner-up, and what is missing; and the flags."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from assess.definitions.scales import Scale
from assess.reports import names
from assess.reports.charts import Bar, bar
from assess.reports.dossier import Dossier, Finding, Reason

_BAR = 140.0
_MANY = 6
_KINDS = {"type": (names.TYPES, names.TYPE_MEANINGS), "stage": (names.STAGES, names.STAGE_MEANINGS)}


@dataclass(frozen=True, slots=True)
class Option:
    """One type or stage with its support and coverage."""

    name: str
    meaning: str
    chosen: bool
    support: str
    coverage: str
    bar: Bar


@dataclass(frozen=True, slots=True)
class Evidence:
    """One piece of evidence that holds: on which option, for or against it, and with which weight."""

    option: str
    sign: str
    weight: int
    reason: Reason


@dataclass(frozen=True, slots=True)
class Classification:
    """What was concluded on type or stage."""

    kind: str
    name: str
    short: str
    is_known: bool
    sentence: str
    runner_up: str
    options: tuple[Option, ...]
    reasons: tuple[Reason, ...]
    evidence: tuple[Evidence, ...]
    missing: tuple[str, ...]
    missing_more: int


@dataclass(frozen=True, slots=True)
class Flag:
    """A flag: raised, not raised or undetermined, with the findings that raised it and what is missing."""

    name: str
    meaning: str
    state: str
    findings: tuple[Finding, ...]
    missing: tuple[str, ...]


def classification(dossier: Dossier, kind: str) -> Classification:
    """Describe the type or the stage."""
    found = dossier.document[kind]
    chosen = tuple(found.get("mixed_of") or ()) or (found["label"],)
    known = found["label"] != "undetermined"
    missing = () if known else dossier.labels(found["missing"] or _open_evidence(dossier, kind))
    return Classification(
        kind=kind,
        name=_name(kind, found),
        short=_KINDS[kind][0].get(found["label"], names.spoken(found["label"]).capitalize()),
        is_known=known,
        sentence=_sentence(kind, found),
        runner_up=_runner_up(kind, found, chosen),
        options=tuple(_option(kind, found, name, name in chosen) for name in found["supports"]),
        reasons=dossier.reasons(found["because"]) if known else (),
        evidence=tuple(_evidence(dossier, kind, found["supports"])),
        missing=missing[:_MANY],
        missing_more=max(len(missing) - _MANY, 0),
    )


def flags(dossier: Dossier) -> tuple[Flag, ...]:
    """Describe each flag."""
    return tuple(_flag(dossier, name) for name in names.FLAGS)


def _open_evidence(dossier: Dossier, kind: str) -> list[str]:
    """Unknown indicators that evidence on type or stage waits for, those that most rules read first."""
    evidence = [trace for trace in dossier.document["trace"] if trace["stratum"] == "evidence" and trace["rule"].startswith(f"{kind}.")]
    tests = [test for trace in evidence if trace["outcome"] == "undetermined" for test in trace["conditions"]]
    facts = [test["fact"] for test in tests if test["holds"] is None]
    counted = Counter(fact for fact in facts if fact in dossier.document["labels"])
    return [fact for fact, _ in counted.most_common()]


def _evidence(dossier: Dossier, kind: str, options: Iterable[str]) -> Iterator[Evidence]:
    """What holds on each option, for before against, the weightier first."""
    fired = [t for t in dossier.document["trace"] if t["stratum"] == "evidence" and t["outcome"] == "fired"]
    for option in options:
        own = [t for t in fired if option in (t["then"].get("supports"), t["then"].get("opposes"))]
        for trace in sorted(own, key=lambda t: ("opposes" in t["then"], -t["then"]["weight"])):
            sign = "against" if "opposes" in trace["then"] else "for"
            label = _KINDS[kind][0].get(option, names.spoken(option).capitalize())
            yield Evidence(label, sign, trace["then"]["weight"], dossier.reason(trace["rule"]))


def _name(kind: str, found: Mapping[str, Any]) -> str:
    known = _KINDS[kind][0]
    label = known.get(found["label"], names.spoken(found["label"]).capitalize())
    mixed = [names.lower_first(known.get(name, name)) if n else known.get(name, name) for n, name in enumerate(found.get("mixed_of") or ())]
    return f"{label}: {names.listed(mixed)}" if mixed else label


def _sentence(kind: str, found: Mapping[str, Any]) -> str:
    if found["label"] == "undetermined":
        supported = [share for share in found["supports"].values() if share is not None]
        why = "no evidence on it could be decided" if not supported else "the evidence is too thin or points no single way"
        return f"The {kind} is undetermined: {why}. The supports below stand as far as they could be computed."
    if found.get("mixed_of"):
        mixed = names.listed([names.TYPES.get(name, name) for name in found["mixed_of"]])
        return f"The cluster is a hybrid: {mixed} lie too close together for one to be named."
    return f"The evidence supports “{names.lower_first(_name(kind, found))}” most."


def _runner_up(kind: str, found: Mapping[str, Any], chosen: tuple[str, ...]) -> str:
    rivals = {name: share for name, share in found["supports"].items() if share is not None and name not in chosen}
    if not rivals:
        return "Runner-up: unknown"
    first = max(rivals, key=lambda name: rivals[name])
    return f"Runner-up: {names.lower_first(_KINDS[kind][0].get(first, first))}, support {names.shown(rivals[first], Scale.SHARE)}"


def _option(kind: str, found: Mapping[str, Any], name: str, chosen: bool) -> Option:
    labels, meanings = _KINDS[kind]
    support, coverage = found["supports"][name], found["coverage"][name]
    label = labels.get(name, names.spoken(name).capitalize())
    written, covered = names.shown(support, Scale.SHARE), names.shown(coverage, Scale.SHARE)
    says = f"{label}: support {written}, evidence decidable {covered}"
    return Option(label, meanings.get(name, ""), chosen, written, covered, bar(support, _BAR, says, coverage))


def _flag(dossier: Dossier, name: str) -> Flag:
    stage = dossier.document["stage"]
    label, meaning = names.FLAGS[name]
    raised = tuple(dossier.finding(entry) for entry in stage["findings"] if entry["id"] == f"flag.{name}")
    if name in stage["flags"]:
        return Flag(label, meaning, "raised", raised, ())
    if name in stage["undetermined_flags"]:
        return Flag(label, meaning, "undetermined", (), dossier.open([f"flag.{name}"]).missing)
    return Flag(label, meaning, "not raised", (), ())
