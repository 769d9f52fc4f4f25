"""The evidence of a round: who answered, how members disagree, and self-ratings far from checked figures."""

from __future__ import annotations

from decimal import Decimal

import pytest
from sqlalchemy import Engine
from sqlmodel import Session

from assess.definitions.indicators import Origin
from assess.definitions.scales import Scale
from assess.store.queries import Progress
from assess.store.session import writing
from assess.store.tables import Round
from assess.workflow import clusters, invitations
from assess.workflow.refusals import Unfit
from assess.workflow.round_evidence import IndicatorEvidence, RoundEvidence, evidence_of_round, is_far_apart
from workflow.evaluating import answer_as_members, answer_sheet, make_account, open_round
from workflow.surveying import BASE_URL, NOON, make_cluster, rulebase


def evidence(session: Session, round_: Round) -> RoundEvidence:
    return evidence_of_round(session, round_, rulebase=rulebase(), now=NOON)


def trust_of(found: RoundEvidence) -> IndicatorEvidence:
    return next(one for one in found.indicators if one.indicator.id == "collaboration.trust")


def test_response__is_counted_by_kind__invited_and_handed_in(engine: Engine) -> None:
    with writing(engine) as session:
        cluster = make_cluster(session)
        round_ = open_round(session, cluster)
        answer_as_members(session, round_)
        silent = clusters.add_member(session, cluster, name="Silent", kind="research", email="s@example.org", now=NOON)
        invitations.invite(session, round_, silent, base_url=BASE_URL, now=NOON)
        found = evidence(session, round_)
        assert list(found.response) == ["member", "management", "evaluator"]
        assert found.response["member"] == (Progress("company", 5, 5, 5, 5), Progress("research", 1, 0, 0, 0))
        assert found.known == 1


def test_members_who_disagree__are_told_from_those_who_do_not(engine: Engine) -> None:
    with writing(engine) as session:
        agreeing, other = open_round(session), make_cluster(session, name="Other Valley")
        answer_as_members(session, agreeing)
        split = open_round(session, other)
        answer_as_members(session, split, ("1", "1", "3", "5", "5"))
        calm, torn = trust_of(evidence(session, agreeing)), trust_of(evidence(session, split))
        assert (calm.measure.n, calm.measure.value, calm.disagreement) == (5, Decimal(3), False)
        assert (torn.measure.spread, torn.disagreement) == (Decimal("1.789"), True)
        assert evidence(session, split).spread_limit < Decimal("1.789")
        assert calm.by_kind["company"].n == 5


@pytest.mark.parametrize(("checked", "expected"), [("4", []), ("5", [(Decimal(3), Decimal(5), Decimal(-2))])])
def test_a_self_rating__far_from_the_checked_figure__is_named(engine: Engine, checked: str, expected: list[tuple[Decimal, ...]]) -> None:
    with writing(engine) as session:
        round_ = open_round(session)
        answer_as_members(session, round_)
        answer_sheet(session, round_, make_account(session), {"trust": checked})
        found = evidence(session, round_)
        assert [(one.self_rating, one.checked, one.distance) for one in found.far_apart] == expected
        assert {one.checked_by for one in found.far_apart} <= {Origin.EVALUATOR}
        assert trust_of(found).measure.origin is Origin.EVALUATOR


@pytest.mark.parametrize(
    ("own", "checked", "scale", "far"),
    [
        ("3", "4", Scale.LIKERT, False),
        ("2.9", "4", Scale.LIKERT, True),
        ("0.3", "0.4", Scale.SHARE, False),
        ("0.299", "0.4", Scale.SHARE, True),
        ("1", "0", Scale.FLAG, True),
        ("110", "100", Scale.COUNT, False),
        ("111", "100", Scale.COUNT, True),
        ("1", "0", Scale.COUNT, True),
    ],
)
def test_far_apart__has_a_limit_for_every_scale(own: str, checked: str, scale: Scale, far: bool) -> None:
    assert is_far_apart(Decimal(own), Decimal(checked), scale) is far


def test_another_rule_base__is_refused(engine: Engine) -> None:
    with writing(engine) as session:
        round_ = open_round(session)
        round_.rulebase_digest = "0" * 64
        with pytest.raises(Unfit, match="Use the rule base"):
            evidence(session, round_)
