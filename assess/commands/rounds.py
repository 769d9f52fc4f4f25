"""Keeps clusters and their rounds from the command line: `assess cluster …` and `assess round …`; each command commits once."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import click
from sqlalchemy import Engine
from sqlmodel import Session, col, select

from assess.commands.speaking import reader, say
from assess.content import content_folder
from assess.definitions.library import load_questionnaires, load_rulebase_version
from assess.engine.inference import Engine as Inference
from assess.errors import AssessError, Fault
from assess.phrases import Phrase
from assess.settings import Settings, read_settings
from assess.store.queries import released_cells, round_progress
from assess.store.session import open_database, reading, writing
from assess.store.tables import Cluster, Round, RoundState
from assess.worker.mailing import send_all
from assess.workflow import clusters, diagnoses, handed_in, invitations, releases, rounds
from assess.workflow.clusters import Change
from assess.workflow.pinned import asked
from assess.workflow.rows import identity

_ACTOR = "command line"


@dataclass(frozen=True, slots=True)
class Place:
    """The settings and the database they name."""

    settings: Settings
    engine: Engine


def cluster_add(name: str, key: str, members: Path | None, leave_out_faulty: bool) -> None:
    """Make a cluster if there is none of this key, and import a list of its members; doing it again changes nothing."""
    with _writing() as (_, session):
        wanted = key or clusters.key_of(name)
        cluster = session.exec(select(Cluster).where(col(Cluster.key) == wanted)).first()
        cluster = cluster or clusters.make_cluster(session, name=name, key=key, now=_now(), actor=_ACTOR)
        written = _import(session, cluster, members, leave_out_faulty) if members else 0
    click.echo(say("Cluster %(cluster)s: %(written)s members added or changed.", cluster=cluster.key, written=written))


def cluster_preview(key: str, members: Path) -> None:
    """Say what importing a list of members would do, row by row where it would not work."""
    with _place() as place, reading(place.engine) as session:
        listed = clusters.preview_members(session, _cluster(session, key), members)
    told = reader().told
    for row in listed.faulty:
        click.echo(Fault(str(members), row.line, row.name, told(Phrase("; ")).join(map(told, row.faults))).said(told))
    click.echo(
        say(
            "%(new)s new, %(changed)s changed, %(unchanged)s unchanged, %(faulty)s faulty.",
            **{change.value: listed.count(change) for change in Change},
        )
    )


def round_plan(key: str, year: int, opens_at: datetime, closes_at: datetime) -> None:
    """Plan a round that asks the latest questionnaires and is pinned to the latest rule base; times are UTC."""
    folder = content_folder("questionnaires")
    sources = [(folder / name / f"{found.version}.yaml").read_text("utf-8") for name, found in load_questionnaires().items()]
    with _writing() as (_, session):
        rounds.plan_round(
            session,
            _cluster(session, key),
            year=year,
            opens_at=opens_at,
            closes_at=closes_at,
            sources=sources,
            rulebase=load_rulebase_version(),
            now=_now(),
            actor=_ACTOR,
        )
    click.echo(say("Round %(year)s of %(key)s is planned; open it with `assess round open %(key)s %(year)s`.", key=key, year=str(year)))


def round_open(key: str, year: int) -> None:
    """Open a round and queue an invitation to every member."""
    with _writing() as (place, session):
        round_ = _round(session, key, year)
        if round_.state is RoundState.PLANNED:
            rounds.open_round(session, round_, now=_now(), actor=_ACTOR)
        count = invitations.invite_all(session, round_, base_url=place.settings.base_url, now=_now(), actor=_ACTOR)
    text = say(
        "Round %(year)s of %(key)s is open; %(count)s invitations are queued. Send them with `assess round send`.",
        key=key,
        year=str(year),
        count=count,
    )
    click.echo(text)


def round_remind(key: str, year: int) -> None:
    """Queue a reminder to everybody who is due for one."""
    with _writing() as (place, session):
        count = invitations.remind_due(session, _round(session, key, year), base_url=place.settings.base_url, now=_now())
    click.echo(say("%(count)s reminders are queued. Send them with `assess round send`.", count=count))


def round_send() -> None:
    """Close the rounds that are over, and send every mail that is due; to be run every few minutes."""
    with _place() as place:
        with writing(place.engine) as session:
            closed = rounds.close_due_rounds(session, now=_now())
        sent, tried = send_all(place.engine, place.settings)
    click.echo(say("%(sent)s of %(tried)s mails were sent; %(closed)s rounds were closed.", sent=sent, tried=tried, closed=len(closed)))


def round_progress_of(key: str, year: int) -> None:
    """Say by kind of member who got how far; answers are not looked at."""
    with _place() as place, reading(place.engine) as session:
        number = identity(_round(session, key, year))
        for questionnaire in asked(session, number):
            for one in round_progress(session, number, questionnaire.questionnaire):
                click.echo(
                    say(
                        "%(who)s: %(invited)s invited, %(opened)s opened, %(started)s started, %(submitted)s submitted",
                        who=f"{questionnaire.questionnaire} · {one.kind}",
                        invited=one.invited,
                        opened=one.opened,
                        started=one.started,
                        submitted=one.submitted,
                    )
                )


def round_close(key: str, year: int) -> None:
    """Close a round before its time."""
    with _writing() as (_, session):
        rounds.close_round(session, _round(session, key, year), now=_now(), actor=_ACTOR)
    click.echo(
        say("Round %(year)s of %(key)s is closed. Diagnose it with `assess round diagnose %(key)s %(year)s`.", key=key, year=str(year))
    )


def round_diagnose(key: str, year: int, target: Path | None) -> None:
    """Diagnose a closed round, keep the document, and write it to a file if one is named."""
    with _writing() as (_, session):
        round_ = _round(session, key, year)
        stored = diagnoses.run(
            session, round_, rulebase=load_rulebase_version(round_.rulebase_version), engine=Inference(), now=_now(), actor=_ACTOR
        )
    if target is not None:
        target.write_text(stored.document, encoding="utf-8")
    click.echo(say("The diagnosis of %(key)s %(year)s has the digest %(digest)s.", key=key, year=str(year), digest=stored.digest))


def round_release(key: str, year: int) -> None:
    """Release the figures that members may see; from then on no answer of the round can be changed."""
    with _writing() as (place, session):
        round_ = _round(session, key, year)
        rulebase = load_rulebase_version(round_.rulebase_version)
        releases.release_cells(session, round_, rulebase=rulebase, k=place.settings.k, now=_now(), actor=_ACTOR)
        cells = released_cells(session, identity(round_)).values()
    shown = sum(cell.value is not None for cell in cells)
    click.echo(say("%(shown)s figures are released, %(withheld)s withheld.", shown=shown, withheld=len(cells) - shown))


def round_export(key: str, year: int, folder: Path) -> None:
    """Write the responses that were handed in, a file for each questionnaire, as `assess diagnose` reads them, and for each repeat."""
    with _place() as place, reading(place.engine) as session:
        round_ = _round(session, key, year)
        names = [pin.questionnaire for pin in asked(session, identity(round_))]
        tables = {name: handed_in.response_table(session, round_, name, _now().date()) for name in names}
        for name in names:
            repeats = handed_in.repeat_tables(session, round_, name, _now().date())
            tables |= {f"{name}-{repeat}": table for repeat, table in repeats.items()}
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    for name, table in tables.items():
        if table.rows:
            table.write(folder / f"{name}.csv")
    click.echo(say("The responses are in %(folder)s. They are confidential: only evaluators may read them.", folder=f"{folder}/"))


@contextmanager
def _place() -> Iterator[Place]:
    settings = read_settings()
    engine = open_database(settings.database, audit_key=settings.audit_key)
    try:
        yield Place(settings, engine)
    finally:
        engine.dispose()


@contextmanager
def _writing() -> Iterator[tuple[Place, Session]]:
    with _place() as place, writing(place.engine) as session:
        yield place, session


def _import(session: Session, cluster: Cluster, members: Path, leave_out_faulty: bool) -> int:
    listed = clusters.preview_members(session, cluster, members)
    return clusters.import_members(session, cluster, listed, now=_now(), actor=_ACTOR, leave_out_faulty=leave_out_faulty)


def _cluster(session: Session, key: str) -> Cluster:
    found = session.exec(select(Cluster).where(col(Cluster.key) == key)).first()
    if found is None:
        known = ", ".join(session.exec(select(Cluster.key).order_by(col(Cluster.key))))
        if not known:
            raise AssessError(Phrase("There is no cluster %(key)s; there is: none.", key=key))
        raise AssessError(Phrase("There is no cluster %(key)s; there is: %(known)s.", key=key, known=known))
    return found


def _round(session: Session, key: str, year: int) -> Round:
    cluster = _cluster(session, key)
    found = session.exec(select(Round).where(col(Round.cluster_id) == identity(cluster), col(Round.year) == year)).first()
    if found is None:
        raise AssessError(
            Phrase("%(cluster)s has no round of %(year)s; plan one with `assess round plan`.", cluster=cluster.name, year=str(year))
        )
    return found


def _now() -> datetime:
    return datetime.now(UTC).replace(tzinfo=None)
