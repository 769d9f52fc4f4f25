"""Says what this machine lacks."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Callable
from ctypes.util import find_library
from importlib import import_module

import click

from assess.errors import AssessError


def run() -> None:
    """Try everything the program needs; print one line each. Exits with 1 when something is missing."""
    results = [(what, *_tried(attempt)) for what, attempt in _CHECKS.items()]
    for what, works, detail in results:
        click.echo(f"{'ok     ' if works else 'MISSING'}  {what}{'' if works else f': {detail}'}")
    if not all(works for _, works, _ in results):
        sys.exit(1)


def _tried(attempt: Callable[[], None]) -> tuple[bool, str]:
    try:
        attempt()
    except (AssessError, ImportError, OSError) as error:
        return False, str(error).splitlines()[0]
    return True, ""


def _engine() -> None:
    import_module("assess.engine.inference")


def _printing() -> None:
    try:
        import_module("assess.reports.pdf")
    except OSError as error:
        raise AssessError(
            "WeasyPrint finds no Pango; as root: apt-get install libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0"
        ) from error


def _subsetting() -> None:
    if find_library("harfbuzz-subset") is None:
        raise AssessError("fonts in reports are cut with it; as root: apt-get install libharfbuzz-subset0")


def _content() -> None:
    library = import_module("assess.definitions.library")
    library.load_rulebase_version()


def _poppler() -> None:
    if shutil.which("pdftotext") is None:
        raise AssessError("only the tests need it; as root: apt-get install poppler-utils")


_CHECKS: dict[str, Callable[[], None]] = {
    "inference engine (durable_rules)": _engine,
    "PDF printing (WeasyPrint with Pango)": _printing,
    "font subsetting (HarfBuzz)": _subsetting,
    "rule base": _content,
    "PDF reading for the tests (poppler)": _poppler,
}
