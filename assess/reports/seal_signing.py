"""Signs report files: PAdES, invisible, appended to the unsigned file, which stays as it was in front of it."""

from __future__ import annotations

import re
from functools import partial
from io import BytesIO

from asn1crypto import keys, x509
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign.fields import InvisSigSettings, SigFieldSpec, SigSeedSubFilter
from pyhanko.sign.signers.pdf_cms import SimpleSigner
from pyhanko.sign.signers.pdf_signer import PdfSignatureMetadata, PdfSigner
from pyhanko_certvalidator.registry import SimpleCertificateStore

from assess.reports.seal_apart import apart
from assess.reports.seal_keys import SigningKey

FIELD = "Signature"
_TOOLTIP = "Signature of this report by {name}"
# Out of bounds, because PDF/UA wants a field without a place in the tags to be hidden, which PDF/A forbids.
_UNSEEN = InvisSigSettings(set_print_flag=True, box_out_of_bounds=True)
_ROOMS = (None, 16_384, 16_386, 16_388)
"""Bytes to leave for the signature: as pyHanko estimates, else others, which move what follows."""
_UNCLEAR = re.compile(rb"\r\nendstream")
"""A stream of which PDF/A cannot tell where it ends (`stream_ends`); what pyHanko appends has one in 256 files."""


class _Appending(IncrementalPdfFileWriter):
    """Appends and leaves the metadata alone: PDF/A and PDF/UA are said there, and what the report was made from."""

    def _update_meta(self) -> None:
        return


def signed(unsigned: bytes, key: SigningKey, field: str = FIELD) -> bytes:
    """Return the file with a signature appended; the unsigned file is its beginning, byte for byte."""
    settings = PdfSignatureMetadata(field_name=field, name=key.name, subfilter=SigSeedSubFilter.PADES, md_algorithm="sha256")
    place = SigFieldSpec(field, readable_field_name=_TOOLTIP.format(name=key.name), invis_sig_settings=_UNSEEN)
    signer = PdfSigner(settings, signer=_signer(key), new_field_spec=place)
    for room in _ROOMS:
        written: BytesIO = apart(partial(signer.sign_pdf, _Appending(BytesIO(unsigned)), bytes_reserved=room))
        content = written.getvalue()
        if not _UNCLEAR.search(content, len(unsigned)):
            break
    return content


def _signer(key: SigningKey) -> SimpleSigner:
    private = key.private.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
    certificate, *chain = (x509.Certificate.load(one.public_bytes(Encoding.DER)) for one in (key.certificate, *key.chain))
    store = SimpleCertificateStore()  # type: ignore[no-untyped-call]
    store.register_multiple([certificate, *chain])
    return SimpleSigner(certificate, keys.PrivateKeyInfo.load(private), store)
