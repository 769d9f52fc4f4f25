"""Pages and style sheets travel compressed, and no length tells a secret."""

from __future__ import annotations

import gzip

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from assess.web.compression import packed
from web.visiting import Survey

TOKEN = "k7Qd-w1kEo4TzVb0yPq9sX2mJ5uL8aR3cN6_fHgWiBt"  # noqa: S105 - of the right length, and nobody's
OTHER = "0aZ9yB8xC7wD6vE5uF4tG3sH2rI1qJ0pK9oL8nM7mN6"


def fetch(client: FlaskClient, address: str, **headers: str) -> TestResponse:
    return client.get(address, headers={"Accept-Encoding": "gzip", **headers}, buffered=True)


def test_page_of_a_link__is_sent_compressed__and_reads_the_same(survey: Survey) -> None:
    address = f"/s/{survey.browser.token}/blank"
    plain, sent = survey.browser.client.get(address), fetch(survey.browser.client, address)
    assert sent.headers["Content-Encoding"] == "gzip"
    assert sent.headers["Vary"] == "Accept-Encoding"
    assert len(sent.data) < len(plain.data) / 4
    assert gzip.decompress(sent.data) == plain.data
    assert "Content-Encoding" not in plain.headers


def test_no_browser_gets_gzip__unless_it_takes_it(survey: Survey) -> None:
    address = f"/s/{survey.browser.token}"
    refusing = survey.browser.client.get(address, headers={"Accept-Encoding": "gzip;q=0, br"})
    assert "Content-Encoding" not in refusing.headers
    assert refusing.headers["Vary"] == "Accept-Encoding"


def test_page_that_needs_no_link__is_not_compressed(survey: Survey) -> None:
    assert "Content-Encoding" not in fetch(survey.browser.client, "/").headers


def test_style_sheet__is_compressed__and_still_known_by_its_tag(survey: Survey) -> None:
    client = survey.browser.client
    plain, sent = client.get("/static/assess.css", buffered=True), fetch(client, "/static/assess.css")
    assert gzip.decompress(sent.data) == plain.data
    assert sent.headers["Cache-Control"] == plain.headers["Cache-Control"]
    again = fetch(client, "/static/assess.css", **{"If-None-Match": sent.headers["ETag"]})
    assert (again.status_code, again.data, "Content-Encoding" in again.headers) == (304, b"", False)


def test_secrets__stand_uncompressed_in_the_page(survey: Survey) -> None:
    survey.browser.start()
    page = survey.browser.get("/network")
    sent = fetch(survey.browser.client, f"/s/{survey.browser.token}/network").data
    for secret in (survey.browser.token, page.value("form")):
        assert sent.count(secret.encode()) == page.html.count(secret)
    assert len(sent) < len(page.html) / 4


@pytest.mark.parametrize("secret", [TOKEN, "3f" * 32, "a1b2c3d4" * 4], ids=["link", "form", "page"])
def test_length__is_the_same_whether_or_not_a_text_guesses_the_secret(secret: str) -> None:
    other = "".join(sorted(secret))
    assert len(packed(page_with(secret, secret[:-1]))) == len(packed(page_with(other, secret[:-1])))


def test_compression_as_usual__would_tell_the_secret() -> None:
    """What the test before this one guards against does happen."""
    assert len(gzip.compress(page_with(TOKEN, TOKEN[:-1]))) < len(gzip.compress(page_with(OTHER, TOKEN[:-1])))


def page_with(secret: str, text: str) -> bytes:
    return f'<form action="/s/{secret}/about"><p>What was written: {text}!</p></form>'.encode() * 3
