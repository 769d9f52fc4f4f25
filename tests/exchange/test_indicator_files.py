"""An indicator file is read exactly, or refused with every fault and its line."""

from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path

import pytest
from answering import INDICATORS

from assess.definitions.indicators import Origin
from assess.engine.diagnosis import Cluster
from assess.engine.measures import Measure
from assess.errors import FaultsFound
from assess.exchange.indicator_files import ClusterFile, read_indicator_file

HEAD = """\
cluster: {id: river, name: River valley, sector: Food, region: North, country: Ruritania}
round: {year: 2026}
indicators:
"""


def read(folder: Path, text: str, name: str = "river.yaml") -> ClusterFile:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return read_indicator_file(path, INDICATORS)


def measure_of(folder: Path, entry: str) -> Measure:
    """The measure that one line under `indicators` gives."""
    return read(folder, f"{HEAD}  {entry}\n").measures[entry.split(":")[0]]


def faults_of(folder: Path, text: str) -> list[str]:
    with pytest.raises(FaultsFound) as caught:
        read(folder, text)
    return [str(fault).replace(f"{folder}/", "") for fault in caught.value.faults]


def test_file__gives_cluster_year_and_every_indicator(tmp_path: Path) -> None:
    found = read(tmp_path, HEAD + "  structure.firms: 120\n  collaboration.trust: {value: 4, n: 18, spread: 0.7, coverage: 0.6}\n")
    assert found.cluster == Cluster("river", "River valley", "Food", "North", "Ruritania")
    assert found.year == 2026
    assert set(found.measures) == set(INDICATORS)
    assert found.measures["structure.firms"] == Measure("structure.firms", Decimal(120), origin=Origin.EVALUATOR)
    assert found.measures["collaboration.trust"] == Measure(
        "collaboration.trust", Decimal(4), n=18, spread=Decimal("0.7"), coverage=Decimal("0.6"), origin=Origin.MEMBER
    )
    assert found.measures["benefit.speed"] == Measure("benefit.speed", reason="the file does not state it")


def test_json__is_read_like_yaml(tmp_path: Path) -> None:
    content = {"cluster": {"id": "c", "name": "C"}, "round": {"year": 2026}, "indicators": {"structure.sme_share": 0.92}}
    found = read(tmp_path, json.dumps(content, indent=1), "c.json")
    assert found.measures["structure.sme_share"].value == Decimal("0.92")
    assert found.cluster == Cluster("c", "C")


@pytest.mark.parametrize(
    ("entry", "value"),
    [
        ("structure.sme_share: 0.12345", "0.123"),
        ("structure.sme_share: 0.0005", "0.001"),
        ("collaboration.trust: {value: 3.4995, n: 9}", "3.5"),
        ("strategy.action_plan: true", "1"),
        ("strategy.action_plan: {value: false}", "0"),
    ],
)
def test_value__is_rounded_to_thousandths(tmp_path: Path, entry: str, value: str) -> None:
    assert measure_of(tmp_path, entry).value == Decimal(value)


@pytest.mark.parametrize(
    ("entry", "origin"),
    [
        ("collaboration.trust: 4", Origin.EVALUATOR),
        ("collaboration.trust: {value: 4, n: 9}", Origin.MEMBER),
        ("collaboration.trust: {value: 4, coverage: 0.8}", Origin.MEMBER),
        ("collaboration.trust: {value: 4, n: 9, origin: evaluator}", Origin.EVALUATOR),
        ("benefit.speed: 4", Origin.MEMBER),
        ("structure.firms: {value: 4, n: 1}", Origin.EVALUATOR),
        ("structure.firms: {value: 4, origin: management}", Origin.MANAGEMENT),
    ],
)
def test_origin__not_given__is_the_highest_or_the_members_where_they_are_counted(tmp_path: Path, entry: str, origin: Origin) -> None:
    assert measure_of(tmp_path, entry).origin is origin


