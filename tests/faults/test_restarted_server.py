"""The PostgreSQL server crashes and comes back under twenty members: what was acknowledged is there, the rest is still in their pages."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from threading import Event
from time import monotonic, sleep

import postgresql_server
import pytest
from databases import opened
from sqlalchemy import Engine
from web.visiting import Page, filled_in

from assess.store.upgrade import upgrade
from faults.killing import RELEASED
from faults.own_server import OwnServer
from faults.serving import Reply, Site, Visitor, serving, until
from faults.surveyed import Participant, participants

CLIENTS, HELD = 20, 4
PATIENCE = 60
"""Seconds that somebody tries again."""
PAUSE = 0.05
"""Seconds until somebody presses `Try again`."""


@pytest.fixture
def server(request: pytest.FixtureRequest) -> OwnServer:
    """A server of this test's own."""
    request.config.add_cleanup(postgresql_server.AT_THE_END.close)
    return OwnServer(postgresql_server.start())


@pytest.fixture
def own_database(server: OwnServer) -> Iterator[Engine]:
    """A database with all tables and no rows on that server."""
    with opened(server.new_database("survey")) as engine:
        upgrade(engine)
        yield engine


@dataclass
class Client:
    """A member that saves one text after the other, and tries again with the page that comes back until it is saved."""

    visitor: Visitor
    number: int
    acknowledged: list[str] = field(default_factory=list)
    refused: int = 0
    """How many pages said that nothing was saved yet."""
    outages: int = 0
    """How many requests found the store out of order, whether they would save or only look."""

    def save(self, *, held: bool = False) -> None:
        text = f"Text {len(self.acknowledged)} of member {self.number}."
        page = filled_in(self.loaded()) | {"kind": "company", "comment": text}
        reply = self.answered(self.visitor.post("/about", page, held=held))
        given_up = monotonic() + PATIENCE
        while reply.status == 503 and monotonic() < given_up:
            self.refused += 1
            assert reply.page.value("comment") == text, "the page does not hold what was typed"
            sleep(PAUSE)
            again = {e.attributes["name"]: e.attributes["value"] for e in reply.page.all("input")}
            reply = self.answered(self.visitor.post("/about", again))
        assert reply.status == 303, reply.text
        self.acknowledged.append(text)

    def loaded(self) -> Page:
        """Load the page, as often as it takes."""
        reply = self.answered(self.visitor.get("/about"))
        given_up = monotonic() + PATIENCE
        while reply.status == 503 and monotonic() < given_up:
            sleep(PAUSE)
            reply = self.answered(self.visitor.get("/about"))
        assert reply.status == 200, reply.text
        return reply.page

    def answered(self, reply: Reply) -> Reply:
        self.outages += reply.status == 503
        return reply

    def run(self, finished: Event, *, held: bool) -> None:
        self.save(held=held)
        while not finished.is_set():
            self.save()


def test_server_crashes__under_twenty_members__nothing_lost_and_all_go_on(
    server: OwnServer, own_database: Engine, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    members = participants(own_database, CLIENTS)
    with serving(own_database, tmp_path, threads=CLIENTS // 2 + HELD) as site:
        clients = [Client(Visitor(site, member.token), number) for number, member in enumerate(members)]
        back = crash_under(server, site, clients)
    check(members, clients)
    with capsys.disabled():
        print(f"\nback {back:.2f} s after the server; {sum(client.refused for client in clients)} pages asked to try again")


def crash_under(server: OwnServer, site: Site, clients: list[Client]) -> float:
    """Crash the server while all save and some are about to commit; return after how many seconds all could save again."""
    finished = Event()
    with ThreadPoolExecutor(CLIENTS) as pool:
        running = [pool.submit(client.run, finished, held=client.number < HELD) for client in clients]
        try:
            until(lambda: fine(running) and site.ledger().count("held") == HELD and all(c.acknowledged for c in clients[HELD:]))
            server.stop()
            (site.folder / RELEASED).touch()
            until(lambda: fine(running) and all(client.outages for client in clients))
            assert site.get("/readyz").status == 503
            before = [len(client.acknowledged) for client in clients]
            server.start()
            back = until(lambda: fine(running) and all(len(c.acknowledged) > n for c, n in zip(clients, before, strict=True)), seconds=30)
            assert site.get("/readyz").status == 200
            assert all(client.refused for client in clients[:HELD]), "nobody was struck while saving"
        finally:
            finished.set()
    return back


def fine(running: list[Future[None]]) -> bool:
    """Raise what went wrong in any of them."""
    for one in running:
        if one.done():
            one.result()
    return True


def check(members: list[Participant], clients: list[Client]) -> None:
    """Nothing lost, nothing doubled."""
    for member, client in zip(members, clients, strict=True):
        assert member.answers()["comment"] == client.acknowledged[-1]
        assert sorted(member.written().elements()) == sorted([("kind", "company"), *(("comment", text) for text in client.acknowledged)])
        assert set(member.receipts().values()) == {1}
        assert sum(member.receipts().values()) == len(client.acknowledged)
