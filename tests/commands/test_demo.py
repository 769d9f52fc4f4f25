"""What the demo is filled with: four clusters of two rounds each, through the workflow's verbs, and readers for every stage."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest
from command_line import Run
from sqlalchemy import func
from sqlmodel import Session, col, select

from assess.commands import demo, demo_readers, demo_site
from assess.commands.demo_clusters import Stage
from assess.commands.demo_rounds import Filled
from assess.store.queries import released_cells
from assess.store.session import open_database, reading
from assess.store.tables import AuditEvent, Cluster, MailState, OutboxMail, Response, Round, StoredDiagnosis, Submission
from assess.workflow.rows import identity

NOW = datetime(2026, 12, 31, 23, 30)  # noqa: DTZ001 — the store keeps UTC without a zone
SITE = "http://127.0.0.1:8000"


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("demo")


@pytest.fixture(scope="module")
def filled(place: Path) -> tuple[Filled, ...]:
    return demo_site.fill(demo_site.prepare(place, SITE), NOW)[0]


@pytest.fixture
def session(place: Path, filled: tuple[Filled, ...]) -> Iterator[Session]:  # noqa: ARG001 — it must have been filled
    engine = open_database(f"sqlite:///{place / 'site' / 'assess.db'}")
    with reading(engine) as found:
        yield found
    engine.dispose()


def diagnoses(session: Session, year: int) -> dict[str, dict[str, object]]:
    """The documents of a year by sector."""
    rows = session.exec(
        select(Cluster.sector, StoredDiagnosis.document)
        .join(Round, col(Round.cluster_id) == col(Cluster.id))
        .join(StoredDiagnosis, col(StoredDiagnosis.round_id) == col(Round.id))
        .where(col(Round.year) == year)
    )
    return {sector or "": json.loads(document) for sector, document in rows}


def test_four_clusters__have_a_closed_round_of_last_year__and_this_years_at_different_states(session: Session) -> None:
    assert session.exec(select(func.count()).select_from(Cluster)).one() == 4
    rounds = session.exec(select(Round).order_by(col(Round.cluster_id), col(Round.year))).all()
    assert [(round_.year, round_.state.value) for round_ in rounds if round_.year == 2025] == [(2025, "closed")] * 4
    assert [round_.state.value for round_ in rounds if round_.year == 2026] == ["open", "open", "planned", "closed"]


def test_last_years_rounds__are_diagnosed_and_released__each_with_figures_to_show(session: Session) -> None:
    for round_ in session.exec(select(Round).where(col(Round.year) == 2025)):
        cells = released_cells(session, identity(round_)).values()
        assert sum(cell.value is not None for cell in cells) > 50
    assert len(diagnoses(session, 2025)) == 4


def test_diagnoses__differ_in_type_and_stage__and_say_that_answers_were_made_up(session: Session) -> None:
    documents = diagnoses(session, 2025)
    found = {sector: (chosen(document, "type"), chosen(document, "stage")) for sector, document in documents.items()}
    assert found == {
        "photonics": ("marshallian", "growing"),
        "maritime technology": ("hub_and_spoke", "mature"),
        "automotive parts": ("satellite_platform", "mature"),
        "medical technology": ("state_anchored", "potential"),
    }
    assert all(document["synthetic"] is True for document in documents.values())
    assert set(diagnoses(session, 2026)) == {"medical technology"}


def test_nothing_in_the_demo__lies_ahead__and_every_cluster_went_through_the_verbs(session: Session) -> None:
    assert session.exec(select(func.max(AuditEvent.at))).one() <= NOW
    assert all(saved_at <= NOW for saved_at in session.exec(select(Response.saved_at)) if saved_at is not None)
    verbs = set(session.exec(select(AuditEvent.verb)))
    assert {"make", "add", "plan", "open", "invite", "delegate", "reopen", "close", "diagnose", "release"} <= verbs


def test_mails_of_the_demo__were_sent__and_hold_no_link_in_the_database(session: Session, place: Path) -> None:
    mails = session.exec(select(OutboxMail)).all()
    assert {mail.state for mail in mails} <= {MailState.SENT, MailState.FAILED}
    assert not any(SITE + "/s/t" in mail.body for mail in mails if mail.state is MailState.SENT)
    assert len(list((place / "site" / "mail").glob("*.eml"))) == sum(mail.state is MailState.SENT for mail in mails)


def test_response_rates__differ__between_clusters(session: Session, filled: tuple[Filled, ...]) -> None:
    rates = {sum(one.stage is Stage.HANDED_IN for one in cluster.last_year) / len(cluster.last_year) for cluster in filled}
    assert len(rates) == 4
    assert (min(rates) > 0.7, max(rates)) == (True, 1)
    handed_in = sum(
        one.stage in (Stage.HANDED_IN, Stage.REOPENED) for cluster in filled for one in (*cluster.last_year, *cluster.this_year)
    )
    assert session.exec(select(func.count()).select_from(Submission)).one() == handed_in


def test_readers__cover__every_stage_and_the_results_of_every_cluster(filled: tuple[Filled, ...]) -> None:
    readers = demo_readers.readers(filled, SITE)
    asked = {one.token: one for cluster in filled for one in (*cluster.last_year, *cluster.this_year)}
    stages = {asked[reader.address.split("/")[4]].stage for reader in readers}
    assert stages == set(Stage)
    assert sum(reader.address.endswith("/results") for reader in readers) == 4
    printed = demo_readers.table(readers)
    assert all(reader.who in printed and reader.address in printed for reader in readers)


def test_demo_without_a_site__writes_the_reports__and_ends(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(demo, "_PUBLISHED", ("singapore",))  # every report takes its time
    result = run("demo", "--no-site", "-o", tmp_path)
    assert (result.code, "/s/" in result.out) == (0, False)
    assert {path.stem for path in tmp_path.glob("*.pdf")} == {"singapore", "example-valley"}
    assert {path.stem for path in tmp_path.glob("*.json")} == {"singapore", "example-valley"}
    assert not (tmp_path / "site").exists()


def chosen(document: dict[str, object], what: str) -> object:
    """The type or stage that a diagnosis found."""
    return document[what]["label"]  # type: ignore[index]
