"""Prints the JSON Schema of a format."""

from __future__ import annotations

import json
from typing import Any

import click

from assess.definitions.questionnaires import json_schema
from assess.definitions.rules import rules_schema
from assess.engine.document_schema import diagnosis_schema, indicator_file_schema


def run(what: str) -> None:
    """Print one schema."""
    click.echo(json.dumps(_schema(what), indent=2, ensure_ascii=False))


def _schema(what: str) -> dict[str, Any]:
    schemas = {"rules": rules_schema, "questionnaire": json_schema, "diagnosis": diagnosis_schema, "indicators": indicator_file_schema}
    return schemas[what]()
