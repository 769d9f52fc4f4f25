"""How long reading and measuring members' answers takes, and whether the time grows with their number and no faster."""

from __future__ import annotations

import sys
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


def main() -> None:
    """Print seconds for 1,000 and 10,000 respondents (best of three) and their ratio; 10 is linear."""
    questionnaire = load_questionnaire(content_folder("questionnaires") / "member" / f"{VERSION}.yaml")
    rulebase, _ = load_rulebase(content_folder("rules") / VERSION)
    many = member_answers(questionnaire, Random(1), TODAY, members=MANY)
    seconds = {}
    with TemporaryDirectory() as folder:
        for count in (FEW, MANY):
            path = Path(folder) / f"{count}.csv"
            SyntheticTable(many.header, many.rows[:count]).write(path)
            times = [_timed(path, questionnaire, rulebase) for _ in range(ROUNDS)]
            seconds[count], read, measured = min((read + measured, read, measured) for read, measured in times)
            sys.stdout.write(f"{count:>6,} rows × {len(many.header)} columns: {seconds[count]:.3f} s ")
            sys.stdout.write(f"(reading {read:.3f} s, measuring {measured:.3f} s)\n")
    sys.stdout.write(f"10,000 ÷ 1,000 rows: {seconds[MANY] / seconds[FEW]:.1f} (linear: 10)\n")


def _timed(path: Path, questionnaire: Questionnaire, rulebase: Rulebase) -> tuple[float, float]:
    start = perf_counter()
    responses = read_responses(path, questionnaire, rulebase.indicators, TODAY)
    read = perf_counter()
    measures = measure([responses], rulebase.indicators, rulebase.weightings)
    end = perf_counter()
    assert any(one.value is not None for one in measures.values())
    return read - start, end - read


if __name__ == "__main__":
    main()
