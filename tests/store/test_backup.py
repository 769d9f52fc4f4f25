"""A backup taken while people answer holds one moment, and an empty host filled from it holds the same."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path

import pytest
from databases import KINDS, NOW, address_of_new, make_cluster, make_response, new_migrated, number, opened, save_answers
from sqlalchemy import Engine, inspect
from sqlmodel import col, func, select

from assess.store.backup import backup, backup_with_files, restore, restore_with_files
from assess.store.digest import contents_digest
from assess.store.failures import StoreError
from assess.store.files import EvidenceFolder
from assess.store.session import reading, writing
from assess.store.tables import Answer, AnswerRevision, EvidenceFile, Response


@pytest.fixture
def elsewhere(database: Engine, tmp_path: Path) -> Iterator[str]:
    """The address of an empty database of the same kind on another host."""
    folder = tmp_path / "elsewhere"
    folder.mkdir()
    with address_of_new(database.dialect.name, folder) as url:
        yield url


def fill(engine: Engine) -> Response:
    with writing(engine) as session:
        return make_response(session, answers={"staff": "12", "note": 'Übung, "quoted"\n\\and 日本 \u20ac'}, submitted=True)


def test_restore__into_an_empty_host__digests_equal(database: Engine, elsewhere: str, tmp_path: Path) -> None:
    fill(database)
    backup(database, tmp_path / "copy")
    restore(tmp_path / "copy", elsewhere)
    with opened(elsewhere) as restored:
        assert contents_digest(restored) == contents_digest(database)


def test_restored_database__goes_on_counting(database: Engine, elsewhere: str, tmp_path: Path) -> None:
    fill(database)
    backup(database, tmp_path / "copy")
    restore(tmp_path / "copy", elsewhere)
    with opened(elsewhere) as restored, writing(restored) as session:
        assert make_cluster(session, key="next").id == 2


@contextmanager
def somebody_answering(engine: Engine) -> Iterator[threading.Event]:
    """Save an answer over and over, in transactions that keep answer and history equal; the event tells that it goes on."""
    response, stop, saved, failed = fill(engine), threading.Event(), threading.Event(), list[Exception]()

    def answer() -> None:
        number = 0
        try:
            while not stop.is_set():
                number += 1
                with writing(engine) as session:
                    save_answers(session, session.merge(response), {"counter": str(number)})
                response.revision += 1
                saved.set()
        except Exception as error:  # told below, in the test's own thread
            failed.append(error)
            saved.set()

    writer = threading.Thread(target=answer)
    writer.start()
    try:
        yield saved
    finally:
        stop.set()
        writer.join(60)
    assert not failed, failed


def test_backup__while_somebody_writes__one_moment(database: Engine, elsewhere: str, tmp_path: Path) -> None:
    with somebody_answering(database) as saved:
        for name in ("first", "second", "last"):
            assert saved.wait(30)
            backup(database, tmp_path / name)
            saved.clear()
            assert saved.wait(30)  # writing went on during the backup and after it
    restore(tmp_path / "last", elsewhere)
    with opened(elsewhere) as restored, reading(restored) as session:
        (answer,) = session.exec(select(Answer).where(col(Answer.item) == "counter"))
        saves = session.exec(select(func.count()).where(col(AnswerRevision.item) == "counter")).one()
        response = session.exec(select(Response)).one()
    assert (answer.raw, answer.revision) == (str(saves), response.revision)
    assert saves >= 2


def test_digest__one_changed_letter__another_digest(database: Engine) -> None:
    response = fill(database)
    before = contents_digest(database)
    with writing(database) as session:
        session.exec(select(Answer).where(col(Answer.item) == "staff")).one().raw = "13"
    assert contents_digest(database) != before
    assert response.revision == 2


def test_digest__same_rows_on_sqlite_and_postgresql__equal(tmp_path: Path) -> None:
    found = set()
    for kind in KINDS:
        with new_migrated(kind, tmp_path) as engine:
            fill(engine)
            found.add(contents_digest(engine))
    assert len(found) == 1


def test_backup__only_for_its_owner_and_nothing_beside_it(database: Engine, tmp_path: Path) -> None:
    folder = tmp_path / "backups"
    folder.mkdir()
    backup(database, folder / "copy")
    assert [(path.name, path.stat().st_mode & 0o077) for path in folder.iterdir()] == [("copy", 0)]


def test_backup__file_there_already__kept(database: Engine, tmp_path: Path) -> None:
    (tmp_path / "copy").write_text("precious")
    with pytest.raises(StoreError, match="there already"):
        backup(database, tmp_path / "copy")
    assert (tmp_path / "copy").read_text() == "precious"


def test_backup__no_such_folder__a_sentence(database: Engine, tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="name a folder that exists"):
        backup(database, tmp_path / "nowhere" / "copy")


def test_backup__postgresql_gone__a_sentence_and_no_half_file(tmp_path: Path) -> None:
    with new_migrated("postgresql", tmp_path) as engine:
        gone = engine.url.set(database="assess_test_gone").render_as_string(hide_password=False)
    with opened(gone) as engine, pytest.raises(StoreError, match="pg_dump failed"):
        backup(engine, tmp_path / "copy")
    assert list(tmp_path.glob("*copy*")) == []


def test_backup__pg_dump_not_installed__names_the_package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with new_migrated("postgresql", tmp_path) as engine, pytest.raises(StoreError, match="install the package postgresql-client"):
        backup(engine, tmp_path / "copy")


def test_backup__password__not_among_the_arguments(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    spy = tmp_path / "pg_dump"
    spy.write_text(f'#!/bin/sh\nprintf "%s " "$@" > {tmp_path}/arguments; printf "%s" "$PGPASSWORD" > {tmp_path}/password\n')
    spy.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}{os.pathsep}{os.environ['PATH']}")
    with opened("postgresql://clerk:p%40ss%20word@db.example.org:5433/assess?sslmode=require") as engine:
        backup(engine, tmp_path / "copy")
    arguments = (tmp_path / "arguments").read_text()
    assert (tmp_path / "password").read_text() == "p@ss word"
    assert "p@ss" not in arguments
    assert all(part in arguments for part in ("host=db.example.org", "port=5433", "user=clerk", "dbname=assess", "sslmode=require"))


def test_restore__database_with_tables__nothing_overwritten(database: Engine, tmp_path: Path) -> None:
    fill(database)
    before = contents_digest(database)
    backup(database, tmp_path / "copy")
    with pytest.raises(StoreError, match="already has tables"):
        restore(tmp_path / "copy", database.url.render_as_string(hide_password=False))
    assert contents_digest(database) == before


def test_restore__truncated_backup__a_sentence_and_an_empty_database(database: Engine, elsewhere: str, tmp_path: Path) -> None:
    fill(database)
    backup(database, tmp_path / "copy")
    whole = (tmp_path / "copy").read_bytes()
    (tmp_path / "copy").write_bytes(whole[: len(whole) * 2 // 3])
    with pytest.raises(StoreError):
        restore(tmp_path / "copy", elsewhere)
    with opened(elsewhere) as restored, pytest.raises(StoreError, match="assess db upgrade"):
        contents_digest(restored)


def damage(file: Path) -> None:
    """Blank the head of a page that holds a table, as a bad disk does; all other pages stay readable."""
    content = bytearray(file.read_bytes())
    place = content.index("Übung".encode()) // 4096 * 4096
    content[place : place + 100] = bytes(100)
    file.write_bytes(content)


def test_sqlite_backup__damaged_since__not_restored(sqlite_database: Engine, tmp_path: Path) -> None:
    fill(sqlite_database)
    backup(sqlite_database, tmp_path / "copy")
    damage(tmp_path / "copy")
    with pytest.raises(StoreError, match="copy is damaged"):
        restore(tmp_path / "copy", f"sqlite:///{tmp_path}/new.db")
    with opened(f"sqlite:///{tmp_path}/new.db") as engine:
        assert inspect(engine).get_table_names() == []


def test_sqlite_database__damaged__no_backup_that_pretends_to_be_whole(sqlite_database: Engine, tmp_path: Path) -> None:
    fill(sqlite_database)
    backup(sqlite_database, tmp_path / "copy")
    damage(tmp_path / "copy")
    with opened(f"sqlite:///{tmp_path}/copy") as engine, pytest.raises(StoreError, match="The database is damaged"):
        backup(engine, tmp_path / "second")
    assert not (tmp_path / "second").exists()


def test_restore__not_a_backup__a_sentence(tmp_path: Path) -> None:
    (tmp_path / "copy").write_text("a shopping list")
    with pytest.raises(StoreError, match="is not a backup"):
        restore(tmp_path / "copy", f"sqlite:///{tmp_path}/new.db")
    with pytest.raises(StoreError, match="cannot be read"):
        restore(tmp_path / "nothing", f"sqlite:///{tmp_path}/new.db")
    assert not (tmp_path / "new.db").exists()


def test_restore__other_kind_of_database__a_sentence(database: Engine, tmp_path: Path) -> None:
    backup(database, tmp_path / "copy")
    (other,) = set(KINDS) - {database.dialect.name}
    with address_of_new(other, tmp_path) as url, pytest.raises(StoreError, match=f"is a backup of {database.dialect.name}, but"):
        restore(tmp_path / "copy", url)


def attached(engine: Engine, files: EvidenceFolder, content: bytes = b"%PDF-1.7 minutes") -> str:
    """Keep a file that a row names."""
    response = fill(engine)
    with files.receiving(BytesIO(content), most=1_000) as draft:
        files.keep(draft)
    with writing(engine) as session:
        row = EvidenceFile(
            response_id=number(response),
            item="minutes",
            name="Minutes.pdf",
            media_type="application/pdf",
            size=draft.size,
            digest=draft.digest,
            created_at=NOW,
        )
        session.add(row)
    return draft.digest


def test_backup_with_files__restored_elsewhere__rows_and_bytes_equal(database: Engine, elsewhere: str, tmp_path: Path) -> None:
    files, restored_files = EvidenceFolder(tmp_path / "files"), EvidenceFolder(tmp_path / "restored")
    digest = attached(database, files)
    assert backup_with_files(database, files, tmp_path / "copy") == 1
    assert restore_with_files(tmp_path / "copy", elsewhere, restored_files) == 1
    with opened(elsewhere) as restored:
        assert contents_digest(restored) == contents_digest(database)
    assert restored_files.place(digest).read_bytes() == files.place(digest).read_bytes()


def test_backup_with_files__lets_nobody_drop_bytes_meanwhile(
    sqlite_database: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    files = EvidenceFolder(tmp_path / "files")
    attached(sqlite_database, files)
    alone = []

    def try_to_drop(folder: EvidenceFolder, file: Path, digest: str) -> bool:
        with files.clearing() as found:
            alone.append(found)
        return take(folder, file, digest)

    take = EvidenceFolder.take
    monkeypatch.setattr(EvidenceFolder, "take", try_to_drop)
    backup_with_files(sqlite_database, files, tmp_path / "copy")
    assert alone == [False]


def test_backup_with_files__damaged_file__no_backup_that_pretends_to_be_whole(sqlite_database: Engine, tmp_path: Path) -> None:
    files = EvidenceFolder(tmp_path / "files")
    files.place(attached(sqlite_database, files)).write_bytes(b"half")
    with pytest.raises(StoreError, match="is damaged"):
        backup_with_files(sqlite_database, files, tmp_path / "copy")
    assert list(tmp_path.glob("*copy*")) == []


@pytest.mark.parametrize("name", ["copy", "copy-files"])
def test_backup_with_files__anything_there_already__kept(sqlite_database: Engine, tmp_path: Path, name: str) -> None:
    (tmp_path / name).mkdir()
    with pytest.raises(StoreError, match="there already"):
        backup_with_files(sqlite_database, EvidenceFolder(tmp_path / "files"), tmp_path / "copy")
    assert list(tmp_path.glob("copy*")) == [tmp_path / name]


def test_restore_with_files__backup_changed_since__an_empty_database(database: Engine, elsewhere: str, tmp_path: Path) -> None:
    files = EvidenceFolder(tmp_path / "files")
    attached(database, files)
    backup_with_files(database, files, tmp_path / "copy")
    with (tmp_path / "copy").open("ab") as file:
        file.write(b"\n")
    with pytest.raises(StoreError, match="its SHA-256 is not the one in"):
        restore_with_files(tmp_path / "copy", elsewhere, EvidenceFolder(tmp_path / "restored"))
    with opened(elsewhere) as engine:
        assert inspect(engine).get_table_names() == []


def test_restore_with_files__database_with_tables__no_file_taken(sqlite_database: Engine, tmp_path: Path) -> None:
    files, restored = EvidenceFolder(tmp_path / "files"), EvidenceFolder(tmp_path / "restored")
    attached(sqlite_database, files)
    backup_with_files(sqlite_database, files, tmp_path / "copy")
    with pytest.raises(StoreError, match="already has tables"):
        restore_with_files(tmp_path / "copy", sqlite_database.url.render_as_string(hide_password=False), restored)
    assert restored.digests() == []


def test_restore_with_files__backup_without_files__is_taken_too(sqlite_database: Engine, tmp_path: Path) -> None:
    fill(sqlite_database)
    backup(sqlite_database, tmp_path / "copy")
    assert restore_with_files(tmp_path / "copy", f"sqlite:///{tmp_path}/new.db", EvidenceFolder(tmp_path / "restored")) == 0
