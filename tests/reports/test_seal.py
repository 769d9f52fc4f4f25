"""The sealed file: archivable, accessible, the diagnosis inside, the same bytes twice, signed without touching what was there."""

from __future__ import annotations

import json
import logging
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from hashlib import sha256
from io import BytesIO
from pathlib import Path

import pikepdf
import pytest
from cryptography.hazmat.primitives.serialization import BestAvailableEncryption, pkcs12
from report_documents import of_case
from report_files import DRAFT, NOON, SIGNER, STAMP, annex, diagnosis, draft, signed, signing_key, unsigned
from report_reading import font_names, texts

from assess.errors import AssessError
from assess.reports import seal_signing
from assess.reports.pdf import made_with, make, unsigned_report
from assess.reports.seal_keys import load_key, make_key, pem_of
from assess.reports.seal_metadata import NAMESPACE, PROPERTIES, extended, properties_in
from assess.reports.seal_stamp import Stamp

FILES = {"unsigned": unsigned, "signed": signed, "draft": draft}
OURS = {"Report-Sans", "Report-Sans-Bold", "Report-Sans-Italic", "Report-Serif", "Report-Text-Serif", "Report-Symbols", "Report-Math"}


@pytest.fixture(params=FILES)
def content(request: pytest.FixtureRequest) -> bytes:
    return FILES[request.param]()


@pytest.fixture
def opened(content: bytes) -> Iterator[pikepdf.Pdf]:
    with pikepdf.open(BytesIO(content)) as pdf:
        yield pdf


def said_by(content: bytes, folder: Path, *command: str) -> str:
    file = folder / "report.pdf"
    file.write_bytes(content)
    result = subprocess.run([*command, str(file)], capture_output=True, text=True, check=True)
    return result.stdout + result.stderr


def test_qpdf__finds_nothing_wrong(content: bytes, tmp_path: Path) -> None:
    assert "No syntax or stream encoding errors" in said_by(content, tmp_path, "qpdf", "--check")


def test_structure__is_read_by_another_program(content: bytes, tmp_path: Path) -> None:
    structure = said_by(content, tmp_path, "pdfinfo", "-struct")
    assert structure.count("\n          TH") + structure.count(" TH ") > 20
    assert "Figure" in structure
    assert "Tagged:          yes" in said_by(content, tmp_path, "pdfinfo")


def test_metadata__names_both_standards_and_explains_every_property_of_ours(opened: pikepdf.Pdf) -> None:
    with opened.open_metadata() as metadata:
        assert (metadata["pdfaid:part"], metadata["pdfaid:conformance"], metadata["pdfuaid:part"]) == ("3", "A", "1")
        assert metadata["xmp:CreateDate"] == "2026-06-01T00:00:00Z"
    packet = opened.Root.Metadata.read_raw_bytes().decode()
    assert packet.count("<rdf:RDF") == 1
    for name in PROPERTIES:
        assert f"<pdfaProperty:name>{name}</pdfaProperty:name>" in packet
    assert packet.count(f"<pdfaSchema:namespaceURI>{NAMESPACE}</pdfaSchema:namespaceURI>") == 1
    assert str(opened.docinfo["/CreationDate"]).startswith("D:20260601000000")


def test_archive__has_what_pdf_a_asks_for_and_nothing_it_forbids(opened: pikepdf.Pdf) -> None:
    (intent,) = opened.Root.OutputIntents
    assert (str(intent.S), int(intent.DestOutputProfile.N)) == ("/GTS_PDFA1", 3)
    assert opened.Root.MarkInfo.Marked
    assert opened.Root.ViewerPreferences.DisplayDocTitle
    assert not {"/OpenAction", "/AA", "/Encrypt"} & {*opened.Root.keys(), *opened.trailer.keys()}
    assert len(opened.trailer.ID) == 2
    for item in opened.objects:
        if isinstance(item, pikepdf.Dictionary):
            assert item.get("/S") not in ("/JavaScript", "/Launch", "/URI")
            if item.get("/Type") == "/Annot":
                assert int(item.F) & 4  # printed
                assert not int(item.F) & 0b100011  # neither invisible, hidden nor without view


