"""The demo: diagnoses of published clusters and a synthetic one with their reports, and a survey site to look into."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import click

from assess.commands import demo_site, synthesise
from assess.commands.diagnose import diagnose_files
from assess.commands.report import annex_of_sets
from assess.commands.responses import diagnose_sets, read_sets
from assess.commands.speaking import reader, say
from assess.commands.telling import told_summary
from assess.content import content_folder
from assess.definitions.library import load_rulebase_version
from assess.engine.answers import ResponseSet
from assess.engine.diagnosis import Diagnosis
from assess.engine.document import document
from assess.engine.reckoning import annex_of
from assess.reports.pdf import write_report

_PUBLISHED = ("ile-de-france", "massachusetts", "berlin-brandenburg", "singapore")
_SYNTHETIC = "Example Valley"
_MEMBERS, _SEED, _YEAR = 60, 7, 2026


def run(folder: Path, *, files: bool, site: bool, host: str, port: int, worker: bool = True) -> None:
    """Write the files of the demo, serve its site until interrupted, or both.

    Raises AssessError while another demo uses `folder`: the database that it serves would be lost.
    """
    with demo_site.reserved(folder):
        if files:
            write(folder)
        if site:
            demo_site.run(folder, host, port, worker=worker)


def write(folder: Path) -> None:
    """Write diagnosis and report of each cluster into `folder`, and print the summaries."""
    rulebase = load_rulebase_version()
    files = [content_folder("cases") / "clusters" / f"{name}.yaml" for name in _PUBLISHED]
    synthesise.run(folder / "responses", _MEMBERS, _SEED)
    responses = {path.stem: path for path in sorted((folder / "responses").glob("*.csv"))}
    sets = read_sets(responses, rulebase)
    diagnoses = [*diagnose_files(files, rulebase), diagnose_sets(sets, _SYNTHETIC, _YEAR, rulebase)]
    with click.progressbar(diagnoses, label=say("Writing reports"), item_show_func=lambda d: d.cluster.name if d else "") as progress:
        for diagnosis in progress:
            _write(diagnosis, folder, sets if diagnosis is diagnoses[-1] else [])
    for diagnosis in diagnoses:
        click.echo("\n" + told_summary(diagnosis, reader()))
    text = say(
        "%(count)s diagnoses and reports are in %(folder)s (four published clusters, one synthetic).",
        count=len(diagnoses),
        folder=f"{folder}/",
    )
    click.echo("\n" + text)


def _write(diagnosis: Diagnosis, folder: Path, sets: Sequence[ResponseSet]) -> None:
    content = document(diagnosis)
    target = folder / diagnosis.cluster.id
    (folder / f"{target.name}.json").write_text(json.dumps(content, indent=2, ensure_ascii=False), encoding="utf-8")
    annex = annex_of_sets(content, sets, diagnosis.rulebase) if sets else annex_of(content, diagnosis.rulebase)
    write_report(content, folder / f"{target.name}.pdf", annex=annex)
