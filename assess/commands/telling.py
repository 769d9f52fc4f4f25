"""Puts a diagnosis into the language of whoever runs the command, as far as its rule base is translated."""

from __future__ import annotations

from assess.definitions.rulebase_words import rulebase_texts
from assess.definitions.words import Words
from assess.engine.diagnosis import Diagnosis
from assess.engine.document import document
from assess.engine.wording import Wording
from assess.reports.terminal import summary


def told_summary(diagnosis: Diagnosis, words: Words) -> str:
    """Return a diagnosis as text, in English where its rule base is not translated."""
    wording = wording_for(diagnosis.rulebase.version, words)
    return summary(document(diagnosis, wording), wording.words)


def wording_for(version: str, words: Words) -> Wording:
    """Return the wording of a version of the rule base; the English one where it is not translated."""
    texts = rulebase_texts(version, words.language)
    return Wording(words, texts) if texts else Wording()