def test_fonts__are_all_ours(content: bytes) -> None:
    assert font_names(content) <= OURS


def test_diagnosis_and_annex__are_enclosed_once__as_source_and_supplement__with_dates_of_their_own(opened: pikepdf.Pdf) -> None:
    beside, file = opened.Root.AF
    names = list(opened.Root.Names.EmbeddedFiles.Names)
    assert [str(name) for name in names[::2]] == ["annex.json", "diagnosis.json"]
    assert [one.objgen for one in names[1::2]] == [beside.objgen, file.objgen]
    assert (str(file.UF), str(file.AFRelationship)) == ("diagnosis.json", "/Source")
    assert (str(beside.UF), str(beside.AFRelationship)) == ("annex.json", "/Supplement")
    for one in (beside, file):
        assert str(one.EF.F.Subtype) == "/application/json"
        assert str(one.EF.F.Params.ModDate) == "D:20260601120000Z"
    assert json.loads(file.EF.F.read_bytes()) == diagnosis()
    assert json.loads(beside.EF.F.read_bytes()) == annex()


def test_properties__say_what_it_was_made_from_and_with(opened: pikepdf.Pdf) -> None:
    found, document = properties_in(opened.Root.Metadata.read_bytes()), diagnosis()
    assert set(found) == set(PROPERTIES)
    assert (found["diagnosisDigest"], found["rulebaseDigest"]) == (document["digest"], document["rulebase"]["digest"])
    assert found["madeWith"] == made_with()
    for program in ("WeasyPrint ", "pydyf ", "Pango 1.", "fonts ", "templates "):
        assert program in found["madeWith"]


def test_file_made_again_in_another_process__has_the_same_bytes(tmp_path: Path) -> None:
    script = (
        "import sys; sys.path[:0] = ['.', 'tests']; from report_files import DRAFT, STAMP, annex, diagnosis;"
        "from assess.reports.pdf import unsigned_report; from hashlib import sha256;"
        "print(*(sha256(unsigned_report(diagnosis(), stamp, annex())).hexdigest() for stamp in (STAMP, DRAFT)))"
    )
    env = os.environ | {"PYTHONHASHSEED": "7", "TZ": "Pacific/Auckland", "HOME": str(tmp_path)}
    again = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True, env=env)
    assert again.stdout.split() == [sha256(unsigned()).hexdigest(), sha256(draft()).hexdigest()]


def test_report_without_a_day__has_the_same_bytes_twice() -> None:
    assert unsigned_report(of_case("textbook-nothing-known"), Stamp()) == unsigned_report(of_case("textbook-nothing-known"), Stamp())
    assert Stamp().dated(diagnosis()).isoformat() == "2005-01-01T00:00:00+00:00"


def test_draft__says_so_behind_every_page__as_an_artifact__and_a_published_report_does_not() -> None:
    assert all("Draft – not approved" in page for page in texts(draft()))
    assert not any("not approved" in page for page in texts(unsigned()))
    with pikepdf.open(BytesIO(draft())) as pdf:
        for page in pdf.pages:
            drawn = page.Contents.read_bytes()
            assert b"/Artifact" in drawn[: drawn.index(b" TJ") if b" TJ" in drawn else None].rpartition(b"BT")[0][-400:]


def test_number__is_printed_on_the_cover_and_every_page_after_it() -> None:
    pages = texts(unsigned())
    assert f"Report number {STAMP.number}" in pages[0]
    assert all(f"Report {STAMP.number}" in page for page in pages[1:])
    assert "1 June 2026" in pages[0]


def test_signature__is_appended_to_the_unsigned_file() -> None:
    made = make(diagnosis(), STAMP, signing_key(), annex())
    assert made.content.startswith(made.unsigned)
    assert made.unsigned == unsigned_report(diagnosis(), replace(STAMP, signer=SIGNER), annex())
    assert "signed by Example Agency" in " ".join(texts(made.unsigned))
    assert "This report is not signed" in " ".join(texts(unsigned()))


