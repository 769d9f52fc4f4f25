"""A diagnosis from the store is the one that the command line makes of the same responses in files."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path
from random import Random

import pytest
from databases import new_migrated
from sqlalchemy import Engine
from sqlmodel import Session, col, select

from assess.commands.responses import diagnose_responses
from assess.content import content_folder
from assess.definitions.library import load_questionnaires
from assess.definitions.questionnaire_items import Questionnaire
from assess.engine.document import document
from assess.engine.inference import Engine as Inference
from assess.exchange.response_files import read_responses
from assess.exchange.synthetic import SyntheticTable, evaluator_answers, management_answers, member_answers
from assess.store.session import writing
from assess.store.tables import AuditEvent, Member, Round, StoredDiagnosis
from assess.workflow import clusters, diagnoses, handed_in, invitations, responses, rounds
from assess.workflow.refusals import Unfit
from workflow.surveying import BASE_URL, CLOSING, LATER, NOON, Surveyed, make_survey, rulebase

DAY = date(2026, 6, 1)
ABOUT = ("organisation", "kind", "version", "note")


def answer(session: Session, round_: Round, member: Member, row: dict[str, str], definition: Questionnaire) -> None:
    """Answer section by section, as a page would, and submit."""
    response = responses.begin(session, invitations.invite(session, round_, member, base_url=BASE_URL, now=NOON).invitation, now=NOON)
    for section in definition.sections:
        names = {item.name for item in section.items}
        given = {name: raw for name, raw in row.items() if name in names and name not in ("organisation", "version", "note")}
        responses.save(session, response, section=section.name, answers=given, seen_revision=response.revision, key=section.name, now=NOON)
    responses.submit(session, response, key="submit", now=NOON)


def rows_of(table: SyntheticTable) -> list[dict[str, str]]:
    return [dict(zip(table.header, row, strict=True)) for row in table.rows]


@pytest.fixture(scope="module")
def answered(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    """A round with 36 synthetic members, the management and an evaluator, all submitted, and closed."""
    questionnaires, random = load_questionnaires(), Random(5)
    sources = tuple(
        (content_folder("questionnaires") / name / f"{q.version}.yaml").read_text("utf-8") for name, q in questionnaires.items()
    )
    with new_migrated("sqlite", tmp_path_factory.mktemp("answered")) as engine, writing(engine) as session:
        cluster = clusters.make_cluster(session, name="Example Valley", now=NOON)
        round_ = rounds.plan_round(
            session, cluster, year=2026, opens_at=NOON, closes_at=CLOSING, sources=sources, rulebase=rulebase(), now=NOON
        )
        rounds.open_round(session, round_, now=NOON)
        for number, row in enumerate(rows_of(member_answers(questionnaires["member"], random, DAY, 36))[:36]):
            member = clusters.add_member(
                session, cluster, name=row["organisation"], kind=row["kind"], email=f"m{number}@example.org", now=NOON
            )
            answer(session, round_, member, row, questionnaires["member"])
        for name, table in (
            ("management", management_answers(questionnaires["management"], random, DAY)),
            ("evaluator", evaluator_answers(questionnaires["evaluator"], random, DAY, {})),
        ):
            member = clusters.add_member(session, cluster, name=f"The {name}", kind=name, email=f"{name}@example.org", now=NOON)
            answer(session, round_, member, rows_of(table)[0], questionnaires[name])
        rounds.close_round(session, round_, now=CLOSING)
        session.commit()
        yield engine


def test_a_diagnosis_from_the_store__is_that_of_the_exported_files__digest_included(answered: Engine, tmp_path: Path) -> None:
    now = datetime.now()  # noqa: DTZ005 - the command line takes today's date, too
    with writing(answered) as session:
        round_ = session.exec(select(Round)).one()
        stored = diagnoses.run(session, round_, rulebase=rulebase(), engine=Inference(), now=now)
        files = {}
        for name in ("member", "management", "evaluator"):
            files[name] = tmp_path / f"{name}.csv"
            table = handed_in.response_table(session, round_, name, now.date())
            table.write(files[name])
    assert len(files["member"].read_text("utf-8").splitlines()) >= 37
    expected = document(diagnose_responses(files, "Example Valley", 2026, rulebase()))
    assert json.loads(stored.document) == json.loads(json.dumps(expected))
    assert stored.digest == expected["digest"]
    assert any(measure["value"] is not None and measure["origin"] == "member" for measure in expected["measures"].values())


def test_sheets_from_the_store__are_those_read_from_the_exported_file(answered: Engine, tmp_path: Path) -> None:
    with writing(answered) as session:
        round_ = session.exec(select(Round)).one()
        stored = handed_in.response_sets(session, round_, DAY)[0]
        handed_in.response_table(session, round_, "member", DAY).write(tmp_path / "member.csv")
    read = read_responses(tmp_path / "member.csv", stored.questionnaire, rulebase().indicators, DAY)
    assert [(s.organisation, s.kind, s.answers, s.not_asked) for s in stored.sheets] == [
        (s.organisation, s.kind, s.answers, s.not_asked) for s in read.sheets
    ]


def test_diagnosing_twice__keeps_one_document(answered: Engine) -> None:
    with writing(answered) as session:
        round_ = session.exec(select(Round)).one()
        first = diagnoses.run(session, round_, rulebase=rulebase(), engine=Inference(), now=LATER)
        again = diagnoses.run(session, round_, rulebase=rulebase(), engine=Inference(), now=LATER)
        assert first.id == again.id
        assert len(session.exec(select(StoredDiagnosis)).all()) == 1
        verbs = session.exec(select(AuditEvent.verb).where(col(AuditEvent.verb) == "diagnose")).all()
        assert len(verbs) == 1


def test_made_up_answers__are_marked__in_the_document(answered: Engine) -> None:
    with writing(answered) as session:
        round_ = session.exec(select(Round)).one()
        found = diagnoses.run(session, round_, rulebase=rulebase(), engine=Inference(), now=LATER, synthetic=True)
        assert json.loads(found.document)["synthetic"] is True
        session.rollback()


def test_an_open_round__is_not_diagnosed(survey: Surveyed) -> None:
    with pytest.raises(Unfit, match="Close the round"), writing(survey.engine) as session:
        diagnoses.run(session, survey.round(session), rulebase=rulebase(), engine=Inference(), now=NOON)


def test_a_round_that_nobody_answered__is_not_diagnosed(survey: Surveyed) -> None:
    survey.saved({"trust": "4"}, seen=0, key="1")
    survey.close()
    with pytest.raises(Unfit, match="nobody has submitted"), writing(survey.engine) as session:
        diagnoses.run(session, survey.round(session), rulebase=rulebase(), engine=Inference(), now=LATER)


def test_a_response_that_was_reopened__counts_as_it_was_handed_in(engine: Engine) -> None:
    survey = make_survey(engine)
    survey.saved({"trust": "4"}, seen=0, key="1")
    survey.submit(key="s")
    survey.reopen()
    survey.saved({"trust": "1"}, seen=3, key="2")
    with writing(engine) as session:
        assert handed_in.response_sets(session, survey.round(session), DAY)[0].sheets[0].answers["trust"] == "4"


def test_a_text_that_a_spreadsheet_would_run__is_made_harmless_in_the_file(survey: Surveyed) -> None:
    survey.saved({"comment": "=HYPERLINK(1)", "trust": "4"}, seen=0, key="1")
    survey.submit(key="s")
    with writing(survey.engine) as session:
        table = handed_in.response_table(session, survey.round(session), "member", DAY)
    row = dict(zip(table.header, table.rows[0], strict=True))
    assert (row["comment"], row["trust"], row["kind"]) == ("'=HYPERLINK(1)", "4", "company")


def test_a_hidden_answer__is_left_out_of_the_file(survey: Surveyed) -> None:
    survey.saved({"buys": "yes", "purchases": "40"}, seen=0, key="1")
    survey.saved({"buys": "no"}, seen=1, key="2")
    survey.submit(key="s")
    with writing(survey.engine) as session:
        table = handed_in.response_table(session, survey.round(session), "member", DAY)
    assert dict(zip(table.header, table.rows[0], strict=True))["purchases"] == ""
