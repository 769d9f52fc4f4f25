"""Diagnoses clusters from indicator files, or one cluster from files of responses."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import click

from assess.commands.speaking import reader, say
from assess.definitions.library import load_rulebase_version
from assess.definitions.rulebase import Rulebase
from assess.engine.diagnosis import Diagnosis, diagnose
from assess.engine.document import document
from assess.engine.inference import Engine
from assess.errors import read_each
from assess.exchange.indicator_files import ClusterFile, read_indicator_file


@dataclass(frozen=True, slots=True)
class Responses:
    """Files of responses to the three questionnaires, and the cluster and year they are about."""

    member: Path | None
    management: Path | None
    evaluator: Path | None
    cluster: str | None
    year: int | None

    @property
    def files(self) -> dict[str, Path]:
        """The files that were given, by questionnaire."""
        named = {"member": self.member, "management": self.management, "evaluator": self.evaluator}
        return {name: path for name, path in named.items() if path is not None}


def run(files: Sequence[Path], responses: Responses, output: str, version: str | None) -> None:
    """Print one diagnosis per file (several as JSON: a list), once everything has been read.

    Raises FaultsFound with every fault.
    """
    if bool(files) == bool(responses.files):
        raise click.UsageError(say("Give indicator files, or files of responses (--member, --management, --evaluator), not both."))
    rulebase = load_rulebase_version(version)
    diagnoses = _from_responses(responses, rulebase) if responses.files else diagnose_files(files, rulebase)
    click.echo(_as_json(list(diagnoses)) if output == "json" else _as_text(diagnoses))


def diagnose_files(files: Sequence[Path], rulebase: Rulebase) -> list[Diagnosis]:
    """Diagnose every indicator file. Raises FaultsFound with the faults of all of them."""
    engine = Engine()
    return [diagnose(found.cluster, found.year, found.measures, rulebase, engine) for found in read_all(files, rulebase)]


def read_all(files: Sequence[Path], rulebase: Rulebase) -> list[ClusterFile]:
    """Read every indicator file. Raises FaultsFound with the faults of all of them."""
    return read_each(lambda path: read_indicator_file(path, rulebase.indicators), files)


def _from_responses(responses: Responses, rulebase: Rulebase) -> Iterator[Diagnosis]:
    from assess.commands.responses import diagnose_responses

    yield diagnose_responses(responses.files, responses.cluster, responses.year, rulebase)


def _as_json(diagnoses: Sequence[Diagnosis]) -> str:
    """One diagnosis as it is; several as a list."""
    documents = [document(diagnosis) for diagnosis in diagnoses]
    return json.dumps(documents[0] if len(documents) == 1 else documents, indent=2, ensure_ascii=False, allow_nan=False)


def _as_text(diagnoses: Iterable[Diagnosis]) -> str:
    from assess.commands.telling import told_summary

    words = reader()
    return "\n\n".join(told_summary(diagnosis, words) for diagnosis in diagnoses)
