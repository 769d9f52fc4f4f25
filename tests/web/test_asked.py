"""The forms of staff: what is asked, what was filled in, what is wrong with it."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from io import BytesIO
from typing import Any

import pytest
from werkzeug.datastructures import FileStorage, MultiDict

from assess.web.forms import Asked, Kind, filled

CHOICES = (("a", "First"), ("b", "Second"))


def one(kind: Kind, *sent: str, required: bool = True, longest: int = 200) -> tuple[Any, str]:
    """The value of a field that was sent so, and what is wrong with it."""
    asked = Asked("field", "The field", kind, required=required, choices=CHOICES, longest=longest)
    form = filled((asked,), MultiDict([("field", text) for text in sent]))
    return form.values["field"], form.problems.get("field", "")


@pytest.mark.parametrize(
    ("kind", "sent", "value"),
    [
        ("text", ("  words ",), "words"),
        ("area", ("one\r\ntwo",), "one\ntwo"),
        ("email", ("a@example.org",), "a@example.org"),
        ("password", (" with spaces ",), " with spaces "),
        ("number", ("0,5",), Decimal("0.5")),
        ("date", ("2026-11-21",), date(2026, 11, 21)),
        ("choice", ("a",), "a"),
        ("choices", ("b", "a", "b"), ("b", "a")),
        ("tick", ("yes",), True),
    ],
)
def test_what_was_sent__becomes_a_value(kind: Kind, sent: tuple[str, ...], value: object) -> None:
    assert one(kind, *sent) == (value, "")


@pytest.mark.parametrize(
    ("kind", "sent", "sentence"),
    [
        ("text", (), "Fill in: The field."),
        ("text", ("   ",), "Fill in"),
        ("text", ("one\ntwo",), "without line breaks"),
        ("text", ("bell\x07",), "control characters"),
        ("text", ("left\u202eright",), "control characters"),
        ("area", ("nul\x00",), "control characters"),
        ("text", ("x" * 201,), "Shorten this to 200"),
        ("email", ("nobody",), "Write one mail address"),
        ("number", ("many",), "Write a number"),
        ("number", ("NaN",), "Write a number"),
        ("number", ("1e999999999",), "Write a number"),
        ("date", ("21.11.2026",), "Write a day"),
        ("choice", ("c",), "Choose one of the answers"),
        ("choice", (), "Choose: The field."),
        ("choices", ("c",), "Choose only"),
        ("choices", (), "Choose at least one"),
        ("tick", (), "Tick this"),
    ],
)
def test_what_cannot_be_used__is_refused_in_a_sentence(kind: Kind, sent: tuple[str, ...], sentence: str) -> None:
    assert sentence in one(kind, *sent)[1]


@pytest.mark.parametrize(
    ("kind", "value"), [("text", ""), ("number", None), ("date", None), ("choice", ""), ("choices", ()), ("tick", False)]
)
def test_what_is_optional__may_be_left_out(kind: Kind, value: object) -> None:
    assert one(kind, required=False) == (value, "")


def test_file__is_handed_over__and_one_without_a_name_is_none() -> None:
    asked = (Asked("file", "The file", "file"),)
    sent = FileStorage(BytesIO(b"x"), filename="a.pdf")
    assert filled(asked, MultiDict(), MultiDict([("file", sent)])).values["file"] is sent
    assert "Choose a file" in filled(asked, MultiDict(), MultiDict([("file", FileStorage(BytesIO(), filename=""))])).problems["file"]


def test_form_that_is_shown_first__holds_what_is_stored__and_complains_of_nothing() -> None:
    asked = (Asked("name", "Name", "text"), Asked("kinds", "Kinds", "choices", choices=CHOICES))
    form = filled(asked, stored={"name": "Ada", "kinds": ("a", "b")})
    assert [field.written for field in form.fields] == [("Ada",), ("a", "b")]
    assert form.problems == {}


def test_secrets__are_never_printed_back() -> None:
    form = filled((Asked("p", "P", "password"), Asked("c", "C", "code")), MultiDict([("p", "secret"), ("c", "123456")]))
    assert [field.value for field in form.fields] == ["", ""]


def test_refusal_of_a_verb__stands_at_its_field_or_above_the_form() -> None:
    form = filled((Asked("name", "Name", "text"),), MultiDict([("name", "Ada")]))
    assert form.refused("Choose another.", "name").problems == {"name": "Choose another."}
    assert form.refused("Come back later.").problems == {"": "Come back later."}
