"""Puts a diagnosis into the language that its report is written in, with the rule base that it was made with."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from assess.definitions.library import load_rulebase_version
from assess.definitions.rulebase import Rulebase
from assess.definitions.words import ENGLISH
from assess.engine.inference import Engine
from assess.engine.localised import localised
from assess.errors import AssessError
from assess.phrases import Phrase


def in_language(document: Mapping[str, Any], language: str) -> Mapping[str, Any]:
    """Return a diagnosis document in a language; the English one as it is.

    Raises AssessError where its rule base is not installed as it was, or not translated.
    """
    if language == ENGLISH:
        return document
    version, digest = str(document["rulebase"]["version"]), str(document["rulebase"]["digest"])
    rulebase = _loaded(version)
    if rulebase.digest != digest:
        raise AssessError(
            Phrase(
                "Put back the rule base %(version)s with the digest %(digest)s…, or choose English: a report in another language is made "
                "with the rule base that the diagnosis was made with, and the one that is installed differs.",
                version=version,
                digest=digest[:12],
            )
        )
    return localised(document, rulebase, language, _engine())


@lru_cache(maxsize=2)
def _loaded(version: str) -> Rulebase:
    return load_rulebase_version(version)


@lru_cache(maxsize=1)
def _engine() -> Engine:
    return Engine()
