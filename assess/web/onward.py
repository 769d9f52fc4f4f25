"""Where a page leads after it was sent."""

from __future__ import annotations

from http import HTTPStatus

from flask import redirect, url_for
from werkzeug.wrappers import Response as Reply

from assess.web.pages.mending import anchor
from assess.web.progress import Section, next_entry, sections
from assess.web.received import REVIEW, Go, Received
from assess.web.visits import Visit
from assess.workflow.answer_rows import field_name


def see(page: str, token: str, *, name: str | None = None, at: str | None = None, **values: int | str) -> Reply:
    """Lead to another page of the link, with `at` to a place on it; `name` is a section's."""
    named: dict[str, int | str] = values if name is None else {"name": name, **values}
    return redirect(url_for(f"members.{page}", token=token, _anchor=at, **named), HTTPStatus.SEE_OTHER)  # type: ignore[arg-type]


def onward(visit: Visit, sent: Received, asked: frozenset[str]) -> Reply:
    """Lead to where the button says; questions of this section that were not `asked` before its answers opened them come first."""
    found = sections(visit.standing)
    here = next((s for s in found if s.group.name == sent.group.name), None)
    if sent.go is Go.LATER:
        return see("start", visit.token, saved=1)
    if sent.go is Go.TO:
        return see("review", visit.token) if sent.target == REVIEW else see("section", visit.token, name=sent.target)
    if here and sent.go is Go.FILE and sent.target in here.fields:
        return redirect(url_for("attachments.show", token=visit.token, field=sent.target), HTTPStatus.SEE_OTHER)
    if here and sent.go in (Go.CLEAR, Go.ADD, Go.REMOVE):
        return _same(visit, sent)
    opened = [name for name in here.asked if name not in sent.form and name not in asked] if here else []
    if here and opened and sent.go is Go.ON:
        return see("section", visit.token, name=here.group.name, opened=len(opened))
    position = found.index(here) if here else len(found)
    return _at(visit, found, position - 1 if sent.go is Go.BACK else position + 1)


def _same(visit: Visit, sent: Received) -> Reply:
    """Lead back to the page, to the question or entry that the button stands for."""
    name, at, values = sent.group.name, None, dict[str, int | str]()
    if sent.go is Go.CLEAR and sent.target in sent.form:
        at = anchor(sent.form[sent.target].item, sent.target)
    elif sent.go is Go.ADD and (entry := next_entry(sent.target, visit.standing)):
        at, values = f"e-{sent.target}.{entry[1]}", {"entry": field_name(*entry)}
    elif sent.go is Go.REMOVE:
        values = {"removed": 1}
    return see("section", visit.token, name=name, at=at, **values)


def _at(visit: Visit, found: tuple[Section, ...], position: int) -> Reply:
    """Lead to the section at a position; before the first lies the start, after the last the review."""
    if position < 0:
        return see("start", visit.token)
    return see("section", visit.token, name=found[position].group.name) if position < len(found) else see("review", visit.token)
