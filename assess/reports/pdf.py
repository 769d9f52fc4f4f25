"""Sets reports and blank forms as PDF files; the only importer of weasyprint.

A report file is PDF/A-3a and PDF/UA-1 with its diagnosis and annex inside, and signed where there is a key. Diagnosis, annex and
stamp alone determine the unsigned file, byte for byte, in the same environment.
"""

from __future__ import annotations

import hashlib
import json
import mimetypes
import os
import re
import tempfile
from collections.abc import Callable, Mapping
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cache
from importlib.resources import files
from io import BytesIO
from pathlib import Path
from typing import Any

import pydyf
import weasyprint
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from weasyprint import HTML, Attachment
from weasyprint.css import ColorProfile
from weasyprint.text.ffi import ffi, pango, pangoft2
from weasyprint.text.fonts import FontConfiguration
from weasyprint.urls import URLFetcher, URLFetcherResponse

from assess import __version__
from assess.content import content_folder
from assess.definitions.rulebase_words import texts_digest
from assess.definitions.words import CATALOGUE, ENGLISH, Words, languages, words_of
from assess.engine.annex import empty_annex, is_empty
from assess.reports.languages import in_language
from assess.reports.seal_keys import SigningKey
from assess.reports.seal_metadata import described, extended, pages_digest
from assess.reports.seal_stamp import ANNEX, ENCLOSED, Stamp
from assess.reports.spacing import spaced
from assess.reports.stream_ends import end_unmistakably
from assess.reports.tagging import fold_spans, gather_items, name_scopes
from assess.reports.view import ReportView, build_view, with_sources_cited

_ASSET = re.compile(r"asset:((?:[A-Za-z0-9_-]+/)*[A-Za-z0-9_-]+\.(?:css|ttf))\Z")
VARIANT = "pdf/ua-1"
ARCHIVED = "pdf/a-3a"
_COLOURS, _PROFILE = "screen", "sRGB2014.icc"
_DESCRIPTION = "The diagnosis that this report shows"
_BESIDE = "What this report shows beside its diagnosis"

end_unmistakably()


@dataclass(frozen=True, slots=True)
class Made:
    """A report file, and what it is without its signature; the same where nobody signs."""

    content: bytes
    unsigned: bytes


class AssetFetcher(URLFetcher):  # type: ignore[misc]  # weasyprint carries no types
    """Serves `asset:` names from templates/report and refuses everything else: no file, no network."""

    def fetch(self, url: str, headers: Mapping[str, str] | None = None) -> URLFetcherResponse:  # noqa: ARG002
        """Return the style sheet or font of that name.

        Raises ValueError for any other address.
        """
        match = _ASSET.fullmatch(url)
        if not match:
            raise ValueError(f"A report may only use its own style sheet and fonts, not {url}")
        path = _folder() / match[1]
        kind = mimetypes.guess_type(path.name)[0] or "application/octet-stream"
        return URLFetcherResponse(url, path.read_bytes(), {"Content-Type": kind})


class _Fonts(FontConfiguration):  # type: ignore[misc]  # weasyprint carries no types
    """The fonts of one document, which go when it is set; a font map of Pango 1.50 would keep its configuration, 200 kB, for good."""

    def close(self) -> None:
        """Take the configuration out of the font map."""
        pangoft2.pango_fc_font_map_set_config(ffi.cast("PangoFcFontMap *", self.font_map), ffi.NULL)


def html(view: ReportView) -> str:
    """Return the report as HTML, for the PDF and for tests."""
    template = _environment(view.words).get_template("report.html")
    return spaced(template.render(view=with_sources_cited(view, template.render(view=view))), view.words.language)


def render(view: ReportView) -> bytes:
    """Set the report; the same view gives the same bytes in the same environment."""
    return _set(html(view), view.number)


def typeset(template: str, *, identifier: str, page: object) -> bytes:
    """Set another template of templates/report, which prints `page`, with the report's fonts and as accessible as it."""
    return _set(_environment(words_of(ENGLISH)).get_template(template).render(page=page), identifier)


