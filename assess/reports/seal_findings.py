"""What a verification finds: one result for each check, and a verdict over all of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from assess.phrases import Phrase, message

MOST_BYTES = 20_000_000
"""The largest file that is looked at; a report has less than a million bytes."""
ASKED = {
    "rulebase": Phrase("Is its rule base at hand?"),
    "certificate": Phrase("Is the certificate earned?"),
    "conclusions": Phrase("Do all conclusions follow from the figures?"),
    "annex": Phrase("Is the annex that of this diagnosis, and as it was?"),
    "reckoned": Phrase("Do the annex’s smallest changes and bounds follow from the figures?"),
    "sealed": Phrase("Who vouches for the rest of the annex?"),
}
"""What the checks ask that may have to be left open."""


class Result(StrEnum):
    """How a check came out."""

    HOLDS = "holds"
    FAILS = "does not hold"
    ABSENT = "absent"
    """There is nothing to check, and the file says so itself."""
    NOT_ASKED = "not asked"
    OPEN = "cannot be told"
    """It was to be checked and could not be; a forger would see to that, so it is not confirmed."""


RESULTS = {
    Result.HOLDS: message("Holds"),
    Result.FAILS: message("Does not hold"),
    Result.ABSENT: message("Absent"),
    Result.NOT_ASKED: message("Not asked"),
    Result.OPEN: message("Cannot be told"),
}
"""What each is called before a sentence."""


@dataclass(frozen=True, slots=True)
class Check:
    """One check: what was asked, how it came out, in a sentence, with particulars."""

    id: str
    asked: Phrase
    result: Result
    sentence: Phrase
    details: tuple[Phrase, ...] = ()


@dataclass(frozen=True, slots=True)
class Signature:
    """What was found out about a signature; `problem` is None when it holds for every byte of the file."""

    signer: str
    fingerprint: str
    """SHA-256 of the signer's certificate."""
    self_signed: bool
    """Whether only the certificate itself says whose it is."""
    problem: Phrase | None = None
    unanswered: bool = False
    """Whether the process that checked it ended without an answer."""


def unchecked(error: BaseException) -> Signature:
    """A signature that made what checks it give up."""
    return Signature("", "", False, Phrase("it cannot be checked (%(error)s)", error=type(error).__name__))


class Voucher(StrEnum):
    """Who vouches that the figures are those that were reported."""

    SIGNER = "its signer vouches"
    """A signer that is known here."""
    REGISTER = "the register vouches"


_VOUCHED = {
    (Voucher.SIGNER,): Phrase("Everything that was checked holds; its signer vouches for the figures."),
    (Voucher.REGISTER,): Phrase("Everything that was checked holds; the register vouches for the figures."),
    (Voucher.SIGNER, Voucher.REGISTER): Phrase("Everything that was checked holds; its signer and the register vouch for the figures."),
}


class Known(StrEnum):
    """What a register knows of a file."""

    FILE = "file"
    UNSIGNED = "unsigned"
    """The file without what was appended to it."""
    DIAGNOSIS = "diagnosis"
    """The diagnosis alone: no such file of it."""
    NOTHING = "nothing"


@dataclass(frozen=True, slots=True)
class Registered:
    """What a register says about a file: whether it knows it, and where its report stands (draft, approved, published, withdrawn)."""

    known: Known
    number: str = ""
    state: str = "draft"
    because: str = ""
    """Why it was withdrawn."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """Everything that was checked about a file; `diagnosis` is what is enclosed, where it could be read, and proves nothing by itself."""

    checks: tuple[Check, ...]
    readable: bool = True
    number: str = ""
    diagnosis: Mapping[str, Any] | None = None
    vouched: tuple[Voucher, ...] = ()

    @property
    def confirmed(self) -> bool:
        """Whether nothing failed or stayed open."""
        return self.readable and not any(check.result in (Result.FAILS, Result.OPEN) for check in self.checks)

    @property
    def sentence(self) -> Phrase:
        """The verdict in words."""
        failed = [check for check in self.checks if check.result is Result.FAILS]
        if not self.readable:
            return self.checks[0].sentence
        if failed:
            return Phrase("Do not rely on this file: %(failed)s of %(all)s checks did not hold.", failed=len(failed), all=len(self.checks))
        if not self.confirmed:
            return Phrase("Not confirmed: what is marked could not be checked.")
        if not self.vouched:
            return Phrase(
                "Everything that was checked holds, but nobody known here vouches for the figures: anybody could have made this file."
            )
        return _VOUCHED[self.vouched]


def holds(id_: str, asked: Phrase, sentence: Phrase) -> Check:
    """A check that came out well."""
    return Check(id_, asked, Result.HOLDS, sentence)


def fails(id_: str, asked: Phrase, sentence: Phrase, *details: Phrase) -> Check:
    """A check that did not hold."""
    return Check(id_, asked, Result.FAILS, sentence, details)
