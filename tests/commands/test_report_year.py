"""`assess report --round-year`: all reports of a year, each made once, also when the command is run again."""

from __future__ import annotations

from pathlib import Path

import pytest
from command_line import Run
from databases import sqlite_database
from sqlalchemy import Engine
from sqlmodel import select
from workflow.evaluating import closed_round, diagnosed, make_account, release
from workflow.surveying import LATER, make_cluster

from assess.commands import report_year
from assess.reports import pdf
from assess.store.session import reading, writing
from assess.store.steering_tables import ReportFile
from assess.workflow import publications

__all__ = ["sqlite_database"]


@pytest.fixture
def site(sqlite_database: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Engine:
    """A site with three rounds of 2026: one published, two drafts; the command finds it by its environment."""
    monkeypatch.setenv("ASSESS_DEMO", "1")
    monkeypatch.setenv("ASSESS_DATABASE", sqlite_database.url.render_as_string(hide_password=False))
    monkeypatch.setenv("ASSESS_FOLDER", str(tmp_path / "instance"))
    monkeypatch.delenv("ASSESS_SIGNING_KEY", raising=False)
    monkeypatch.chdir(tmp_path)
    with writing(sqlite_database) as session:
        account = make_account(session)
        for name in ("Example Valley", "Other Valley", "Third Valley"):
            round_ = closed_round(session, make_cluster(session, name=name))
            release(session, round_)
            diagnosis = diagnosed(session, round_)
            if name == "Example Valley":
                approved = publications.approve(session, diagnosis, account_id=account, now=LATER)
                publications.publish(session, approved, account_id=account, now=LATER)
    return sqlite_database


def test_reports_of_a_year__are_all_written__and_made_once_only(site: Engine, run: Run) -> None:
    result = run("report", "--round-year", "2026", "--all", "--jobs", "2", "-o", "reports")
    assert (result.code, result.out) == (0, "3 reports are in reports/, 3 of them made now.\n")
    written = {path.name: path.read_bytes() for path in Path("reports").iterdir()}
    assert sum(name.startswith("draft-") for name in written) == 2
    assert sum(name.startswith("2026-EXV-") for name in written) == 1
    next(path for path in Path("reports").iterdir() if path.name.startswith("draft-")).unlink()
    again = run("report", "--round-year", "2026", "--all", "-o", "reports")
    assert again.out == "3 reports are in reports/, 0 of them made now.\n"
    assert {path.name: path.read_bytes() for path in Path("reports").iterdir()} == written
    with reading(site) as session:
        assert len(session.exec(select(ReportFile)).all()) == 3
    verdicts = [run("verify", f"reports/{name}") for name in written]
    assert [verdict.code for verdict in verdicts] == [0, 0, 0]
    assert all("the register vouches for the figures" in verdict.out for verdict in verdicts)


def test_reports_for_other_readers__are_files_of_their_own__made_once_each(site: Engine, run: Run) -> None:
    for _ in range(2):
        result = run("report", "--round-year", "2026", "--all", "--audience", "executives", "-o", "reports")
        assert result.code == 0, result.err
    assert sum(path.name.endswith("-executives-en.pdf") for path in Path("reports").iterdir()) == 3
    with reading(site) as session:
        assert [row.audience for row in session.exec(select(ReportFile)).all()] == ["executives"] * 3
    assert run("report", "--round-year", "2026", "--all", "--language", "xx", "-o", "reports").code == 2


def test_a_report_that_could_not_be_made__is_named__and_made_by_the_next_run(
    site: Engine, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    calls: list[int] = []

    def broken(*given: object) -> pdf.Made:
        calls.append(1)
        if len(calls) > 1:
            raise ValueError("a page could not be laid out")
        return pdf.make(*given)  # type: ignore[arg-type]

    monkeypatch.setattr(report_year, "make", broken)
    result = run("report", "--round-year", "2026", "--all", "-o", "reports")
    assert result.code == 2
    assert "Run the command again" in result.err
    assert "a page could not be laid out" in result.err
    monkeypatch.setattr(report_year, "make", pdf.make)
    assert "2 of them made now" in run("report", "--round-year", "2026", "--all", "-o", "reports").out
    with reading(site) as session:
        assert len(session.exec(select(ReportFile)).all()) == 3


@pytest.mark.usefixtures("site")
def test_a_year_without_rounds__and_options_that_do_not_go_together__are_refused(run: Run) -> None:
    assert "Diagnose a round of 1999 first" in run("report", "--round-year", "1999", "--all", "-o", "reports").err
    assert run("report", "--round-year", "2026", "-o", "reports").code == 2
    assert run("report", "-o", "reports").code == 2
    assert run("report", "x.yaml", "--round-year", "2026", "--all", "-o", "reports").code == 2
