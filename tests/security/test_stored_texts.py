"""Whatever people write stays text: on every page, in every file, in every mail."""

from __future__ import annotations

import csv
import io
import json
import subprocess
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pikepdf
import pytest
from openpyxl import load_workbook
from report_documents import make_document
from reports.annexes import make_annex, planned
from sqlmodel import select

from assess.reports.pdf import make
from assess.store.session import reading
from assess.store.tables import OutboxMail, Round
from assess.workflow.evidence_names import plain_name
from assess.workflow.handed_in import repeat_tables, response_table
from assess.workflow.mail import Claimed, MailRefused, message
from assess.workflow.pinned import asked
from assess.workflow.rows import identity
from security.payloads import CALCULATED, LETTERS, MARK, NAMES, PAGES, SHEETS, is_formula, offences, poison
from security.roaming import Seen, Sheet, every_form, send, still_open, walk
from security.siege import Siege, new_siege

_ENOUGH_ROWS = 100
_TAKEN = {200, 201, 303}
_REFUSED = {400, 404, 409, 410, 413, 422, 429}
_DOES = ("/JS", "/JavaScript", "/Launch", "/AA", "/EmbeddedFiles", "/XFA")
_HEADS = {"From", "To", "Subject", "Date", "Message-ID", "Auto-Submitted", "Content-Type", "Content-Transfer-Encoding", "MIME-Version"}


@pytest.fixture(scope="module")
def siege(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Siege]:
    """The site, of which everything that people write is replaced."""
    with new_siege(tmp_path_factory.mktemp("siege")) as made:
        assert poison(made.engine, PAGES) > _ENOUGH_ROWS
        yield made


def faults(seen: Seen) -> list[str]:
    """What is wrong with a reply, whatever it is of."""
    if seen.reply.status_code >= 500:
        return [f"{seen.address} as {seen.who}: {seen.reply.status_code}"]
    found = list(offences(seen.sheet)) if seen.is_page else list(in_file(seen.reply.mimetype or "", seen.reply.get_data()))
    heads = "".join(f"{name}: {value}" for name, value in seen.reply.headers)
    found += ["a line break in a header"] if "\n" in heads or "\r" in heads else []
    return [f"{seen.address} as {seen.who}: {one}" for one in found]


def in_file(kind: str, content: bytes) -> Iterator[str]:
    """What is wrong with a file that is handed out."""
    if kind == "text/csv":
        for row in csv.reader(io.StringIO(content.decode("utf-8-sig"))):
            yield from (f"a formula: {cell!r}" for cell in row if is_formula(cell))
    elif kind == "application/json":
        json.loads(content)
    elif content.startswith(b"PK"):
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            names = archive.namelist()
            yield from (f"a name: {name!r}" for name in names if name.startswith("/") or ".." in name.split("/") or "\\" in name)
            if "xl/workbook.xml" in names:
                yield from _formulas(content)
            else:
                for name in names:
                    kind = {"csv": "text/csv", "json": "application/json"}.get(name.rpartition(".")[2], "")
                    yield from in_file(kind, archive.read(name))


def _formulas(content: bytes) -> Iterator[str]:
    for sheet in load_workbook(io.BytesIO(content)):
        for row in sheet.iter_rows():
            yield from (f"a formula: {cell.value!r}" for cell in row if cell.data_type == "f")


@pytest.mark.parametrize("who", ["manager", "evaluator", "agency", "admin", "member"])
def test_texts_that_look_like_programs__are_printed_as_texts(siege: Siege, who: str) -> None:
    found, printed = [], 0
    for seen in walk(siege, who, each=1):
        found += faults(seen)
        printed += seen.is_page and MARK in seen.sheet.text
    assert found == []
    assert printed > 2, "the pages show none of what was written, so they prove nothing"


@pytest.mark.parametrize("who", ["manager", "evaluator", "agency", "admin", "member"])
def test_texts_that_are_sent_by_forms__are_refused_or_stay_texts(siege: Siege, who: str) -> None:
    found, taken, before = [], 0, siege.snapshot()
    for number, (_, form) in enumerate(every_form(siege, who, each=1)):
        text = (*PAGES, *SHEETS[:4])[number % 9]
        undo = siege.snapshot()
        reply = send(siege, who, form, form.filled(text[:90], lines=f"{text}\n{PAGES[0]}"))
        if reply.status_code not in _TAKEN | _REFUSED:
            found.append(f"{form.address} as {who}: {reply.status_code}")
        found += [f"{form.address} as {who}: {one}" for one in (offences(Sheet(reply.text)) if reply.mimetype == "text/html" else ())]
        taken += reply.status_code in _TAKEN
        if not still_open(siege):
            siege.restore(undo)
    for seen in walk(siege, who, each=1):
        found += faults(seen)
    siege.restore(before)
    assert found == []
    assert taken, "no form took anything"


def test_texts_that_look_like_formulas__are_no_formulas_in_files(siege: Siege) -> None:
    before = siege.snapshot()
    poison(siege.engine, SHEETS)
    files = 0
    for who in siege.people:
        for seen in walk(siege, who, each=1):
            if not seen.is_page and seen.reply.status_code == 200:
                assert faults(seen) == []
                files += 1
    siege.restore(before)
    assert files >= 2


