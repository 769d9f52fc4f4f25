"""How long reading and measuring members' answers takes, and whether the time grows with their number and no faster."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from time import perf_counter

from assess.content import content_folder
from assess.definitions.questionnaires import Questionnaire, load_questionnaire
from assess.definitions.rulebase import Rulebase, load_rulebase
from assess.engine.measuring import measure
from assess.exchange.response_files import read_responses
from assess.exchange.synthetic import SyntheticTable, member_answers

VERSION = "2026.1"
TODAY = date(2026, 6, 1)
FEW, MANY = 1_000, 10_000
ROUNDS = 3


def figures() -> list[tuple[str, float, str]]:
    """Seconds for 10,000 respondents (best of three), and how they compare with 1,000; 10 is linear."""
    questionnaire = load_questionnaire(content_folder("questionnaires") / "member" / f"{VERSION}.yaml")
    rulebase, _ = load_rulebase(content_folder("rules") / VERSION)
    many = member_answers(questionnaire, Random(1), TODAY, members=MANY)
    seconds = {count: _best(many, count, questionnaire, rulebase) for count in (FEW, MANY)}
    return [
        (f"reading and measuring 10,000 responses × {len(many.header)} columns, s", seconds[MANY], "≤ 3.00"),
        ("10,000 ÷ 1,000 responses (10: linear)", seconds[MANY] / seconds[FEW], "≤ 10.00"),
    ]


def _best(many: SyntheticTable, count: int, questionnaire: Questionnaire, rulebase: Rulebase) -> float:
    with TemporaryDirectory() as folder:
        path = Path(folder) / "member.csv"
        SyntheticTable(many.header, many.rows[:count]).write(path)
        return min(_timed(path, questionnaire, rulebase) for _ in range(ROUNDS))


def _timed(path: Path, questionnaire: Questionnaire, rulebase: Rulebase) -> float:
    start = perf_counter()
    responses = read_responses(path, questionnaire, rulebase.indicators, TODAY)
    measures = measure([responses], rulebase.indicators, rulebase.weightings)
    seconds = perf_counter() - start
    assert any(one.value is not None for one in measures.values())
    return seconds
