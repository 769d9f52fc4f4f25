"""The report before pdfua, which checks 16 of the 106 rules of PDF/UA-1 and is not ours."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pdfua
import pikepdf
import pytest
from report_documents import of_case
from reports.full_annex import full_annex

from assess.reports.pdf import make
from assess.reports.seal_stamp import Stamp

_CANNOT = {"UA-14-001"}
"""Fails on any structure element with an array of attributes, as figures' are."""


@cache
def report() -> bytes:
    document = of_case("berlin-brandenburg")
    return make(document, Stamp(draft=True), annex=full_annex(diagnosis=document["digest"])).content


def findings(path: Path) -> set[str]:
    found = pdfua.validate(str(path))
    assert {outcome.rule_id for outcome in found.skipped} <= _CANNOT
    return {finding.rule_id for finding in found.findings}


def test_report__nothing_is_found(tmp_path: Path) -> None:
    path = tmp_path / "report.pdf"
    path.write_bytes(report())
    assert findings(path) == set()


@pytest.mark.parametrize(
    ("fault", "found"),
    [("no language", "UA-06-001"), ("no headers", "UA-15-003"), ("no alternative text", "UA-13-004"), ("not marked", "UA-01-002")],
)
def test_planted_fault__is_found(fault: str, found: str, tmp_path: Path) -> None:
    path, whole = tmp_path / "faulty.pdf", tmp_path / "report.pdf"
    whole.write_bytes(report())
    with pikepdf.open(whole) as pdf:
        plant(pdf, fault)
        pdf.save(path)
    assert found in findings(path)


def plant(pdf: pikepdf.Pdf, fault: str) -> None:
    elements = [entry for entry in pdf.objects if isinstance(entry, pikepdf.Dictionary) and entry.get("/Type") == "/StructElem"]
    if fault == "no language":
        del pdf.Root.Lang
    elif fault == "no headers":
        for cell in elements:
            if cell.S == "/TH":
                cell.S = pikepdf.Name.TD
    elif fault == "no alternative text":
        del next(figure for figure in elements if figure.S == "/Figure")["/Alt"]
    else:
        pdf.Root.MarkInfo.Marked = False
