"""What a report file says beside its diagnosis, and under which names it is written into the file's metadata."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

ENCLOSED = "diagnosis.json"
"""Name of the attachment that the report was made from."""
ANNEX = "annex.json"
"""Name of the attachment with what it shows beside that."""
NUMBER_LENGTH = 12
AGENCY = "agency"
ENGLISH = "en"


@dataclass(frozen=True, slots=True)
class Stamp:
    """With the diagnosis it determines every byte of the unsigned file. Times are UTC without a zone."""

    number: str = ""
    """Of the publication; empty: the beginning of the diagnosis's digest."""
    made_at: datetime | None = None
    """Its day is printed as the day of issue; none: no day is printed."""
    draft: bool = False
    """Whether every page says that the report is not approved."""
    signer: str = ""
    """Who signs the file; empty: nobody."""
    audience: str = AGENCY
    language: str = ENGLISH
    verify_at: str = ""
    """Address at which the number can be looked up, printed on the cover; empty where there is no site."""

    def number_of(self, document: Mapping[str, Any]) -> str:
        """The report number that is printed."""
        return self.number or str(document["digest"])[:NUMBER_LENGTH]

    def dated(self, document: Mapping[str, Any]) -> datetime:
        """The moment that stands in the file; without one, the first of the diagnosis's year, so that the same gives the same bytes."""
        return (self.made_at or datetime(document["round"]["year"], 1, 1)).replace(tzinfo=UTC)  # noqa: DTZ001 - the zone follows

    def written(self) -> dict[str, str]:
        """The stamp as texts."""
        made_at = self.made_at.isoformat() if self.made_at else ""
        texts = {"number": self.number, "madeAt": made_at, "draft": "yes" if self.draft else "no", "signer": self.signer}
        return texts | {"audience": self.audience, "language": self.language, "verifyAt": self.verify_at}

    @classmethod
    def read(cls, texts: Mapping[str, str]) -> Stamp:
        """The stamp that `written` wrote. Raises ValueError for a time that is none, KeyError where something is missing."""
        made_at = datetime.fromisoformat(texts["madeAt"]) if texts["madeAt"] else None
        told = (texts["signer"], texts["audience"], texts["language"], texts.get("verifyAt", ""))
        return cls(texts["number"], made_at, texts["draft"] == "yes", *told)