def make(
    document: Mapping[str, Any],
    stamp: Stamp = Stamp(),  # noqa: B008 - frozen
    key: SigningKey | None = None,
    annex: Mapping[str, Any] | None = None,
) -> Made:
    """Make the report file of a diagnosis document, signed if there is a key; whose key it is becomes part of the stamp.

    Raises AssessError when the stamp's language is none that the diagnosis can be told in.
    """
    unsigned = unsigned_report(document, replace(stamp, signer=key.name if key else ""), annex)
    if key is None:
        return Made(unsigned, unsigned)
    from assess.reports.seal_signing import signed  # takes half a second to load, which an unsigned report need not wait for

    return Made(signed(unsigned, key), unsigned)


def unsigned_report(document: Mapping[str, Any], stamp: Stamp, annex: Mapping[str, Any] | None = None) -> bytes:
    """Make the file without its signature: the same diagnosis, annex and stamp give the same bytes in the same environment.

    Enclosed are the English diagnosis and the annex as they were stored, whatever the language of the pages.
    """
    beside = empty_annex(document) if annex is None else annex
    view = view_of(document, stamp, beside)
    moment = stamp.dated(document)
    properties = stamp.written() | described(document, beside) | {"madeWith": made_with(stamp.language, document["rulebase"]["version"])}
    return _set(
        html(view),
        view.number,
        pdf_variant=ARCHIVED,
        attachments=[  # in the order of their names, as the index of a PDF file wants it
            _enclosed(beside, ANNEX, _BESIDE, moment, "Supplement"),
            _enclosed(document, ENCLOSED, _DESCRIPTION, moment, "Source"),
        ],
        finisher=_finisher(properties, stamp.draft),
        color_profiles={_COLOURS: ColorProfile(BytesIO(_profile()), _PROFILE, "relative-colorimetric", (["r"], ["g"], ["b"]))},
        output_intent=_COLOURS,
    )


def view_of(document: Mapping[str, Any], stamp: Stamp, annex: Mapping[str, Any]) -> ReportView:
    """Return what the pages of a report show, in the language of its stamp."""
    return build_view(
        in_language(document, stamp.language),
        annex=None if is_empty(annex, document) else annex,
        words=words_of(stamp.language),
        audience=stamp.audience,
        issued=stamp.made_at.date() if stamp.made_at else None,
        number=stamp.number,
        unapproved=stamp.draft,
        signer=stamp.signer,
        verify_at=stamp.verify_at,
    )


def _enclosed(content: Mapping[str, Any], name: str, description: str, moment: datetime, relationship: str) -> Attachment:
    text = json.dumps(content, ensure_ascii=False, allow_nan=False, indent=1)
    return Attachment(string=text, name=name, description=description, created=moment, modified=moment, relationship=relationship)


def made_with(language: str = ENGLISH, rulebase: str = "") -> str:
    """Name everything that has a say in the bytes of a report: programs by version, templates, fonts and translations by digest."""
    programs = {"cluster-assess": __version__, "WeasyPrint": weasyprint.__version__, "pydyf": pydyf.__version__, "Pango": _pango()}
    folders = {"templates": templates_digest(), "fonts": _digest_of("fonts/*.ttf")}
    texts = {} if language == ENGLISH else {f"texts-{language}": translations_digest(language, rulebase)}
    return "; ".join(f"{name} {version}" for name, version in (programs | folders | texts).items())


def layout_version(language: str, rulebase: str) -> str:
    """Return the digest of the templates and, in other languages than English, of the translations by a version of the rule base."""
    if language == ENGLISH:
        return templates_digest()
    return hashlib.sha256(f"{templates_digest()} {translations_digest(language, rulebase)}".encode()).hexdigest()


def translations_digest(language: str, rulebase: str) -> str:
    """SHA-256 over the two catalogues that a report in a language takes its texts from; empty for a language that is not spoken."""
    if language not in languages():
        return ""
    own = content_folder("templates") / "locale" / language / CATALOGUE
    parts = (hashlib.sha256(own.read_bytes()).hexdigest() if own.is_file() else "", texts_digest(rulebase, language))
    return hashlib.sha256(" ".join(parts).encode()).hexdigest()


def templates_digest() -> str:
    """SHA-256 of the report's templates and style sheets."""
    return _digest_of("*.html", "*.css", "parts/*")


