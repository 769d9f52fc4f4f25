"""The first page: whose diagnosis it is, of which year, made by what, and where the number can be looked up."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from assess.reports import names
from assess.reports.dossier import Dossier
from assess.reports.matrix_code import MatrixCode, matrix_code

_NAME, _FACT = 80, 120


@dataclass(frozen=True, slots=True)
class Cover:
    """What the first page says; `long` when it needs the room of the ornament."""

    cluster: str
    year: str
    edition: str
    facts: tuple[tuple[str, str], ...]
    long: bool
    code: MatrixCode | None


def cover(dossier: Dossier, *, number: str, issued: date | None, verify_at: str) -> Cover:
    """Describe the first page; without an address it has no code."""
    cluster = dossier.document["cluster"]
    facts = tuple(_facts(dossier, number, issued))
    long = len(cluster["name"]) > _NAME or any(len(value) > _FACT for _, value in facts)
    edition = dossier.name(names.AUDIENCES, dossier.audience)
    return Cover(cluster["name"], str(dossier.document["round"]["year"]), edition, facts, long, matrix_code(verify_at))


def versioned(dossier: Dossier, entry: Mapping[str, Any]) -> str:
    """A version with its status: 2026.1 (draft)."""
    return f"{entry['version']} ({dossier.name(names.STATUSES, entry['status'])})"


def _facts(dossier: Dossier, number: str, issued: date | None) -> Iterator[tuple[str, str]]:
    cluster, unsaid = dossier.document["cluster"], dossier.say("not stated")
    place = ", ".join(part for part in (cluster.get("region"), cluster.get("country")) if part)
    yield dossier.say("Sector"), cluster.get("sector") or unsaid
    yield dossier.say("Region"), place or unsaid
    yield dossier.say("Rule base"), versioned(dossier, dossier.document["rulebase"])
    for used in dossier.document["questionnaires"]:
        yield dossier.name(names.QUESTIONNAIRES, used["id"]), versioned(dossier, used)
    if issued:
        yield dossier.say("Issued"), dossier.words.day(issued)
    yield dossier.say("Report number"), number
