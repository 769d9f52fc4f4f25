"""Response files are read whole, or refused with every fault, its row and its column."""

from __future__ import annotations

import csv
import io
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile

import pytest
from answering import INDICATORS, MEMBER, TODAY, member_questionnaire, single_questionnaire
from openpyxl import Workbook, load_workbook

from assess.definitions.questionnaire_items import MemberKind, Questionnaire
from assess.definitions.questionnaires import parse_questionnaire
from assess.engine.answers import ResponseSet
from assess.errors import FaultsFound
from assess.exchange import tables, workbooks
from assess.exchange.response_files import MOST_FAULTS, read_responses

HEADER = "organisation,kind,trust\n"
REPEAT = """
      - type: repeat
        name: sites
        label: Sites
        items: [{type: text, name: town, label: {en: Town}}]
"""


def read_path(path: Path, questionnaire: Questionnaire | None = None) -> ResponseSet:
    return read_responses(path, questionnaire or member_questionnaire(), INDICATORS, TODAY)


def read(folder: Path, content: str | bytes, questionnaire: Questionnaire | None = None) -> ResponseSet:
    path = folder / "answers.csv"
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return read_path(path, questionnaire)


def faults_of(folder: Path, content: str | bytes, questionnaire: Questionnaire | None = None) -> list[str]:
    with pytest.raises(FaultsFound) as caught:
        read(folder, content, questionnaire)
    return [str(fault).replace(f"{folder}/", "") for fault in caught.value.faults]


def faults_of_path(path: Path) -> list[str]:
    with pytest.raises(FaultsFound) as caught:
        read_path(path)
    return [str(fault).replace(f"{path.parent}/", "") for fault in caught.value.faults]


def workbook(folder: Path, *rows: list[Any], name: str = "answers.xlsx") -> Path:
    book = Workbook()
    for row in rows:
        book.active.append(row)  # type: ignore[union-attr]
    path = folder / name
    book.save(path)
    return path


# What is read --------------------------------------------------------------------------------------------------------


def test_row__becomes_a_sheet_with_its_place(tmp_path: Path) -> None:
    found = read(tmp_path, "organisation,kind,version,note,trust,staff\n Mill ,company,2026.1,by phone,4,12\n\nLab,research,,,dont_know,\n")
    mill, lab = found.sheets
    assert (mill.organisation, mill.kind, mill.note, mill.line) == ("Mill", MemberKind.COMPANY, "by phone", 2)
    assert mill.answers == {"kind": "company", "trust": "4", "staff": 12}
    assert (lab.answers, lab.line) == ({"kind": "research", "trust": "dont_know"}, 4)
    assert not found.synthetic


def test_rows_marked_synthetic__mark_the_whole_set(tmp_path: Path) -> None:
    assert read(tmp_path, "organisation,kind,note,trust\nMill,company,Synthetic,4\nLab,research,,4\n").synthetic


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_delimiter__is_detected(tmp_path: Path, delimiter: str) -> None:
    stream = io.StringIO()
    csv.writer(stream, delimiter=delimiter).writerows(
        [["organisation", "kind", "comment"], ["Mill; Sons, Ltd\tNorth", "company", 'said "no", twice\nand left']]
    )
    sheet = read(tmp_path, stream.getvalue()).sheets[0]
    assert sheet.organisation == "Mill; Sons, Ltd\tNorth"
    assert sheet.answers["comment"] == 'said "no", twice\nand left'


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "latin-1", "cp1252", "utf-16", "utf-32"])
def test_encoding__is_detected(tmp_path: Path, encoding: str) -> None:
    text = "organisation;kind;comment\nUniversité de Genève;research;déjà vu à Besançon\nMüller & Söhne;company;schön größer\n"
    found = read(tmp_path, text.encode(encoding))
    assert [sheet.organisation for sheet in found.sheets] == ["Université de Genève", "Müller & Söhne"]
    assert found.sheets[1].answers["comment"] == "schön größer"
    assert found.guessed_encoding == ("cp1252" if encoding in ("latin-1", "cp1252") else "")


def test_encoding__of_central_europe__is_told_from_the_western_one(tmp_path: Path) -> None:
    names = ["Politechnika Śląska", "Zakład Łódź Sp. z o.o.", "Urząd Miasta Gdańsk", "Spółka Żółć"]
    text = "organisation,kind\n" + "".join(f"{name},company\n" for name in names)
    assert [sheet.organisation for sheet in read(tmp_path, text.encode("cp1250")).sheets] == names