def test_texts_that_look_like_formulas__are_no_formulas_in_exports(siege: Siege) -> None:
    before, cells = siege.snapshot(), list[str]()
    poison(siege.engine, SHEETS)
    with reading(siege.engine) as session:
        for round_ in session.exec(select(Round)):
            for pin in asked(session, identity(round_)):
                whole = response_table(session, round_, pin.questionnaire, siege.clock.now.date())
                repeats = repeat_tables(session, round_, pin.questionnaire, siege.clock.now.date())
                cells += [cell for table in (whole, *repeats.values()) for row in table.rows for cell in row]
    siege.restore(before)
    assert any(MARK in cell for cell in cells)
    assert [cell for cell in cells if is_formula(cell)] == []


def test_document_with_harmful_texts__holds_no_program_and_no_address(siege: Siege) -> None:
    reply = siege.get("member", f"/s/{siege.links[0]}/blank.pdf")
    assert reply.status_code == 200
    assert list(in_document(reply.get_data())) == []


def test_report_with_harmful_texts__prints_them_and_does_nothing(tmp_path: Path) -> None:
    cluster = dict(zip(("name", "sector", "region", "country"), PAGES, strict=False))
    items = [planned(title=text, owner=text, milestone=text, because=text) for text in (*PAGES, *SHEETS)]
    content = make(make_document(cluster={"id": "harmful", **cluster}), annex=make_annex(plan=items, digest="d" * 64)).content
    path = tmp_path / "report.pdf"
    path.write_bytes(content)
    said = subprocess.run(["pdftotext", str(path), "-"], check=True, capture_output=True, text=True).stdout
    assert list(in_document(content)) == []
    assert said.count(MARK) >= len(items)
    assert CALCULATED not in said
    with pikepdf.open(path) as pdf, pdf.open_metadata() as metadata:
        assert cluster["name"] in metadata["dc:title"]


def in_document(content: bytes) -> Iterator[str]:
    """What a PDF would do."""
    with pikepdf.open(io.BytesIO(content)) as opened:
        for one in opened.objects:
            if isinstance(one, pikepdf.Dictionary):
                yield from (f"has {name}" for name in _DOES if name in one)
                if one.get("/S") in ("/JavaScript", "/Launch", "/SubmitForm", "/ImportData", "/GoToR"):
                    yield f"does {one.get('/S')}"


def test_document_that_runs_a_program__is_found(tmp_path: Path) -> None:
    with pikepdf.new() as made:
        made.Root.OpenAction = made.make_indirect(pikepdf.Dictionary(S=pikepdf.Name.JavaScript, JS="app.alert(1)"))
        made.save(tmp_path / "x.pdf")
    assert list(in_document((tmp_path / "x.pdf").read_bytes()))


@pytest.mark.parametrize("name", NAMES)
def test_name_of_a_file__leads_nowhere_and_hides_nothing(name: str) -> None:
    plain = plain_name(name)
    assert plain.isprintable()
    assert not set(plain) & set("/\\")
    assert not plain.startswith(".")


def test_mails__have_the_heads_of_our_own_and_no_others(siege: Siege) -> None:
    refused = 0
    for written in (*LETTERS, *PAGES, *SHEETS):
        for recipient, subject in ((written, "Survey"), ("office@example.org", written)):
            try:
                made = message(Claimed(1, "key", recipient, subject, f"{written}\n"), sender="survey@example.org", now=siege.clock.now)
            except MailRefused:
                refused += 1
                continue
            assert set(made.keys()) <= _HEADS
            assert len(made.keys()) == len(set(made.keys()))
            assert str(made["To"]).count("@") == 1
            assert made.get_content_type() == "text/plain"
    assert refused > len(LETTERS)
    with reading(siege.engine) as session:
        queued = list(session.exec(select(OutboxMail)))
    assert queued
    assert all(mail.subject.isprintable() for mail in queued)


@pytest.mark.parametrize(
    "page",
    [
        f"<p>{PAGES[0]}</p>",
        f"<p>{PAGES[2]}</p>",
        f"<p>{CALCULATED}</p>",
        '<a href="JavaScript:alert(1)">x</a>',
        '<p style="color:red">x</p>',
        "<p onclick=alert(1)>x</p>",
        "<script>alert(1)</script>",
    ],
)
def test_page_that_took_a_text_for_a_program__is_found(page: str) -> None:
    assert list(offences(Sheet(page)))


def test_file_that_took_a_text_for_a_formula__is_found(tmp_path: Path) -> None:
    sent = io.StringIO()
    csv.writer(sent).writerow(["good", SHEETS[0]])
    assert list(in_file("text/csv", sent.getvalue().encode()))
    assert not list(in_file("text/csv", b"-4,+3.5,a=b\n"))
    archive = tmp_path / "x.zip"
    with zipfile.ZipFile(archive, "w") as made:
        made.writestr("inner.csv", sent.getvalue())
        made.writestr("../outer.txt", "")
    assert len(list(in_file("application/zip", archive.read_bytes()))) == 2


def test_site_that_prints_texts_without_escapes__is_found(tmp_path: Path) -> None:
    with new_siege(tmp_path) as siege:
        poison(siege.engine, PAGES)
        siege.app.jinja_env.autoescape = False
        assert any("zq-x" in one for seen in walk(siege, "manager", each=1) for one in faults(seen))
