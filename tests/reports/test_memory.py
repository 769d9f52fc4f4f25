"""Nothing of a document that was set stays in memory; measured in a process of its own, in which nothing else happens."""

from __future__ import annotations

import os
import re
import subprocess
import sys

import pytest

from assess.content import content_folder

TIMES = 25
LINES = 200
MAY_STAY = 300
"""KiB after all these documents; each of the faults leaves five times as much or more."""

PROGRAM = """
import ctypes, gc, sys
from assess.reports import pdf

class Allocated(ctypes.Structure):  # as mallinfo2(3) gives it
    _fields_ = [(name, ctypes.c_size_t) for name in
                "arena ordblks smblks hblks hblkhd usmblks fsmblks uordblks fordblks keepcost".split()]

ask = ctypes.CDLL(None).mallinfo2
ask.restype = Allocated

def in_use():
    gc.collect()
    found = ask()
    return (found.uordblks + found.hblkhd) // 1024

def sets(style):
    pdf._set('<html lang="en"><title>T</title><style>' + style + "</style>" + "<p>Level 3.50</p>" * int(sys.argv[2]), "id")

fault = sys.argv[3]
if fault == "keeps its fonts":
    pdf._Fonts.close = lambda self: None
style = "p { font-variant-numeric: tabular-nums }" if fault == "font features" else ""
for _ in range(10):
    sets(style)
before = in_use()
for _ in range(int(sys.argv[1])):
    sets(style)
print(in_use() - before)
"""


def grown(fault: str = "") -> int:
    """KiB by which a process grows over many documents."""
    command = [sys.executable, "-c", PROGRAM, str(TIMES), str(LINES), fault]
    counted = os.environ | {"PYTHONMALLOC": "malloc"}  # so that the C library counts what Python takes as well
    return int(subprocess.run(command, check=True, capture_output=True, text=True, timeout=300, env=counted).stdout)


def test_many_documents__leave_nothing_behind() -> None:
    assert grown() < MAY_STAY


@pytest.mark.parametrize("fault", ["keeps its fonts", "font features"])
def test_what_is_known_to_stay__is_found(fault: str) -> None:
    assert grown(fault) > MAY_STAY


def test_style_sheets_of_reports__ask_for_no_font_features() -> None:
    folder = content_folder("templates") / "report"
    for path in [*folder.glob("*.css"), *folder.glob("**/*.html")]:
        assert not re.search(r"font-(variant|feature|kerning)", path.read_text()), path.name
