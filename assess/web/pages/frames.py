"""What stands around every page of a link."""

from __future__ import annotations

from dataclasses import dataclass

from assess.definitions.words import languages
from assess.web.sentences import LANGUAGES
from assess.web.visits import Visit


@dataclass(frozen=True, slots=True)
class Frame:
    """What stands around every page of a link."""

    token: str
    cluster: str
    year: int
    language: str
    """Of the questions; the site itself may speak another."""
    languages: tuple[tuple[str, str], ...]
    """Code and name of what may be chosen: all that the site or the questionnaire speaks."""
    current: str
    """The one of them that is chosen."""


def frame(visit: Visit) -> Frame:
    """Return what stands around every page of a link."""
    codes = dict.fromkeys((*languages(), *visit.questionnaire.languages))
    offered = tuple((code, LANGUAGES.get(code, code)) for code in codes)
    current = visit.language if visit.language not in languages() else visit.words.language
    return Frame(visit.token, visit.cluster.name, visit.round.year, visit.language, offered, current)
