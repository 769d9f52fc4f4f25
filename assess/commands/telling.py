"""Puts a diagnosis into the language of whoever runs the command, as far as its rule base is translated."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from assess.definitions.rulebase import Rulebase
from assess.definitions.words import ENGLISH, Words
from assess.engine.wording import Wording
from assess.reports.terminal import summary


def told_summary(content: Mapping[str, Any], rulebase: Rulebase, words: Words) -> str:
    """Return a diagnosis as text, in English where its rule base is not translated."""
    spoken = wording_for(rulebase.version, words).words
    if spoken.language == ENGLISH:
        return summary(content)
    from assess.engine.inference import Engine
    from assess.engine.localised import localised

    plain = json.loads(json.dumps(content, allow_nan=False))
    return summary(localised(plain, rulebase, spoken.language, Engine()), spoken)


def wording_for(version: str, words: Words) -> Wording:
    """Return the wording of a version of the rule base; the English one where it is not translated."""
    if words.language == ENGLISH:
        return Wording()
    from assess.definitions.rulebase_words import rulebase_texts

    texts = rulebase_texts(version, words.language)
    return Wording(words, texts) if texts else Wording()
