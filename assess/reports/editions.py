"""Which parts an edition of the report has, in their order, and for whom each part is."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from assess.phrases import message
from assess.reports.seal_stamp import AGENCY

MANAGEMENT, EXECUTIVES = "management", "executives"
_EVERYONE, _AGENCY, _EVALUATOR = message("everyone"), message("funding agency"), message("evaluator")
_STEERING = message("funding agency, cluster management")


@dataclass(frozen=True, slots=True)
class Part:
    """One part of the report: its template and anchor, its title and its readers."""

    name: str
    title: str
    readers: str
    for_executives: bool = False


PARTS = (
    Part("summary", message("Summary"), _EVERYONE, for_executives=True),
    Part("contents", message("Contents and legend"), _EVERYONE, for_executives=True),
    Part("evidence", message("Evidence"), _EVALUATOR),
    Part("classification", message("Type and stage"), _EVALUATOR),
    Part("factors", message("Success factors"), _EVERYONE, for_executives=True),
    Part("profiles", message("Profiles"), message("evaluator, cluster management")),
    Part("screens", message("Screens"), _AGENCY),
    Part("change", message("Change over the years"), _EVERYONE, for_executives=True),
    Part("instruments", message("Instruments"), _STEERING, for_executives=True),
    Part("advice", message("Advice"), _EVERYONE, for_executives=True),
    Part("reasoning", message("How it was reached"), _EVALUATOR),
    Part("verification", message("Verification and sources"), _AGENCY, for_executives=True),
)
_WITH_CONDITIONS = message("Grant conditions and advice")


def edition(audience: str, *, changed: bool) -> tuple[Part, ...]:
    """Return the parts after the cover of the edition for a reader; `changed` says whether there is an earlier year."""
    return tuple(_parts(audience, changed))


def title_of(part: Part, audience: str) -> str:
    """What a part is called in an edition, in English."""
    return _WITH_CONDITIONS if part.name == "advice" and audience == AGENCY else part.title


def _parts(audience: str, changed: bool) -> Iterator[Part]:
    for part in PARTS:
        if (part.name != "change" or changed) and (audience != EXECUTIVES or part.for_executives):
            yield part
