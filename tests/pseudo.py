"""A rule base with a made-up translation of every text, for tests of other languages before there are real ones."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from babel.messages.pofile import write_po

from assess.content import content_folder
from assess.definitions.library import load_rulebase_version
from assess.definitions.rulebase_words import texts_in

VERSION = "2026.1"


def foreign(text: str) -> str:
    """What a text is in the made-up language: recognisable, with its numbers."""
    return f"‹{text}›"


def translated(folder: Path, monkeypatch: pytest.MonkeyPatch, language: str = "de", said: Callable[[str], str] = foreign) -> Path:
    """Copy the rules to where the program looks first, with a catalogue in a language; return the catalogue's file."""
    rules = folder / "rules"
    shutil.copytree(content_folder("rules"), rules, ignore=shutil.ignore_patterns("locale"))
    monkeypatch.setenv("ASSESS_CONTENT", str(folder))
    file = rules / VERSION / "locale" / f"{language}.po"
    file.parent.mkdir()
    catalogue = Catalog(locale=language)
    for text in texts_in(load_rulebase_version(VERSION)):
        catalogue.add(text, said(text))
    with file.open("wb") as stream:
        write_po(stream, catalogue, width=0)
    return file
