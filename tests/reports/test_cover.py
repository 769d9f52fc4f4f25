"""The first page and the page of proof."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
import segno
from report_documents import make_document
from reports.full_annex import full_annex

from assess.reports.matrix_code import matrix_code
from assess.reports.pdf import html
from assess.reports.view import ReportView, build_view

ADDRESS = "https://assess.example.org/verify/2026-EXAMPLE-0123456789ab"


def view(**changes: Any) -> ReportView:
    return build_view(make_document(**changes))


def facts(built: ReportView) -> dict[str, str]:
    return dict(built.cover.facts)


def test_report_number__is_the_beginning_of_the_digest() -> None:
    assert view().number == facts(view())["Report number"] == "0123456789ab"


def test_draft_line__stands_unless_the_rule_base_is_published() -> None:
    published = make_document()["rulebase"] | {"status": "published"}
    assert view().draft == "Rule base 2026.1 is a draft: results may change"
    assert view(rulebase=published).draft == ""


@pytest.mark.parametrize("missing", ["sector", "region", "country"])
def test_cover__optional_field_missing__still_stands(missing: str) -> None:
    cluster = {key: value for key, value in make_document()["cluster"].items() if key != missing}
    assert facts(view(cluster=cluster))["Rule base"] == "2026.1 (draft)"


def test_cover__questionnaires__stand_with_their_versions() -> None:
    used = [{"id": "member", "version": "2026.1", "status": "draft", "digest": "d" * 64}]
    assert facts(view(questionnaires=used))["Member questionnaire"] == "2026.1 (draft)"


def test_cover__says_whose_edition_it_is() -> None:
    assert build_view(make_document(), audience="executives").cover.edition == "For executives of member organisations"


def test_issued__is_printed_in_words_only_when_given() -> None:
    assert "Issued" not in facts(view())
    assert facts(build_view(make_document(), issued=date(2026, 3, 2)))["Issued"] == "2 March 2026"


def test_code__without_an_address__is_not_drawn() -> None:
    assert view().cover.code is None
    assert "code-square" not in html(view())


def test_code__with_an_address__is_drawn_with_the_address_beside_it_and_on_the_page_of_proof() -> None:
    page = html(build_view(make_document(), verify_at=ADDRESS))
    assert f"<title>Code that leads to {ADDRESS}</title>" in page
    assert page.count(f'<a href="{ADDRESS}">{ADDRESS}</a>') == 2


def test_matrix_code__has_the_quiet_zone_and_every_dark_module() -> None:
    code = matrix_code(ADDRESS)
    matrix = segno.make(ADDRESS, error="m", micro=False).matrix
    assert code is not None
    assert code.size == len(matrix) + 8
    assert drawn(code.path) == {(x + 4, y + 4) for y, row in enumerate(matrix) for x, dark in enumerate(row) if dark}


def drawn(path: str) -> set[tuple[int, int]]:
    """The modules that a path of rectangles fills."""
    rectangles = (piece.removesuffix("z").replace("h", " ").replace("v", " ").split() for piece in path.split("M")[1:])
    return {(int(x) + n, int(y)) for x, y, width, *_ in rectangles for n in range(int(width))}


def test_provenance__gives_all_digests() -> None:
    values = [entry.value for entry in build_view(make_document(), annex=full_annex()).verification]
    assert {"0123456789abcdef" * 4, "b" * 64, "c" * 64, "e" * 64} <= set(values)


def test_provenance__without_annex__names_none() -> None:
    assert "Annex" not in [entry.name for entry in view().verification]


def test_recheck__from_responses__names_the_questionnaires_files() -> None:
    used = [{"id": "member", "version": "2026.1", "status": "draft", "digest": "d" * 64}]
    assert view().recheck.command == "assess diagnose FILE --format json"
    assert view(questionnaires=used).recheck.command == "assess diagnose --member FILE --cluster NAME --year 2026 --format json"
    assert view(questionnaires=used).recheck.needs == "the files of responses"
