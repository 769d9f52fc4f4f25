"""What is added to a report file's metadata: that it is PDF/UA, what it was made from, and what these entries mean."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Mapping
from html import escape, unescape
from typing import Any

NAMESPACE = "urn:cluster-assess:report:1#"
PROPERTIES = {
    "number": "number of the publication, empty before",
    "madeAt": "when the report was made, UTC",
    "draft": "whether the pages say that the report is not approved",
    "signer": "who signs the file, empty where nobody does",
    "audience": "for whom it was written",
    "language": "language of the pages",
    "verifyAt": "where the number can be looked up, empty where there is no site",
    "diagnosisDigest": "SHA-256 of the canonical JSON of the diagnosis inside",
    "annexDigest": "SHA-256 of the canonical JSON of the annex inside",
    "rulebaseVersion": "version of the rule base",
    "rulebaseDigest": "SHA-256 of the rule base",
    "certificateDigest": "digest of the certificate of the inference",
    "pagesDigest": "SHA-256 of what is drawn on the pages",
    "madeWith": "versions of the programs and digests of the fonts and templates that it was made with",
}
"""What the file says about its making, by name, with its meaning."""

LATER = frozenset({"verifyAt", "annexDigest"})
"""Properties that files made before there was an annex do not have."""

_PREFIX = "report"
_UA = "http://www.aiim.org/pdfua/ns/id/"
_END = b"</rdf:RDF>"
_FOUND = re.compile(rb"<report:([A-Za-z]{1,40})>([^<]{0,4000})</report:\1>")


def described(document: Mapping[str, Any], annex: Mapping[str, Any] | None) -> dict[str, str]:
    """What a diagnosis and its annex were made from, under the names of the metadata."""
    rulebase = document["rulebase"]
    digests = {"diagnosisDigest": document["digest"], "certificateDigest": document["certificate"]["digest"]}
    digests |= {} if annex is None else {"annexDigest": str(annex["digest"])}
    return digests | {"rulebaseVersion": rulebase["version"], "rulebaseDigest": rulebase["digest"]}


def extended(xmp: bytes, properties: Mapping[str, str]) -> bytes:
    """Put PDF/UA's part, the properties and the meaning of both into an XMP packet.

    Raises ValueError unless it has one RDF block and every property is a known one.
    """
    if xmp.count(_END) != 1 or set(properties) != set(PROPERTIES):
        raise ValueError("The metadata is not as it was expected to be")
    values = "".join(f"<{_PREFIX}:{name}>{escape(properties[name], quote=False)}</{_PREFIX}:{name}>" for name in PROPERTIES)
    blocks = (
        f'<rdf:Description rdf:about="" xmlns:pdfuaid="{_UA}"><pdfuaid:part>1</pdfuaid:part></rdf:Description>',
        f'<rdf:Description rdf:about="" xmlns:{_PREFIX}="{NAMESPACE}">{values}</rdf:Description>',
        _schemas(),
    )
    return xmp.replace(_END, "\n".join(blocks).encode() + _END)


def properties_in(xmp: bytes) -> dict[str, str]:
    """The properties that `extended` wrote; whatever else is in the packet is passed over."""
    return {name.decode(): unescape(value.decode("utf-8", "replace")) for name, value in _FOUND.findall(xmp)}


def pages_digest(pages: Iterable[bytes]) -> str:
    """SHA-256 over what is drawn on every page, in their order."""
    return hashlib.sha256("\n".join(hashlib.sha256(page).hexdigest() for page in pages).encode()).hexdigest()


def _schemas() -> str:
    """PDF/A wants every property that it does not know itself to be explained inside the file."""
    ua = _schema("PDF/UA identification", _UA, "pdfuaid", [("part", "Integer", "internal", "part of the standard")])
    own = _schema("Cluster report", NAMESPACE, _PREFIX, [(name, "Text", "external", meaning) for name, meaning in PROPERTIES.items()])
    spaces = " ".join(
        f'xmlns:{prefix}="http://www.aiim.org/pdfa/ns/{end}"'
        for prefix, end in (("pdfaExtension", "extension/"), ("pdfaSchema", "schema#"), ("pdfaProperty", "property#"))
    )
    bag = f"<pdfaExtension:schemas><rdf:Bag>{ua}{own}</rdf:Bag></pdfaExtension:schemas>"
    return f'<rdf:Description rdf:about="" {spaces}>{bag}</rdf:Description>'


def _schema(title: str, namespace: str, prefix: str, properties: Iterable[tuple[str, str, str, str]]) -> str:
    listed = "".join(
        '<rdf:li rdf:parseType="Resource">'
        f"<pdfaProperty:name>{name}</pdfaProperty:name><pdfaProperty:valueType>{kind}</pdfaProperty:valueType>"
        f"<pdfaProperty:category>{category}</pdfaProperty:category><pdfaProperty:description>{meaning}</pdfaProperty:description>"
        "</rdf:li>"
        for name, kind, category, meaning in properties
    )
    head = f"<pdfaSchema:schema>{title}</pdfaSchema:schema><pdfaSchema:namespaceURI>{namespace}</pdfaSchema:namespaceURI>"
    named = f"<pdfaSchema:prefix>{prefix}</pdfaSchema:prefix>"
    return f'<rdf:li rdf:parseType="Resource">{head}{named}<pdfaSchema:property><rdf:Seq>{listed}</rdf:Seq></pdfaSchema:property></rdf:li>'