def write_report(
    document: Mapping[str, Any],
    path: Path,
    *,
    stamp: Stamp = Stamp(),  # noqa: B008 - frozen
    key: SigningKey | None = None,
    annex: Mapping[str, Any] | None = None,
) -> None:
    """Write the report of a diagnosis document to `path`, whole or not at all."""
    content = make(document, stamp, key, annex).content
    with tempfile.NamedTemporaryFile(dir=path.parent, prefix=f".{path.name}.", delete=False) as draft:
        try:
            draft.write(content)
            draft.flush()
            os.fsync(draft.fileno())
            Path(draft.name).chmod(0o644)
            Path(draft.name).replace(path)
        except BaseException:
            Path(draft.name).unlink(missing_ok=True)
            raise


def _set(source: str, identifier: str, *, pdf_variant: str = VARIANT, **options: Any) -> bytes:
    """Set HTML as tagged PDF; its title and language are those of the page."""
    laid_out = HTML(string=source, url_fetcher=AssetFetcher(), media_type="print")
    settings = {"pdf_variant": pdf_variant, "pdf_identifier": identifier.encode()}
    with closing(_Fonts()) as fonts:
        return bytes(laid_out.write_pdf(font_config=fonts, **settings, **options))


def _finisher(properties: Mapping[str, str], draft: bool) -> Callable[[Any, pydyf.PDF], None]:
    """What is put right before the file is written: the attachment listed once, the watermark no text, and the rest of the metadata."""

    def finish(_document: Any, pdf: pydyf.PDF) -> None:
        pdf.catalog["AF"] = pydyf.Array(dict.fromkeys(pdf.catalog["AF"]))
        name_scopes(pdf.objects)
        gather_items(pdf.objects)
        fold_spans(pdf.objects, _at(pdf, _at(pdf, pdf.catalog["StructTreeRoot"])["ParentTree"])["Nums"])
        pages = [_at(pdf, pdf.objects[number]["Contents"]) for number in pdf.pages["Kids"][::3]]
        for page in pages if draft else ():
            _first_text_as_artifact(page)
        digest = pages_digest(map(_drawn, pages))
        metadata = _at(pdf, pdf.catalog["Metadata"])
        metadata.stream = [extended(b"".join(metadata.stream), {**properties, "pagesDigest": digest})]
        metadata.compress = False  # so that programs that know no PDF find it

    return finish


def _at(pdf: pydyf.PDF, reference: bytes) -> Any:
    return pdf.objects[int(reference.split()[0])]


def _first_text_as_artifact(page: pydyf.Stream) -> None:
    """What is drawn first is the watermark; WeasyPrint marks it as text and leaves it out of the structure, PDF/UA wants an artifact."""
    end = page.stream.index(b"BDC")
    page.stream[end - 2 : end + 1] = [b"/Artifact", b"BMC"]


def _drawn(stream: pydyf.Stream) -> bytes:
    """What a stream holds, as a reader of the file finds it."""
    written = bytes(pydyf.Stream(stream.stream).data)
    return written.partition(b"stream\n")[2].removesuffix(b"\nendstream")


@cache
def _profile() -> bytes:
    """WeasyPrint's own colour profile; left to itself, it leaves the file open each time."""
    return (files("weasyprint.pdf") / _PROFILE).read_bytes()


def _pango() -> str:
    number = int(pango.pango_version())
    return f"{number // 10000}.{number // 100 % 100}.{number % 100}"


def _digest_of(*patterns: str) -> str:
    """SHA-256 over the names and bytes of files of the report's folder."""
    found = hashlib.sha256()
    for path in sorted(path for pattern in patterns for path in _folder().glob(pattern)):
        found.update(f"{path.relative_to(_folder())} {hashlib.sha256(path.read_bytes()).hexdigest()}\n".encode())
    return found.hexdigest()


def _folder() -> Path:
    return content_folder("templates") / "report"


@cache
def _environment(words: Words) -> Environment:
    """Templates whose `_("…")` and `ngettext(one, many, number)` speak a language."""
    environment = Environment(
        loader=FileSystemLoader(_folder()),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=_unbroken,
    )
    environment.globals.update(_=words.say, ngettext=lambda one, many, number, **values: words.several(number, one, many, **values))
    return environment


def _unbroken(value: Any) -> Any:
    """Keep a number and its per-cent sign on one line."""
    return value.replace(" %", "\N{NO-BREAK SPACE}%") if isinstance(value, str) else value
