"""Report files before page, a validator of PDF/A and PDF/UA-1 that is not ours: conforming, and with planted faults not."""

from __future__ import annotations

from collections.abc import Callable
from io import BytesIO

import page
import pikepdf
import pydyf
import pytest
from report_documents import of_case
from report_files import diagnosis, draft, edited, signed, unsigned
from reports.full_annex import full_annex

from assess.reports.pdf import make
from assess.reports.seal_stamp import Stamp

ARCHIVE, ACCESSIBLE = page.ValidationProfile.PDF_A_3A, page.ValidationProfile.PDF_UA_1
PROFILES = {"PDF/A-3a": ARCHIVE, "PDF/UA-1": ACCESSIBLE}


def everything_known() -> bytes:
    document = of_case("massachusetts-precision-manufacturing")
    return make(document, Stamp(language="fr", audience="executives"), annex=full_annex(diagnosis=document["digest"])).content


def german() -> bytes:
    return make(diagnosis(), Stamp(language="de", audience="management")).content


FILES: dict[str, Callable[[], bytes]] = {
    "unsigned": unsigned,
    "signed": signed,
    "draft": draft,
    "in French with every page": everything_known,
    "in German for the management": german,
}


def failures(content: bytes, profile: page.ValidationProfile) -> set[str]:
    """The rules of a profile that a file breaks."""
    return {failure.rule_id for failure in page.validate_pdf_bytes(content, profile=profile).failures}


@pytest.mark.parametrize("profile", PROFILES)
@pytest.mark.parametrize("which", FILES)
def test_report__conforms(which: str, profile: str) -> None:
    assert failures(FILES[which](), PROFILES[profile]) == set()


def _elements(pdf: pikepdf.Pdf, kind: str) -> list[pikepdf.Dictionary]:
    return [entry for entry in pdf.objects if isinstance(entry, pikepdf.Dictionary) and entry.get("/S") == kind]


def _without_language(pdf: pikepdf.Pdf) -> None:
    del pdf.Root.Lang


def _without_alternative_text(pdf: pikepdf.Pdf) -> None:
    del _elements(pdf, "/Figure")[0]["/Alt"]


def _text_beside_body(pdf: pikepdf.Pdf) -> None:
    _elements(pdf, "/LBody")[0].S = pikepdf.Name.Span


def _without_output_intent(pdf: pikepdf.Pdf) -> None:
    del pdf.Root.OutputIntents


def _with_script(pdf: pikepdf.Pdf) -> None:
    pdf.Root.OpenAction = pikepdf.Dictionary(S=pikepdf.Name.JavaScript, JS="app.alert(1)")


def _without_relationship(pdf: pikepdf.Pdf) -> None:
    del pdf.Root.AF[0]["/AFRelationship"]


def _without_embedded_font(pdf: pikepdf.Pdf) -> None:
    descriptors = [entry for entry in pdf.objects if isinstance(entry, pikepdf.Dictionary) and entry.get("/Type") == "/FontDescriptor"]
    for key in {"/FontFile", "/FontFile2", "/FontFile3"} & set(descriptors[0].keys()):
        del descriptors[0][key]


FAULTS = [
    (_without_language, ACCESSIBLE),
    (_without_alternative_text, ACCESSIBLE),
    (_text_beside_body, ACCESSIBLE),
    (_without_output_intent, ARCHIVE),
    (_with_script, ARCHIVE),
    (_without_relationship, ARCHIVE),
    (_without_embedded_font, ARCHIVE),
]


@pytest.mark.parametrize(("fault", "profile"), FAULTS, ids=lambda value: getattr(value, "__name__", None))
def test_planted_fault__is_found(fault: Callable[[pikepdf.Pdf], None], profile: page.ValidationProfile) -> None:
    faulty, sound = edited(unsigned(), fault), edited(unsigned(), lambda _pdf: None)
    assert failures(faulty, profile) - failures(sound, profile)


def test_stream_whose_last_byte_is_a_carriage_return__has_the_length_it_says() -> None:
    content = stream_ending(b"\r")
    assert content.endswith(b"\r\r\nendstream")
    with pikepdf.open(BytesIO(document_of(content))) as pdf:
        assert pdf.Root.Odd.read_raw_bytes() == b"Q\r"
    assert "PDFA3A-STREAM-LENGTH-001" not in failures(document_of(content), ARCHIVE)
    assert "PDFA3A-STREAM-LENGTH-001" in failures(document_of(content.replace(b"\r\nend", b"\nend")), ARCHIVE)


def stream_ending(last: bytes) -> bytes:
    """A stream as report files have it, uncompressed."""
    content: bytes = pydyf.Stream([b"Q" + last]).data
    return content


def document_of(stream: bytes) -> bytes:
    """A file that holds this stream and little else."""
    objects = [b"<</Type /Catalog /Pages 2 0 R /Odd 3 0 R>>", b"<</Type /Pages /Kids [] /Count 0>>", stream]
    written, offsets = b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n", []
    for number, one in enumerate(objects, 1):
        offsets.append(len(written))
        written += b"%d 0 obj\n%b\nendobj\n" % (number, one)
    table = b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    trailer = b"trailer\n<</Root 1 0 R /Size %d>>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, len(written))
    return written + b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1) + table + trailer
