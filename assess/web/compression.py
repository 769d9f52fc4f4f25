"""Sends style sheets, scripts and the pages of personal links compressed, for browsers that take gzip.

The length of a compressed page tells which of its texts stand in it twice, so whoever may place a text in a page could guess the
secrets beside it (BREACH). Therefore what is secret on a page is never compressed: it is sent as it stands, and no other text is
written as its repetition. Pages that are not reached by a personal link alone are not compressed at all.
"""

from __future__ import annotations

import gzip
import re
import struct
import zlib
from collections.abc import Iterator
from functools import lru_cache

from flask import Flask, Response, current_app, request

from assess.web.access import Access, declared

_STATIC_TYPES = frozenset({"text/css", "text/javascript", "image/svg+xml"})
_SECRET = re.compile(rb"[\w-]{43}|[0-9a-f]{64}|[0-9a-f]{32}")
"""Tokens of links, tokens of forms, keys of pages."""
_SHORTEST = b"w" * 32
_WORDS = bytes(ord("w") if chr(byte).isascii() and (chr(byte).isalnum() or chr(byte) in "_-") else 0 for byte in range(256))
"""Makes every sign that secrets consist of a w, so that long words are found at once."""
_HEADER = b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\xff"
_LEVEL = 3
"""Beyond it a page takes four times as long and gets a tenth smaller."""


def compress(app: Flask) -> None:
    """Compress what may be compressed of the replies of `app`."""

    @app.after_request
    def pack(response: Response) -> Response:
        static = request.endpoint == "static" and response.mimetype in _STATIC_TYPES
        if not static and not _is_page_of_link(response):
            return response
        response.vary.add("Accept-Encoding")
        if request.accept_encodings["gzip"] > 0 and (response.status_code == 200 or not static):
            _pack_file(response) if static else response.set_data(packed(response.get_data()))
            response.headers["Content-Encoding"] = "gzip"
        return response


def packed(body: bytes) -> bytes:
    """Return `body` as a gzip file in which every secret stands uncompressed, in a block of its own."""
    squeeze = zlib.compressobj(_LEVEL, zlib.DEFLATED, -zlib.MAX_WBITS)
    parts = [_HEADER]
    done = 0
    for begin, end in _secrets(body):  # the full flush makes the compressor forget what came before
        parts += (squeeze.compress(body[done:begin]), squeeze.flush(zlib.Z_FULL_FLUSH), _as_it_stands(body[begin:end]))
        done = end
    parts.append(squeeze.compress(body[done:]))
    parts += (squeeze.flush(), struct.pack("<LL", zlib.crc32(body), len(body) & 0xFFFFFFFF))
    return b"".join(parts)


def _secrets(body: bytes) -> Iterator[tuple[int, int]]:
    """Yield where secrets begin and end: whole words of their length and signs."""
    words = body.translate(_WORDS) + b"\0"
    begin = words.find(_SHORTEST)
    while begin >= 0:
        end = words.index(b"\0", begin)
        if _SECRET.fullmatch(body, begin, end):
            yield begin, end
        begin = words.find(_SHORTEST, end)


def _as_it_stands(secret: bytes) -> bytes:
    """Return a stored block of RFC 1951."""
    return struct.pack("<BHH", 0, len(secret), len(secret) ^ 0xFFFF) + secret


def _is_page_of_link(response: Response) -> bool:
    view = current_app.view_functions.get(request.endpoint or "")
    return declared(view) is Access.LINK and response.mimetype == "text/html" and not response.is_streamed


def _pack_file(response: Response) -> None:
    tag, _ = response.get_etag()
    response.direct_passthrough = False
    response.set_data(_packed_file(tag or "", response.get_data()))
    response.headers.pop("Accept-Ranges", None)
    if tag is not None:  # the same file, in other bytes
        response.set_etag(tag, weak=True)


@lru_cache(maxsize=32)
def _packed_file(_tag: str, content: bytes) -> bytes:
    return gzip.compress(content, mtime=0)
