"""Pages that stand open in a browser, and what may be entered there."""

from __future__ import annotations

from dataclasses import dataclass, field

VALUES = {
    "kind": ("company", "research"),
    "trust": ("1", "2", "3", "4", "5", "dont_know", ""),
    "buys": ("yes", "no", ""),
    "purchases": ("10", "forty", "60", ""),
    "staff": ("3", "12", ""),
    "trainees": ("1", "5", ""),
    "comment": ("First.", "Second.", ""),
}


@dataclass
class Tab:
    """A page in a browser: the link it came by, what it showed when it was loaded, what is in its fields, and the key it will send."""

    link: str
    shown: dict[str, str]
    seen: int
    key: str
    filled: dict[str, str] = field(default_factory=dict)
    before: Tab | None = None
    """The page that the back button leads to, as it was."""

    @property
    def sends(self) -> dict[str, str]:
        return {name: self.filled.get(name, self.shown.get(name, "")) for name in VALUES}
