"""Checks the signature of a report file: whether it holds for the whole file, and whose it is."""

from __future__ import annotations

from io import BytesIO

from cryptography import x509
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.validation import validate_pdf_signature
from pyhanko.sign.validation.pdf_embedded import EmbeddedPdfSignature
from pyhanko.sign.validation.status import SignatureCoverageLevel
from pyhanko_certvalidator import ValidationContext

from assess.phrases import Phrase
from assess.reports.seal_apart import apart
from assess.reports.seal_findings import Signature, unchecked
from assess.reports.seal_keys import common_name, fingerprint


def check_signature(content: bytes) -> Signature:
    """Check the one signature that a report has."""
    try:
        return _checked(content)
    # The library raises whatever a damaged or malicious file leads it to; none of it means anything but this.
    except Exception as error:
        return unchecked(error)


def _checked(content: bytes) -> Signature:
    found = PdfFileReader(BytesIO(content)).embedded_signatures
    if len(found) != 1:
        return Signature("", "", False, Phrase("there are %(number)s signatures, a report has one", number=len(found)))
    certificate = x509.load_der_x509_certificate(found[0].signer_cert.dump())
    return Signature(common_name(certificate), fingerprint(certificate), certificate.issuer == certificate.subject, _problem(found[0]))


def _problem(embedded: EmbeddedPdfSignature) -> Phrase | None:
    # Whose certificate it is, is told and not judged here; so it is taken for its own root.
    trusting = ValidationContext(trust_roots=[embedded.signer_cert], allow_fetching=False)
    status = apart(lambda: validate_pdf_signature(embedded, trusting))
    if not status.intact:
        return Phrase("the file was changed after it was signed")
    if not status.valid:
        return Phrase("it was not made with the key of its certificate")
    if status.coverage != SignatureCoverageLevel.ENTIRE_FILE:
        return Phrase("something was added to the file after it was signed")
    return None
