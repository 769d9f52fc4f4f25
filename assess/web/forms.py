"""Makes the form of a page and reads what was sent; the only importer of wtforms."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Any, Literal

from flask import has_app_context
from werkzeug.datastructures import FileStorage, MultiDict
from wtforms import Field, Form, StringField  # type: ignore[import-untyped]
from wtforms.validators import InputRequired, Length, StopValidation  # type: ignore[import-untyped]

from assess.definitions.expressions import SPECIAL_ANSWERS
from assess.definitions.questionnaire_items import Item, ItemType
from assess.definitions.words import ENGLISH, Words, words_of
from assess.engine.answers import MAX_TEXT
from assess.phrases import message
from assess.web.sentences import EITHER_OR, TOO_LONG
from assess.web.wording import words

_NO_ADDRESS = message("Enter your colleague’s mail address.")
_LONG_ADDRESS = message("Shorten the address.")


class AnswerField(Field):  # type: ignore[misc]  # wtforms carries no types
    """One question. `values` is what was sent or stored, `raw` the one text that is kept."""

    def __init__(self, item: Item, **given: Any) -> None:
        super().__init__(**given)
        self.item = item

    def process_data(self, value: str | None) -> None:
        """Take the answer that is stored."""
        self.values = value.split() if value and self.item.type is ItemType.SELECT_MULTIPLE else [value] if value else []

    def process_formdata(self, sent: Sequence[str]) -> None:
        """Take what the form sent: several values where several boxes are ticked."""
        self.values = [text for text in (one.replace("\r\n", "\n").strip() for one in sent) if text]

    def pre_validate(self, _form: Form) -> None:
        """Refuse what cannot be kept; everything else is kept as it was written, and judged with the other answers."""
        if len(set(self.values)) > 1 and self.item.type is not ItemType.SELECT_MULTIPLE:
            raise StopValidation(EITHER_OR)
        if len(self.raw) > MAX_TEXT:
            raise StopValidation(TOO_LONG)

    @property
    def raw(self) -> str:
        """What is kept of it: the codes of several choices with spaces between them."""
        return " ".join(dict.fromkeys(self.values))

    @property
    def written(self) -> str:
        """What stands in the box, without what is ticked beside it."""
        return next((value for value in self.values if value not in SPECIAL_ANSWERS), "")

    @property
    def problem(self) -> str:
        """What to do about it, in a sentence; empty when nothing is wrong."""
        return str(self.errors[0]) if self.errors else ""


class PageForm(Form):  # type: ignore[misc]  # wtforms carries no types
    """The questions of one page; its fields are made by `page_form`."""

    @property
    def kept(self) -> dict[str, str]:
        """The answers that can be kept, by field."""
        return {field.name: field.raw for field in self if not field.errors}

    @property
    def problems(self) -> dict[str, str]:
        """What cannot be kept, by field, with what to do about it."""
        return {field.name: field.problem for field in self if field.errors}


def is_field(item: Item) -> bool:
    """Say whether an item is a field of the form: evidence files are handed over by other ways."""
    return item.type.answerable and item.type is not ItemType.FILE


def page_form(items: Mapping[str, Item], *, stored: Mapping[str, str] | None = None, sent: MultiDict[str, str] | None = None) -> PageForm:
    """Make the form of `items`, which stand under the names of their fields, filled with what is stored or with what was sent."""
    fields = {name: AnswerField(item=item) for name, item in items.items() if item.type.answerable}
    form: PageForm = type("QuestionsOfPage", (PageForm,), fields)(sent, data=stored or {})
    if sent is not None:
        form.validate()
    return form


class DelegateForm(Form):  # type: ignore[misc]  # wtforms carries no types
    """Whom to pass the questionnaire on to; the workflow judges the address."""

    email = StringField(validators=[InputRequired(_NO_ADDRESS), Length(max=254, message=_LONG_ADDRESS)])


Kind = Literal["text", "area", "email", "password", "code", "number", "date", "choice", "choices", "tick", "file"]
_SECRETS = {"password", "code", "file"}
"""Kinds that are never printed back."""
_ADDRESS = re.compile(r"[^@\s]+@[^@\s]+\Z")
_NUMBER = re.compile(r"[-+]?[0-9]{1,15}(?:[.,][0-9]{1,15})?\Z")
_CONTROLS = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]")
"""Control characters and marks that turn the direction of writing; tabs and line breaks are left to longer texts."""


@dataclass(frozen=True, slots=True)
class Asked:
    """One field of a form of staff. `choices` are codes and labels; `longest` counts characters.

    Label, hint and labels of choices are marked where they are written; `filled` says them.
    """

    name: str
    label: str
    kind: Kind
    required: bool = True
    hint: str = ""
    choices: Sequence[tuple[str, str]] = ()
    longest: int = 200
    autocomplete: str = "off"


@dataclass(frozen=True, slots=True)
class AskedField:
    """A field as it is printed: with the texts that stand in it and what is wrong with them."""

    asked: Asked
    written: tuple[str, ...] = ()
    problem: str = ""

    @property
    def value(self) -> str:
        """What stands in a box; nothing for what is never printed back."""
        return "" if self.asked.kind in _SECRETS else next(iter(self.written), "")


@dataclass(frozen=True, slots=True)
class Filled:
    """A form that was filled in, or not yet.

    `values` holds str; Decimal | None for a number; date | None; tuple[str, ...] for choices; bool for a tick; FileStorage | None.
    """

    fields: tuple[AskedField, ...]
    values: Mapping[str, Any]
    problem: str = ""
    """What is wrong with the form as a whole."""

    @property
    def problems(self) -> dict[str, str]:
        """What is wrong, by field; what concerns the whole form stands under the empty name."""
        return ({"": self.problem} if self.problem else {}) | {one.asked.name: one.problem for one in self.fields if one.problem}

    def refused(self, sentence: str, field: str = "") -> Filled:
        """Return the form with one more problem: of a field, or of the whole; the sentence is said here, if it was not before."""
        said = _words().say(sentence)
        if not field:
            return replace(self, problem=said)
        return replace(self, fields=tuple(replace(one, problem=said) if one.asked.name == field else one for one in self.fields))


def filled(
    asked: Sequence[Asked],
    data: MultiDict[str, str] | None = None,
    files: MultiDict[str, FileStorage] | None = None,
    *,
    stored: Mapping[str, str | Sequence[str]] | None = None,
) -> Filled:
    """Read what was sent; without data, return the form as it is shown first, filled with what is stored."""
    asked = tuple(_said(one) for one in asked)
    if data is None:
        return Filled(tuple(AskedField(one, _texts((stored or {}).get(one.name, ()))) for one in asked), {})
    fields, values = [], {}
    for one in asked:
        sent = files.get(one.name) if files is not None and one.kind == "file" else None
        written = tuple(text.replace("\r\n", "\n") for text in data.getlist(one.name))
        written = written if one.kind == "password" else tuple(text.strip() for text in written)
        values[one.name], problem = _file(one, sent) if one.kind == "file" else _read(one, written)
        fields.append(AskedField(one, written, problem))
    return Filled(tuple(fields), values)


def _words() -> Words:
    """Return the words of the request; outside of any, English."""
    return words() if has_app_context() else words_of(ENGLISH)


def _said(one: Asked) -> Asked:
    """Return a field with its texts in the language of the request; what is not ours is in no catalogue and stays as it is."""
    say = _words().say
    choices = tuple((code, say(label)) for code, label in one.choices)
    return replace(one, label=say(one.label), hint=say(one.hint), choices=choices)


def _texts(stored: str | Sequence[str]) -> tuple[str, ...]:
    return (stored,) if isinstance(stored, str) else tuple(stored)


def _file(one: Asked, sent: FileStorage | None) -> tuple[FileStorage | None, str]:
    found = sent if sent is not None and sent.filename else None
    return found, _words().say("Choose a file: %(label)s.", label=one.label) if found is None and one.required else ""


def _read(one: Asked, written: tuple[str, ...]) -> tuple[Any, str]:
    """Return what was sent as a value, and what is wrong with it."""
    text = next(iter(written), "")
    if one.kind == "tick":
        return bool(text), _words().say("Tick this to go on: %(label)s.", label=one.label) if one.required and not text else ""
    if one.kind == "choices":
        return _chosen(one, tuple(dict.fromkeys(filter(None, written))))
    problem = _problem(one, text)
    if one.kind == "number":
        return _number(text, problem)
    if one.kind == "date":
        return _day(text, problem)
    return text, problem


def _problem(one: Asked, text: str) -> str:
    if not text:
        return _wanted(one) if one.required else ""
    if len(text) > one.longest:
        lengths = _words().filled({"most": one.longest, "length": len(text)})
        return _words().say("Shorten this to %(most)s characters; it has %(length)s.", **lengths)
    if _CONTROLS.search(text) or (one.kind != "area" and ("\n" in text or "\t" in text)):
        return _words().say(_NO_BREAKS if one.kind != "area" else _NO_CONTROLS)
    if one.kind == "email" and not _ADDRESS.match(text):
        return _words().say("Write one mail address, such as office@example.org.")
    if one.kind == "choice" and text not in {code for code, _ in one.choices}:
        return _words().say("Choose one of the answers that are offered.")
    return ""


_NO_BREAKS = message("Type this again without line breaks, tabs and other control characters.")
_NO_CONTROLS = message("Type this again without control characters; line breaks are fine.")


def _wanted(one: Asked) -> str:
    if one.kind == "choice":
        return _words().say("Choose: %(label)s.", label=one.label)
    return _words().say("Fill in: %(label)s.", label=one.label)


def _chosen(one: Asked, codes: tuple[str, ...]) -> tuple[tuple[str, ...], str]:
    if one.required and not codes:
        return codes, _words().say("Choose at least one: %(label)s.", label=one.label)
    offered = set(codes) <= {code for code, _ in one.choices}
    return codes, "" if offered else _words().say("Choose only answers that are offered.")


def _number(text: str, problem: str) -> tuple[Decimal | None, str]:
    if problem or not text:
        return None, problem
    if not _NUMBER.match(text):
        return None, _words().say("Write a number, such as 12 or 0.5.")
    return Decimal(text.replace(",", ".")), ""


def _day(text: str, problem: str) -> tuple[date | None, str]:
    if problem or not text:
        return None, problem
    try:
        return date.fromisoformat(text), ""
    except ValueError:
        return None, _words().say("Write a day as year, month and day, such as 2026-11-21.")
