"""Stands before the pages of a round that show what its first evaluator stated: a second rater is told so in their place."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any, TypeVar, cast

from flask import Flask, current_app, render_template, request

from assess.store.session import reading
from assess.web.desks import desk
from assess.web.site import site
from assess.web.wording import words
from assess.web.workbench_pages.place import place_of
from assess.web.workbench_pages.sight import screened_page

View = TypeVar("View", bound=Callable[..., Any])


@dataclass(frozen=True, slots=True)
class Screen:
    """What a page is called, and the name of the page of the round that is shown once the evaluator gives up rating blind."""

    title: str
    to: str


def screened(title: str, to: str) -> Callable[[View], View]:
    """Declare that a view shows what the first evaluator stated."""

    def declare(view: View) -> View:
        view.screen = Screen(title, to)  # type: ignore[attr-defined]
        return view

    return declare


def screen_of(view: Callable[..., Any] | None) -> Screen | None:
    """Return the screen before a view; None where it has none."""
    return cast("Screen | None", getattr(view, "screen", None))


def keep_blind(app: Flask) -> None:
    """Let no second rater come to a screened view of `app` before the own rating is given; registered after the guard."""
    app.before_request(_screen)


def _screen() -> tuple[str, HTTPStatus] | None:
    """Answer in the view's place where its page would end the chance to rate blind."""
    found = screen_of(current_app.view_functions.get(request.endpoint or ""))
    if found is None:
        return None
    with reading(site().database) as session:
        page = screened_page(session, place_of(session, desk()), words().say(found.title), found.to)
        if page is None:
            return None
        status = HTTPStatus.OK if request.method in ("GET", "HEAD") else HTTPStatus.CONFLICT
        return render_template("staff/workbench_screened.html", page=page), status