@pytest.mark.parametrize(
    ("entry", "reason"),
    [
        ("collaboration.trust: {value: 4, n: 3}", "fewer than 5 organisations answered (n = 3)"),
        (
            "collaboration.trust: {value: 4, n: 9, coverage: 0.4999}",
            "too few of the organisations it applies to answered (coverage 0.4999; at least 0.5 is needed)",
        ),
        ("collaboration.trust: null", "the file gives it as unknown"),
        ("collaboration.trust: {value: null, note: not asked}", "the file gives it as unknown"),
    ],
)
def test_figure__that_is_unknown_or_from_too_few__is_unknown_with_its_reason(tmp_path: Path, entry: str, reason: str) -> None:
    found = measure_of(tmp_path, entry)
    assert (found.value, found.spread, found.reason) == (None, None, reason)


def test_figure__of_the_evaluator_from_few__stands(tmp_path: Path) -> None:
    assert measure_of(tmp_path, "collaboration.trust: {value: 4, n: 3, origin: evaluator}").value == 4


def test_note_and_source__are_kept(tmp_path: Path) -> None:
    found = measure_of(tmp_path, "structure.firms: {value: 9, note: ' From the register. ', source: [register, page 3]}")
    assert (found.note, found.source) == ("From the register.", ("register", "page 3"))


@pytest.mark.parametrize(
    ("entry", "fault"),
    [
        ("structure.frms: 3", "structure.frms: there is no such indicator; did you mean structure.firms?"),
        ("structure.sme_share: 60", "structure.sme_share: 60 is off its scale; expected a share from 0 to 1 (0.25 for 25 %)"),
        ("collaboration.trust: 0", "collaboration.trust: 0 is off its scale; expected a number from 1 to 5"),
        ("structure.firms: 2.5", "structure.firms: 2.5 is not whole; expected a whole number, 0 or more"),
        ("structure.firms: many", "structure.firms: must be a number; write the number without quotes"),
        ("structure.firms: '3'", "structure.firms: must be a number"),
        ("structure.firms: [3]", "structure.firms: must be a number"),
        ("collaboration.trust: true", "collaboration.trust: must be a number, not true or false"),
        ("strategy.action_plan: 1", "strategy.action_plan: must be true or false"),
        ("strategy.action_plan: 'yes'", "strategy.action_plan: must be true or false"),
        ("structure.firms: .nan", ".nan is not a number that can be used"),
        ("structure.firms: {n: 3}", "structure.firms: value is missing"),
        ("structure.firms: {value: 3, valeu: 4}", "structure.firms: unknown key 'valeu'; did you mean value?"),
        ("collaboration.trust: {value: 3, n: 2.5}", "collaboration.trust: n must be a whole number, 0 or more"),
        ("collaboration.trust: {value: 3, n: -1}", "collaboration.trust: n must be a whole number, 0 or more"),
        ("collaboration.trust: {value: 3, n: true}", "collaboration.trust: n must be a whole number, 0 or more"),
        ("collaboration.trust: {value: 3, coverage: 1.01}", "collaboration.trust: coverage must be a share from 0 to 1"),
        ("collaboration.trust: {value: 3, coverage: -0.1}", "collaboration.trust: coverage must be a share from 0 to 1"),
        ("collaboration.trust: {value: 3, spread: -1}", "collaboration.trust: spread must be a number, 0 or more"),
        ("collaboration.trust: {value: 3, spread: 10000001}", "collaboration.trust: spread must be a number, 0 or more"),
        (
            "collaboration.trust: {value: 3, origin: evalator}",
            "collaboration.trust: there is no origin 'evalator'; write member or evaluator",
        ),
        ("collaboration.trust: {value: 3, origin: management}", "management may not state this indicator; write member or evaluator"),
        ("collaboration.trust: {value: 3, note: 7}", "collaboration.trust: note must be a text that is not empty"),
        ("collaboration.trust: {value: 3, source: book}", "collaboration.trust: source must be a work and a place in it"),
        ("collaboration.trust: {value: 3, source: [book]}", "collaboration.trust: source must be a work and a place in it"),
    ],
)
def test_entry__that_is_wrong__is_a_fault_on_its_line(tmp_path: Path, entry: str, fault: str) -> None:
    faults = faults_of(tmp_path, f"{HEAD}  benefit.speed: 3\n  {entry}\n")
    assert len(faults) == 1
    assert faults[0].startswith("river.yaml:5")
    assert fault in faults[0]


