"""Portfolios: the newest published diagnosis of each cluster, what is unknown said as unknown and never put first."""

from __future__ import annotations

from decimal import Decimal
from itertools import product

from sqlalchemy import Engine

from assess.store.session import writing
from assess.workflow import portfolios
from assess.workflow.portfolios import COLUMNS, UNKNOWN, Screen, in_order, portfolio
from workflow.granting import make_programme, real_document, reported, withdraw
from workflow.surveying import make_cluster


def test_each_cluster_has_one_line__with_type_stage_levels_and_screens_of_its_report(engine: Engine) -> None:
    with writing(engine) as session:
        report, silent = reported(session), make_cluster(session, name="Silent Valley")
        found = portfolio(session, make_programme(session, report.cluster, silent))
        first, second = found.lines
        document = real_document()
        assert (first.cluster, first.publication, first.year) == (report.cluster, report.publication, 2026)
        assert (first.type, first.stage) == (document["type"]["label"], document["stage"]["label"])
        levels = [entry["level"] for entry in document["factors"].values()]
        assert [None if level is None else float(level) for level in first.levels] == levels
        assert (second.cluster, second.publication, second.type, set(second.levels)) == (silent, None, UNKNOWN, {None})
        assert found.years == (2026,)


def test_screens__count_what_is_met_not_met_and_unknown() -> None:
    screens = {"competitiveness": {"combination": {"result": "pass"}, "partnership": {"result": "fail"}}}
    _, _, _, (first, second) = portfolios.described({"screens": screens})
    assert first == Screen(met=1, failed=1, unknown=1)
    assert (second.met, second.unknown, second.criteria) == (0, 4, 4)


def test_only_the_newest_report_that_stands__is_shown__or_that_of_one_year(engine: Engine) -> None:
    with writing(engine) as session:
        old = reported(session, year=2025, document=real_document("singapore"))
        new = reported(session, year=2026, cluster=old.cluster)
        programme = make_programme(session, old.cluster)
        assert [line.publication for line in portfolio(session, programme).lines] == [new.publication]
        assert [line.publication for line in portfolio(session, programme, year=2025).lines] == [old.publication]
        assert [line.publication for line in portfolio(session, programme, year=2024).lines] == [None]
        withdraw(session, new.publication)
        found = portfolio(session, programme)
        assert [line.publication for line in found.lines] == [old.publication]
        assert found.years == (2025,)


def test_what_is_unknown__stands_last_in_either_direction(engine: Engine) -> None:
    with writing(engine) as session:
        low, high = reported(session, "Low Valley"), reported(session, "High Valley", document=real_document("singapore"))
        silent = make_cluster(session, name="A silent valley")
        lines = portfolio(session, make_programme(session, low.cluster, high.cluster, silent)).lines
        for column, descending in product(COLUMNS, (False, True)):
            assert set(map(id, in_order(lines, column, descending=descending))) == set(map(id, lines))
        for column, descending in product(("year", "stage", "funding", "research_base"), (False, True)):
            assert in_order(lines, column, descending=descending)[-1].cluster is silent
        assert in_order(lines, "funding", descending=True)[0].cluster is high.cluster
        assert in_order(lines, "funding")[0].cluster is low.cluster
        names = [line.cluster.name for line in in_order(lines, "cluster", descending=True)]
        assert names == ["Low Valley", "High Valley", "A silent valley"]


def test_levels__are_ordered_by_number() -> None:
    place = COLUMNS.index("funding") - COLUMNS.index("industrial_network")
    assert portfolios.described({"factors": {"funding": {"level": 10}}})[2][place] == Decimal(10)
