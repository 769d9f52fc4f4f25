"""What can be wrong with something a person wrote, said so that they can mend it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TypeVar

from assess.phrases import Phrase

_Source = TypeVar("_Source")
_Read = TypeVar("_Read")
_SPACE, _ABOUT, _AND = " ", Phrase(": "), Phrase("; ")
"""What stands between where a fault is, what it concerns, what is wrong and what to do."""
Told = Callable[[str], str]
"""Says a phrase in a language, and leaves any other text as it is: `Words.told`."""


@dataclass(frozen=True, slots=True, order=True)
class Fault:
    """One mistake: where it stands, what it concerns, what is wrong and what to do about it."""

    file: str
    line: int | None
    subject: str
    problem: str
    remedy: str = ""

    def __str__(self) -> str:
        return str(self.sentence)

    @property
    def sentence(self) -> Phrase:
        """It as one phrase: `file:12 subject: what is wrong; what to do`."""
        place = self.file if self.line is None else f"{self.file}:{self.line}"
        subject = (_SPACE, self.subject) if self.subject else ()
        remedy = (_AND, self.remedy) if self.remedy else ()
        return Phrase.joined(place, *subject, _ABOUT, self.problem, *remedy)

    def said(self, told: Told) -> str:
        """Say it in a language."""
        return told(self.sentence)


class AssessError(Exception):
    """Any failure that is told to the user in a sentence, never as a traceback; the sentence is a Phrase where it has parts."""

    def said(self, told: Told) -> str:
        """Say it in a language."""
        return told(self.args[0]) if self.args else ""


class FaultsFound(AssessError):
    """Input was refused; every fault found in it is listed."""

    def __init__(self, faults: Iterable[Fault]) -> None:
        self.faults = tuple(sorted(set(faults), key=_order))
        super().__init__(Phrase.joined(*(fault.sentence for fault in self.faults), between="\n"))


class NeedsExamination(AssessError):
    """The engine and its certificate disagree, or two rules that exclude each other fired: nothing is concluded."""


def sentence_of(error: BaseException, most: int | None = None) -> str:
    """Return what an error says: a phrase as it is, any other text at most so many characters long."""
    said = error.args[0] if error.args and isinstance(error.args[0], Phrase) else str(error)
    return said if isinstance(said, Phrase) else said[:most]


def read_each(read: Callable[[_Source], _Read], sources: Iterable[_Source]) -> list[_Read]:
    """Return what `read` makes of every source. Raises FaultsFound with the faults of all of them, not only of the first."""
    found, faults = list[_Read](), list[Fault]()
    for source in sources:
        try:
            found.append(read(source))
        except FaultsFound as error:
            faults += error.faults
    if faults:
        raise FaultsFound(faults)
    return found


def _order(fault: Fault) -> tuple[str, int, str, str]:
    return fault.file, fault.line or 0, fault.subject, fault.problem
