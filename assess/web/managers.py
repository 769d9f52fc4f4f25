"""What a cluster's management sees of a round: the released figures."""

from __future__ import annotations

from flask import Blueprint, render_template

from assess.store.session import reading
from assess.web.access import needs
from assess.web.desks import desk
from assess.web.round_pages.released import released_page
from assess.web.site import site
from assess.web.workbench_pages.place import place_of

managers = Blueprint("managers", __name__, url_prefix="/clusters/<cluster>/<int:year>")


@managers.get("/released")
@needs("round.released.read")
def released(**_: str | int) -> str:
    """Show the released figures of the round."""
    with reading(site().database) as session:
        return render_template("staff/manager_released.html", page=released_page(session, place_of(session, desk())))
