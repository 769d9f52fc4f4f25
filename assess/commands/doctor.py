"""Says what this machine lacks."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Callable
from ctypes.util import find_library
from importlib import import_module

import click

from assess.commands.speaking import reader
from assess.errors import AssessError
from assess.phrases import Phrase, message


def run() -> None:
    """Try everything the program needs; print one line each. Exits with 1 when something is missing."""
    results = [(what, *_tried(attempt)) for what, attempt in _CHECKS.items()]
    words = reader()
    ok, missing = words.say("ok"), words.say("MISSING")
    width = max(len(ok), len(missing))
    for what, works, detail in results:
        found = words.say(what) + ("" if works else f"{words.say(': ')}{detail}")
        click.echo(f"{ok if works else missing:<{width}}  {found}")
    if not all(works for _, works, _ in results):
        sys.exit(1)


def _tried(attempt: Callable[[], None]) -> tuple[bool, str]:
    try:
        attempt()
    except (AssessError, ImportError, OSError) as error:
        return False, _first_line(error)
    return True, ""


def _first_line(error: Exception) -> str:
    said = error.said(reader().told) if isinstance(error, AssessError) else str(error)
    return said.splitlines()[0]


def _engine() -> None:
    import_module("assess.engine.inference")


def _printing() -> None:
    try:
        import_module("assess.reports.pdf")
    except OSError as error:
        raise AssessError(
            Phrase("WeasyPrint finds no Pango; as root: apt-get install libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0")
        ) from error


def _subsetting() -> None:
    if find_library("harfbuzz-subset") is None:
        raise AssessError(Phrase("fonts in reports are cut with it; as root: apt-get install libharfbuzz-subset0"))


def _content() -> None:
    library = import_module("assess.definitions.library")
    library.load_rulebase_version()


def _poppler() -> None:
    if shutil.which("pdftotext") is None:
        raise AssessError(Phrase("only the tests need it; as root: apt-get install poppler-utils"))


_CHECKS: dict[str, Callable[[], None]] = {
    message("inference engine (durable_rules)"): _engine,
    message("PDF printing (WeasyPrint with Pango)"): _printing,
    message("font subsetting (HarfBuzz)"): _subsetting,
    message("rule base"): _content,
    message("PDF reading for the tests (poppler)"): _poppler,
}
