"""The survey site on a port of its own, with a round of the published member questionnaire under way."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cache
from itertools import count
from pathlib import Path
from queue import SimpleQueue
from threading import Thread

from databases import new_migrated
from flask import Flask, Response, request
from sqlalchemy import Engine
from sqlmodel import Session
from werkzeug.serving import WSGIRequestHandler, make_server
from workflow.surveying import BASE_URL, make_round, only, rulebase

from assess.content import content_folder
from assess.settings import read_settings
from assess.store.session import writing
from assess.store.tables import Cluster, Invitation, Round
from assess.web.app import create_app
from assess.web.site import utc_now
from assess.workflow import clusters, invitations, releases, responses, rounds
from assess.workflow.answer_rows import field_name, texts
from browser.planted import plant

SECTIONS = (
    "about",
    "network",
    "resources",
    "working_together",
    "knowledge",
    "benefits",
    "direction",
    "roles",
    "cluster_management",
    "closing",
)
"""What a company meets, in order."""
_YEARS_AGO = timedelta(days=3 * 365)
_LIFE = timedelta(days=30)
_PATIENCE = 30
"""Seconds."""


@dataclass(frozen=True)
class Link:
    """A member's personal link."""

    site: SurveySite
    token: str
    invitation_id: int

    @property
    def start(self) -> str:
        """The address of the start page."""
        return f"{self.site.origin}/s/{self.token}"

    def page(self, name: str) -> str:
        """The address of another page of the link."""
        return f"{self.start}/{name}"

    def save(self, section: str, answers: Mapping[str, str], *, now: datetime | None = None) -> None:
        """Answer questions without a browser."""
        now = now or utc_now()
        with writing(self.site.database) as session:
            response = responses.begin(session, self._invitation(session), now=now)
            seen = response.revision
            responses.save(session, response, section=section, answers=answers, seen_revision=seen, key=f"page-{seen}", now=now)

    def submit(self, *, now: datetime | None = None) -> None:
        """Hand the response in without a browser."""
        self.save("about", {"kind": "company"}, now=now)
        with writing(self.site.database) as session:
            response = only(responses.response_of(session, self._invitation(session)))
            responses.submit(session, response, key="submit", now=now or utc_now())

    def answers(self) -> dict[str, str]:
        """What is stored, by field."""
        with writing(self.site.database) as session:
            response = responses.response_of(session, self._invitation(session))
            return {field_name(*field): raw for field, raw in texts(session, response).items()} if response else {}

    def wait_until_served(self, name: str) -> None:
        """Wait for the site to have answered a request of the link that no page waits for. Raises queue.Empty where none comes."""
        address = f"/s/{self.token}/{name}"
        while self.site.served.get(timeout=_PATIENCE) != address:
            pass

    def _invitation(self, session: Session) -> Invitation:
        return only(session.get(Invitation, self.invitation_id))


@dataclass(frozen=True)
class SurveySite:
    """The running site. Every test asks for links of its own, so that no test meets the answers of another."""

    origin: str
    database: Engine
    round_id: int
    served: SimpleQueue[str]
    """The address of every request that was answered."""
    numbers: Iterator[int] = field(default_factory=lambda: count(1))

    def link(self) -> Link:
        """Invite one more company to the open round."""
        with writing(self.database) as session:
            return self._invited(session, only(session.get(Round, self.round_id)), utc_now())

    def expired_link(self) -> Link:
        """A link of a round that ended so long ago that its results are no longer shown either."""
        then = utc_now() - _YEARS_AGO
        with writing(self.database) as session:
            return self._invited(session, self._new_round(session, then), then)

    def closed_link(self, *, companies: int = 6) -> Link:
        """A link of a round whose companies rated who is in the cluster, and whose figures are released."""
        then = utc_now() - _LIFE / 2
        with writing(self.database) as session:
            round_ = self._new_round(session, then)
            links = [self._invited(session, round_, then) for _ in range(companies)]
        for number, link in enumerate(links):
            link.save("network", {"network_density": str(2 + number % 3), "network_startups": str(1 + number % 4)}, now=then)
            link.submit(now=then)
        with writing(self.database) as session:
            round_ = rounds.close_round(session, only(session.get(Round, round_.id)), now=utc_now())
            releases.release_cells(session, round_, rulebase=rulebase(), k=5, now=utc_now())
        return links[0]

    def _new_round(self, session: Session, then: datetime) -> Round:
        name = f"Example Valley {next(self.numbers)}"
        return make_round(session, name=name, members=0, sources=(published_questionnaire(),), now=then)[0]

    def _invited(self, session: Session, round_: Round, now: datetime) -> Link:
        number = next(self.numbers)
        cluster = only(session.get(Cluster, round_.cluster_id))
        member = clusters.add_member(
            session, cluster, name=f"Organisation {number}", kind="company", email=f"office{number}@example.org", now=now
        )
        invited = invitations.invite(session, round_, member, base_url=BASE_URL, now=now)
        return Link(self, invited.token, only(invited.invitation.id))


@cache
def published_questionnaire() -> str:
    """The YAML of the latest questionnaire for members."""
    return max((content_folder("questionnaires") / "member").glob("*.yaml")).read_text(encoding="utf-8")


@contextmanager
def survey_site(folder: Path) -> Iterator[SurveySite]:
    """Serve the site on a new database in `folder`."""
    with new_migrated("sqlite", folder) as database:
        with writing(database) as session:
            round_, _ = make_round(session, members=0, sources=(published_questionnaire(),), now=utc_now())
        app = create_app(read_settings({"ASSESS_DEMO": "1", "ASSESS_FOLDER": str(folder)}), database)
        plant(app)
        served = _note_replies(app)
        server = make_server("127.0.0.1", 0, app, threaded=True, request_handler=_Quiet)
        thread = Thread(target=server.serve_forever)
        thread.start()
        try:
            yield SurveySite(f"http://127.0.0.1:{server.server_port}", database, only(round_.id), served)
        finally:
            server.shutdown()
            thread.join()
            server.server_close()


def _note_replies(app: Flask) -> SimpleQueue[str]:
    """Return a queue of the address of every request, put there once its work is done."""
    served = SimpleQueue[str]()

    @app.after_request
    def note(response: Response) -> Response:
        served.put(request.path)
        return response

    return served


class _Quiet(WSGIRequestHandler):
    """Writes no line for each request."""

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        """Leave it unsaid."""
