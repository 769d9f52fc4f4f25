"""Answers a question in a process of its own while this one goes on: a check of a report keeps two processor cores busy."""

from __future__ import annotations

import os
from collections.abc import Callable
from multiprocessing import get_context
from multiprocessing.connection import Connection
from typing import Generic, TypeVar

_Answer = TypeVar("_Answer")


class Unanswered(Exception):
    """The process ended without an answer."""


class Ahead(Generic[_Answer]):
    """A question that is being answered; calling it waits for the answer, and may be done once. Raises Unanswered."""

    def __init__(self, question: Callable[[], _Answer]) -> None:
        self._receiving, sending = get_context("fork").Pipe(duplex=False)
        self._process = get_context("fork").Process(target=_answer, args=(question, sending), daemon=True)
        self._process.start()
        sending.close()  # so that the end of the process is the end of the pipe

    def __call__(self) -> _Answer:
        try:
            found: _Answer = self._receiving.recv()
        except (EOFError, OSError):
            self._process.join()
            raise Unanswered(f"exit code {self._process.exitcode}") from None
        self._process.join()
        return found


def _answer(question: Callable[[], _Answer], sending: Connection) -> None:
    """Answer, or end without a word: who asked knows what to do then."""
    try:
        sending.send(question())
    except BaseException:
        os._exit(1)
