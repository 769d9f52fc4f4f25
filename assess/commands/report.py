"""Writes the PDF report of one diagnosis."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import click

from assess.commands.diagnose import Responses, diagnose_files
from assess.commands.keys import configured_key
from assess.commands.responses import diagnose_sets, read_sets
from assess.commands.speaking import say
from assess.definitions.digests import digest
from assess.definitions.library import load_rulebase_version
from assess.definitions.rulebase import Rulebase
from assess.definitions.rulebase_words import report_languages
from assess.engine.annex import empty_annex
from assess.engine.answers import ResponseSet
from assess.engine.document import SCHEMA, document
from assess.engine.reckoning import annex_of
from assess.errors import AssessError
from assess.phrases import Phrase
from assess.reports.pdf import write_report
from assess.reports.seal_stamp import AGENCY, ENGLISH, Stamp
from assess.reports.verification import installed_rulebase


def run(source: Path | Responses, target: Path, version: str | None, *, audience: str = AGENCY, language: str = ENGLISH) -> None:
    """Write the report of an indicator file, of a diagnosis saved as JSON, or of files of responses."""
    if target.is_dir():
        raise AssessError(Phrase("%(file)s cannot be written: it is a folder.", file=str(target)))
    if not target.parent.is_dir():
        raise AssessError(Phrase("%(file)s cannot be written: there is no folder %(folder)s.", file=str(target), folder=str(target.parent)))
    key = configured_key()
    content, annex = _from_responses(source, version) if isinstance(source, Responses) else _from_file(source, version)
    _refuse_language(language, content)
    try:
        write_report(content, target, stamp=Stamp(audience=audience, language=language), key=key, annex=annex)
    except OSError as error:
        raise AssessError(
            Phrase("%(file)s cannot be written (%(reason)s).", file=str(target), reason=Phrase(str(error.strerror)))
        ) from error
    click.echo(say("Report written to %(file)s", file=str(target)))


def annex_of_sets(content: Mapping[str, Any], sets: Sequence[ResponseSet], rulebase: Rulebase) -> dict[str, Any]:
    """Return the annex of a diagnosis of files of responses."""
    from assess.workflow.annexes import annex_of_responses  # the store takes half a second to load

    return annex_of_responses(content, sets, rulebase)


def _from_responses(responses: Responses, version: str | None) -> tuple[Mapping[str, Any], dict[str, Any]]:
    rulebase = load_rulebase_version(version)
    sets = read_sets(responses.files, rulebase)
    content = _plain(document(diagnose_sets(sets, responses.cluster, responses.year, rulebase)))
    return content, annex_of_sets(content, sets, rulebase)


def _from_file(file: Path, version: str | None) -> tuple[Mapping[str, Any], dict[str, Any]]:
    """The rule base that a saved diagnosis was made with may not be here: then the report shows nothing beside it."""
    saved = _saved_diagnosis(file)
    if saved is None:
        rulebase = load_rulebase_version(version)
        content = _plain(document(diagnose_files([file], rulebase)[0]))
        return content, annex_of(content, rulebase)
    known = installed_rulebase(str(saved["rulebase"]["version"]))
    return saved, annex_of(saved, known) if known and known.digest == saved["rulebase"]["digest"] else empty_annex(saved)


def _plain(content: Mapping[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(json.dumps(content, allow_nan=False))
    return found


def _refuse_language(language: str, content: Mapping[str, Any]) -> None:
    spoken = report_languages(str(content["rulebase"]["version"]))
    if language not in spoken:
        raise AssessError(
            Phrase(
                "Choose another --language: reports by this rule base can be written in %(spoken)s, not %(wanted)s.",
                spoken=", ".join(spoken),
                wanted=Phrase.quoted(language),
            )
        )


def _saved_diagnosis(file: Path) -> dict[str, Any] | None:
    """Return a diagnosis that was saved with `--format json`; None for any other file.

    Raises AssessError when its content does not match its own digest.
    """
    if file.suffix != ".json" or not file.is_file():
        return None
    try:
        content = json.loads(file.read_text("utf-8"))
    except ValueError:
        return None
    if not isinstance(content, dict) or content.get("schema") != SCHEMA:
        return None
    if digest({key: value for key, value in content.items() if key != "digest"}) != content.get("digest"):
        raise AssessError(
            Phrase(
                "%(file)s is not the diagnosis it says it is: its content does not match its digest. Make it again from its source.",
                file=str(file),
            )
        )
    return content
