"""Programmes: made, renamed, with clusters that come and go, every act on record."""

from __future__ import annotations

import pytest
from sqlalchemy import Engine

from assess.store.session import writing
from assess.workflow import programmes, publications
from assess.workflow.refusals import Taken, Unfit
from workflow.evaluating import verbs
from workflow.granting import ACTOR, make_programme, reported
from workflow.surveying import NOON, make_cluster


def test_a_programme__has_a_key_from_its_name__and_keeps_it(engine: Engine) -> None:
    with writing(engine) as session:
        made = programmes.make_programme(session, name="  Valley   fund ", funder="An agency", now=NOON, actor=ACTOR)
        assert (made.key, made.name, made.four_eyes) == ("valley-fund", "Valley fund", False)
        programmes.rename_programme(session, made, name="Hill fund", funder="Another agency", now=NOON, actor=ACTOR)
        assert programmes.programme_by_key(session, "valley-fund") is made
        assert (made.name, made.funder) == ("Hill fund", "Another agency")
        assert verbs(session) == ["make_programme", "rename_programme"]


def test_a_key__is_given_once__and_fits_into_an_address(engine: Engine) -> None:
    with writing(engine) as session:
        make_programme(session)
        with pytest.raises(Taken, match="Give this programme another key"):
            make_programme(session)
        for key in ("a/b", "Two Words", "-x", "x" * 81):
            with pytest.raises(Unfit, match="Write a key"):
                programmes.make_programme(session, name="Other", funder="An agency", key=key, now=NOON, actor=ACTOR)
        for text in ("", "a\x00b", "x" * 201):
            with pytest.raises(Unfit, match="in one line"):
                programmes.make_programme(session, name=text, funder="An agency", now=NOON, actor=ACTOR)


def test_clusters__come_once_and_go__and_with_them_their_reports(engine: Engine) -> None:
    with writing(engine) as session:
        report = reported(session)
        programme = make_programme(session, report.cluster)
        programmes.add_cluster(session, programme, report.cluster, now=NOON, actor=ACTOR)
        assert list(programmes.clusters_of(session, programme)) == [report.cluster]
        assert [one.publication for one in publications.published_for_programme(session, programme)] == [report.publication]
        programmes.remove_cluster(session, programme, report.cluster, now=NOON, actor=ACTOR)
        assert not programmes.has_cluster(session, programme, report.round.cluster_id)
        assert publications.published_for_programme(session, programme) == ()
        with pytest.raises(Unfit, match="not in it"):
            programmes.remove_cluster(session, programme, report.cluster, now=NOON, actor=ACTOR)
        assert verbs(session)[-3:] == ["make_programme", "add_programme_cluster", "remove_programme_cluster"]


def test_programmes_are_listed_by_name__clusters_too(engine: Engine) -> None:
    with writing(engine) as session:
        later, earlier = make_cluster(session, name="Zeta Valley"), make_cluster(session, name="Alpha Valley")
        second = make_programme(session, later, earlier, name="Second fund")
        first = make_programme(session, name="First fund")
        assert list(programmes.programmes(session)) == [first, second]
        assert list(programmes.clusters_of(session, second)) == [earlier, later]


def test_four_eyes__are_asked_for_and_no_longer__on_record_when_it_changes(engine: Engine) -> None:
    with writing(engine) as session:
        programme = make_programme(session)
        for wanted in (True, True, False):
            programmes.ask_for_four_eyes(session, programme, wanted, now=NOON, actor=ACTOR)
            assert programme.four_eyes is wanted
        assert verbs(session)[1:] == ["ask_for_four_eyes", "ask_for_four_eyes"]
