"""A language whose words are a third longer than the English ones, to see whether pages hold translations."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

from assess.definitions.words import ENGLISH, Words, words_of

_PIECE = re.compile(r"%\(\w+\)s|[A-Za-z]{3,}")


class _Longer(dict[str, Any]):
    """Answers every text with a longer one."""

    def get(self, _key: str, default: Any = None) -> Any:
        return tuple(map(longer, default)) if isinstance(default, tuple) else longer(default)


def longer(text: str) -> str:
    """Lengthen every word, values aside."""
    return _PIECE.sub(lambda found: found[0] if found[0].startswith("%") else found[0] + found[0][1 : 1 + len(found[0]) // 3], text)


def longer_words() -> Words:
    """The language."""
    return replace(words_of(ENGLISH), single=_Longer(), plural=_Longer())
