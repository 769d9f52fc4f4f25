"""YAML is read strictly: plain values, every line remembered, everything that surprises refused."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest

from assess.definitions.yamlfile import MAX_DEPTH, Document, parse_yaml, read_yaml
from assess.errors import Fault, FaultsFound


def faults_of(text: str) -> tuple[Fault, ...]:
    with pytest.raises(FaultsFound) as caught:
        parse_yaml(text, "x.yaml")
    return caught.value.faults


def the_fault(text: str) -> Fault:
    (fault,) = faults_of(text)
    return fault


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("true", True),
        ("False", False),
        ("null", None),
        ("~", None),
        ("", None),
        ("7", 7),
        ("-3", -3),
        ("0.25", Decimal("0.25")),
        ("1.50", Decimal("1.50")),
        (".5", Decimal("0.5")),
        ("1e-05", Decimal("0.00001")),
        ("no", "no"),
        ("yes", "yes"),
        ("on", "on"),
        ("2026-01-01", "2026-01-01"),
        ("2026.1.2", "2026.1.2"),
        ("12:30:00", "12:30:00"),
        ("1_000", "1_000"),
        ("0x1F", "0x1F"),
        ("'7'", "7"),
        ('"true"', "true"),
        ('""', ""),
        ("nan", "nan"),
        ("a & b * c", "a & b * c"),
        ("'&a and *b'", "&a and *b"),
    ],
)
def test_scalar__is_read_by_yaml_1_2(written: str, value: object) -> None:
    found = parse_yaml(f"x: {written}\n", "x.yaml").data["x"]
    assert (found, type(found)) == (value, type(value))


@pytest.mark.parametrize("number", ["9" * 41, "0." + "1" * 40, "1e101", "1e-101", "1e999999999"])
def test_number__that_nobody_means__is_refused(number: str) -> None:
    assert the_fault(f"a: 1\nx: {number}").line == 2
    assert parse_yaml(f"x: '{number}'", "x.yaml").data == {"x": number}


def test_number__of_40_digits__is_read_to_the_last() -> None:
    assert parse_yaml(f"x: {'9' * 40}", "x.yaml").data == {"x": int("9" * 40)}


def test_number__is_exact() -> None:
    assert parse_yaml("x: 0.1", "x.yaml").data["x"] * 3 == Decimal("0.3")


def test_json__is_yaml() -> None:
    assert parse_yaml('[{"id": "a", "value": 0.5, "on": true, "none": null}]', "x.lock").data == [
        {"id": "a", "value": Decimal("0.5"), "on": True, "none": None}
    ]


def test_line__of_every_node() -> None:
    found = parse_yaml("# first\nrules:\n  - id: a\n    when:\n      - x\n      - y\n  - id: b\ntitle: t\n", "x.yaml")
    assert found.line(()) == 2
    assert found.line(("rules", 0)) == 3
    assert found.line(("rules", 0, "when")) == 4
    assert found.line(("rules", 0, "when", 1)) == 6
    assert found.line(("rules", 1, "id")) == 7
    assert found.line(("title",)) == 8


def test_line__of_what_is_not_there__is_that_of_the_nearest_node_around_it() -> None:
    found = parse_yaml("rules:\n  - id: a\n  - id: b\n", "x.yaml")
    assert found.line(("rules", 1, "cite", 0)) == 3
    assert Document("x.yaml", None, {}).line(("rules",)) is None


def test_fault__names_the_line_of_its_route() -> None:
    found = parse_yaml("a: 1\nb: 2\n", "x.yaml")
    assert str(found.fault(("b",), "rule b", "is wrong", "mend it")) == "x.yaml:2 rule b: is wrong; mend it"


def test_several_faults__are_told_at_once_in_the_order_of_their_lines() -> None:
    assert [(fault.line, fault.problem.split()[0]) for fault in faults_of("a: 1\na: 2\nb: .inf\n? [c]\n: 1\n")] == [
        (2, "key"),
        (3, ".inf"),
        (4, "has"),
    ]


@pytest.mark.parametrize(
    ("text", "line", "problem"),
    [
        ("a: 1\nb: {c: 1, c: 2}", 2, "key 'c' stands twice"),
        ("a: 1\n'a': 2", 2, "key 'a' stands twice"),
        ("a: 1\n1: x\n'1': y", 3, "key '1' stands twice"),
        ("a: &x 1", 1, "uses a YAML anchor or alias"),
        ("a: 1\nb: *x", 2, "uses a YAML anchor or alias"),
        ("a: 1\n<<: &x {b: 1}", 2, "uses a YAML anchor or alias"),
        ("a: 1\n---\nb: 2", 2, "holds a second document"),
        ("a:\n\t- b", 2, "is not valid YAML: found character that cannot start any token"),
        ("", None, "is empty"),
        ("? {a: 1}\n: 2", 1, "has a key that is not a plain word"),
    ],
)
def test_text__that_is_not_one_plain_document__is_refused_with_its_line(text: str, line: int | None, problem: str) -> None:
    fault = the_fault(text)
    assert (fault.file, fault.line, fault.problem) == ("x.yaml", line, problem)
    assert fault.remedy


@pytest.mark.parametrize("text", ["a: !!str 3", "a: !!int '3'", "a: !colour red", "!set {a: 1}", "- !!python/tuple [1]"])
def test_tag__is_refused(text: str) -> None:
    assert "tag" in the_fault(text).problem


def test_nesting__up_to_the_limit__is_read() -> None:
    assert parse_yaml("[" * MAX_DEPTH + "]" * MAX_DEPTH, "x.yaml").data
    assert the_fault("[" * (MAX_DEPTH + 2) + "]" * (MAX_DEPTH + 2)).problem == "is nested too deeply"


def test_control_character__is_refused_in_plain_words() -> None:
    assert the_fault("a: \x07").problem == "is not valid YAML: cannot be read"


def test_file__with_a_byte_order_mark__is_read(tmp_path: Path) -> None:
    path = tmp_path / "x.yaml"
    path.write_bytes(b"\xef\xbb\xbftitle: F\xc3\xb6rderung\r\n")
    assert read_yaml(path).data == {"title": "Förderung"}


def test_file__that_is_not_there__is_a_fault_in_plain_words(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(FaultsFound) as caught:
        read_yaml(tmp_path / "none.yaml")
    assert str(caught.value) == "none.yaml: cannot be read (No such file or directory); check the name and its permissions"


def test_file__of_exactly_4_mb__is_read(tmp_path: Path) -> None:
    path = tmp_path / "x.yaml"
    path.write_bytes(b"a: 1 #" + b" " * (4_000_000 - 6))
    assert read_yaml(path).data == {"a": 1}
    path.write_bytes(b"a: 1 #" + b" " * (4_000_000 - 5))
    with pytest.raises(FaultsFound, match="is larger than 4 MB"):
        read_yaml(path)
