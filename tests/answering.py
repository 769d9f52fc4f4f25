"""A small questionnaire for members, its indicators, and answers to it written as a respondent writes them."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from functools import cache
from typing import Any

from assess.definitions.indicators import Indicator, Weighting
from assess.definitions.questionnaire_items import Item, MemberKind, Questionnaire
from assess.definitions.questionnaires import parse_questionnaire
from assess.engine.answer_rules import AnswerRules
from assess.engine.answers import UNANSWERED, AnswerSheet, Problem, ResponseSet, parse

TODAY = date(2026, 6, 1)

MEMBER = """
settings: {form_id: member, version: "2026.1", form_title: {en: Members}, default_language: en, status: draft, respondent: member}
choices:
  kind:
    - {name: company, label: {en: A company}}
    - {name: research, label: {en: A research organisation}}
    - {name: public, label: {en: A public agency}}
    - {name: investor, label: {en: An investor}}
  agree5:
    - {name: "1", label: {en: Strongly disagree}}
    - {name: "2", label: {en: Disagree}}
    - {name: "3", label: {en: Neither}}
    - {name: "4", label: {en: Agree}}
    - {name: "5", label: {en: Strongly agree}}
  yes_no:
    - {name: "yes", label: {en: "Yes"}}
    - {name: "no", label: {en: "No"}}
  topics:
    - {name: energy, label: {en: Energy}}
    - {name: health, label: {en: Health}}
    - {name: none, label: {en: None of these}}
survey:
  - type: group
    name: about
    label: {en: About}
    items:
      - {type: note, name: intro, label: {en: Welcome}}
      - {type: select_one kind, name: kind, label: {en: Kind}, required: true, special: []}
      - {type: select_one agree5, name: trust, label: {en: We trust each other.}, indicator: collaboration.trust}
      - type: select_one agree5
        name: closed
        label: {en: We are closed.}
        indicator: management.openness
        score: reversed
        kinds: [research, public]
      - {type: select_one agree5, name: idea_clear, label: {en: Clear idea.}, indicator: initiative.idea, weight: 2}
      - {type: select_one agree5, name: idea_vague, label: {en: Vague idea.}, indicator: initiative.idea, score: reversed}
      - {type: select_one yes_no, name: facilitator, label: {en: Known?}, indicator: role.facilitator, score: flag, special: []}
      - {type: select_one yes_no, name: buys, label: {en: Do you buy here?}}
      - type: decimal
        name: purchases
        label: {en: Per cent bought here}
        indicator: linkage.local_sourcing_share
        score: percent
        relevant: "${buys} = 'yes'"
        constraint: ". >= 0 and . <= 100"
        constraint_message: {en: Enter a percentage from 0 to 100.}
      - {type: integer, name: staff, label: {en: Staff}, constraint: ". >= 0", constraint_message: {en: "Enter 0 or more."}}
      - type: integer
        name: trainees
        label: {en: Trainees}
        constraint: ". <= ${staff}"
        constraint_message: {en: "Enter no more than the staff."}
      - {type: calculate, name: trainee_share, label: {en: Trainees}, calculation: "${trainees} div ${staff}"}
      - {type: select_multiple topics, name: topics, label: {en: Topics}, constraint: "not(selected(., 'none')) or count-selected(.) = 1"}
      - {type: date, name: joined, label: {en: Joined}, constraint: ". <= today()"}
      - {type: acknowledge, name: agreed, label: {en: Agreed}, special: []}
      - {type: text, name: comment, label: {en: Comment}, special: []}
"""

MANAGEMENT = """
settings: {form_id: single, version: "2026.1", form_title: {en: One sheet}, status: draft, respondent: RESPONDENT}
choices:
  agree5:
    [{name: "1", label: A}, {name: "2", label: B}, {name: "3", label: C}, {name: "4", label: D}, {name: "5", label: E}]
  yes_no: [{name: "yes", label: {en: "Yes"}}, {name: "no", label: {en: "No"}}]
survey:
  - type: group
    name: figures
    label: {en: Figures}
    items:
      - {type: integer, name: firms, label: {en: Firms}, indicator: structure.firms}
      - {type: integer, name: small, label: {en: Small firms}, constraint: ". <= ${firms}"}
      - {type: calculate, name: small_share, calculation: "${small} div ${firms}", indicator: structure.sme_share}
      - {type: select_one yes_no, name: plan, label: {en: Plan}, indicator: strategy.action_plan, score: flag}
      - {type: select_one agree5, name: idea, label: {en: Idea}, indicator: initiative.idea}
      - {type: select_one agree5, name: trust, label: {en: Trust}, indicator: collaboration.trust}
"""


@cache
def member_questionnaire() -> Questionnaire:
    return parse_questionnaire(MEMBER, "member.yaml")


@cache
def single_questionnaire(respondent: str = "management") -> Questionnaire:
    """The same few questions for the management or the evaluator."""
    return parse_questionnaire(MANAGEMENT.replace("RESPONDENT", respondent), f"{respondent}.yaml")


def item(name: str) -> Item:
    return member_questionnaire().item(name)


def make_indicator(name: str, scale: str = "likert", *origins: str, **more: Any) -> Indicator:
    defaults = {"aggregate": "median", "weighting": "organisations", "min_n": 5, "min_coverage": Decimal("0.5")}
    return Indicator.model_validate(
        {"id": name, "label": name, "scale": scale, "from": origins or ("member", "evaluator")} | defaults | more
    )


INDICATORS = {
    indicator.id: indicator
    for indicator in (
        make_indicator("collaboration.trust"),
        make_indicator("management.openness"),
        make_indicator("initiative.idea", "likert", "member", "management", "evaluator"),
        make_indicator("role.facilitator", "share", aggregate="mean"),
        make_indicator("linkage.local_sourcing_share", "share", aggregate="mean"),
        make_indicator("structure.firms", "count", "management", "evaluator"),
        make_indicator("structure.sme_share", "share", "management", "evaluator"),
        make_indicator("strategy.action_plan", "flag", "management", "evaluator"),
        make_indicator("benefit.speed", "likert", "member"),
    )
}


def make_weighting(**shares: str) -> Weighting:
    return Weighting(shares={kind: Decimal(share) for kind, share in shares.items()}, cite=("expert", "test"), reason="Chosen so.")


WEIGHTINGS = {
    "organisations": make_weighting(),
    "balanced": make_weighting(company="0.5", research="0.3", public="0.2"),
}


def answered(questionnaire: Questionnaire, *rows: dict[str, str]) -> ResponseSet:
    """Sheets as the reader makes them. Rows give `organisation` and `kind` (default: a company of its own) and answers by item."""
    rules = AnswerRules(questionnaire, TODAY)
    return ResponseSet(questionnaire, tuple(_sheet(questionnaire, rules, number, row) for number, row in enumerate(rows, start=1)))


def _sheet(questionnaire: Questionnaire, rules: AnswerRules, number: int, row: dict[str, str]) -> AnswerSheet:
    member = questionnaire.respondent == "member"
    kind = MemberKind(row.get("kind", "company")) if member else None
    given = {}
    for name, raw in row.items():
        if name in ("organisation", "kind"):
            continue
        answer = parse(questionnaire.item(name), raw)
        assert not isinstance(answer, Problem), answer
        if answer is not UNANSWERED:
            given[name] = answer
    answers, not_asked = rules.settle(given, kind)
    return AnswerSheet(row.get("organisation", f"Organisation {number}"), kind, answers, not_asked, "answers.csv", number + 1)
