"""The PDF file: pages, text, fonts, metadata, refusals, the same bytes twice."""

from __future__ import annotations

import json
import logging
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from datetime import date
from functools import cache
from hashlib import sha256
from io import BytesIO
from pathlib import Path
from typing import Any

import pikepdf
import pytest
from report_documents import instrument, invented, make_document, of_case
from report_reading import bookmarks, font_names, texts
from reports.full_annex import full_annex
from reports.longer_words import longer, longer_words

from assess.definitions.library import load_rulebase_version
from assess.definitions.scales import Scale
from assess.engine.annex import Beside
from assess.engine.reckoning import annex_of
from assess.reports import names
from assess.reports.pdf import AssetFetcher, html, render, unsigned_report, write_report
from assess.reports.seal_stamp import Stamp
from assess.reports.view import build_view

ISSUED = date(2026, 3, 2)
SECTIONS = [
    "Summary", "Contents and legend", "Evidence", "Type and stage", "Success factors", "Profiles", "Screens", "Instruments",
    "Grant conditions and advice", "How it was reached", "Verification and sources",
]  # fmt: skip
OURS = {"Report-Sans", "Report-Sans-Bold", "Report-Sans-Italic", "Report-Serif", "Report-Text-Serif", "Report-Symbols", "Report-Math"}
OURS |= {"Report-Math-Bold"}  # the same file, made bold where a minus stands in bold figures
_MOST_PAGES = {"agency": 20, "executives": 14}
LONG = "Überregionale Arbeitsgemeinschaft für Präzisionsfertigung, Messtechnik und angewandte Photonik " * 3


