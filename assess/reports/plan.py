"""The action plan as it stood when the report was published: who does what until when, and how far it has come."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from assess.definitions.rulebase_words import rulebase_texts
from assess.phrases import message
from assess.reports.dossier import Dossier

STATES = {
    "planned": ("○", message("planned")),
    "under_way": ("◇", message("under way")),
    "done": ("●", message("done")),
    "dropped": ("△", message("dropped")),
}


@dataclass(frozen=True, slots=True)
class PlanRow:
    """One item of the plan."""

    title: str
    accepted: str
    owner: str
    milestone: str
    due: str
    aim: str
    shape: str
    state: str
    because: str


def plan(dossier: Dossier) -> tuple[PlanRow, ...]:
    """Describe the items of the plan, in their order."""
    return tuple(_row(dossier, entry) for entry in (dossier.annex or {}).get("plan") or ())


def _row(dossier: Dossier, entry: Mapping[str, Any]) -> PlanRow:
    shape, state = STATES[entry["state"]]
    return PlanRow(
        title=_texts(dossier).get(entry["title"], entry["title"]),
        accepted=str(entry["year"]),
        owner=entry["owner"],
        milestone=entry["milestone"],
        due=dossier.words.day(date.fromisoformat(entry["due"])) if entry["due"] else dossier.say("no day set"),
        aim=_aim(dossier, entry),
        shape=shape,
        state=dossier.say(state),
        because=entry["because"],
    )


def _texts(dossier: Dossier) -> Mapping[str, str]:
    """The texts of the rule base in the report's language: the plan keeps what instruments are called in English."""
    return rulebase_texts(dossier.document["rulebase"]["version"], dossier.words.language)


def _aim(dossier: Dossier, entry: Mapping[str, Any]) -> str:
    """The indicator to move, from where and how far."""
    if entry["indicator"] is None:
        return dossier.say("no indicator named")
    scale = dossier.scale(entry["indicator"])
    before, after = dossier.shown(entry["baseline"], scale), dossier.shown(entry["target"], scale)
    return dossier.say(
        "%(indicator)s: from %(before)s to %(after)s", indicator=dossier.label(entry["indicator"]), before=before, after=after
    )
