"""Sets the fixed spaces that French wants before its colons, semicolons, question and exclamation marks, wherever a page joins texts."""

from __future__ import annotations

import re

_FRENCH = "fr"
_FIXED, _NARROW = "\N{NO-BREAK SPACE}", "\N{NARROW NO-BREAK SPACE}"
_BIBLIOGRAPHY = '<div class="works">'
"""What works are called stays as they are called."""
_MARK = re.compile(r"<[^>]*>|&#?\w+;|(?<!\s)(?P<mark>:|;|(?<!>)[?!])(?=[\s<]|\Z)")
"""A mark that ends a word, beside the tags and entities in which such a mark means something else; one alone in its cell is a sign."""


def spaced(page: str, language: str) -> str:
    """Return a page as its language spaces it: French with its fixed and narrow spaces, any other as it is."""
    if language != _FRENCH:
        return page
    own, mark, works = page.partition(_BIBLIOGRAPHY)
    return _MARK.sub(_with_space, own) + mark + works


def _with_space(found: re.Match[str]) -> str:
    mark = found["mark"]
    if mark is None:
        return found[0]
    return f"{_FIXED if mark == ':' else _NARROW}{mark}"
