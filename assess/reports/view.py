"""Turns a diagnosis document into a ReportView: every sentence and number of the report, ready to print."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from assess.reports import names
from assess.reports.charts import DotRow, dot_row
from assess.reports.classification import Classification, Flag, classification, flags
from assess.reports.dossier import Dossier
from assess.reports.evidence import Evidence, evidence
from assess.reports.factors import Factors, factors
from assess.reports.footnotes import Work
from assess.reports.glyphs import printable_throughout
from assess.reports.instruments import Instruments, Readership, Statement, advice, conditions, instruments
from assess.reports.profiles import Profile, Screen, profiles, screens
from assess.reports.reasoning import Reasoning, reasoning
from assess.reports.summary import Parts, Summary, summary

_NUMBER_LENGTH = 12
_COVER_NAME, _COVER_FACT = 80, 150


@dataclass(frozen=True, slots=True)
class Cover:
    """What the first page says; `long` when it needs the room of the ornament."""

    cluster: str
    year: str
    facts: tuple[tuple[str, str], ...]
    long: bool


@dataclass(frozen=True, slots=True)
class Entry:
    """A named value of the verification page; `code` asks for a face in which digits can be compared."""

    name: str
    value: str
    code: bool = False


@dataclass(frozen=True, slots=True)
class Legend:
    """The sample row that the legend explains."""

    row: DotRow
    half: DotRow
    hollow: DotRow
    unknown: DotRow


@dataclass(frozen=True)
class ReportView:
    """The whole report."""

    language: str
    title: str
    number: str
    header: str
    issued: str | None
    draft: str
    synthetic: bool
    cover: Cover
    summary: Summary
    legend: Legend
    evidence: Evidence
    type: Classification
    stage: Classification
    flags: tuple[Flag, ...]
    factors: Factors
    profiles: tuple[Profile, ...]
    screens: tuple[Screen, ...]
    instruments: Instruments
    conditions: tuple[Statement, ...]
    advice: tuple[Readership, ...]
    reasoning: Reasoning
    verification: tuple[Entry, ...]
    recheck: tuple[str, str]
    bibliography: tuple[Work, ...]


def build_view(document: Mapping[str, Any], *, issued: date | None = None) -> ReportView:
    """Build the view of a diagnosis document (as `engine.document.document` makes it); `issued` is the day printed on it."""
    dossier = Dossier(printable_throughout(dict(document)))
    content = dossier.document
    parts = Parts(
        evidence(dossier),
        classification(dossier, "type"),
        classification(dossier, "stage"),
        flags(dossier),
        factors(dossier),
        screens(dossier),
        instruments(dossier),
    )
    cluster, year = content["cluster"]["name"], str(content["round"]["year"])
    return ReportView(
        language="en",
        title=f"Cluster diagnosis: {cluster}, {year}",
        number=content["digest"][:_NUMBER_LENGTH],
        header=f"{names.shortened(cluster)} · {year}",
        issued=issued.isoformat() if issued else None,
        draft=_draft(content["rulebase"]),
        synthetic=bool(content["synthetic"]),
        cover=_cover(content, issued),
        summary=summary(dossier, parts),
        legend=_legend(),
        evidence=parts.evidence,
        type=parts.type,
        stage=parts.stage,
        flags=parts.flags,
        factors=parts.factors,
        profiles=profiles(dossier),
        screens=parts.screens,
        instruments=parts.instruments,
        conditions=conditions(dossier),
        advice=advice(dossier),
        reasoning=reasoning(dossier),
        verification=tuple(_verification(content)),
        recheck=_recheck(content),
        bibliography=dossier.references.works,
    )


def _draft(rulebase: Mapping[str, Any]) -> str:
    return "" if rulebase["status"] == "published" else f"Rule base {rulebase['version']} is a {rulebase['status']}: results may change"


def _cover(content: Mapping[str, Any], issued: date | None) -> Cover:
    cluster, rulebase = content["cluster"], content["rulebase"]
    place = ", ".join(part for part in (cluster.get("region"), cluster.get("country")) if part)
    facts = [
        ("Sector", cluster.get("sector") or "not stated"),
        ("Region", place or "not stated"),
        ("Year", str(content["round"]["year"])),
        ("Rule base", f"{rulebase['version']} ({rulebase['status']})"),
        ("Report number", content["digest"][:_NUMBER_LENGTH]),
    ]
    facts += [("Issued", issued.isoformat())] if issued else []
    long = len(cluster["name"]) > _COVER_NAME or any(len(value) > _COVER_FACT for _, value in facts)
    return Cover(cluster["name"], str(content["round"]["year"]), tuple(facts), long)


def _legend() -> Legend:
    sample = {grade: dot_row(2.6, 3.6, 120.0, f"Level 2.6, target 3.6, {grade} confidence", grade) for grade in ("high", "medium", "low")}
    return Legend(sample["high"], sample["medium"], sample["low"], dot_row(None, 3.6, 120.0, "Level unknown, target 3.6", None))


def _recheck(content: Mapping[str, Any]) -> tuple[str, str]:
    """What is needed to make the diagnosis again, and the command that does it."""
    if not content["questionnaires"]:
        return "the indicator file of this cluster", "assess diagnose FILE --format json"
    options = " ".join(f"--{used['id']} FILE" for used in content["questionnaires"])
    return "the files of responses", f"assess diagnose {options} --cluster NAME --year {content['round']['year']} --format json"


def _verification(content: Mapping[str, Any]) -> list[Entry]:
    rulebase, certificate = content["rulebase"], content["certificate"]
    found = [
        Entry("Diagnosis", content["digest"], True),
        Entry("Rule base", f"{rulebase['version']} ({rulebase['status']})"),
        Entry("Digest of the rule base", rulebase["digest"], True),
        Entry("Certificate", certificate["digest"], True),
        Entry("Checked by the certificate", f"{names.counted(certificate['rules_checked'], 'rule')}, {len(certificate['strata'])} strata"),
    ]
    for used in content["questionnaires"]:
        found.append(Entry(f"{used['id'].capitalize()} questionnaire", f"{used['version']} ({used['status']})"))
        found.append(Entry("Its digest", used["digest"], True))
    if not content["questionnaires"]:
        found.append(Entry("Questionnaires", "none: the figures were given as an indicator file"))
    return [*found, Entry("Format of the diagnosis", content["schema"])]