def test_signature__holds_for_another_program(tmp_path: Path) -> None:
    told = said_by(signed(), tmp_path, "pdfsig")
    assert "Signature is Valid" in told
    assert "Total document signed" in told
    assert "ETSI.CAdES.detached" in told
    assert f"Signer Certificate Common Name: {SIGNER}" in told


def test_signature__that_leaves_the_end_of_a_stream_unclear__is_made_again_with_more_room(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = seal_signing.signed(unsigned(), signing_key())
    end = first[first.rindex(b"startxref") :]
    monkeypatch.setattr(seal_signing, "_UNCLEAR", re.compile(re.escape(end)))
    again = seal_signing.signed(unsigned(), signing_key())
    assert again.startswith(unsigned())
    assert not again.endswith(end)
    assert "Signature is Valid" in said_by(again, tmp_path, "pdfsig")


def test_signature_field__is_out_of_sight__and_has_a_tooltip() -> None:
    with pikepdf.open(BytesIO(signed())) as pdf:
        (field,) = pdf.Root.AcroForm.Fields
        assert str(field.TU) == "Signature of this report by Example Agency"
        assert list(field.Rect) == [-9999] * 4


def test_keys__made_and_read_again__are_the_same(tmp_path: Path) -> None:
    key = signing_key()
    for password in ("", "a password"):
        private, certificate = pem_of(key, password)
        (tmp_path / "key.pem").write_bytes(private)
        read = load_key(tmp_path / "key.pem", password)
        assert (read.certificate, read.name, read.chain) == (key.certificate, SIGNER, ())
        assert certificate in private
    shut = BestAvailableEncryption(b"p")
    (tmp_path / "key.p12").write_bytes(pkcs12.serialize_key_and_certificates(b"k", key.private, key.certificate, None, shut))
    assert load_key(tmp_path / "key.p12", "p").certificate == key.certificate


@pytest.mark.parametrize("password", ["", "wrong"])
def test_key__that_its_password_does_not_open__is_refused_with_what_to_do(tmp_path: Path, password: str) -> None:
    (tmp_path / "key.pem").write_bytes(pem_of(signing_key(), "right")[0])
    with pytest.raises(AssessError, match="Check ASSESS_SIGNING_KEY and ASSESS_SIGNING_PASSWORD"):
        load_key(tmp_path / "key.pem", password)


def test_key__without_its_certificate__or_no_key__is_refused(tmp_path: Path) -> None:
    private, certificate = pem_of(signing_key())
    other = pem_of(signing_key(number=2))[1]
    for content in (private.replace(certificate, b""), private.replace(certificate, other), certificate, b"", b"-----BEGIN"):
        (tmp_path / "key.pem").write_bytes(content)
        with pytest.raises(AssessError, match="ASSESS_SIGNING_KEY"):
            load_key(tmp_path / "key.pem")
    with pytest.raises(AssessError, match="cannot be read"):
        load_key(tmp_path / "none.pem")


@pytest.mark.parametrize("name", ["", " ", "x" * 65, "a\x00b"])
def test_key__of_a_name_that_cannot_be_printed__is_not_made(name: str) -> None:
    with pytest.raises(AssessError, match="Give the signer a name"):
        make_key(name, now=NOON)


def test_metadata__with_marks_of_its_language_in_a_value__comes_back_as_it_was() -> None:
    values = dict.fromkeys(PROPERTIES, "a < b & \"c\" > 'd' ü")
    assert properties_in(extended(b"<rdf:RDF></rdf:RDF>", values)) == values
    with pytest.raises(ValueError, match="expected"):
        extended(b"<rdf:RDF></rdf:RDF>", {"number": "1"})


def test_making__warns_of_nothing(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING):
        make(of_case("textbook-nothing-known"), DRAFT)
    assert caplog.messages == []
