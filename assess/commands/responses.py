"""Diagnoses a cluster from files of responses."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from pathlib import Path

import click

from assess.commands.speaking import say
from assess.definitions.library import load_questionnaires
from assess.definitions.rulebase import Rulebase
from assess.engine.answers import ResponseSet
from assess.engine.diagnosis import Cluster, Diagnosis, QuestionnaireUsed, diagnose
from assess.engine.inference import Engine
from assess.engine.measuring import measure
from assess.errors import read_each
from assess.exchange.response_files import read_responses

_UNNAMED = "Cluster (not named)"


def diagnose_responses(files: Mapping[str, Path], cluster: str | None, year: int | None, rulebase: Rulebase) -> Diagnosis:
    """Read responses by questionnaire, measure and diagnose. Without a year the present one is meant.

    Raises FaultsFound with the faults of all files.
    """
    return diagnose_sets(read_sets(files, rulebase), cluster, year, rulebase)


def read_sets(files: Mapping[str, Path], rulebase: Rulebase) -> list[ResponseSet]:
    """Read responses by questionnaire. Raises FaultsFound with the faults of all files."""
    sets = _read_all(files, rulebase, datetime.now(UTC).date())
    for guessed in (found for found in sets if found.guessed_encoding):
        note = say(
            "Note: %(questionnaire)s was read as %(encoding)s; if letters look wrong, save it as UTF-8.",
            questionnaire=guessed.questionnaire.id,
            encoding=guessed.guessed_encoding,
        )
        click.echo(note, err=True)
    return sets


def diagnose_sets(sets: Sequence[ResponseSet], cluster: str | None, year: int | None, rulebase: Rulebase) -> Diagnosis:
    """Measure responses that were read, and diagnose."""
    name = cluster or _UNNAMED
    return diagnose(
        Cluster(_identifier(name), name),
        year or datetime.now(UTC).year,
        measure(sets, rulebase.indicators, rulebase.weightings),
        rulebase,
        Engine(),
        tuple(_used(found) for found in sets),
        any(found.synthetic for found in sets),
    )


def _read_all(files: Mapping[str, Path], rulebase: Rulebase, today: date) -> list[ResponseSet]:
    questionnaires = load_questionnaires()
    return read_each(lambda name: read_responses(files[name], questionnaires[name], rulebase.indicators, today), files)


def _used(found: ResponseSet) -> QuestionnaireUsed:
    questionnaire = found.questionnaire
    return QuestionnaireUsed(questionnaire.id, questionnaire.version, questionnaire.status.value, questionnaire.digest)


def _identifier(name: str) -> str:
    return "-".join("".join(character if character.isalnum() else " " for character in name.lower()).split()) or "cluster"
