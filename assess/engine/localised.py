"""A diagnosis document in another language: made again from its own figures, with the texts of its rule base translated."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from assess.definitions.rulebase import Rulebase
from assess.definitions.rulebase_words import place_in_words, rulebase_texts, source_in_words
from assess.definitions.words import ENGLISH, languages, words_of
from assess.engine.certificate import Infers
from assess.engine.document import document as document_of
from assess.engine.generated_texts import in_language
from assess.engine.what_if import diagnosed_again
from assess.engine.wording import Wording
from assess.errors import AssessError
from assess.phrases import Phrase


def localised(document: Mapping[str, Any], rulebase: Rulebase, language: str, engine: Infers) -> Mapping[str, Any]:
    """Return a diagnosis with every text of the program and its rule base in a language; its digest stays that of the English one.

    What people wrote (names, notes, reasons of overrides) and what works are called stays as it is. Raises AssessError where the
    language has no catalogue, or the rule base is not the one the diagnosis was made with.
    """
    if language == ENGLISH:
        return document
    texts = rulebase_texts(rulebase.version, language)
    if not texts or language not in languages():
        missing = f"rules/{rulebase.version}/locale/{language}.po"
        raise AssessError(Phrase("Choose another language, or add %(file)s: the rule base is not translated.", file=missing))
    wording = Wording(words_of(language), texts)
    again = json.loads(json.dumps(document_of(diagnosed_again(document, rulebase, engine), wording), allow_nan=False))
    measures = {name: _spoken(entry, wording) for name, entry in again["measures"].items()}
    factors = {name: entry | {"confidence_limits": _limits(entry, wording)} for name, entry in again["factors"].items()}
    found: dict[str, Any] = again | {"measures": measures, "factors": factors, "digest": document["digest"]}
    _name_places(found, rulebase, texts)
    return found


def _name_places(node: Any, rulebase: Rulebase, texts: Mapping[str, str]) -> None:
    """Put what is said of sources, and of places in them, into the language."""
    if isinstance(node, list):
        for entry in node:
            _name_places(entry, rulebase, texts)
    elif isinstance(node, dict):
        for key, value in node.items():
            if key == "cite":
                node[key] = [[source, place_in_words(rulebase, source, place, texts)] for source, place in value]
            elif key == "sources":
                node[key] = {name: source_in_words(rulebase.sources[name], texts).model_dump(exclude_none=True) for name in value}
            else:
                _name_places(value, rulebase, texts)


def _spoken(measure: Mapping[str, Any], wording: Wording) -> dict[str, Any]:
    return dict(measure) | ({"reason": in_language(measure["reason"], wording.words)} if "reason" in measure else {})


def _limits(factor: Mapping[str, Any], wording: Wording) -> list[str]:
    return [in_language(limit, wording.words) for limit in factor["confidence_limits"]]
