"""The demo's survey site: made anew with four synthetic clusters, and served with a link for every kind of reader."""

from __future__ import annotations

import fcntl
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import click

from assess.commands import demo_readers, demo_rounds, demo_staff, serving
from assess.commands.demo_clusters import CLUSTERS
from assess.commands.demo_rounds import Filled, Tools
from assess.commands.demo_staff import DemoStaff
from assess.commands.speaking import say
from assess.content import content_folder
from assess.definitions.library import load_questionnaires, load_rulebase_version
from assess.engine.inference import Engine as Inference
from assess.errors import AssessError
from assess.phrases import Phrase
from assess.settings import Settings, read_settings
from assess.store.session import open_database, writing
from assess.store.upgrade import upgrade

_FURTHER_PORTS = 20


@contextmanager
def reserved(folder: Path) -> Iterator[None]:
    """Keep `folder` for this demo until it ends. Raises AssessError while another demo is served from it."""
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "site.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise AssessError(
                Phrase(
                    "Stop the demo that is running in %(folder)s first (Ctrl+C where it runs), "
                    "or choose another folder: assess demo -o demo2.",
                    folder=f"{folder}/",
                )
            ) from None
        yield


def run(folder: Path, host: str, port: int, *, worker: bool = True) -> None:
    """Fill a new database in a reserved `folder`, print the links into it, and serve it until interrupted.

    The port is `port` or, where that is taken, the next free one of the twenty after it.
    """
    with serving.listening(host, port, further=_FURTHER_PORTS) as listener:
        found = listener.getsockname()[1]
        if found != port:
            click.echo(say("Port %(port)s is taken, so the demo uses %(found)s.", port=str(port), found=str(found)))
        settings = prepare(folder, serving.address(host, found))
        filled, staff = fill(settings, _now())
        text = say(
            "Four synthetic clusters, last year's round of each released; the database and the mails are in %(folder)s.",
            folder=f"{settings.files.parent}/",
        )
        click.echo(f"\n{text}\n")
        click.echo(demo_readers.overview(filled) + "\n")
        click.echo(demo_readers.table(demo_readers.readers(filled, settings.base_url)) + "\n")
        click.echo(demo_staff.table(staff, settings.base_url) + "\n")
        serving.serve(settings, listener, worker=worker)


def prepare(folder: Path, base_url: str) -> Settings:
    """Return the settings of a demo in `folder`, whose part for the site is emptied first."""
    place = folder / "site"
    if place.exists():
        shutil.rmtree(place)
    place.mkdir(parents=True, mode=0o700)
    return read_settings({"ASSESS_DEMO": "1", "ASSESS_FOLDER": str(place), "ASSESS_BASE_URL": base_url})


def fill(settings: Settings, now: datetime) -> tuple[tuple[Filled, ...], DemoStaff]:
    """Make the tables, the four clusters and the staff, and show how far it is; each cluster is one transaction."""
    engine = open_database(settings.database, audit_key=settings.audit_key)
    try:
        upgrade(engine)
        tools = _tools(settings)
        filled = []
        with click.progressbar(CLUSTERS, label=say("Filling the survey"), item_show_func=lambda c: c.name if c else "") as progress:
            for cluster in progress:
                with writing(engine) as session:
                    filled.append(demo_rounds.fill(session, cluster, tools, now))
        with writing(engine) as session:
            staff = demo_staff.engage(session, tools, now)
        return tuple(filled), staff
    finally:
        engine.dispose()


def _tools(settings: Settings) -> Tools:
    questionnaires, folder = load_questionnaires(), content_folder("questionnaires")
    sources = [(folder / name / f"{found.version}.yaml").read_text("utf-8") for name, found in questionnaires.items()]
    return Tools(settings, questionnaires, sources, load_rulebase_version(), Inference())


def _now() -> datetime:
    return datetime.now(UTC).replace(tzinfo=None, microsecond=0)
