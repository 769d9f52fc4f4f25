"""Puts right what WeasyPrint leaves of the structure of a tagged PDF: what a header cell heads, text beside the body of a list's
item, and spans that say nothing.

Two elements of three in a report's structure are such spans; without them the file is smaller by a tenth.
"""

from __future__ import annotations

from collections.abc import MutableMapping, MutableSequence
from typing import Any

import pydyf

Objects = MutableSequence[Any]
"""The objects of a PDF that is being written, by their numbers; those of its structure are mappings."""
_OF_ANY_SPAN = {"Type", "S", "K", "Pg", "P"}
_TAKES_TEXT = {f"/{tag}" for tag in ("P", "Span", "NonStruct", "TD", "TH", "H1", "H2", "H3", "LBody", "Lbl", "Link", "Div")}


class _Null(pydyf.Object):  # type: ignore[misc]  # pydyf carries no types
    """An object that holds nothing."""

    data = b"null"


def name_scopes(objects: Objects) -> None:
    """Give every header cell its scope: the column below a header row, else the row."""
    for cell in objects:
        if isinstance(cell, MutableMapping) and cell.get("S") == "/TH":
            row = _at(objects, cell["P"])
            cell["A"]["Scope"] = "/Column" if _at(objects, row["P"]).get("S") == "/THead" else "/Row"


def gather_items(objects: Objects) -> None:
    """Put what stands in a list's item beside its marker and its body into that body, the only place PDF/UA has for it."""
    for item in objects:
        if isinstance(item, MutableMapping) and item.get("S") == "/LI":
            kids = [(reference, _at(objects, reference)) for reference in item["K"]]
            bodies = [kid for _, kid in kids if kid["S"] == "/LBody"]
            for reference, kid in kids:
                if kid["S"] not in ("/LBody", "/Lbl") and bodies:
                    item["K"].remove(reference)
                    bodies[-1]["K"].append(reference)
                    kid["P"] = bodies[-1].reference


def fold_spans(objects: Objects, parents: Any) -> None:
    """Let every span without a property give what it holds to the element that it stands in; `parents` is the tree that leads back.

    The number of a span that is gone belongs to a null object: all others keep theirs.
    """
    gone: dict[bytes, bytes] = {}
    for number in range(len(objects) - 1, 0, -1):  # an element comes after the one that it stands in
        span = objects[number]
        if isinstance(span, pydyf.Dictionary) and _says_nothing(objects, span):
            _give(objects, span, _at(objects, span["P"]))
            gone[span.reference] = span["P"]
            objects[number] = _Null()
            objects[number].number = number
    for place, entry in enumerate(parents):
        if isinstance(entry, list):
            entry[:] = [_final(reference, gone) for reference in entry]
        elif isinstance(entry, bytes):
            parents[place] = _final(entry, gone)


def _says_nothing(objects: Objects, element: MutableMapping[str, Any]) -> bool:
    if element.get("S") not in ("/Span", "/NonStruct") or set(element) != _OF_ANY_SPAN:
        return False
    parent = _at(objects, element["P"])
    holds_text = any(isinstance(kid, int) for kid in element["K"])  # whose number counts on its page
    return parent["S"] in _TAKES_TEXT and (not holds_text or parent["Pg"] == element["Pg"])


def _give(objects: Objects, span: Any, parent: Any) -> None:
    place = parent["K"].index(span.reference)
    parent["K"][place : place + 1] = span["K"]
    for kid in span["K"]:
        if not isinstance(kid, int) and "P" in _at(objects, kid):
            _at(objects, kid)["P"] = parent.reference


def _final(reference: bytes, gone: dict[bytes, bytes]) -> bytes:
    while reference in gone:
        reference = gone[reference]
    return reference


def _at(objects: Objects, reference: bytes) -> Any:
    return objects[int(reference.split()[0])]
