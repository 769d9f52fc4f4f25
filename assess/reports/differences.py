"""Where two origins stated the same indicator: self-rating held against checked figures, the furthest apart first."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from assess.definitions.numbers import plain
from assess.definitions.scales import Scale
from assess.reports import names
from assess.reports.dossier import Dossier

_MOST = 6


@dataclass(frozen=True, slots=True)
class Difference:
    """One indicator that two origins stated; the first figure is the one used. `distance` is empty where they agree."""

    indicator: str
    used: str
    used_from: str
    other: str
    other_from: str
    distance: str
    apart: Decimal
    """How far apart, as a share of the larger figure."""


@dataclass(frozen=True, slots=True)
class Differences:
    """A sentence, the statements furthest apart, and how many more there are."""

    sentence: str
    rows: tuple[Difference, ...]
    more: str


def differences(dossier: Dossier) -> Differences:
    """Compare the statements of different origins."""
    stated = tuple(_stated_twice(dossier))
    apart = sorted((entry for entry in stated if entry.distance), key=lambda entry: -entry.apart)
    rest = len(apart) - _MOST
    more = dossier.several(rest, "One more stands in the enclosed diagnosis.", "%(num)s more stand in the enclosed diagnosis.")
    return Differences(_sentence(dossier, stated, len(apart)), tuple(apart[:_MOST]), more if rest > 0 else "")


def _stated_twice(dossier: Dossier) -> Iterator[Difference]:
    for name, measure in dossier.measures.items():
        for other in measure.get("others", ()):
            scale = dossier.scale(name)
            used, stated = Decimal(str(measure["value"])), Decimal(str(other["value"]))
            yield Difference(
                indicator=dossier.label(name),
                used=dossier.shown(measure["value"], scale),
                used_from=dossier.name(names.ORIGINS, measure.get("origin") or ""),
                other=dossier.shown(other["value"], scale),
                other_from=dossier.name(names.ORIGINS, other["origin"]),
                distance=_distance(dossier, used - stated, scale),
                apart=abs(used - stated) / (max(abs(used), abs(stated)) or 1),
            )


def _distance(dossier: Dossier, distance: Decimal, scale: Scale) -> str:
    if not distance:
        return ""
    if scale is Scale.FLAG:
        return dossier.say("differs")
    return ("+" if distance > 0 else "") + dossier.apart(plain(distance), scale)


def _sentence(dossier: Dossier, stated: tuple[Difference, ...], apart: int) -> str:
    if not stated:
        return dossier.say("No indicator was stated by more than one origin, so no self-rating could be held against a checked figure.")
    twice = len({entry.indicator for entry in stated})
    counted = dossier.several(
        twice, "One indicator was stated by more than one origin.", "%(num)s indicators were stated by more than one origin."
    )
    if not apart:
        return f"{counted} {dossier.say('All statements agree.')}"
    differing = dossier.several(
        apart, "One statement departs from the figure that is used.", "%(num)s statements depart from the figure that is used."
    )
    return f"{counted} {differing}"
