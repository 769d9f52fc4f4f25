"""Copies a database and its evidence files while they are in use, and puts a copy back into an empty place."""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from tempfile import mkstemp

from psycopg.conninfo import make_conninfo
from sqlalchemy import URL, Engine, inspect

from assess.phrases import Phrase
from assess.store.failures import StoreError, told_in_a_sentence
from assess.store.files import EvidenceFolder, sha256_of, told_of_files
from assess.store.session import open_database

_DIGEST_FILE = "SHA256SUMS"
_SQLITE_MARK = b"SQLite format 3\0"
_DUMP_MARK = b"PGDMP"


def backup(engine: Engine, target: Path) -> None:
    """Write one moment of the database to the file `target`, which appears only when it is whole; nobody has to stop writing.

    Of SQLite it is a database file again, of PostgreSQL an archive of pg_dump.
    Raises StoreError, also when there is a file already.
    """
    _refuse_existing(target)
    with _appearing_when_whole(target) as draft:
        _copy(engine, draft)


def backup_with_files(engine: Engine, files: EvidenceFolder, target: Path) -> int:
    """Write a backup like `backup`, with the evidence files in a folder beside it; return how many files there are.

    The database is copied first and nobody drops bytes meanwhile, so that every file
    its rows name is there. The file `target` appears last.
    Raises StoreError, also when a file is damaged or the folder is there already.
    """
    beside = files_beside(target)
    for place in (target, beside):
        _refuse_existing(place)
    with files.keeping(), _gone_on_failure(beside), _appearing_when_whole(target) as draft:
        _copy(engine, draft)
        count = files.copy_to(beside)
        (beside / _DIGEST_FILE).write_text(f"{sha256_of(draft)}  {target.name}\n", encoding="utf-8")
    return count


def restore_with_files(source: Path, url: str, files: EvidenceFolder) -> int:
    """Restore a backup like `restore`, with its evidence files, whose digests are compared; return how many files there are.

    A backup without files is taken too. Raises StoreError, also when a digest differs; then the database is still empty.
    """
    _refuse_unfit(source, url)
    beside = files_beside(source)
    if beside.is_dir():
        _compare(source, beside / _DIGEST_FILE)
    count = files.take_from(beside)
    restore(source, url)
    return count


def files_beside(target: Path) -> Path:
    """Return the folder in which a backup has its evidence files."""
    return target.with_name(f"{target.name}-files")


def restore(source: Path, url: str) -> None:
    """Fill the empty database at `url` with a backup, wholly or not at all; upgrade it afterwards if it is of an earlier version.

    Raises StoreError when the backup is damaged or of the other kind of database, or when the database already has tables.
    """
    engine = _refuse_unfit(source, url)
    if engine.dialect.name == "sqlite":
        _fill_sqlite(source, Path(engine.url.database or ""))
    else:
        _run("pg_restore", engine.url, "--exit-on-error", "--single-transaction", "--no-owner", "--no-privileges", str(source))


def _refuse_unfit(source: Path, url: str) -> Engine:
    """Return the database that a backup is to fill, with no connection open. Raises StoreError unless it is empty and of its kind."""
    made_of = _kind(source)
    engine = open_database(url)
    try:
        if engine.dialect.name != made_of:
            raise StoreError(
                Phrase(
                    "%(file)s is a backup of %(made_of)s, but ASSESS_DATABASE names a database of %(named)s.",
                    file=str(source),
                    made_of=made_of,
                    named=engine.dialect.name,
                )
            )
        with told_in_a_sentence():
            if inspect(engine).get_table_names():
                raise StoreError(Phrase("The database already has tables; restore into a new one, so that nothing is overwritten."))
    finally:
        engine.dispose()
    return engine


def _refuse_existing(target: Path) -> None:
    if target.exists():
        raise StoreError(Phrase("%(file)s is there already; give the backup another name.", file=str(target)))


def _copy(engine: Engine, draft: Path) -> None:
    if engine.dialect.name == "sqlite":
        _copy_sqlite(engine, draft)
    else:
        _run("pg_dump", engine.url, "--format=custom", "--no-owner", "--no-privileges", f"--file={draft}")


def _compare(source: Path, listed: Path) -> None:
    """Compare the digest that was written down with the backup with that of its file."""
    with told_of_files():
        wanted = listed.read_text("utf-8").split()
    if wanted[:1] != [sha256_of(source)]:
        raise StoreError(
            Phrase(
                "%(file)s is damaged: its SHA-256 is not the one in %(listed)s; take an earlier backup.",
                file=str(source),
                listed=str(listed),
            )
        )


