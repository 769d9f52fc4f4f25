"""Makes a form of the questions on a page and reads what was sent; the only importer of wtforms."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from werkzeug.datastructures import MultiDict
from wtforms import Field, Form, StringField  # type: ignore[import-untyped]
from wtforms.validators import InputRequired, Length, StopValidation  # type: ignore[import-untyped]

from assess.definitions.expressions import SPECIAL_ANSWERS
from assess.definitions.questionnaire_items import Item, ItemType
from assess.engine.answers import MAX_TEXT
from assess.web.sentences import EITHER_OR, TOO_LONG


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

    email = StringField(validators=[InputRequired("Enter your colleague’s mail address."), Length(max=254, message="Shorten the address.")])