class Warnings(logging.Handler):
    """Collects what weasyprint warns of."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.messages: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.messages.append(record.getMessage())


@pytest.fixture(autouse=True)
def _no_weasyprint_warnings() -> Iterator[None]:
    handler = Warnings()
    logging.getLogger("weasyprint").addHandler(handler)
    yield
    logging.getLogger("weasyprint").removeHandler(handler)
    assert handler.messages == []


def documents() -> dict[str, dict[str, Any]]:
    named = make_document(cluster={"id": "x", "name": "Κοιλάδα <script>alert(1)</script> & Долина 光"}, synthetic=True)
    long_texts = make_document(
        cluster={"id": "x", "name": LONG.strip(), "sector": LONG, "region": "x" * 200},
        instruments=[instrument(name=LONG, does=LONG * 3, risks=[LONG] * 3, who_acts=LONG, rank=n) for n in range(1, 4)],
    )
    return {
        "names": named,
        "long": long_texts,
        "published case": of_case("berlin-brandenburg"),
        "nothing known": of_case("textbook-nothing-known"),
        "sixty unknown": invented(unknown=60),
        "all known": invented(),
    }


KINDS = ("names", "long", "published case", "nothing known", "sixty unknown", "all known")


@cache
def rendered(kind: str) -> bytes:
    return render(build_view(documents()[kind], issued=ISSUED))


@pytest.mark.parametrize("kind", KINDS)
def test_report__of_any_diagnosis__has_every_section_our_fonts_and_the_summary_alone(kind: str) -> None:
    content = rendered(kind)
    pages = texts(content)
    assert bookmarks(content) == SECTIONS
    assert font_names(content) <= OURS
    assert "Summary" in pages[1]
    assert "Limits" in pages[1]
    assert "Contents and legend" in pages[2]


@pytest.mark.parametrize("kind", KINDS)
def test_report__pages__carry_number_draft_and_report_number(kind: str) -> None:
    pages, document = texts(rendered(kind)), documents()[kind]
    for number, page in enumerate(pages[1:], start=2):
        assert f"{number} / {len(pages)}" in page
        assert f"Report {document['digest'][:12]}" in page
        assert "results may change" in page
        assert ("SYNTHETIC DATA" in page) == document["synthetic"]
    assert ("describes no real cluster" in pages[0]) == document["synthetic"]


def test_report__text__holds_the_numbers_of_the_diagnosis() -> None:
    said, document = " ".join(texts(rendered("published case"))), of_case("berlin-brandenburg")
    for factor in document["factors"].values():
        assert f"{factor['label']} {names.shown(factor['level'], Scale.LIKERT)} {names.shown(factor['target'], Scale.LIKERT)}" in said
    for kind in ("type", "stage"):
        for share in (*document[kind]["supports"].values(), *document[kind]["coverage"].values()):
            assert names.shown(share, Scale.SHARE) in said
    for entry in document["instruments"]:
        assert entry["name"] in said
    for digest in (document["digest"], document["rulebase"]["digest"], document["certificate"]["digest"]):
        assert digest in said.replace(" ", "")


def test_report__rules_behind_what_it_says__stand_in_the_text() -> None:
    document = of_case("berlin-brandenburg")
    said = "".join(texts(rendered("published case"))).replace(" ", "")
    findings = [finding for factor in document["factors"].values() for finding in factor["findings"]]
    portfolio = [entry for entry in document["instruments"] if entry["portfolio"]]
    rules = {rule for entry in (document["stage"], *findings, *portfolio) for rule in entry["because"]}
    assert rules
    assert [rule for rule in rules if rule not in said] == []


def test_report__nothing_known__is_short_and_says_unknown() -> None:
    pages = texts(rendered("nothing known"))
    assert len(pages) <= 16
    assert "Nothing can be concluded" in pages[1]
    assert pages[1].count("unknown") >= 21


@pytest.mark.parametrize("kind", ["all known", "nothing known"])
def test_report__in_a_language_with_longer_words__keeps_summary_legend_and_evidence_on_a_page_each(kind: str) -> None:
    document = documents()[kind]
    pages = texts(render(build_view(document, annex=full_annex(document), words=longer_words(), verify_at="https://assess.example.org/v")))
    heads = [longer(head) for head in ("Summary", "Contents and legend", "Evidence", "Type and stage")]
    assert [head in page for head, page in zip(heads, pages[1:5], strict=True)] == [True] * 4
    assert longer("Limits") in pages[1]
    assert longer("What is unknown") in pages[3]


@pytest.mark.parametrize("audience", ["agency", "executives"])
def test_report__with_everything_known__keeps_to_its_pages(audience: str) -> None:
    document = documents()["all known"]
    pages = len(texts(render(build_view(document, annex=full_annex(document), audience=audience))))
    assert pages <= _MOST_PAGES[audience]


@pytest.mark.parametrize("language", ["en", "de", "fr"])
def test_report__of_a_published_case__has_about_fourteen_pages(language: str) -> None:
    document = of_case("berlin-brandenburg")
    beside = annex_of(document, load_rulebase_version(), Beside())
    assert len(texts(unsigned_report(document, Stamp(language=language), beside))) <= 14


def test_report__names_with_markup_and_other_scripts__are_printed_not_obeyed() -> None:
    cover = texts(rendered("names"))[0].replace(" ", "")
    assert "Κοιλάδα<script>alert(1)</script>&Долина□" in cover
    assert "<script>" not in html(build_view(documents()["names"]))


def test_report__metadata__has_title_language_dates_and_structure() -> None:
    with pikepdf.open(BytesIO(rendered("published case"))) as file:
        assert str(file.docinfo["/Title"]) == "Cluster diagnosis: Berlin/Brandenburg life sciences, 2005"
        assert str(file.docinfo["/CreationDate"]).startswith("D:20260302")
        assert str(file.Root.Lang) == "en"
        assert file.Root.MarkInfo.Marked
        with file.open_metadata() as metadata:
            assert metadata["pdfuaid:part"] == "1"


def test_report__figures__all_have_alternative_text() -> None:
    with pikepdf.open(BytesIO(rendered("published case"))) as file:
        figures = [item for item in file.objects if isinstance(item, pikepdf.Dictionary) and item.get("/S") == "/Figure"]
        assert len(figures) > 20
        assert all(str(figure.get("/Alt", "")) for figure in figures)


def test_report__made_again_in_another_process__has_the_same_bytes(tmp_path: Path) -> None:
    saved = tmp_path / "diagnosis.json"
    saved.write_text(json.dumps(of_case("berlin-brandenburg")), "utf-8")
    script = (
        "import json, sys; from datetime import date; from hashlib import sha256; from pathlib import Path;"
        "from assess.reports.pdf import render; from assess.reports.view import build_view;"
        "view = build_view(json.loads(Path(sys.argv[1]).read_text('utf-8')), issued=date(2026, 3, 2));"
        "print(sha256(render(view)).hexdigest())"
    )
    env = os.environ | {"PYTHONHASHSEED": "7", "TZ": "Pacific/Auckland", "HOME": str(tmp_path)}
    again = subprocess.run([sys.executable, "-c", script, str(saved)], capture_output=True, text=True, check=True, env=env, cwd=tmp_path)
    assert again.stdout.strip() == sha256(rendered("published case")).hexdigest()


@pytest.mark.parametrize(
    "address",
    [
        "http://localhost/x.css", "https://example.org/", "file:///etc/passwd", "data:text/css,p{}", "asset:../../pyproject.toml",
        "asset:/etc/passwd", "asset:report.html", "asset:report.css?x", "asset:report.css\n", "ASSET:report.css",
    ],
)  # fmt: skip
def test_fetcher__anything_but_own_assets__is_refused(address: str) -> None:
    with pytest.raises(ValueError, match="only use its own style sheet and fonts"):
        AssetFetcher().fetch(address)


def test_fetcher__own_style_sheet__is_served() -> None:
    assert b"@font-face" in AssetFetcher().fetch("asset:report.css").read()


def test_html__asks_for_nothing_but_its_own_style_sheets() -> None:
    page = html(build_view(invented()))
    assert re.findall(r'(?:src|href)="(?!#)([^"]*)"', page) == ["asset:report.css", "asset:parts/findings.css", "asset:parts/actions.css"]
    assert "url(" not in page


def test_write_report__writes_the_whole_file(tmp_path: Path) -> None:
    target = tmp_path / "report.pdf"
    write_report(make_document(), target)
    assert target.read_bytes().rstrip().endswith(b"%%EOF")
    assert [file.name for file in tmp_path.iterdir()] == ["report.pdf"]


def test_write_report__failure__leaves_the_old_file_and_no_other(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    target = tmp_path / "report.pdf"
    target.write_bytes(b"old")

    def full(_: int) -> None:
        raise OSError("no space left")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="no space left"):
        write_report(make_document(), target)
    assert target.read_bytes() == b"old"
    assert [file.name for file in tmp_path.iterdir()] == ["report.pdf"]
