"""The chaotic respondent: whatever happens in whatever order, every acknowledged answer is there, once.

ASSESS_CHAOS sets how many sessions there are (200 in a normal run).
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path

import pytest
from databases import new_migrated
from sqlalchemy import Engine
from sqlmodel import Session

from assess.store.queries import Present
from assess.store.tables import Response
from assess.workflow import answer_rows, page_saving, receipts
from assess.workflow.answer_rows import Field
from workflow.chaotic import Chaos

SESSIONS = int(os.environ.get("ASSESS_CHAOS", "200"))
PARTS = 4
ENOUGH = 200
"""So many sessions meet everything that can happen."""
EVERYTHING = (
    *("save", "clear", "go_back", "submit", "wait", "reload", "reopen", "delegate", "revoke", "publish", "close", "retry"),
    *("KeyReused", "RoundClosed", "AlreadySubmitted", "TokenExpired", "TokenRevoked", "links", "repeated", "contested"),
)


@pytest.mark.parametrize(("kind", "sessions"), [("sqlite", SESSIONS), ("postgresql", max(10, SESSIONS // 10))])
@pytest.mark.parametrize("part", range(PARTS))
def test_no_acknowledged_answer__is_lost_or_doubled(tmp_path: Path, kind: str, sessions: int, part: int) -> None:
    met: Counter[str] = Counter()
    with new_migrated(kind, tmp_path) as engine:
        for seed in range(part, sessions, PARTS):
            chaos = Chaos(engine, seed)
            chaos.run()
            met += chaos.met + Counter(answers=len(chaos.history), submissions=len(chaos.submissions))
    assert met["answers"] > 3 * sessions / PARTS, "too little happened to prove anything"
    assert met["submissions"] > 0
    assert sessions < ENOUGH or not [deed for deed in EVERYTHING if not met[deed]], "something never happened"


def _forget_receipts(_session: Session, _response: Response, _key: str, _digest: str, _outcome: object, _now: datetime) -> None:
    """A fault: what was answered is not remembered."""


def _forget_history(
    session: Session, response: Response, changes: Mapping[Field, str], before: Mapping[Field, Present], now: datetime
) -> None:
    """A fault: the last change of a page is dropped, though it is acknowledged."""
    kept = dict(list(changes.items())[:-1])
    answer_rows.write(session, response, kept, before, now)


def _last_one_wins(_session: Session, _response: Response, _revision: int, _items: object = None) -> dict[Field, str]:
    """A fault: what a page showed when it was loaded is taken to have been empty."""
    return {}


@pytest.mark.parametrize(
    ("module", "name", "fault"),
    [(receipts, "keep", _forget_receipts), (page_saving, "write", _forget_history), (page_saving, "texts_at", _last_one_wins)],
)
def test_a_planted_fault__is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, module: object, name: str, fault: object) -> None:
    monkeypatch.setattr(module, name, fault)
    with new_migrated("sqlite", tmp_path) as engine, pytest.raises(AssertionError):
        run_some(engine)


def run_some(engine: Engine) -> None:
    for seed in range(30):
        Chaos(engine, seed).run()