def test_value_on_its_own_line__is_named_with_that_line(tmp_path: Path) -> None:
    faults = faults_of(tmp_path, HEAD + "  collaboration.trust:\n    n: 9\n    value: 6\n")
    assert faults == [
        "river.yaml:6 collaboration.trust: 6 is off its scale; expected a number from 1 to 5; "
        "correct the value, or write null where it is unknown"
    ]


@pytest.mark.parametrize(
    ("head", "fault"),
    [
        ("cluster: {name: N}\nround: {year: 2026}", "river.yaml:1 cluster: id is missing; write id: …"),
        ("cluster: {id: c, name: ''}\nround: {year: 2026}", "river.yaml:1 cluster: name must be a text that is not empty"),
        ("cluster: {id: 7, name: N}\nround: {year: 2026}", "river.yaml:1 cluster: id must be a text that is not empty"),
        ("cluster: {id: c, name: N, regoin: R}\nround: {year: 2026}", "river.yaml:1 cluster: unknown key 'regoin'; did you mean region?"),
        ("round: {year: 2026}", "river.yaml:1 cluster: is missing; write cluster: {id: …, name: …}"),
        ("cluster: text\nround: {year: 2026}", "river.yaml:1 cluster: must be a map of keys and values"),
        ("cluster: {id: c, name: N}", "river.yaml:1 round: is missing; write round: {year: …}"),
        ("cluster: {id: c, name: N}\nround: {yaer: 2026, year: 2026}", "river.yaml:2 round: unknown key 'yaer'; did you mean year?"),
        ("cluster: {id: c, name: N}\nround: {yaer: 2026}", "river.yaml:2 round: year is missing"),
        ("cluster: {id: c, name: N}\nround: {year: 1989}", "river.yaml:2 round: year must be a whole number from 1990 to 2100"),
        ("cluster: {id: c, name: N}\nround: {year: '2026'}", "river.yaml:2 round: year must be a whole number from 1990 to 2100"),
        ("cluster: {id: c, name: N}\nround: {year: true}", "river.yaml:2 round: year must be a whole number from 1990 to 2100"),
    ],
)
def test_head__that_is_wrong__is_a_fault_on_its_line(tmp_path: Path, head: str, fault: str) -> None:
    assert any(found.startswith(fault) for found in faults_of(tmp_path, f"{head}\nindicators: {{structure.firms: 3}}\n"))


def test_file__with_many_faults__lists_them_all_in_the_order_of_lines(tmp_path: Path) -> None:
    text = "cluster: {id: c}\nrounds: {year: 2026}\nindicators:\n  structure.firms: -1\n  collaboration.trust: 9\n  nonsense: 1\n"
    assert [fault.partition(";")[0] for fault in faults_of(tmp_path, text)] == [
        "river.yaml:1 cluster: name is missing",
        "river.yaml:1 round: is missing",
        "river.yaml:2: unknown key 'rounds'",
        "river.yaml:4 structure.firms: -1 is off its scale",
        "river.yaml:5 collaboration.trust: 9 is off its scale",
        "river.yaml:6 nonsense: there is no such indicator",
    ]


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("", "river.yaml: is empty"),
        ("- 1\n", "river.yaml:1: is not an indicator file; begin with cluster, round, indicators"),
        (HEAD + "  structure.firms: 1\n  structure.firms: 2\n", "river.yaml:5: key 'structure.firms' stands twice"),
        (HEAD + "  structure.firms: {\n", "is not valid YAML"),
        (HEAD.replace("indicators:\n", ""), "river.yaml:1 indicators: is missing"),
    ],
)
def test_file__that_is_no_indicator_file__is_refused(tmp_path: Path, text: str, fault: str) -> None:
    assert any(fault in found for found in faults_of(tmp_path, text))


def test_no_indicators_at_all__is_a_cluster_of_which_nothing_is_known(tmp_path: Path) -> None:
    found = read(tmp_path, HEAD.replace("indicators:", "indicators: {}"))
    assert all(measure.value is None for measure in found.measures.values())
