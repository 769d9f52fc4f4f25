"""Sets a ReportView as a PDF file; the only importer of weasyprint."""

from __future__ import annotations

import mimetypes
import os
import re
import tempfile
from collections.abc import Mapping
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from weasyprint import HTML
from weasyprint.text.fonts import FontConfiguration
from weasyprint.urls import URLFetcher, URLFetcherResponse

from assess.content import content_folder
from assess.reports.view import ReportView, build_view

_ASSET = re.compile(r"asset:((?:[A-Za-z0-9_-]+/)*[A-Za-z0-9_-]+\.(?:css|ttf))\Z")
VARIANT = "pdf/ua-1"


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


def html(view: ReportView) -> str:
    """Return the report as HTML, for the PDF and for tests."""
    return _environment().get_template("report.html").render(view=view)


def render(view: ReportView) -> bytes:
    """Set the report; the same view gives the same bytes in the same environment."""
    page = HTML(string=html(view), url_fetcher=AssetFetcher(), media_type="print")
    written = page.write_pdf(font_config=FontConfiguration(), pdf_variant=VARIANT, pdf_identifier=view.number.encode())
    return bytes(written)


def write_report(document: Mapping[str, Any], path: Path, *, issued: date | None = None) -> None:
    """Write the report of a diagnosis document to `path`, whole or not at all."""
    content = render(build_view(document, issued=issued))
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


def _folder() -> Path:
    return content_folder("templates") / "report"


@cache
def _environment() -> Environment:
    return Environment(
        loader=FileSystemLoader(_folder()),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=_unbroken,
    )


def _unbroken(value: Any) -> Any:
    """Keep a number and its per-cent sign on one line."""
    return value.replace(" %", "\N{NO-BREAK SPACE}%") if isinstance(value, str) else value
