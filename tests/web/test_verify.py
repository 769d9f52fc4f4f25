"""Verification by anybody: every check is named, nothing is kept, nothing confidential is said, and not without end."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from secrets import token_hex

import pytest
from databases import new_migrated
from flask.testing import FlaskClient
from sqlmodel import Session, col, select
from workflow.granting import make_printable, real_document, withdraw
from workflow.surveying import only

from assess.store.files import EvidenceFolder
from assess.store.session import writing
from assess.store.steering_tables import Publication
from assess.store.tables import AuditEvent, StoredDiagnosis
from assess.web import doors, verification
from assess.workflow import report_files
from assess.workflow.rows import identity
from web.staffing import Staffed, staffed_site
from web.visiting import Page, check_headers

NUMBER = "2026-own"
_LINE = "a-line-that-stands-in-no-report"


@dataclass(frozen=True)
class Anybody:
    """Somebody with a browser and no account, and the published report."""

    site: Staffed
    client: FlaskClient
    report: bytes

    def get(self, address: str, *, status: int = 200) -> Page:
        return self._judged(self.client.get(address, base_url=self.site.settings.base_url), status)

    def send(self, content: bytes, *, status: int = 200, language: str = "en") -> Page:
        head = 'Content-Disposition: form-data; name="file"; filename="report.pdf"\r\nContent-Type: application/pdf\r\n\r\n'
        body = f"--{_LINE}\r\n{head}".encode() + content + f"\r\n--{_LINE}--\r\n".encode()
        kind = f"multipart/form-data; boundary={_LINE}"
        asked = {"Accept-Language": language}
        reply = self.client.post("/verify", data=body, content_type=kind, base_url=self.site.settings.base_url, headers=asked)
        return self._judged(reply, status)

    def _judged(self, reply: object, status: int) -> Page:
        found = only(reply)
        assert found.status_code == status, found.text[:2000]  # type: ignore[attr-defined]
        check_headers(found)  # type: ignore[arg-type]
        page = Page(found.text)  # type: ignore[attr-defined]
        page.check()
        return page


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Anybody]:
    """A site with one report that can be printed, and its file."""
    folder = tmp_path_factory.mktemp("verify")
    with new_migrated("sqlite", folder) as engine:
        site = staffed_site(engine, folder)
        with writing(engine) as session:
            diagnosis = make_printable(session, site.own.round_id)
        files = EvidenceFolder(site.settings.files)
        row = report_files.make_report(engine, files, identity(diagnosis), now=site.clock.now)
        yield Anybody(site, site.client, report_files.report_bytes(files, row))


@pytest.fixture
def anybody(made: Anybody, monkeypatch: pytest.MonkeyPatch) -> Anybody:
    """The same, with nothing counted yet."""
    mark = token_hex()  # an address in memory may be that of an earlier test's
    monkeypatch.setattr(verification, "FILES", doors.Door(f"verify {mark}", verification.FILES.client))
    monkeypatch.setattr(verification, "NUMBERS", doors.Door(f"number {mark}", verification.NUMBERS.client))
    return made


def outcomes(page: Page) -> dict[str, str]:
    """What was asked, and the word for how it came out."""
    asked = [one.text.strip() for one in page.all("h3")]
    words = [one.text.strip() for one in page.all("p", class_="outcome")]
    return dict(zip(asked, words, strict=True))


def sentences(page: Page) -> list[str]:
    """The verdict, what was asked, what was found and the particulars."""
    within = [one for one in page.elements if one.inside("main")]
    return [one.text.strip() for one in within if one.tag in ("h1", "h2", "h3", "p") or one.attributes.get("class") == "code"]


def changed(report: bytes) -> bytes:
    """The file with another number in its metadata."""
    found = report.replace(f">{NUMBER}<".encode(), f">{NUMBER[:-1]}x<".encode())
    assert found != report
    return found


def publication(session: Session) -> Publication:
    return only(session.exec(select(Publication).where(col(Publication.number) == NUMBER)).first())


def test_the_page__asks_for_a_file__without_any_cookie(anybody: Anybody) -> None:
    page = anybody.get("/verify")
    assert page.one("input", type="file").attributes["name"] == "file"


def test_a_published_report__passes_every_check_that_was_asked__each_named(anybody: Anybody) -> None:
    page = anybody.send(anybody.report)
    found = outcomes(page)
    assert len(found) > 6
    assert not [asked for asked, word in found.items() if word.endswith(("not hold", "Cannot be told"))]
    assert "the register vouches" in page.one("main").text
    assert "Invented Valley" in page.one("main").text


def test_a_changed_report__fails_and_says_which_check(anybody: Anybody) -> None:
    place = anybody.report.rindex(b"trailer") if b"trailer" in anybody.report else len(anybody.report) - 40
    page = anybody.send(anybody.report[:place] + b" " + anybody.report[place:])
    assert "the register vouches" not in page.one("main").text


@pytest.mark.parametrize(
    ("language", "good", "bad", "none"),
    [
        ("de", "für die Werte bürgt das Register", "Verlassen Sie sich nicht auf diese Datei", "Wählen Sie den Bericht als PDF-Datei"),
        ("fr", "le registre se porte garant des chiffres", "Ne vous fiez pas à ce fichier", "Choisissez le rapport au format PDF"),
    ],
)
def test_what_was_found__is_said_in_the_language_of_the_reader__and_nothing_in_english(
    anybody: Anybody, language: str, good: str, bad: str, none: str
) -> None:
    for content, verdict in ((anybody.report, good), (changed(anybody.report), bad), (b"no PDF", none)):
        page, english = anybody.send(content, language=language), anybody.send(content)
        assert page.one("html").attributes["lang"] == language
        assert verdict in page.one("p", class_=f"verdict verdict-{'good' if verdict is good else 'bad'}").text
        assert len(sentences(page)) == len(sentences(english)) > 5
        assert set(sentences(page)) & set(sentences(english)) <= {"○Absent"}
        assert "(draft)" not in page.html


def test_numbers_in_what_was_found__have_the_signs_of_the_language(anybody: Anybody) -> None:
    size = f"{len(anybody.report):,}"
    for language, written in (("de", size.replace(",", ".")), ("fr", size.replace(",", "\u202f")), ("en", size)):
        found = sentences(anybody.send(anybody.report, language=language))
        assert [one for one in found if "PDF" in one and f"{written} " in one], language


def test_a_withdrawn_report__does_not_pass(anybody: Anybody) -> None:
    with writing(anybody.site.engine) as session:
        withdraw(session, publication(session))
    try:
        page = anybody.send(anybody.report)
        assert "Does not hold" in " ".join(outcomes(page).values())
        said = anybody.get(f"/verify/{NUMBER}").one("main").text
        assert "Withdrawn" in said
        assert "Do not rely on it" in said
    finally:
        with writing(anybody.site.engine) as session:
            found = publication(session)
            found.withdrawn_at = found.withdrawn_by = None
            session.add(found)


@pytest.mark.parametrize("content", [b"no PDF at all", b"%PDF-1.7\n%%EOF", b"%PDF-1.7 " + b"\x00" * 1000 + b"%%EOF\n"])
def test_what_is_no_report__is_said_and_nothing_breaks(anybody: Anybody, content: bytes) -> None:
    assert "Does not hold" in " ".join(outcomes(anybody.send(content)).values())


def test_no_file__and_one_too_large__are_refused_in_a_sentence(anybody: Anybody) -> None:
    assert "Choose a PDF file first" in anybody.send(b"", status=422).html
    too_large = b"%PDF-" + b" " * verification.MOST_BYTES
    assert "Choose the report itself" in anybody.send(too_large, status=413).html
    far_too_large = too_large + b" " * 200_000
    assert "Choose the report itself" in anybody.send(far_too_large, status=413).html


def test_nothing_of_a_file__is_kept_or_written_down(anybody: Anybody) -> None:
    def kept() -> tuple[list[str], int]:
        with writing(anybody.site.engine) as session:
            events = len(session.exec(select(AuditEvent.id)).all())
        return sorted(str(path) for path in anybody.site.settings.files.rglob("*")), events

    before = kept()
    anybody.send(b"%PDF-1.7 something private" + anybody.report)
    assert kept() == before


def test_a_number__says_that_the_report_is_published__and_by_which_digests_it_is_known(anybody: Anybody) -> None:
    text = anybody.get(f"/verify/{NUMBER}").one("main").text
    assert "Published" in text
    with writing(anybody.site.engine) as session:
        row = only(report_files.report_of(session, only(session.get(StoredDiagnosis, publication(session).diagnosis_id))))
        assert row.digest in text
    assert real_document()["digest"] in text
    assert "own valley" not in text.lower()


@pytest.mark.parametrize(
    ("language", "file"),
    [
        ("en", "Report file: For the funding agency and policymakers, English"),
        ("de", "Berichtsdatei: Für Fördergeber und Politik, Englisch"),
        ("fr", "Fichier du rapport\u00a0: Pour le financeur et les décideurs publics, anglais"),
    ],
)
def test_files_of_a_number__are_named_in_the_language_of_the_reader(anybody: Anybody, language: str, file: str) -> None:
    page = anybody.get(f"/verify/{NUMBER}?language={language}")
    assert file in [one.text for one in page.all("dt")]


def test_a_number_that_is_not_published__is_unknown__whether_approved_or_made_up(anybody: Anybody) -> None:
    with writing(anybody.site.engine) as session:
        found = only(session.exec(select(Publication).where(col(Publication.number) == "2026-foreign")).first())
        published_at, found.published_at = found.published_at, None
        session.add(found)
    try:
        waiting = anybody.get("/verify/2026-foreign").html.replace("2026-foreign", "NUMBER")
        assert waiting == anybody.get("/verify/2026-nothing").html.replace("2026-nothing", "NUMBER")
        assert "Unknown" in waiting
    finally:
        with writing(anybody.site.engine) as session:
            again = only(session.get(Publication, found.id))
            again.published_at = published_at
            session.add(again)


def test_what_stands_in_the_address__is_shown_as_text(anybody: Anybody) -> None:
    assert "<script>alert" not in anybody.get("/verify/<script>alert(1)<&x").html


def test_too_many_files_or_numbers__are_answered_with_when_to_come_back(anybody: Anybody) -> None:
    for _ in range(10):
        anybody.send(b"no PDF")
    assert "Wait until" in anybody.send(b"no PDF", status=429).html
    for _ in range(60):
        assert anybody.client.get("/verify/x", base_url=anybody.site.settings.base_url).status_code == 200
    assert "Wait until" in anybody.get("/verify/x", status=429).html
