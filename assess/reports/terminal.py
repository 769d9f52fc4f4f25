"""A diagnosis as a person reads it in a terminal."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Iterable
from io import StringIO
from typing import Any

from rich.console import Console
from rich.table import Table

Document = dict[str, Any]
_UNKNOWN = "unknown"


def summary(document: Document) -> str:
    """Return the diagnosis as text: type, stage, factors, screens, instruments, and what is not known."""
    console = _console()
    _heading(console, document)
    _classification(console, "Type", document["type"])
    _classification(console, "Stage", document["stage"])
    _flags(console, document["stage"])
    console.print(_factor_table(document["factors"]))
    console.print(_screen_table(document["screens"]))
    _instruments(console, document)
    _closing(console, document)
    text = console.file.getvalue()  # type: ignore[attr-defined]
    return str(text).rstrip()


def _console() -> Console:
    width = shutil.get_terminal_size((110, 40)).columns
    return Console(file=StringIO(), width=min(max(width, 80), 130), force_terminal=sys.stdout.isatty(), highlight=False, markup=False)


def _heading(console: Console, document: Document) -> None:
    cluster = document["cluster"]
    place = ", ".join(cluster[key] for key in ("sector", "region", "country") if key in cluster)
    console.print(f"{cluster['name']}, {document['round']['year']}" + (f"  ({place})" if place else ""), style="bold")
    status = "" if document["rulebase"]["status"] == "published" else f" ({document['rulebase']['status']})"
    known = len(document["labels"]) - len(document["unknown"])
    console.print(f"Rule base {document['rulebase']['version']}{status} · {known} of {len(document['labels'])} indicators known")
    if document["synthetic"]:
        console.print("Synthetic data: this is no real cluster.", style="bold")
    console.print()


def _classification(console: Console, title: str, found: Document) -> None:
    label = _words(found["label"])
    if found.get("mixed_of"):
        label += f" of {' and '.join(map(_words, found['mixed_of']))}"
    console.print(f"{title}: {label}", style="bold")
    for name, support in found["supports"].items():
        coverage = f"evidence {found['coverage'][name]:.0%}"
        if support is None:
            console.print(f"  {_words(name):<20} {_UNKNOWN:<26} {coverage}")
        else:
            console.print(f"  {_words(name):<20} {_bar(support)} {support:4.2f}  {coverage}")
    if found["missing"]:
        console.print(f"  To decide, these would help: {_listed(found['missing'])}")
    console.print()


def _flags(console: Console, stage: Document) -> None:
    for finding in stage["findings"]:
        console.print(f"▲ {finding['finding']}")
    if stage["undetermined_flags"]:
        console.print(f"Could not be ruled out: {', '.join(map(_words, stage['undetermined_flags']))}")
    if stage["findings"] or stage["undetermined_flags"]:
        console.print()


def _factor_table(factors: Document) -> Table:
    table = Table(title="Success factors (1–5)", title_justify="left", title_style="bold")
    for name in ("Factor", "Level", "Target", "Gap", "Severity", "Confidence"):
        table.add_column(name, justify="right" if name in ("Level", "Target", "Gap") else "left")
    for found in factors.values():
        severity = found["severity"] or _UNKNOWN
        verdict = "strength" if found["strength"] else severity
        numbers = [_number(found[key]) for key in ("level", "target", "gap")]
        table.add_row(found["label"], *numbers, verdict, found["confidence"] or "–")
    return table


def _screen_table(screens: Document) -> Table:
    table = Table(title="Screens", title_justify="left", title_style="bold")
    for name in ("Screen", "Criterion", "Result", "Evidence"):
        table.add_column(name)
    for screen, criteria in screens.items():
        for criterion, found in criteria.items():
            evidence = found["findings"][0] if found["findings"] else _open_question(found["missing"])
            table.add_row(_words(screen), _words(criterion), found["result"], evidence)
    return table


def _open_question(missing: list[str]) -> str:
    return f"missing: {_listed(missing)}" if missing else "what is known speaks neither for a pass nor for a fail"


def _instruments(console: Console, document: Document) -> None:
    if not document["instruments"]:
        console.print("No instrument is recommended: what is known calls for none.\n")
        return
    size = document["portfolio"]["size"]
    table = Table(title=f"Recommended instruments (portfolio: at most {size})", title_justify="left", title_style="bold")
    for name in ("Rank", "Instrument", "Portfolio", "Closes", "Horizon"):
        table.add_column(name)
    for entry in document["instruments"]:
        table.add_row(str(entry["rank"]), entry["name"], "yes" if entry["portfolio"] else "", ", ".join(entry["closes"]), entry["horizon"])
    console.print(table)


def _closing(console: Console, document: Document) -> None:
    if document["unknown"]:
        console.print(f"Not known: {_listed(document['unknown'], 12)}")
    console.print(f"Diagnosis {document['digest'][:12]} · rule base {document['rulebase']['digest'][:12]}", end=" ")
    console.print(f"· certificate {document['certificate']['digest'][:12]}")


def _bar(share: float) -> str:
    filled = round(share * 20)
    return "█" * filled + "·" * (20 - filled)


def _number(value: float | None) -> str:
    return _UNKNOWN if value is None else f"{value:.2f}".replace("-", "−")


def _listed(names: Iterable[str], most: int = 6) -> str:
    found = list(names)
    rest = len(found) - most
    return ", ".join(found[:most]) + (f" and {rest} more" if rest > 0 else "") or "nothing"


def _words(identifier: str) -> str:
    return identifier.replace("_", " ")
