"""What a model's own checks say of a value that they do not take."""

from __future__ import annotations

from assess.phrases import Phrase


class Misfit(ValueError):
    """Why a value cannot be taken, and what to write instead."""

    def __init__(self, problem: Phrase, remedy: str = "") -> None:
        super().__init__(f"{problem}; {remedy}" if remedy else problem)
        self.problem = problem
        self.remedy = remedy
