"""Surveys to measure: one browser before the largest section of the members' questionnaire, or before a page of forty questions."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from databases import new_migrated
from web.visiting import Page, Survey, filled_in, make_survey

LARGEST = "cluster_management"
"""The section of the members' questionnaire with the most questions."""
MANY = 40
_TABLES = 5
_WORDING = "The cluster management sees to it that members of our size can take part in number"


@contextmanager
def under_way(kind: str = "sqlite", source: str = "") -> Iterator[Survey]:
    """Yield a survey with one member that has begun, on a new database."""
    with TemporaryDirectory() as folder, new_migrated(kind, Path(folder)) as engine:
        survey = make_survey(engine, Path(folder), source=source)
        survey.browser.start()
        yield survey


def answered(page: Page, choice: int) -> dict[str, str | Sequence[str]]:
    """What a browser sends when every question of a section has its answer `choice` ticked, counted from 0."""
    options: dict[str, list[str]] = {}
    for element in page.elements:
        if element.attributes.get("type") == "radio":
            options.setdefault(element.attributes["name"], []).append(element.attributes["value"])
    return {**filled_in(page), **{name: values[choice] for name, values in options.items()}, "go": "on"}


def page_of_many() -> str:
    """A questionnaire of one section: five tables of eight rows, five answers each, “don’t know” and “does not apply”."""
    labels = ("Strongly disagree", "Disagree", "Neither", "Agree", "Strongly agree")
    choices = "\n".join(f'    - {{name: "{number}", label: {{en: "{label}"}}}}' for number, label in enumerate(labels, 1))
    tables = "\n".join(_table(number) for number in range(_TABLES))
    return f"""
settings: {{form_id: member, version: "1", form_title: {{en: Many}}, default_language: en, status: draft, respondent: member}}
choices:
  agree5:
{choices}
survey:
  - type: group
    name: many
    label: {{en: "How the cluster is run"}}
    items:
{tables}
"""


def _table(number: int) -> str:
    size = MANY // _TABLES
    rows = "\n".join(
        f'          - {{type: select_one agree5, name: management_quality_{row}, label: {{en: "{_WORDING} {row}."}}}}'
        for row in range(number * size, number * size + size)
    )
    return f"""      - type: group
        appearance: table-list
        name: table_{number}
        label: {{en: "How far do you agree? ({number})"}}
        items:
{rows}"""
