"""Turns a diagnosis document into a ReportView: every sentence and number of the report, ready to print."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from datetime import date
from typing import Any

from assess.definitions.words import ENGLISH, Words, words_of
from assess.reports import names
from assess.reports.change import ChangeOverYears, change
from assess.reports.classification import Classification, Flag, classification, flags
from assess.reports.columns import Spread
from assess.reports.cover import Cover, cover
from assess.reports.dossier import Dossier
from assess.reports.editions import Part, edition, title_of
from assess.reports.evidence import Evidence, evidence
from assess.reports.factors import Factors, factors
from assess.reports.footnotes import Work, only_cited, renumbered
from assess.reports.glyphs import printable_throughout
from assess.reports.groups import Groups, groups
from assess.reports.instruments import Instruments, Readership, Statement, advice, conditions, instruments
from assess.reports.legend import Legend, legend
from assess.reports.plan import PlanRow, plan
from assess.reports.profiles import Profile, Screen, profile_pages, profiles, screens
from assess.reports.provenance import Entry, Recheck, number_note, provenance, recheck, signature_note
from assess.reports.reasoning import Reasoning, reasoning
from assess.reports.robustness import Robustness, robustness
from assess.reports.seal_stamp import AGENCY, NUMBER_LENGTH
from assess.reports.summary import Parts, Summary, summary

_LINKED = re.compile(r'href="#(ref-E?\d+)"')


@dataclass(frozen=True, slots=True)
class Content:
    """A line of the table of contents: the part's anchor, what it is called, and who reads it."""

    anchor: str
    title: str
    readers: str


@dataclass(frozen=True)
class ReportView:
    """The whole report. `edition` names the parts that are printed, in their order."""

    words: Words
    audience: str
    edition: tuple[Part, ...]
    contents: tuple[Content, ...]
    verify_at: str
    title: str
    number: str
    header: str
    issued: str | None
    unapproved: str
    draft: str
    synthetic: bool
    annexed: bool
    """Whether an annex stands beside the diagnosis."""
    cover: Cover
    summary: Summary
    legend: Legend
    evidence: Evidence
    type: Classification
    stage: Classification
    flags: tuple[Flag, ...]
    factors: Factors
    profiles: tuple[Profile, ...]
    groups: Groups
    screens: tuple[Screen, ...]
    instruments: Instruments
    conditions: tuple[Statement, ...] | None
    """None where the edition is not for who decides on grants."""
    advice: Readership
    change: ChangeOverYears | None
    plan: tuple[PlanRow, ...]
    reasoning: Reasoning
    robustness: Robustness | None
    verification: tuple[Entry, ...]
    number_note: str
    signature: str
    recheck: Recheck
    bibliography: tuple[Work, ...]

    @property
    def profile_pages(self) -> tuple[Spread[Profile], ...]:
        """The profiles as they stand on their pages."""
        return profile_pages(self.profiles)


def build_view(
    document: Mapping[str, Any],
    *,
    annex: Mapping[str, Any] | None = None,
    words: Words | None = None,
    audience: str = AGENCY,
    issued: date | None = None,
    number: str = "",
    unapproved: bool = False,
    signer: str = "",
    verify_at: str = "",
) -> ReportView:
    """Build the view of a diagnosis document (as `engine.document.document` makes it), whose texts are in the language of `words`.

    `annex` is what is shown beside the diagnosis, `issued` the day printed on it, `number` that of its publication, `signer` who signs
    the file, `verify_at` the address where the number can be looked up; `unapproved` says on every page that it is a draft.
    """
    dossier = Dossier(printable_throughout(dict(document)), words or words_of(ENGLISH), printable_throughout(annex), audience)
    parts = Parts(evidence(dossier), classification(dossier, "type"), classification(dossier, "stage"), instruments(dossier))
    cluster, year = dossier.document["cluster"]["name"], str(dossier.document["round"]["year"])
    printed_number = number or dossier.document["digest"][:NUMBER_LENGTH]
    changed = change(dossier)
    printed = edition(audience, changed=changed is not None)
    return ReportView(
        words=dossier.words,
        audience=audience,
        edition=printed,
        contents=tuple(_content(dossier, part) for part in printed if part.name != "contents"),
        verify_at=verify_at,
        title=dossier.say("Cluster diagnosis: %(cluster)s, %(year)s", cluster=cluster, year=year),
        number=printed_number,
        header=f"{names.shortened(cluster)} · {year}",
        issued=issued.isoformat() if issued else None,
        unapproved=dossier.say("Draft – not approved") if unapproved else "",
        draft=_draft(dossier),
        synthetic=bool(dossier.document["synthetic"]),
        annexed=bool(annex),
        cover=cover(dossier, number=printed_number, issued=issued, verify_at=verify_at),
        summary=summary(dossier, parts),
        legend=legend(dossier),
        evidence=parts.evidence,
        type=parts.type,
        stage=parts.stage,
        flags=flags(dossier),
        factors=factors(dossier),
        profiles=profiles(dossier),
        groups=groups(dossier),
        screens=screens(dossier),
        instruments=parts.instruments,
        conditions=conditions(dossier) if audience == AGENCY else None,
        advice=advice(dossier),
        change=changed,
        plan=plan(dossier),
        reasoning=reasoning(dossier),
        robustness=robustness(dossier),
        verification=provenance(dossier),
        number_note=number_note(dossier, published=bool(number)),
        signature=signature_note(dossier, signer),
        recheck=recheck(dossier),
        bibliography=dossier.references.works,
    )


def with_sources_cited(view: ReportView, page: str) -> ReportView:
    """Return the view with the sources alone that its page cites, numbered without a gap; an edition does not print all that it holds."""
    bibliography, anew = only_cited(view.bibliography, set(_LINKED.findall(page)))
    parts = {field.name: renumbered(getattr(view, field.name), anew) for field in fields(view) if field.name != "words"}
    return replace(view, **parts | {"bibliography": bibliography})


def _content(dossier: Dossier, part: Part) -> Content:
    return Content(part.name, dossier.say(title_of(part, dossier.audience)), dossier.say(part.readers))


def _draft(dossier: Dossier) -> str:
    rulebase = dossier.document["rulebase"]
    if rulebase["status"] == "published":
        return ""
    return dossier.say("Rule base %(version)s is a draft: results may change", version=rulebase["version"])
