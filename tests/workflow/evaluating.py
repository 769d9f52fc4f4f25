"""A closed round with answers of members and an evaluator, and accounts of evaluators, for tests of the workbench's verbs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta

from answering import MANAGEMENT, MEMBER
from sqlmodel import Session, col, select

from assess.engine.inference import Engine as Inference
from assess.store.staff_tables import Account, Programme, ProgrammeCluster
from assess.store.tables import AuditEvent, Cluster, Member, Response, Round, StoredDiagnosis
from assess.workflow import clusters, diagnoses, invitations, releases, responses, rounds, sheets
from workflow.surveying import BASE_URL, CLOSING, LATER, NOON, SINGLE, make_cluster, only, rulebase

SHEET = MANAGEMENT.replace("RESPONDENT", "evaluator").replace("form_id: single", "form_id: evaluator")
INFERENCE = Inference()
TRUST = ("2", "2", "3", "4", "5")
"""What five members say about trust: the median is 3."""


def make_account(session: Session, name: str = "Edith") -> int:
    """An evaluator's account, by number."""
    account = Account(email=f"{name.lower()}@example.org", name=name, created_at=NOON)
    session.add(account)
    session.flush()
    return only(account.id)


def make_programme(session: Session, cluster_id: int, *, four_eyes: bool = True, key: str = "fund") -> Programme:
    programme = Programme(key=key, name="A fund", funder="An agency", four_eyes=four_eyes)
    session.add(programme)
    session.flush()
    session.add(ProgrammeCluster(programme_id=only(programme.id), cluster_id=cluster_id))
    session.flush()
    return programme


def open_round(
    session: Session, cluster: Cluster | None = None, *, year: int = 2026, sources: Sequence[str] = (MEMBER, SINGLE, SHEET)
) -> Round:
    """A round that is open at NOON."""
    cluster = cluster or session.exec(select(Cluster)).first() or make_cluster(session)
    planned = rounds.plan_round(
        session, cluster, year=year, opens_at=NOON, closes_at=CLOSING, sources=sources, rulebase=rulebase(), now=NOON
    )
    return rounds.open_round(session, planned, now=NOON)


def answer_as_members(session: Session, round_: Round, texts: Sequence[str] = TRUST) -> None:
    """One company for each text, that says it about trust and hands in."""
    cluster = only(session.get(Cluster, round_.cluster_id))
    for number, text in enumerate(texts):
        name = f"Organisation {number}"
        member = session.exec(select(Member).where(col(Member.cluster_id) == cluster.id, col(Member.name) == name)).first()
        member = member or clusters.add_member(session, cluster, name=name, kind="company", email=f"o{number}@example.org", now=NOON)
        link = invitations.invite(session, round_, member, base_url=BASE_URL, now=NOON).invitation
        response = responses.begin(session, link, now=NOON)
        hand_in(session, response, {"trust": text}, section="about")


def answer_sheet(session: Session, round_: Round, account_id: int, answers: Mapping[str, str]) -> Response:
    """The first evaluator's sheet, handed in."""
    response = sheets.open_sheet(session, round_, account_id=account_id, now=NOON)
    hand_in(session, response, answers, section="figures")
    return response


def hand_in(session: Session, response: Response, answers: Mapping[str, str], *, section: str) -> None:
    responses.save(session, response, section=section, answers=answers, seen_revision=response.revision, key="save", now=NOON)
    responses.submit(session, response, key="submit", now=NOON)


def closed_round(session: Session, cluster: Cluster | None = None, *, year: int = 2026, texts: Sequence[str] = TRUST) -> Round:
    """A closed round that five companies have answered."""
    round_ = open_round(session, cluster, year=year)
    answer_as_members(session, round_, texts)
    return rounds.close_round(session, round_, now=CLOSING)


def diagnosed(session: Session, round_: Round, *, hours: int = 0) -> StoredDiagnosis:
    return diagnoses.run(session, round_, rulebase=rulebase(), engine=INFERENCE, now=LATER + timedelta(hours=hours))


def release(session: Session, round_: Round) -> None:
    releases.release_cells(session, round_, rulebase=rulebase(), k=5, now=LATER)


def verbs(session: Session) -> list[str]:
    """What was done, in order."""
    return list(session.exec(select(AuditEvent.verb).order_by(col(AuditEvent.sequence))))
