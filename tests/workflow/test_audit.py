"""The log of who did what: whatever is done to it without its key is found."""

from __future__ import annotations

from pathlib import Path

import pytest
from databases import opened, sqlite_database
from sqlalchemy import Engine
from sqlmodel import Session

from assess.store.backup import backup, restore
from assess.store.session import open_database, reading, writing
from assess.workflow import audit
from workflow.surveying import NOON

__all__ = ["sqlite_database"]

_COLUMNS = "at, actor, verb, subject, details, seal"
_ADD = f"INSERT INTO audit_event (id, sequence, {_COLUMNS}) SELECT {{id}}, {{sequence}}, {_COLUMNS}"


def log(engine: Engine, count: int = 5) -> tuple[int, str]:
    """Write some events and return the head."""
    with writing(engine) as session:
        for number in range(count):
            audit.record(session, actor="account/1", verb="act", subject=f"thing/{number}", now=NOON, details={"n": number})
        return audit.head(session)


def breaks(engine: Engine, known: tuple[int, str] | None = None) -> tuple[str, ...]:
    with reading(engine) as session:
        return audit.verify(session, known=known).breaks


def run(engine: Engine, *statements: str) -> None:
    with engine.begin() as connection:
        for statement in statements:
            connection.exec_driver_sql(statement)


def test_untouched_log__holds(engine: Engine) -> None:
    head = log(engine)
    with reading(engine) as session:
        chain = audit.verify(session, known=head)
    assert (chain.events, chain.breaks, chain.head) == (5, (), head[1])


@pytest.mark.parametrize(
    "edit",
    [
        "actor = 'account/2'",
        "verb = 'look'",
        "subject = 'thing/9'",
        "details = '{}'",
        "at = '2026-06-01 12:00:01'",
        "seal = ''",
        "seal = '" + "0" * 64 + "'",
    ],
)
def test_edited_event__is_found(engine: Engine, edit: str) -> None:
    log(engine)
    run(engine, f"UPDATE audit_event SET {edit} WHERE sequence = 3")  # noqa: S608
    assert any("event 3" in line for line in breaks(engine))


def test_deleted_event__is_found(engine: Engine) -> None:
    log(engine)
    run(engine, "DELETE FROM audit_event WHERE sequence = 3")
    assert "event 3 is missing or out of order: 4 stands in its place" in breaks(engine)


def test_events_that_changed_places__are_found(engine: Engine) -> None:
    log(engine)
    run(
        engine,
        "UPDATE audit_event SET sequence = 99 WHERE sequence = 2",
        "UPDATE audit_event SET sequence = 2 WHERE sequence = 3",
        "UPDATE audit_event SET sequence = 3 WHERE sequence = 99",
    )
    assert any("event 2" in line for line in breaks(engine))


def test_event_that_was_slipped_in__is_found(engine: Engine) -> None:
    log(engine)
    run(engine, "UPDATE audit_event SET sequence = sequence + 100 WHERE sequence > 2")
    run(engine, f"{_ADD.format(id=99, sequence=3)} FROM audit_event WHERE sequence = 2")
    run(engine, "UPDATE audit_event SET sequence = sequence - 99 WHERE sequence > 100")
    assert any("event 3" in line for line in breaks(engine))


def test_event_that_was_added_at_the_end__is_found(engine: Engine) -> None:
    log(engine)
    run(engine, f"{_ADD.format(id=99, sequence=6)} FROM audit_event WHERE sequence = 5")
    assert any("event 6" in line for line in breaks(engine))
    assert any("last link says 5" in line for line in breaks(engine))


def test_log_that_was_cut__is_found(engine: Engine) -> None:
    log(engine)
    run(engine, "DELETE FROM audit_event WHERE sequence > 3")
    assert any("events were cut off" in line for line in breaks(engine))


def test_log_that_was_cut_together_with_its_last_link__is_found_by_a_seal_from_elsewhere(engine: Engine) -> None:
    log(engine, 3)
    with reading(engine) as session:
        early = audit.head(session)
    late = log(engine, 2)
    run(
        engine,
        "DELETE FROM audit_event WHERE sequence > 3",
        f"UPDATE audit_head SET sequence = 3, seal = '{early[1]}'",  # noqa: S608
    )
    assert breaks(engine) == ()
    assert breaks(engine, known=early) == ()
    assert any("there were 5 once" in line for line in breaks(engine, known=late))


def test_log_that_was_written_anew__is_found_by_a_seal_from_elsewhere(engine: Engine) -> None:
    late = log(engine)
    run(engine, "DELETE FROM audit_event", "DELETE FROM audit_head")
    log(engine, 6)
    run(engine, "UPDATE audit_event SET actor = actor")
    assert breaks(engine) == ()
    with writing(engine) as session:
        assert audit.verify(session, known=(late[0], "f" * 64)).breaks


def test_event_of_a_transaction_that_failed__leaves_no_gap(engine: Engine) -> None:
    log(engine, 2)

    def fail(session: Session) -> None:
        audit.record(session, actor="account/1", verb="act", subject="thing/x", now=NOON)
        session.flush()
        raise RuntimeError

    with pytest.raises(RuntimeError), writing(engine) as session:
        fail(session)
    assert log(engine, 1)[0] == 3
    assert breaks(engine) == ()


def test_seals__follow_from_the_key__so_that_another_key_does_not_hold(tmp_path: Path, sqlite_database: Engine) -> None:
    del sqlite_database
    url = f"sqlite:///{tmp_path / 'assess.db'}"
    first, second = (open_database(url, audit_key=key) for key in (b"one key", b"another key"))
    log(first)
    assert breaks(first) == ()
    assert any("event 1 is not as it was written" in line for line in breaks(second))
    for engine in (first, second):
        engine.dispose()


def test_restored_backup__has_the_same_head__and_holds(tmp_path: Path, sqlite_database: Engine) -> None:
    head = log(sqlite_database)
    backup(sqlite_database, tmp_path / "copy.db")
    restore(tmp_path / "copy.db", f"sqlite:///{tmp_path / 'restored.db'}")
    with opened(f"sqlite:///{tmp_path / 'restored.db'}") as restored:
        assert breaks(restored, known=head) == ()
        with reading(restored) as session:
            assert audit.head(session) == head
        assert log(restored, 1)[0] == head[0] + 1
        assert breaks(restored, known=head) == ()
