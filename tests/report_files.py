"""Report files for tests: real ones, made once, and forged ones."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from copy import deepcopy
from datetime import datetime
from functools import cache
from io import BytesIO
from typing import Any

import pikepdf
from report_documents import of_case

from assess.definitions.digests import digest
from assess.definitions.library import load_rulebase_version
from assess.engine.annex import Action, Beside, EarlierYear
from assess.engine.reckoning import annex_of
from assess.engine.year_comparison import Change, Comparability, YearComparison
from assess.reports.pdf import make, unsigned_report
from assess.reports.seal_keys import SigningKey, make_key
from assess.reports.seal_stamp import Stamp

NOON = datetime(2026, 6, 1, 12)  # noqa: DTZ001 - UTC without a zone, as in the store
STAMP = Stamp(number="2026-EXV-3f9a2c", made_at=NOON)
DRAFT = Stamp(made_at=NOON, draft=True)
SIGNER = "Example Agency"


def diagnosis() -> dict[str, Any]:
    """A diagnosis of a published cluster."""
    return deepcopy(of_case("berlin-brandenburg"))


@cache
def signing_key(name: str = SIGNER, number: int = 1) -> SigningKey:  # noqa: ARG001 - another number is another key
    """A key that vouches for itself."""
    return make_key(name, now=NOON)


def annex() -> dict[str, Any]:
    """What the report shows beside this diagnosis: what follows from it, with an earlier year and a plan."""
    return deepcopy(_annex())


@cache
def _annex() -> dict[str, Any]:
    change = Change("funding", 2, 2.5, 0.5, Comparability.SAME)
    earlier = YearComparison((2004, 2005), ("undetermined", "undetermined"), ("potential", "growing"), True, (change,), ())
    action = Action(None, "Seed fund", "The agency", "Fund open", "2027-03-31", None, None, None, "planned", "", 2005)
    return annex_of(diagnosis(), load_rulebase_version(), Beside(earlier=[EarlierYear("2004-EXV-1", earlier)], plan=[action]))


@cache
def unsigned() -> bytes:
    """A published report without a signature."""
    return make(diagnosis(), STAMP, annex=annex()).content


@cache
def signed() -> bytes:
    """The same report signed."""
    return make(diagnosis(), STAMP, signing_key(), annex()).content


@cache
def draft() -> bytes:
    """The same diagnosis as a draft."""
    return make(diagnosis(), DRAFT, annex=annex()).content


def forged(change: Callable[[dict[str, Any]], None]) -> bytes:
    """A report made with the program itself of a changed diagnosis whose digest was computed anew: whatever can agree, agrees."""
    document = diagnosis()
    change(document)
    changed = redigested(document)
    return unsigned_report(changed, STAMP, redigested(annex() | {"diagnosis": changed["digest"]}))


def forged_annex(change: Callable[[dict[str, Any]], None]) -> bytes:
    """A report made with the program itself with a changed annex whose digest was computed anew."""
    beside = annex()
    change(beside)
    return unsigned_report(diagnosis(), STAMP, redigested(beside))


def redigested(document: Mapping[str, Any]) -> dict[str, Any]:
    """A diagnosis or an annex with the digest that it has now."""
    rest = {key: value for key, value in document.items() if key != "digest"}
    return rest | {"digest": digest(rest)}


def edited(content: bytes, change: Callable[[pikepdf.Pdf], None]) -> bytes:
    """The file changed by another program."""
    with pikepdf.open(BytesIO(content)) as pdf:
        change(pdf)
        written = BytesIO()
        pdf.save(written, deterministic_id=True, fix_metadata_version=False)
    return written.getvalue()


def enclosed(pdf: pikepdf.Pdf, name: str = "diagnosis.json") -> pikepdf.Object:
    """The stream of an attachment."""
    (found,) = (file for file in pdf.Root.AF if str(file.UF) == name)
    return found.EF.F


def with_diagnosis(content: bytes, document: Mapping[str, Any]) -> bytes:
    """The file with another diagnosis in the place of its own."""
    return edited(content, lambda pdf: enclosed(pdf).write(json.dumps(document).encode()))


def with_annex(content: bytes, beside: Mapping[str, Any] | bytes) -> bytes:
    """The file with another annex in the place of its own."""
    data = beside if isinstance(beside, bytes) else json.dumps(beside).encode()
    return edited(content, lambda pdf: enclosed(pdf, "annex.json").write(data))
