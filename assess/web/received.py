"""Reads what a section's page sent: the answers, what the page had seen, and where to go next."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from flask import abort, request

from assess.definitions.questionnaire_items import Group, Item
from assess.web.form_tokens import genuine
from assess.web.forms import PageForm, is_field, page_form
from assess.web.site import site
from assess.web.visits import Visit
from assess.workflow.answer_rows import field_of

REVIEW = "review"
_MOST_DIGITS = 9


class Go(StrEnum):
    """Where the button leads."""

    ON = "on"
    BACK = "back"
    LATER = "later"
    TO = "to"
    """The section that stands behind it: `to.network`."""


@dataclass(frozen=True, slots=True)
class Received:
    """One page as it was sent."""

    group: Group
    form: PageForm
    seen: int
    key: str
    go: Go
    target: str
    """The section to go to, or REVIEW; only for Go.TO."""
    genuine: bool
    """Whether it was made by this site for this link."""


def received(visit: Visit, name: str) -> Received:
    """Read the page of the section called `name`. Ends with 404 for no such section, with 400 for what no page of ours sends."""
    group = next((group for group in visit.questionnaire.sections if group.name == name), None) or abort(404)
    seen = request.form.get("seen", "")
    if not seen.isascii() or not seen.isdigit() or len(seen) > _MOST_DIGITS:
        abort(400)
    go, target = _button(visit)
    return Received(
        group=group,
        form=page_form(_fields(group), sent=request.form),
        seen=int(seen),
        key=request.form.get("key", ""),
        go=go,
        target=target,
        genuine=genuine(site().settings.secret, visit.invitation, request.form.get("form", "")),
    )


def _button(visit: Visit) -> tuple[Go, str]:
    """Read which button was pressed; what leads nowhere leads on."""
    go, _, target = request.form.get("go", "").partition(".")
    if go == Go.TO:
        known = {REVIEW, *(section.name for section in visit.questionnaire.sections)}
        return (Go.TO, target) if target in known else (Go.ON, "")
    return Go(go) if go in set(Go) else Go.ON, ""


def _fields(group: Group) -> dict[str, Item]:
    """Return the fields that stood on the page: what did not is left as it is, and not taken for empty."""
    items = {item.name: item for item in group.items if is_field(item)}
    named = {name: field_of(name) for name in request.form.get("fields", "").split()}
    return {name: items[field[0]] for name, field in named.items() if field is not None and field[0] in items}
