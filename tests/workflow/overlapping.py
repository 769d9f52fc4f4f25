"""Two transactions of which the second begins before the first is over."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor, wait

from sqlalchemy import Engine
from sqlmodel import Session

from assess.store.session import writing

_HEAD_START = 0.2
"""Seconds in which the second does whatever it may before the first is over."""


def overlapping(engine: Engine, first: Callable[[Session], object], second: Callable[[Session], object]) -> BaseException | None:
    """Do both, and return what the second was refused with; None when it was done."""
    with ThreadPoolExecutor(1) as pool:
        with writing(engine) as session:
            first(session)
            other = pool.submit(_alone, engine, second)
            wait([other], timeout=_HEAD_START)
        return other.exception(timeout=30)


def _alone(engine: Engine, act: Callable[[Session], object]) -> None:
    with writing(engine) as session:
        act(session)
