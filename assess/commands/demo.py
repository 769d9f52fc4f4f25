"""Diagnoses the published clusters and a synthetic one, and writes their reports."""

from __future__ import annotations

import json
from pathlib import Path

import click

from assess.commands import synthesise
from assess.commands.diagnose import diagnose_files
from assess.commands.responses import diagnose_responses
from assess.content import content_folder
from assess.definitions.library import load_rulebase_version
from assess.engine.diagnosis import Diagnosis
from assess.engine.document import document
from assess.reports.pdf import write_report
from assess.reports.terminal import summary

_PUBLISHED = ("ile-de-france", "massachusetts", "berlin-brandenburg", "singapore")
_SYNTHETIC = "Example Valley"
_MEMBERS, _SEED, _YEAR = 60, 7, 2026


def run(folder: Path) -> None:
    """Write diagnosis and report of each cluster into `folder`, and print the summaries."""
    rulebase = load_rulebase_version()
    files = [content_folder("cases") / "clusters" / f"{name}.yaml" for name in _PUBLISHED]
    synthesise.run(folder / "responses", _MEMBERS, _SEED)
    responses = {path.stem: path for path in sorted((folder / "responses").glob("*.csv"))}
    diagnoses = [*diagnose_files(files, rulebase), diagnose_responses(responses, _SYNTHETIC, _YEAR, rulebase)]
    with click.progressbar(diagnoses, label="Writing reports", item_show_func=lambda d: d.cluster.name if d else "") as progress:
        written = [_write(diagnosis, folder) for diagnosis in progress]
    for content in written:
        click.echo("\n" + summary(content))
    click.echo(f"\n{len(written)} diagnoses and reports are in {folder}/ (four published clusters, one synthetic).")


def _write(diagnosis: Diagnosis, folder: Path) -> dict[str, object]:
    content = document(diagnosis)
    target = folder / diagnosis.cluster.id
    (folder / f"{target.name}.json").write_text(json.dumps(content, indent=2, ensure_ascii=False), encoding="utf-8")
    write_report(content, folder / f"{target.name}.pdf")
    return content
