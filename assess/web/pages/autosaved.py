"""What an open page is told after it saved itself."""

from __future__ import annotations

from dataclasses import dataclass

from assess.web.pages.section import SectionPage
from assess.workflow.responses import Conflict, Saved


@dataclass(frozen=True, slots=True)
class AutosavedPage:
    """The section as it is stored now, and what somebody else changed of it meanwhile."""

    section: SectionPage
    seen: int
    """The revision that the open page may claim to have seen once it shows `others`."""
    others: tuple[str, ...]
    """Fields that only others changed."""
    contested: bool
    """Whether both changed a field differently; then the page saves itself no more."""


def autosaved_page(section: SectionPage, outcome: Saved | Conflict) -> AutosavedPage:
    """Return what the page is told; a repeated request has seen no more than it had the first time."""
    return AutosavedPage(section, outcome.revision, tuple(outcome.others), isinstance(outcome, Conflict))
