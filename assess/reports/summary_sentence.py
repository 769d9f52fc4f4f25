"""The finding in one sentence: stage and type, and how the success factors stand against their targets."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from assess.definitions.scales import Scale
from assess.phrases import message
from assess.reports import names
from assess.reports.dossier import Dossier

_FINDINGS = {
    "potential": (
        message("%(name)s is a potential cluster of the %(type)s type."),
        message("%(name)s is a potential cluster and a hybrid of %(type)s."),
        message("%(name)s is a potential cluster; its type cannot be determined from what is known."),
    ),
    "growing": (
        message("%(name)s is a growing cluster of the %(type)s type."),
        message("%(name)s is a growing cluster and a hybrid of %(type)s."),
        message("%(name)s is a growing cluster; its type cannot be determined from what is known."),
    ),
    "mature": (
        message("%(name)s is a mature cluster of the %(type)s type."),
        message("%(name)s is a mature cluster and a hybrid of %(type)s."),
        message("%(name)s is a mature cluster; its type cannot be determined from what is known."),
    ),
    "undetermined": (
        message("%(name)s is a cluster of the %(type)s type; its stage cannot be determined from what is known."),
        message("%(name)s is a hybrid of %(type)s; its stage cannot be determined from what is known."),
        message("Neither type nor stage of %(name)s can be determined from what is known."),
    ),
}
_OF_TYPE, _HYBRID, _NO_TYPE = range(3)
_NAMED_GAPS = 2
_NAME = 60


def sentence(dossier: Dossier) -> str:
    """Say what was found, in one or two sentences."""
    name, total = names.shortened(dossier.document["cluster"]["name"], _NAME), len(dossier.document["labels"])
    if not dossier.measures:
        return dossier.say("Nothing can be concluded about %(name)s: none of the %(total)s indicators is known.", name=name, total=total)
    return f"{_what_it_is(dossier, name)} {_how_it_stands(dossier)}"


def assessed(dossier: Dossier) -> list[Mapping[str, Any]]:
    """Factors that could be held against their target."""
    return [entry for entry in dossier.document["factors"].values() if entry["severity"] is not None]


def level_against_target(dossier: Dossier, entry: Mapping[str, Any]) -> str:
    """A factor's level and target."""
    level, target = dossier.shown(entry["level"], Scale.LIKERT), dossier.shown(entry["target"], Scale.LIKERT)
    return dossier.say("level %(level)s, target %(target)s", level=level, target=target)


def _what_it_is(dossier: Dossier, name: str) -> str:
    kind, stage = dossier.document["type"], dossier.document["stage"]["label"]
    texts = _FINDINGS.get(stage, _FINDINGS["undetermined"])
    if kind["label"] == "undetermined":
        return dossier.say(texts[_NO_TYPE], name=name)
    mixed = kind.get("mixed_of") or ()
    types = [dossier.lower(dossier.name(names.TYPES, each)) for each in mixed or (kind["label"],)]
    return dossier.say(texts[_HYBRID if mixed else _OF_TYPE], name=name, type=dossier.listed(types))


def _how_it_stands(dossier: Dossier) -> str:
    found, total = assessed(dossier), len(dossier.document["factors"])
    if not found:
        return dossier.say("No success factor can be held against a target.")
    short = [entry for entry in found if entry["severity"] != "none"]
    said = _falling_short(dossier, short, total) if short else _holding(dossier, len(found), total)
    open_ones = total - len(found)
    if not open_ones:
        return said
    return f"{said} {dossier.several(open_ones, 'One could not be assessed.', '%(num)s could not be assessed.')}"


def _holding(dossier: Dossier, found: int, total: int) -> str:
    if found == total:
        return dossier.say("None of the %(total)s success factors has a moderate or severe gap to its target.", total=total)
    return dossier.say("None of the success factors that could be assessed has a moderate or severe gap to its target.")


def _falling_short(dossier: Dossier, short: list[Mapping[str, Any]], total: int) -> str:
    widest = max(entry["gap"] for entry in short)
    first = [entry for entry in short if entry["gap"] == widest]
    named = dossier.listed([f"{dossier.lower(entry['label'])} ({level_against_target(dossier, entry)})" for entry in first[:_NAMED_GAPS]])
    return dossier.several(
        len(short),
        "One of the %(total)s success factors has a moderate or severe gap to its target: %(factors)s.",
        "%(num)s of the %(total)s success factors have a moderate or severe gap to their targets; the widest: %(factors)s.",
        total=total,
        factors=named,
    )
