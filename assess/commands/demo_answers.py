"""Makes up what the members, the management and the evaluator of a demo cluster answer in one year."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from random import Random

from assess.commands.demo_clusters import DemoCluster
from assess.definitions.indicators import Origin
from assess.definitions.questionnaire_format import Special
from assess.definitions.questionnaire_items import Questionnaire
from assess.exchange.columns import About
from assess.exchange.synthetic import SyntheticTable, evaluator_answers, management_answers, member_answers

_BLOCK = "linkages"


@dataclass(frozen=True, slots=True)
class Sheet:
    """One respondent's answers by section and item; `kind` is what a list of members says of the respondent."""

    kind: str
    sections: Mapping[str, Mapping[str, str]]


def sheets(cluster: DemoCluster, questionnaires: Mapping[str, Questionnaire], today: date, *, again: bool) -> tuple[Sheet, ...]:
    """Return the members' sheets in order, then the management's and the evaluator's; `again` is this year, when opinions have moved."""
    random = Random(cluster.seed + again)  # noqa: S311 — reproducible, not secret
    opinions = {**cluster.profile.opinions, **(cluster.moved if again else {})}
    profile = replace(cluster.profile, opinions=opinions)
    member, management, evaluator = (questionnaires[origin.value] for origin in (Origin.MEMBER, Origin.MANAGEMENT, Origin.EVALUATOR))
    found = _checked(evaluator, cluster.checked)
    return (
        *_sheets(member, member_answers(member, random, today, cluster.members, profile))[: cluster.members],
        *_sheets(management, management_answers(management, random, today, profile)),
        *_sheets(evaluator, evaluator_answers(evaluator, random, today, {}, found, profile)),
    )


def _checked(evaluator: Questionnaire, found: Mapping[str, str]) -> dict[str, str]:
    """The evaluator opens the block of links, and states nothing there but what was found out."""
    opened = [item.name for item in evaluator.items if item.section == _BLOCK and Special.DONT_KNOW in item.special]
    return {"blocks": _BLOCK, **dict.fromkeys(opened, Special.DONT_KNOW.value), **found}


def _sheets(questionnaire: Questionnaire, table: SyntheticTable) -> tuple[Sheet, ...]:
    rows = (dict(zip(table.header, row, strict=True)) for row in table.rows)
    return tuple(Sheet(row.get(About.KIND.value, questionnaire.respondent.value), _by_section(questionnaire, row)) for row in rows)


def _by_section(questionnaire: Questionnaire, row: Mapping[str, str]) -> dict[str, dict[str, str]]:
    found: dict[str, dict[str, str]] = {}
    for item in questionnaire.items:
        if item.type.answerable and row.get(item.name):
            found.setdefault(item.section, {})[item.name] = row[item.name]
    return found
