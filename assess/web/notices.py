"""What is said once on the page after something was done: the address carries a code, never a text."""

from __future__ import annotations

from flask import request

from assess.phrases import message
from assess.web.wording import words

NOTICES = {
    "signed-out": message("You are signed out."),
    "password": message("Your password is changed. Sign in with it; all other sessions have ended."),
    "name": message("Your name is changed."),
    "session": message("That session has ended."),
    "sessions": message("All other sessions have ended."),
    "sent": message("If there is an account with this address, a mail with a link is on its way. The link is good for one hour."),
    "saved": message("It is saved."),
    "added": message("It is added."),
    "removed": message("It is removed."),
    "glass": message("The answers of this round are open to you for one hour. Mails to the others are on their way."),
    "reopened": message("The response is open again: whoever has its link can change it and hand it in anew."),
    "rated": message("Your rating is finished. You may see the first evaluator’s sheet now."),
    "overridden": message("The figure is replaced. Diagnose again, so that it holds."),
    "override-withdrawn": message("The override is withdrawn. Diagnose again, so that the answers speak."),
    "handed-in": message("The sheet is handed in."),
    "judged": message("The answer of the earlier year is judged and saved."),
    "decided": message("The decision is recorded. Nothing about it changes from now on."),
    "imported": message("The list is imported."),
    "invited": message("The invitations are queued and go out in a moment."),
    "resent": message("A further link is on its way."),
    "link-withdrawn": message("The link is withdrawn."),
    "reminded": message("The reminders are queued and go out in a moment."),
    "nobody-reminded": message("Nobody was reminded: everybody has handed in, was written to lately, or wants no mail."),
    "planned": message("The round is planned. Open it here when its list of members is ready."),
    "opened": message("The round is open, and its invitations are queued."),
    "postponed": message("The closing is put off."),
    "closed": message("The round is closed."),
    "export": message("The export is being written. Load this page again in a moment."),
    "accepted": message("It is in the plan."),
    "reviewed": message("The review is kept."),
}
"""Sentences by code, marked and said by `notice`; a blueprint that needs others adds them here."""


def notice() -> str:
    """Return the sentence that the address asks for; empty when it asks for none."""
    return words().say(NOTICES.get(request.args.get("done", ""), ""))
