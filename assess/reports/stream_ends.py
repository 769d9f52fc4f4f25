"""Where a stream of a PDF file ends: PDF/A wants its length to agree with the end of line before `endstream`.

pydyf ends streams by a line feed. After a last byte that is itself a carriage return, which one compressed stream in 256 has, the
two read as one end of line, and the stream as a byte shorter than it says.
"""

from __future__ import annotations

import pydyf

_END = b"\nendstream"
_written = pydyf.Stream.data.fget


def _unmistakable(stream: pydyf.Stream) -> bytes:
    content: bytes = _written(stream)
    return content if content[-len(_END) - 1 : -len(_END)] != b"\r" else content.removesuffix(_END) + b"\r" + _END


def end_unmistakably() -> None:
    """Make pydyf end every stream so; the last two of a file are made inside it, out of reach of a class of our own."""
    pydyf.Stream.data = property(_unmistakable)