def test_encoding__a_foreign_letter_as_the_very_last_byte__is_found(tmp_path: Path) -> None:
    found = read(tmp_path, "organisation,kind,comment\nMill,company,Café".encode("latin-1"))
    assert (found.sheets[0].answers["comment"], found.guessed_encoding) == ("Café", "cp1252")


def test_encoding__foreign_letters_only_far_down__are_found(tmp_path: Path) -> None:
    rows = "".join(f"Firm {number},company,4\n" for number in range(20_000))
    found = read(tmp_path, (HEADER + rows + "Bäckerei Größer,company,4\nÖlmühle,company,5\n").encode("latin-1"))
    assert [sheet.organisation for sheet in found.sheets[-2:]] == ["Bäckerei Größer", "Ölmühle"]


@pytest.mark.parametrize("ending", ["\n", "\r\n", "\r"])
def test_line_endings__of_every_system__are_read(tmp_path: Path, ending: str) -> None:
    found = read(tmp_path, f"organisation,kind,trust{ending}Mill,company,4{ending}Lab,research,5{ending}")
    assert [(sheet.organisation, sheet.line) for sheet in found.sheets] == [("Mill", 2), ("Lab", 3)]


def test_workbook__is_read_like_a_table(tmp_path: Path) -> None:
    path = workbook(
        tmp_path,
        ["organisation", "kind", "trust", "staff", "joined", "purchases", "buys", "agreed"],
        ["Mill", "company", 4, 12.0, datetime(2024, 2, 29, tzinfo=UTC).replace(tzinfo=None), 12.5, True, True],
        [None, None, None, None, None, None, None, None],
        ["Lab", "research", "dont_know", None, date(2020, 1, 2)],
    )
    mill, lab = read_path(path).sheets
    assert (mill.answers["trust"], mill.answers["staff"], mill.answers["buys"]) == ("4", 12, "yes")
    assert (mill.answers["joined"], mill.answers["purchases"], mill.answers["agreed"]) == (date(2024, 2, 29), 12.5, True)
    assert (lab.answers, lab.line) == ({"kind": "research", "trust": "dont_know", "joined": date(2020, 1, 2)}, 4)


def test_workbook__under_another_name__is_known_by_its_content(tmp_path: Path) -> None:
    path = workbook(tmp_path, ["organisation", "kind", "trust"], ["Mill", "company", 4], name="answers.csv")
    assert len(read_path(path).sheets) == 1


def test_management__needs_neither_organisation_nor_kind(tmp_path: Path) -> None:
    found = read(tmp_path, "firms,small,plan\n64,58,yes\n", single_questionnaire())
    assert found.sheets[0].answers["firms"] == 64


# What is refused: the header -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("header", "fault"),
    [
        ("organisation,kind,trsut", "answers.csv:1 trsut: the questionnaire has no such item; did you mean trust?"),
        ("organisation,kind,xyzzy", "answers.csv:1 xyzzy: the questionnaire has no such item; delete the column"),
        ("organisation,kind,trust,trust", "answers.csv:1 trust: the column stands twice (columns 3 and 4); keep one of the two"),
        ("organisation,kind,,trust", "answers.csv:1: column 3 has no name; name it, or delete it"),
        ("kind,trust", "answers.csv:1 organisation: the column is missing; add it, and fill it in every row"),
        ("organisation,trust", "answers.csv:1 kind: the column is missing; add it, and fill it in every row"),
        ("organization,kind,trust", "answers.csv:1 organization: the questionnaire has no such item; did you mean organisation?"),
    ],
)
def test_header__that_is_wrong__is_a_fault_on_its_line(tmp_path: Path, header: str, fault: str) -> None:
    assert fault in faults_of(tmp_path, f"{header}\n" + ",".join(["x"] * len(header.split(","))) + "\n")


def test_header_in_the_third_line__is_named_with_it(tmp_path: Path) -> None:
    assert faults_of(tmp_path, "\n\norganisation;kind;trsut\n")[0].startswith("answers.csv:3 trsut")


def test_column_of_a_repeat__cannot_stand_in_one_row(tmp_path: Path) -> None:
    questionnaire = parse_questionnaire(MEMBER + REPEAT, "member.yaml")
    faults = faults_of(tmp_path, "organisation,kind,town\nMill,company,North\n", questionnaire)
    assert faults == ["answers.csv:1 town: belongs to the repeat sites, which one row cannot hold; delete the column"]


