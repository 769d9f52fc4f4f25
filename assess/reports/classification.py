"""Type and stage: all supports, what decided, the runner-up, and what is missing; and the flags."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from assess.definitions.scales import Scale
from assess.phrases import message
from assess.reports import names
from assess.reports.charts import Bar, bar
from assess.reports.dossier import Dossier, Finding, Reason

_BAR = 56.0
_MANY = 6
_DECIDING = 3
_KINDS = {"type": (names.TYPES, names.TYPE_MEANINGS), "stage": (names.STAGES, names.STAGE_MEANINGS)}
_TITLES = {"type": message("Type"), "stage": message("Stage")}
_NOTHING = {
    "type": message("The type is undetermined: no evidence on it could be decided."),
    "stage": message("The stage is undetermined: no evidence on it could be decided."),
}
_UNCLEAR = {
    "type": message("The type is undetermined: the evidence is too thin or points no single way."),
    "stage": message("The stage is undetermined: the evidence is too thin or points no single way."),
}


@dataclass(frozen=True, slots=True)
class Option:
    """One type or stage with its support and coverage."""

    name: str
    meaning: str
    chosen: bool
    support: str
    support_known: bool
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
    """What was concluded on type or stage.

    `reasons` are the rules that concluded it, `deciding` the weightiest evidence on the options in front; `further` counts the rest.
    """

    kind: str
    title: str
    name: str
    short: str
    is_known: bool
    is_mixed: bool
    sentence: str
    runner_up: str
    options: tuple[Option, ...]
    reasons: tuple[Reason, ...]
    deciding: tuple[Evidence, ...]
    further: int
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
    evidence = tuple(_evidence(dossier, kind, found["supports"]))
    deciding = _deciding(evidence, [dossier.name(_KINDS[kind][0], name) for name in (chosen if known else _ranked(found))])
    return Classification(
        kind=kind,
        title=dossier.say(_TITLES[kind]),
        name=_name(dossier, kind, found),
        short=dossier.name(_KINDS[kind][0], found["label"]),
        is_known=known,
        is_mixed=bool(found.get("mixed_of")),
        sentence=_sentence(dossier, kind, found),
        runner_up=_runner_up(dossier, kind, found, chosen),
        options=tuple(_option(dossier, kind, found, name, name in chosen) for name in found["supports"]),
        reasons=dossier.reasons(found["because"]) if known else (),
        deciding=deciding,
        further=len(evidence) - len(deciding),
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
    """What holds on each option, for or against it."""
    fired = [t for t in dossier.document["trace"] if t["stratum"] == "evidence" and t["outcome"] == "fired"]
    for option in options:
        for trace in fired:
            if option in (trace["then"].get("supports"), trace["then"].get("opposes")):
                sign = "against" if "opposes" in trace["then"] else "for"
                yield Evidence(dossier.name(_KINDS[kind][0], option), sign, trace["then"]["weight"], dossier.reason(trace["rule"]))


def _deciding(evidence: Iterable[Evidence], in_front: Iterable[str]) -> tuple[Evidence, ...]:
    """The weightiest pieces on the options in front: for before against where they weigh the same."""
    order = list(in_front)
    own = [piece for piece in evidence if piece.option in order]
    return tuple(sorted(own, key=lambda piece: (-piece.weight, piece.sign != "for", order.index(piece.option)))[:_DECIDING])


def _ranked(found: Mapping[str, Any]) -> list[str]:
    """The options whose support is known, the highest first."""
    supports = found["supports"]
    return sorted((name for name in supports if supports[name] is not None), key=lambda name: -supports[name])


def _name(dossier: Dossier, kind: str, found: Mapping[str, Any]) -> str:
    known = _KINDS[kind][0]
    if not found.get("mixed_of"):
        return dossier.name(known, found["label"])
    mixed = [dossier.lower(dossier.name(known, name)) for name in found["mixed_of"]]
    return dossier.say("Hybrid: %(types)s", types=dossier.listed(mixed))


def _sentence(dossier: Dossier, kind: str, found: Mapping[str, Any]) -> str:
    if found["label"] == "undetermined":
        return dossier.say(_UNCLEAR[kind] if _ranked(found) else _NOTHING[kind])
    if found.get("mixed_of"):
        mixed = dossier.listed([dossier.lower(dossier.name(names.TYPES, name)) for name in found["mixed_of"]])
        return dossier.say("A hybrid: %(types)s lie too close together for one to be named.", types=mixed)
    return dossier.say("The evidence supports “%(name)s” most.", name=dossier.lower(_name(dossier, kind, found)))


def _runner_up(dossier: Dossier, kind: str, found: Mapping[str, Any], chosen: tuple[str, ...]) -> str:
    """Name what comes next, and by how far; of what is undetermined, what comes first."""
    ranked, supports = _ranked(found), found["supports"]
    rivals = [name for name in ranked if name not in chosen]
    if not rivals:
        return dossier.say("Runner-up: unknown")
    values = {
        "name": dossier.lower(dossier.name(_KINDS[kind][0], rivals[0])),
        "support": dossier.shown(supports[rivals[0]], Scale.SHARE),
    }
    ahead = next((name for name in reversed(ranked) if name in chosen), None)
    if ahead is None:
        return dossier.say("Highest support: %(name)s, %(support)s", **values)
    points = (Decimal(str(supports[ahead])) - Decimal(str(supports[rivals[0]]))) * 100
    return dossier.say(
        "Runner-up: %(name)s, support %(support)s; distance in percentage points: %(points)s",
        **values,
        points=dossier.shown(points, Scale.NUMBER),
    )


def _option(dossier: Dossier, kind: str, found: Mapping[str, Any], name: str, chosen: bool) -> Option:
    labels, meanings = _KINDS[kind]
    support, coverage = found["supports"][name], found["coverage"][name]
    label = dossier.name(labels, name)
    written, covered = dossier.shown(support, Scale.SHARE), dossier.shown(coverage, Scale.SHARE)
    says = dossier.say("%(name)s: support %(support)s, evidence decidable %(coverage)s", name=label, support=written, coverage=covered)
    meaning = dossier.say(meanings[name]) if name in meanings else ""
    return Option(label, meaning, chosen, written, support is not None, covered, bar(support, _BAR, says, coverage))


def _flag(dossier: Dossier, name: str) -> Flag:
    stage = dossier.document["stage"]
    label, meaning = map(dossier.say, names.FLAGS[name])
    raised = tuple(dossier.finding(entry) for entry in stage["findings"] if entry["id"] == f"flag.{name}")
    if name in stage["flags"]:
        return Flag(label, meaning, "raised", raised, ())
    if name in stage["undetermined_flags"]:
        return Flag(label, meaning, "undetermined", (), dossier.open([f"flag.{name}"]).missing)
    return Flag(label, meaning, "not raised", (), ())
