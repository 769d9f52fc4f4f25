"""Writes synthetic responses to the three questionnaires."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path
from random import Random

import click

from assess.commands.speaking import say
from assess.definitions.library import load_questionnaires
from assess.definitions.questionnaire_format import Special
from assess.definitions.questionnaire_items import Questionnaire
from assess.exchange.synthetic import evaluator_answers, management_answers, member_answers

_DAY = date(2026, 11, 1)  # fixed, so that a seed gives the same files on any day
_BLOCKS = ("structure", "linkages")
_STEPS = {"blocks": " ".join(_BLOCKS), "value_chain_steps": "8", "value_chain_present": "5"}
_CHECKED = {"structure.sme_share": Decimal("0.88"), "structure.local_ownership_share": Decimal("0.71")}


def run(folder: Path, members: int, seed: int) -> None:
    """Write member.csv, management.csv and evaluator.csv into `folder`, which is made if need be."""
    questionnaires, random = load_questionnaires(), Random(seed)  # noqa: S311 — reproducible, not secret
    folder.mkdir(parents=True, exist_ok=True)
    tables = {
        "member": member_answers(questionnaires["member"], random, _DAY, members),
        "management": management_answers(questionnaires["management"], random, _DAY),
        "evaluator": evaluator_answers(
            questionnaires["evaluator"], random, _DAY, _CHECKED, _evaluator_answers(questionnaires["evaluator"])
        ),
    }
    for name, table in tables.items():
        table.write(folder / f"{name}.csv")
    text = say(
        "Synthetic responses of %(members)s members, the management and an evaluator are in %(folder)s (seed %(seed)s).",
        members=members,
        folder=f"{folder}/",
        seed=str(seed),
    )
    click.echo(text)


def _evaluator_answers(questionnaire: Questionnaire) -> dict[str, str]:
    """The evaluator opens two blocks, counts the value chain, and states nothing there but the checked figures."""
    opened = [item for item in questionnaire.items if item.section in _BLOCKS and item.indicator not in _CHECKED]
    silent = {item.name: Special.DONT_KNOW.value for item in opened if Special.DONT_KNOW in item.special}
    return silent | _STEPS