def test_column__that_the_questionnaire_uses_for_an_item__is_an_answer(tmp_path: Path) -> None:
    questionnaire = parse_questionnaire(
        MEMBER + "      - {type: integer, name: version, label: {en: Version of your plan}}\n", "member.yaml"
    )
    assert read(tmp_path, "organisation,kind,version\nMill,company,3\n", questionnaire).sheets[0].answers["version"] == 3


def test_kind_column__for_the_management__is_no_column(tmp_path: Path) -> None:
    assert faults_of(tmp_path, "kind,firms\ncompany,3\n", single_questionnaire())[0].startswith(
        "answers.csv:1 kind: the questionnaire has no such"
    )


# What is refused: the rows -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("columns", "row", "fault"),
    [
        ("trust", "Mill,company,6", 'answers.csv:3 trust: "6" is not one of the choices; write one of 1, 2, 3, 4, 5'),
        ("purchases", "Mill,company,140", 'answers.csv:3 purchases: "140" is not allowed; enter a percentage from 0 to 100'),
        ("purchases", "Mill,company,NaN", 'answers.csv:3 purchases: "NaN" is not a number'),
        ("staff", "Mill,company,-3", 'answers.csv:3 staff: "-3" is not allowed; enter 0 or more'),
        ("staff,trainees", "Mill,company,8,9", 'answers.csv:3 trainees: "9" is not allowed; enter no more than the staff'),
        ("trust", ",company,4", "answers.csv:3 organisation: is empty; name the organisation"),
        ("trust", "Mill,,4", "answers.csv:3 kind: is empty; write one of company, research,"),
        ("trust", "Mill,compny,4", 'answers.csv:3 kind: "compny" is not a kind of member; did you mean company?'),
        ("trust", "First,research,4", 'answers.csv:3 kind: "First" is research, but company on line 2; give an organisation one kind'),
        ("version,trust", "Mill,company,2025.1,4", 'answers.csv:3 version: is "2025.1", but the questionnaire is member 2026.1'),
        ("trainee_share", "Mill,company,0.5", "answers.csv:3 trainee_share: is worked out from other answers; leave the column out"),
        ("trust", "Mill,company", "answers.csv:3: has 2 cells, but the header has 3; check the delimiters and quotes in this row"),
        ("trust", "Mill,company,4,5", "answers.csv:3: has 4 cells, but the header has 3"),
        ("trust", 'Mill,company,"4"x', "answers.csv:3: cannot be read as CSV"),
        ("trust", 'Mill,company,"4', "answers.csv:3: cannot be read as CSV"),
    ],
)
def test_row__that_is_wrong__is_a_fault_with_row_and_column(tmp_path: Path, columns: str, row: str, fault: str) -> None:
    first = "First,company" + "," * len(columns.split(","))
    faults = faults_of(tmp_path, f"organisation,kind,{columns}\n{first}\n{row}\n")
    assert len(faults) == 1
    assert faults[0].startswith(fault)


def test_count__that_is_negative__is_refused_by_its_scale_even_without_a_constraint(tmp_path: Path) -> None:
    assert faults_of(tmp_path, "firms\n-3\n", single_questionnaire()) == [
        "answers.csv:2 firms: -3 is off its scale; expected a whole number, 0 or more (structure.firms); correct the answer"
    ]


def test_calculated_value__off_its_scale__is_refused_with_the_row(tmp_path: Path) -> None:
    faults = faults_of(tmp_path, "firms,small\n10,-4\n", single_questionnaire())
    assert faults == [
        "answers.csv:2 small_share: -0.4 is off its scale; expected a share from 0 to 1 (0.25 for 25 %) (structure.sme_share); "
        "correct the answers it is worked out from"
    ]


def test_second_row_of_the_management__is_refused(tmp_path: Path) -> None:
    faults = faults_of(tmp_path, "firms\n64\n65\n", single_questionnaire())
    assert faults == ["answers.csv:3: is a second row, but the cluster management answers on one; keep the valid row"]


def test_faults_of_all_rows__are_listed_in_their_order(tmp_path: Path) -> None:
    faults = faults_of(tmp_path, HEADER + "Mill,company,6\nLab,resaerch,7\nMine,company,3\n")
    assert [fault.partition(" is not ")[0] for fault in faults] == [
        'answers.csv:2 trust: "6"', 'answers.csv:3 kind: "resaerch"', 'answers.csv:3 trust: "7"',
    ]  # fmt: skip


