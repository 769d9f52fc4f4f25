"""What the pages of grant decisions show, and what their form asks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from flask import url_for
from sqlmodel import Session

from assess.definitions.words import ENGLISH
from assess.errors import AssessError
from assess.phrases import message
from assess.reports.languages import in_language
from assess.store.staff_tables import Account, Programme
from assess.store.steering_tables import Decision, Outcome, Publication
from assess.store.tables import Cluster, Round
from assess.web.agency_pages import crumbs_of, day, places_of
from assess.web.forms import Asked, Filled
from assess.web.frames import Entry, Frame, frame
from assess.web.published_reports import document_of
from assess.web.wording import spoken, words
from assess.workflow import decisions
from assess.workflow.grant_conditions import LONGEST, Condition, Suggested, suggested
from assess.workflow.publications import PublicationState, Published, published_for_programme, state_of
from assess.workflow.rows import required

OUTCOMES = {
    Outcome.GRANTED: message("Granted"),
    Outcome.GRANTED_IN_PART: message("Granted in part"),
    Outcome.REFUSED: message("Refused"),
    Outcome.DEFERRED: message("Deferred"),
}
TONES = {Outcome.GRANTED: "good", Outcome.GRANTED_IN_PART: "good", Outcome.REFUSED: "bad", Outcome.DEFERRED: "open"}
_VERBS = {
    "decide": message("recorded it"),
    "view_decision": message("looked at it"),
    "download_decision": message("took the pack away"),
}
_LOGGED = 200
"""Entries of the access log that a page shows; the audit log has all."""


@dataclass(frozen=True, slots=True)
class DecisionLine:
    """One decision in the list."""

    reference: str
    cluster: str
    report: str
    outcome: str
    tone: str
    decided: str
    withdrawn: bool
    """Whether its report was withdrawn since."""
    replaced_by: str


@dataclass(frozen=True, slots=True)
class DecisionsPage:
    """The decisions of a programme."""

    frame: Frame
    programme: Programme
    places: tuple[Entry, ...]
    lines: tuple[DecisionLine, ...]
    may_decide: bool
    has_reports: bool


@dataclass(frozen=True, slots=True)
class NewDecisionPage:
    """The form of a new decision; without `report`, the choice of one."""

    frame: Frame
    programme: Programme
    reports: tuple[Published, ...]
    report: Published | None
    form: Filled | None
    suggested: tuple[Suggested, ...]


@dataclass(frozen=True, slots=True)
class LogLine:
    """Who did what, and when."""

    at: datetime
    name: str
    did: str


@dataclass(frozen=True, slots=True)
class DecisionPage:
    """One decision as it was recorded, and what has become of its report since."""

    frame: Frame
    programme: Programme
    reference: str
    cluster: str
    outcome: str
    tone: str
    decided: str
    recorded: datetime
    recorded_by: str
    report: str
    year: int
    report_digest: str
    diagnosis_digest: str
    conditions: tuple[Condition, ...]
    note: tuple[str, ...]
    """Its lines."""
    replaces: str
    replaced_by: str
    withdrawn: str
    """When the report was withdrawn; empty while it stands."""
    because: str
    log: tuple[LogLine, ...]
    more_in_log: str
    """That the audit log has more, in words; empty where it has not."""


def asked_for(offered: Sequence[Suggested], earlier: Sequence[Decision]) -> tuple[Asked, ...]:
    """Return what the form of a new decision asks: the conditions its diagnosis suggests, and the decisions it may replace."""
    chosen = Asked(
        "suggested",
        message("Conditions that the diagnosis suggests"),
        "choices",
        required=False,
        choices=tuple((one.condition.suggestion or "", one.condition.text) for one in offered),
    )
    replaces = Asked(
        "replaces",
        message("Replaces the decision"),
        "choice",
        required=False,
        hint=message("For a correction: the decision that it takes the place of. That one stays on record."),
        choices=(("", message("None, it is a new decision")), *((one.reference, one.reference) for one in earlier)),
    )
    own = Asked(
        "own",
        message("Conditions of your own"),
        "area",
        required=False,
        hint=words().say(
            "One on each line, at most %(most)s characters each. None for a refusal.",
            most=words().number(f"{LONGEST:,}"),
        ),
        longest=10_000,
    )
    note = Asked("note", message("Notes"), "area", required=False, longest=decisions.LONGEST_NOTE)
    return (
        Asked(
            "reference",
            message("Reference"),
            "text",
            hint=message("As in your files, such as GR-2026-014."),
            longest=decisions.LONGEST_REFERENCE,
        ),
        Asked("outcome", message("Outcome"), "choice", choices=tuple((outcome.value, label) for outcome, label in OUTCOMES.items())),
        Asked("decided_on", message("Decided on"), "date"),
        *([chosen] if offered else []),
        own,
        *([replaces] if earlier else []),
        note,
    )


def decisions_page(session: Session, programme: Programme, *, may_decide: bool) -> DecisionsPage:
    """Return the page that lists the decisions of a programme."""
    found = decisions.decisions_of(session, programme)
    replaced = {decisions.replaced_reference(one).lower(): one.reference for one in reversed(found) if decisions.replaced_reference(one)}
    return DecisionsPage(
        frame=frame(words().say("Decisions"), crumbs_of(programme)),
        programme=programme,
        places=places_of(programme),
        lines=tuple(_line(session, one, replaced.get(one.reference.lower(), "")) for one in found),
        may_decide=may_decide,
        has_reports=bool(standing_reports(session, programme)),
    )


def new_decision_page(
    session: Session, programme: Programme, report: Published | None, form: Filled | None, offered: Sequence[Suggested]
) -> NewDecisionPage:
    """Return the page that records a new decision; `offered` are the conditions that its report suggests."""
    above = crumbs_of(programme, _decisions_crumb(programme))
    return NewDecisionPage(
        frame(words().say("New decision"), above), programme, standing_reports(session, programme), report, form, tuple(offered)
    )


def suggestions(session: Session, publication: Publication) -> tuple[Suggested, ...]:
    """Return the conditions that a published diagnosis suggests, in the language of the page if its rule base is at hand."""
    document = document_of(session, publication)
    try:
        return suggested(in_language(document, spoken()))
    except AssessError:
        return suggested(document)


def standing_reports(session: Session, programme: Programme) -> tuple[Published, ...]:
    """Return the published reports that a decision may be attached to."""
    return tuple(one for one in published_for_programme(session, programme) if one.state is PublicationState.PUBLISHED)


def replaceable(session: Session, programme: Programme, cluster: Cluster) -> tuple[Decision, ...]:
    """Return the decisions on a cluster that a correction may name."""
    return tuple(one for one in decisions.decisions_of(session, programme) if one.cluster_id == cluster.id)


def decision_page(session: Session, programme: Programme, decision: Decision) -> DecisionPage:
    """Return the page of one decision."""
    publication = required(session, Publication, decision.publication_id)
    later = decisions.replaced_by(session, decision)
    withdrawn = state_of(publication) is PublicationState.WITHDRAWN
    log = decisions.access_log(session, decision)
    return DecisionPage(
        frame=frame(
            words().say("Decision %(reference)s", reference=decision.reference),
            crumbs_of(programme, _decisions_crumb(programme)),
        ),
        programme=programme,
        reference=decision.reference,
        cluster=required(session, Cluster, decision.cluster_id).name,
        outcome=words().say(OUTCOMES[decision.outcome]),
        tone=TONES[decision.outcome],
        decided=day(decision.decided_on),
        recorded=decision.created_at,
        recorded_by=_name(required(session, Account, decision.created_by).name),
        report=publication.number,
        year=required(session, Round, publication.round_id).year,
        report_digest=decision.report_digest,
        diagnosis_digest=decision.diagnosis_digest,
        conditions=_conditions(session, decision, publication),
        note=tuple(filter(None, decisions.note_of(decision).split("\n"))),
        replaces=decisions.replaced_reference(decision),
        replaced_by=later.reference if later else "",
        withdrawn=day(publication.withdrawn_at) if withdrawn else "",
        because=publication.withdrawn_because,
        log=tuple(LogLine(one.at, _name(one.name), words().say(_VERBS.get(one.verb, one.verb))) for one in log[:_LOGGED]),
        more_in_log=_more(len(log) - _LOGGED),
    )


def _conditions(session: Session, decision: Decision, publication: Publication) -> tuple[Condition, ...]:
    """Those of a decision; it keeps what a diagnosis suggested in English, as the diagnosis does."""
    kept = decisions.conditions_of(decision)
    if spoken() == ENGLISH or not any(one.suggestion for one in kept):
        return kept
    told = {one.condition.suggestion: one.condition.text for one in suggestions(session, publication)}
    return tuple(replace(one, text=told.get(one.suggestion, one.text)) for one in kept)


def _line(session: Session, decision: Decision, replaced_by: str) -> DecisionLine:
    publication = required(session, Publication, decision.publication_id)
    return DecisionLine(
        reference=decision.reference,
        cluster=required(session, Cluster, decision.cluster_id).name,
        report=publication.number,
        outcome=words().say(OUTCOMES[decision.outcome]),
        tone=TONES[decision.outcome],
        decided=day(decision.decided_on),
        withdrawn=state_of(publication) is PublicationState.WITHDRAWN,
        replaced_by=replaced_by,
    )


def _decisions_crumb(programme: Programme) -> tuple[str, str]:
    return words().say("Decisions"), url_for("agencies.decisions", programme=programme.key)


def _more(left: int) -> str:
    if left <= 0:
        return ""
    return words().several(left, "%(num)s earlier entry in the audit log.", "%(num)s earlier entries in the audit log.")


def _name(name: str) -> str:
    return name or words().say("an account that was erased")
