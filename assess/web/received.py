"""Reads what a section's page sent: the answers, what the page had seen, and where to go next."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from flask import abort, request
from werkzeug.datastructures import MultiDict

from assess.definitions.questionnaire_items import Group, Item, Questionnaire
from assess.web.form_tokens import genuine
from assess.web.forms import PageForm, is_field, page_form
from assess.web.site import site
from assess.web.visits import Visit
from assess.workflow.answer_rows import Field, field_of

REVIEW = "review"
_MOST_DIGITS = 9


class Go(StrEnum):
    """Where the button leads."""

    ON = "on"
    BACK = "back"
    LATER = "later"
    TO = "to"
    """The section that stands behind it: `to.network`."""
    FILE = "file"
    """The page on which files are attached to a field: `file.strategy`."""
    CLEAR = "clear"
    """Back to this page, with the answer to one field taken back: `clear.size`."""
    ADD = "add"
    """Back to this page, with an empty entry of a repeat: `add.interview`."""
    REMOVE = "remove"
    """Back to this page, with all answers of an entry taken back: `remove.interview.2`."""


@dataclass(frozen=True, slots=True)
class Received:
    """One page as it was sent."""

    group: Group
    form: PageForm
    seen: int
    key: str
    go: Go
    target: str
    """What stands behind the button's first word."""
    genuine: bool
    """Whether it was made by this site for this link."""

    @property
    def entries(self) -> tuple[Field, ...]:
        """The fields of repeats that stood on the page: their entries stay on it, though empty."""
        found = [field_of(field.name) for field in self.form if field.item.repeat]
        return tuple(field for field in found if field is not None)


def received(visit: Visit, name: str) -> Received:
    """Read the page of the section called `name`. Ends with 404 for no such section, with 400 for what no page of ours sends."""
    ours = genuine(site().settings.secret, visit.invitation, request.form.get("form", ""))
    return page_sent(visit.questionnaire, name, genuine=ours)


def page_sent(questionnaire: Questionnaire, name: str, *, genuine: bool) -> Received:
    """Read a section's page of whoever answers a questionnaire; ends like `received`."""
    group = next((group for group in questionnaire.sections if group.name == name), None) or abort(404)
    seen = request.form.get("seen", "")
    if not seen.isascii() or not seen.isdigit() or len(seen) > _MOST_DIGITS:
        abort(400)
    go, target = _button(questionnaire)
    fields = _fields(group)
    return Received(
        group=group,
        form=page_form(fields, sent=_without(_taken_back(go, target, fields))),
        seen=int(seen),
        key=request.form.get("key", ""),
        go=go,
        target=target,
        genuine=genuine,
    )


def _button(questionnaire: Questionnaire) -> tuple[Go, str]:
    """Read which button was pressed; what leads nowhere leads on."""
    go, _, target = request.form.get("go", "").partition(".")
    if go == Go.TO:
        known = {REVIEW, *(section.name for section in questionnaire.sections)}
        return (Go.TO, target) if target in known else (Go.ON, "")
    return (Go(go), target) if go in set(Go) else (Go.ON, "")


def _taken_back(go: Go, target: str, fields: Mapping[str, Item]) -> frozenset[str]:
    """Return the fields whose answer the button takes back."""
    if go is Go.REMOVE:
        entry = target.rpartition(".")
        return frozenset(name for name, item in fields.items() if (item.repeat, name.rpartition(".")[2]) == (entry[0], entry[2]))
    return frozenset({target} & fields.keys()) if go is Go.CLEAR else frozenset()


def _without(names: frozenset[str]) -> MultiDict[str, str]:
    return MultiDict([(name, text) for name, text in request.form.items(multi=True) if name not in names])


def _fields(group: Group) -> dict[str, Item]:
    """Return the fields that stood on the page: what did not is left as it is, and not taken for empty."""
    items = {item.name: item for item in group.items if is_field(item)}
    named = {name: field_of(name) for name in request.form.get("fields", "").split()}
    return {name: items[field[0]] for name, field in named.items() if field is not None and field[0] in items}