def test_row_after_a_cell_of_several_lines__keeps_its_line(tmp_path: Path) -> None:
    faults = faults_of(tmp_path, 'organisation,kind,comment,trust\nMill,company,"one\ntwo\nthree",4\nLab,research,,9\n')
    assert faults[0].startswith("answers.csv:5 trust")


def test_row_with_a_cell_of_several_lines__is_named_by_its_first_line(tmp_path: Path) -> None:
    faults = faults_of(tmp_path, 'organisation,kind,comment,trust\nMill,company,"one\ntwo\nthree",9\n')
    assert faults[0].startswith("answers.csv:2 trust")


def test_too_many_faults__are_cut_off_with_their_number(tmp_path: Path) -> None:
    faults = faults_of(tmp_path, HEADER + "Mill,company,6\n" * (MOST_FAULTS + 37))
    assert len(faults) == MOST_FAULTS + 1
    assert faults[-1] == "answers.csv:201 …: and 37 more; correct these first"


# What is refused: the file -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("content", "fault"),
    [
        (b"", "answers.csv: is empty; write a header and one row for each respondent"),
        (b"\n , \n\n", "answers.csv: is empty"),
        (HEADER.encode(), "answers.csv:1: has a header but no answers below it; add one row for each respondent"),
        (HEADER.encode() + b"\n,,\n", "answers.csv:1: has a header but no answers below it"),
        (b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR", "answers.csv: is not a table of text; name a CSV or XLSX file"),
        (bytes(range(256)) * 40, "answers.csv: is not a table of text"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"x" * 100, "answers.csv: is a workbook in the old Excel format; save it as XLSX or CSV"),
        (b"PK\x03\x04 this is no archive", "answers.csv: is not a workbook that can be read"),
        (b"\xff\xfeo\x00r\x00g", "answers.csv: is not in the encoding utf-16 throughout; save it as UTF-8"),
        (
            HEADER.encode() + b"x" * 200_000 + b",company,4\n",
            "answers.csv:2: cannot be read as CSV (field larger than field limit (131072))",
        ),
        (b",".join(b"c%d" % n for n in range(2_001)) + b"\n", "answers.csv:1: has more than 2,000 columns"),
    ],
)
def test_file__that_is_no_table__is_refused(tmp_path: Path, content: bytes, fault: str) -> None:
    assert faults_of(tmp_path, content)[0].startswith(fault)


def test_folder_and_missing_file__are_refused(tmp_path: Path) -> None:
    assert "is a folder; name a CSV or XLSX file in it" in faults_of_path(tmp_path)[0]
    assert "cannot be read (No such file or directory)" in faults_of_path(tmp_path / "nowhere.csv")[0]


def test_million_rows__are_refused_at_the_cap_without_reading_on(tmp_path: Path) -> None:
    path = tmp_path / "answers.csv"
    with path.open("w") as stream:
        stream.write(HEADER)
        stream.writelines(f"Firm {number},company,4\n" for number in range(1_000_000))
    seen: list[int] = []
    with pytest.raises(FaultsFound):
        seen.extend(line for line, _ in tables.read_table(path).rows)
    assert len(seen) == tables.MAX_ROWS
    assert faults_of_path(path) == ["answers.csv:100002: has more than 100,000 rows; check that this is the right file, or split it"]


def test_file__larger_than_the_cap__is_refused_unread(tmp_path: Path) -> None:
    path = tmp_path / "answers.csv"
    with path.open("wb") as stream:
        stream.truncate(tables.MAX_BYTES + 1)
    assert faults_of_path(path) == ["answers.csv: is larger than 100 MB; split it; a file holds at most 100,000 rows"]


# What is refused: workbooks ------------------------------------------------------------------------------------------


def test_workbook_row__that_is_wrong__is_a_fault_with_row_and_column(tmp_path: Path) -> None:
    path = workbook(tmp_path, ["organisation", "kind", "trust"], ["Mill", "company", 4], ["Lab", "research", 9])
    assert faults_of_path(path)[0].startswith('answers.xlsx:3 trust: "9" is not one of the choices')


