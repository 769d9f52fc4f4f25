"""The pages about a link itself: passing it on to a colleague, and no more mail."""

from __future__ import annotations

from http import HTTPStatus

from flask import Blueprint, render_template, request

from assess.store.session import reading, writing
from assess.web.access import Access, needs
from assess.web.forms import DelegateForm
from assess.web.members import checked, token_of, visit_of
from assess.web.pages.correspondence import delegate_page, unsubscribe_page
from assess.web.site import site
from assess.web.wording import told, words
from assess.workflow import invitations
from assess.workflow.refusals import Unfit

correspondence = Blueprint("correspondence", __name__, url_prefix="/s/<token>")


@correspondence.get("/delegate")
@needs(Access.LINK)
def delegate(token: str) -> str:
    """Ask for a colleague's address."""
    with reading(site().database) as session:
        visit = visit_of(session, token)
        return render_template("delegate.html", page=delegate_page(visit, form=token_of(visit)))


@correspondence.post("/delegate")
@needs(Access.LINK)
def pass_on(token: str) -> str | tuple[str, HTTPStatus]:
    """Mail a colleague a link of their own."""
    with writing(site().database) as session:
        visit = checked(visit_of(session, token))
        form = DelegateForm(request.form)
        problem = "" if form.validate() else words().say(str(form.email.errors[0]))
        email = str(form.email.data or "").strip()
        if not problem:
            try:
                invitations.delegate(session, visit.invitation, email=email, base_url=site().settings.base_url, now=visit.now)
            except Unfit as refusal:
                problem = told(refusal)
        page = delegate_page(visit, form=token_of(visit), email=email, problem=problem, sent=not problem)
        return render_template("delegate.html", page=page), HTTPStatus.UNPROCESSABLE_ENTITY if problem else HTTPStatus.OK


@correspondence.get("/unsubscribe")
@needs(Access.LINK)
def unsubscribe(token: str) -> str:
    """Ask whether no more mail is wanted: a mail scanner that follows the link must not decide it."""
    with reading(site().database) as session:
        visit = visit_of(session, token)
        return render_template("unsubscribe.html", page=unsubscribe_page(visit, form=token_of(visit)))


@correspondence.post("/unsubscribe")
@needs(Access.LINK)
def stop_mail(token: str) -> str:
    """Write no more about this round to this address."""
    with writing(site().database) as session:
        visit = checked(visit_of(session, token))
        invitations.unsubscribe(session, visit.invitation, now=visit.now)
        return render_template("unsubscribe.html", page=unsubscribe_page(visit, form=token_of(visit)))
