"""What a page may cost in statements and bytes, counted by what prints it in `make bench`."""

from __future__ import annotations

import pytest
from databases import KINDS
from postgresql_server import AT_THE_END
from sqlalchemy import text

from assess.store.session import reading
from benchmarks.pages import bytes_of_many, statements
from benchmarks.statements import counted
from benchmarks.surveyed import page_of_many
from web.visiting import Survey

MOST_STATEMENTS = 12
MOST_BYTES, MOST_BYTES_IN_ALL = 60_000, 250_000


@pytest.mark.parametrize("kind", KINDS)
def test_section__is_shown_and_saved__with_few_statements(kind: str, request: pytest.FixtureRequest) -> None:
    request.config.add_cleanup(AT_THE_END.close)
    got, posted = statements(kind)
    assert got.statements + posted.statements <= MOST_STATEMENTS


def test_statements__are_as_many__however_many_questions_a_section_has() -> None:
    few, many = statements(), statements(section="many", source=page_of_many())
    assert [one.statements for one in few] == [one.statements for one in many]


def test_page_of_forty_questions__is_light() -> None:
    raw, sent, first_load = bytes_of_many()
    assert sent < raw
    assert sent <= MOST_BYTES
    assert first_load <= MOST_BYTES_IN_ALL


def test_count__tells_statements_from_what_stands_around_them(survey: Survey) -> None:
    with counted(survey.engine) as found, reading(survey.engine) as session:
        for _ in range(3):
            session.execute(text("SELECT 1"))
    assert (found.statements, found.around) == (3, 4)