@contextmanager
def _gone_on_failure(folder: Path) -> Iterator[None]:
    try:
        yield
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        raise


@contextmanager
def _appearing_when_whole(target: Path) -> Iterator[Path]:
    """Yield a draft beside `target` that only its owner may read, and rename it when all of it is on the disk."""
    try:
        handle, name = mkstemp(prefix=f".{target.name}.", dir=target.parent)
    except OSError as error:
        raise StoreError(
            Phrase(
                "%(file)s cannot be written (%(reason)s); name a folder that exists and may be written to.",
                file=str(target),
                reason=Phrase(str(error.strerror)),
            )
        ) from error
    draft = Path(name)
    try:
        yield draft
        os.fsync(handle)
        draft.rename(target)
    finally:
        os.close(handle)
        for left_over in ("", "-journal", "-wal", "-shm"):
            Path(name + left_over).unlink(missing_ok=True)
    _sync_folder(target.parent)


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _copy_sqlite(engine: Engine, draft: Path) -> None:
    with _damage_told(draft), closing(sqlite3.connect(draft)) as copy:
        with told_in_a_sentence(), engine.connect() as connection:
            source = connection.connection.driver_connection
            assert isinstance(source, sqlite3.Connection)  # noqa: S101 - what SQLAlchemy connects to SQLite with
            # All pages in one step: writers go on in the log, and a copy in many steps would begin anew at each of their commits.
            source.backup(copy)
        copy.execute("PRAGMA journal_mode = DELETE")  # one file, without a log beside it
        if damage := _damage(copy):
            raise StoreError(Phrase("The database is damaged (%(damage)s); restore an earlier backup of it.", damage=damage))


def _fill_sqlite(source: Path, target: Path) -> None:
    with _damage_told(source), closing(sqlite3.connect(f"{source.resolve().as_uri()}?mode=ro", uri=True)) as copy:
        if damage := _damage(copy):
            raise StoreError(Phrase("%(file)s is damaged (%(damage)s); take an earlier backup.", file=str(source), damage=damage))
        with closing(sqlite3.connect(target)) as database:
            copy.backup(database)


@contextmanager
def _damage_told(file: Path) -> Iterator[None]:
    try:
        yield
    except sqlite3.Error as error:
        raise StoreError(
            Phrase(
                "%(file)s could not be copied (%(error)s); check that it is whole and that there is room on the disk.",
                file=str(file),
                error=str(error),
            )
        ) from error


def _damage(copy: sqlite3.Connection) -> str:
    (found,) = copy.execute("PRAGMA integrity_check(1)").fetchone()
    return "" if found == "ok" else " ".join(found.split())


def _kind(source: Path) -> str:
    try:
        with source.open("rb") as file:
            beginning = file.read(len(_SQLITE_MARK))
    except OSError as error:
        raise StoreError(
            Phrase("%(file)s cannot be read (%(reason)s); name the file of a backup.", file=str(source), reason=Phrase(str(error.strerror)))
        ) from error
    if beginning == _SQLITE_MARK:
        return "sqlite"
    if beginning.startswith(_DUMP_MARK):
        return "postgresql"
    raise StoreError(Phrase("%(file)s is not a backup; name a file that `assess backup` has written.", file=str(source)))


def _run(program: str, address: URL, *arguments: str) -> None:
    """Run one of PostgreSQL's programs; the password goes through the environment, where `ps` does not show it."""
    given = {**address.translate_connect_args(username="user", database="dbname"), **address.query}
    password = str(given.pop("password", ""))
    command = [program, f"--dbname={make_conninfo('', **given)}", *arguments]
    environment = {**os.environ, "PGPASSWORD": password} if password else None
    try:
        # The program's name is fixed, and no shell reads the arguments.
        subprocess.run(command, env=environment, check=True, capture_output=True, text=True)  # noqa: S603
    except FileNotFoundError:
        raise StoreError(Phrase("%(program)s is not installed; install the package postgresql-client.", program=program)) from None
    except subprocess.CalledProcessError as error:
        said = str(error.stderr).strip().splitlines()
        reason = said[0] if said else Phrase("it ended with %(code)s", code=str(error.returncode))
        raise StoreError(Phrase("%(program)s failed: %(reason)s", program=program, reason=reason)) from error
