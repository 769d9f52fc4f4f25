"""Lists of members: previewed row by row, imported as often as one likes."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import Engine
from sqlmodel import Session, select

from assess.errors import FaultsFound
from assess.store.session import writing
from assess.store.tables import Cluster, Member
from assess.workflow import clusters
from assess.workflow.clusters import Change
from assess.workflow.refusals import Taken, Unfit
from workflow.surveying import NOON, make_cluster

GOOD = "name,kind,email\nHuber GmbH,company,office@huber.example\nInstitute of Gears,research,info@gears.example\n"


def listed(session: Session, path: Path, content: str | bytes) -> tuple[Cluster, clusters.MemberList]:
    cluster = session.exec(select(Cluster)).first() or make_cluster(session)
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return cluster, clusters.preview_members(session, cluster, path)


def test_a_preview__writes_nothing(engine: Engine, tmp_path: Path) -> None:
    with writing(engine) as session:
        _, found = listed(session, tmp_path / "m.csv", GOOD)
        assert [row.change for row in found.rows] == [Change.NEW, Change.NEW]
        assert session.exec(select(Member)).all() == []


def test_importing_twice__changes_nothing_the_second_time(engine: Engine, tmp_path: Path) -> None:
    with writing(engine) as session:
        cluster, found = listed(session, tmp_path / "m.csv", GOOD)
        assert clusters.import_members(session, cluster, found, now=NOON) == 2
        assert clusters.import_members(session, cluster, found, now=NOON) == 0
        _, again = listed(session, tmp_path / "m.csv", GOOD.replace("Huber GmbH", " huber  GMBH "))
        assert again.count(Change.UNCHANGED) == 2
        assert clusters.import_members(session, cluster, again, now=NOON) == 0
        assert len(session.exec(select(Member)).all()) == 2


def test_a_changed_address__is_shown__and_written(engine: Engine, tmp_path: Path) -> None:
    with writing(engine) as session:
        cluster, found = listed(session, tmp_path / "m.csv", GOOD)
        clusters.import_members(session, cluster, found, now=NOON)
        _, changed = listed(session, tmp_path / "m.csv", GOOD.replace("info@", "desk@"))
        assert [row.change for row in changed.rows] == [Change.UNCHANGED, Change.CHANGED]
        assert clusters.import_members(session, cluster, changed, now=NOON) == 1
        assert {member.email for member in session.exec(select(Member))} == {"office@huber.example", "desk@gears.example"}


def test_faults__are_told_by_row__and_keep_everything_out_unless_left_out(engine: Engine, tmp_path: Path) -> None:
    content = (
        "name,kind,email,language\nHuber,company,a@example.org,en\n,company,b@example.org,en\nMaier,compny,c@example.org,en\n"
        "Moser,company,nobody,en\nhuber,company,d@example.org,en\nNemec,company,e@example.org,1\n"
    )
    with writing(engine) as session:
        cluster, found = listed(session, tmp_path / "m.csv", content)
        told = {row.line: row.faults[0] for row in found.faulty}
        assert list(told) == [3, 4, 5, 6, 7]
        for line, part in {3: "name", 4: "company", 5: "'nobody'", 6: "line 2", 7: "language"}.items():
            assert part in told[line]
        with pytest.raises(Unfit, match="line 3"):
            clusters.import_members(session, cluster, found, now=NOON)
        assert clusters.import_members(session, cluster, found, now=NOON, leave_out_faulty=True) == 1


def test_encoding_and_delimiter__are_found_out(engine: Engine, tmp_path: Path) -> None:
    with writing(engine) as session:
        _, found = listed(
            session, tmp_path / "m.csv", "Organisation;Kind;E-Mail;Note\nMüller Söhne;company;a@example.org;x\n".encode("cp1252")
        )
        assert found.rows[0].name == "Müller Söhne"
        assert found.guessed_encoding == "cp1252"
        assert found.ignored_columns == ("Note",)


def test_a_missing_column__is_named(engine: Engine, tmp_path: Path) -> None:
    with writing(engine) as session, pytest.raises(Unfit, match="email cannot be found"):
        listed(session, tmp_path / "m.csv", "name,kind\nA,company\n")


def test_what_is_no_table__is_refused(engine: Engine, tmp_path: Path) -> None:
    with writing(engine) as session, pytest.raises(FaultsFound):
        listed(session, tmp_path / "m.csv", b"\x00\x01")


def test_a_name_that_is_taken__is_refused(engine: Engine) -> None:
    with writing(engine) as session:
        cluster = make_cluster(session)
        with pytest.raises(Taken):
            make_cluster(session)
        clusters.add_member(session, cluster, name="Huber", kind="company", email="a@example.org", now=NOON)
        with pytest.raises(Taken):
            clusters.add_member(session, cluster, name=" HUBER", kind="company", email="b@example.org", now=NOON)


def test_the_key_of_a_cluster__comes_from_its_name() -> None:
    assert clusters.key_of("Example Valley – Süd (2)") == "example-valley-süd-2"