def test_workbook_row__longer_than_the_header__is_a_fault(tmp_path: Path) -> None:
    path = workbook(tmp_path, ["organisation", "kind", "trust"], ["Mill", "company", 4, None, "stray"])
    assert faults_of_path(path)[0].startswith("answers.xlsx:2: has 5 cells, but the header has 3")


def test_formula__without_a_stored_value__is_refused_and_never_worked_out(tmp_path: Path) -> None:
    path = workbook(tmp_path, ["organisation", "kind", "staff"], ["Mill", "company", "=1+2"])
    assert faults_of_path(path) == [
        "answers.xlsx:2: column 3 has a formula without a stored value; "
        "replace the formula by its value, or save with a spreadsheet program"
    ]


def test_formula__with_a_stored_value__counts_as_that_value(tmp_path: Path) -> None:
    path = workbook(tmp_path, ["organisation", "kind", "staff"], ["Mill", "company", "=1+2"])
    _rewritten(path, "xl/worksheets/sheet1.xml", b"<v></v>", b"<v>41</v>", b"<v />", b"<v>41</v>", b"<v/>", b"<v>41</v>")
    assert read_path(path).sheets[0].answers["staff"] == 41


def test_cell_shown_in_per_cent__is_not_taken_for_its_bare_number(tmp_path: Path) -> None:
    path = workbook(tmp_path, ["organisation", "kind", "purchases"], ["Mill", "company", 0.45])
    book = load_workbook(path)
    book.worksheets[0]["C2"].number_format = "0%"
    book.save(path)
    assert faults_of_path(path) == ['answers.xlsx:2 purchases: "45 %" is not a number; write the number alone, without the sign %']


def test_workbook__that_declares_entities__is_refused(tmp_path: Path) -> None:
    path = workbook(tmp_path, ["organisation", "kind"], ["Mill", "company"])
    _rewritten(path, "xl/worksheets/sheet1.xml", b"<worksheet", b'<!DOCTYPE x [<!ENTITY a "aaaa">]><worksheet')
    assert faults_of_path(path) == ["answers.xlsx: declares XML entities; save it anew with a spreadsheet program"]


def test_workbook__with_an_entity_across_two_readings__is_refused(tmp_path: Path) -> None:
    path = workbook(tmp_path, ["organisation", "kind"], ["Mill", "company"])
    padding = b"<!--" + b" " * ((1 << 20) - 11) + b"-->"  # the declaration begins four bytes before the second megabyte
    _rewritten(path, "xl/worksheets/sheet1.xml", b"<worksheet", padding + b"<!DOCTYPE x><worksheet")
    assert "declares XML entities" in faults_of_path(path)[0]


def test_workbook__that_states_a_size_not_its_own__is_read_whole(tmp_path: Path) -> None:
    path = workbook(tmp_path, ["organisation", "kind", "trust"], ["Mill", "company", 4])
    _rewritten(path, "xl/worksheets/sheet1.xml", b'ref="A1:C2"', b'ref="A1:A1"')
    assert read_path(path).sheets[0].answers["trust"] == "4"


def test_workbook__that_unpacks_to_too_much__is_refused_unread(tmp_path: Path) -> None:
    path = workbook(tmp_path, ["organisation", "kind"], ["Mill", "company"])
    with ZipFile(path, "a", ZIP_DEFLATED) as archive, archive.open("xl/media/bomb.xml", "w") as part:
        for _ in range(workbooks.MAX_UNZIPPED // 10_000_000 + 1):
            part.write(b" " * 10_000_000)
    assert path.stat().st_size < 1_000_000
    assert faults_of_path(path)[0].startswith("answers.xlsx: unpacks to more than 400 MB")


def test_workbook__without_what_makes_it_one__is_refused(tmp_path: Path) -> None:
    path = tmp_path / "answers.xlsx"
    with ZipFile(path, "w") as archive:
        archive.writestr("hello.txt", "hello")
    assert faults_of_path(path)[0].startswith("answers.xlsx: is not a workbook that can be read")


def test_empty_workbook__is_empty(tmp_path: Path) -> None:
    assert faults_of_path(workbook(tmp_path))[0].startswith("answers.xlsx: is empty")


def _rewritten(path: Path, part: str, *replacements: bytes) -> None:
    """Change one part of a workbook: each pair of `replacements` is what stands there and what takes its place."""
    with ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    for old, new in zip(replacements[::2], replacements[1::2], strict=True):
        parts[part] = parts[part].replace(old, new)
    with ZipFile(path, "w") as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
