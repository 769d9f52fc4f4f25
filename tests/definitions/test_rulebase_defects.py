"""Every mistake an author can make in a rule base is found, with its place, its subject, what is wrong and what to do."""

from __future__ import annotations

import re
import subprocess
import sys
from decimal import Decimal
from pathlib import Path

import pytest
from rulebases import make_rulebase

from assess.definitions.rulebase_checks import checked_rulebase
from assess.errors import Fault, FaultsFound

VALID = """\
parameters:
  weak:
    label: Weak
    scale: likert
    values:
      - {from: "2020-01-01", value: 2}
      - {from: "2026-01-01", value: 2.5}
    cite: [book, p. 1]
    reason: Half of them say so.
  few: {label: Few firms, scale: count, values: [{from: "2026-01-01", value: 10}], cite: [book, p. 2], reason: A handful.}
  severe: {label: A severe gap, scale: difference, values: [{from: "2026-01-01", value: 1}], cite: [book, p. 3], reason: One step.}
  wanted: {label: The level wanted, scale: likert, values: [{from: "2026-01-01", value: 4}], cite: [book, p. 3], reason: Well above half.}
derived:
  - {id: size.all, label: Organisations, scale: number, sum: [structure.firms, structure.institutes], known: 1}
  - {id: size.both, label: Organisations and firms, scale: number, sum: [size.all, structure.firms]}
instruments:
  - id: seed-fund
    name: Seed fund
    field: finance
    does: It invests early.
    closes: [gap.funding.severe]
    suits: {stages: [potential, growing], types: [marshallian]}
    unsuited:
      - {when: stage.mature, because: It comes too late.}
    who_acts: The ministry
    horizon: long
    effort: high
    cite: [book, p. 4]
rules:
  - id: flag.locked
    when:
      - level.funding <= $weak
      - structure.firms < $few
    unless:
      - stage.growing
    then: {concludes: flag.lock_in, finding: Few firms and little money.}
    because: There are {structure.firms} firms; funding is rated {level.funding}, up to {$weak} being weak.
    cite: [book, p. 5]
    monotone: {structure.firms: down}
  - id: target.funding
    when: [stage.growing]
    then: {sets_target: funding, to: $wanted}
    because: Growing clusters need money.
    cite: [book, p. 6]
  - id: gap.funding
    when: [factor.funding.gap >= $severe]
    then: {concludes: gap.funding.severe, finding: Money is short., tone: weakness}
    because: The gap is {factor.funding.gap}.
    cite: [book, p. 7]
  - id: advice.fund
    when: [gap.funding.severe]
    then: {recommends: seed-fund, weight: 4, closes: [gap.funding.severe]}
    because: A fund would close the gap.
    cite: [[book, p. 8], [expert, first choice]]
"""
SOME = "…"
LOCKED, FUND = "rule flag.locked", "rule advice.fund"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The valid rule base, in the working folder, so that faults name files as their author does."""
    monkeypatch.chdir(tmp_path)
    make_rulebase(tmp_path, indicators={"structure.firms": "count", "structure.institutes": "count"})
    (tmp_path / "rules.yaml").write_text(VALID, encoding="utf-8")
    return tmp_path


def seed(path: Path, old: str, new: str) -> None:
    """Replace the one place where `old` stands."""
    text = path.read_text(encoding="utf-8")
    assert text.count(old) == 1, f"{old!r} stands {text.count(old)} times"
    path.write_text(text.replace(old, new), encoding="utf-8")


def line_of(path: Path, snippet: str) -> int:
    text = path.read_text(encoding="utf-8")
    return text[: text.index(snippet)].count("\n") + 1


def faults_of(folder: Path) -> tuple[Fault, ...]:
    with pytest.raises(FaultsFound) as caught:
        checked_rulebase(folder)
    return caught.value.faults


def the_fault(folder: Path) -> Fault:
    faults = faults_of(folder)
    assert len(faults) == 1, "\n".join(map(str, faults))
    return faults[0]


def assert_says(fault: Fault, subject: str, problem: str, remedy: str) -> None:
    """`…` at the end of a text: what follows is free."""
    assert fault.subject == subject
    assert_text(fault.problem, problem)
    assert_text(fault.remedy, remedy)
    assert_says_what_to_do(fault)


def assert_says_what_to_do(fault: Fault) -> None:
    """In a remedy, or by saying what was expected."""
    assert fault.remedy or re.search("must|should|expected|write|declares|needs", fault.problem), f"nothing says what to do: {fault}"


def assert_text(text: str, expected: str) -> None:
    assert text[: len(expected) - 1] + SOME == expected if expected.endswith(SOME) else text == expected


def test_rulebase__as_it_stands__is_valid(folder: Path) -> None:
    assert len(checked_rulebase(folder).rules) == 34


# Each defect: what stands in its place, the line that the fault names, its subject, what is wrong and what to do.
RULE_DEFECTS = [
    pytest.param(
        "- level.funding <= $weak",
        "- level.funding <= $weak\n      - level.fundng <= $weak",
        "flag.locked",
        LOCKED,
        "indicator level.fundng does not exist",
        "did you mean level.funding?",
        id="unknown indicator",
    ),
    pytest.param(
        "  unless:\n      - stage.growing",
        "  unless:\n      - stage.groing",
        "flag.locked",
        LOCKED,
        "fact stage.groing does not exist",
        "did you mean stage.growing?",
        id="unknown conclusion",
    ),
    pytest.param(
        "structure.firms < $few",
        "structure.firms < $fw",
        "flag.locked",
        LOCKED,
        "parameter $fw does not exist",
        "did you mean few?",
        id="unknown parameter",
    ),
    pytest.param(
        "then: {sets_target: funding, to: $wanted}",
        "then: {sets_target: funding, to: $wantd}",
        "target.funding",
        "rule target.funding",
        "parameter $wantd does not exist",
        "did you mean wanted?",
        id="unknown parameter of a target",
    ),
    pytest.param(
        "structure.firms < $few",
        "structure.firms < 10",
        "structure.firms < 10",
        LOCKED,
        "condition 'structure.firms < 10' compares with a bare number; declare it under parameters, with its reason, and write $name",
        "",
        id="bare number",
    ),
    pytest.param(
        "- structure.firms < $few",
        "- structure.firms < $few\n      - structure.institutes",
        "flag.locked",
        LOCKED,
        "condition structure.institutes does not suit structure.institutes, which is on scale count",
        "write it compared with a $parameter",
        id="number used as a conclusion",
    ),
    pytest.param(
        "cite: [[book, p. 8], [expert, first choice]]",
        "cite: [[bok, p. 8], [expert, first choice]]",
        "advice.fund",
        FUND,
        "source bok does not exist",
        "did you mean book?",
        id="unknown source",
    ),
    pytest.param(
        "cite: [book, p. 5]",
        'cite: [book, " "]',
        "flag.locked",
        LOCKED,
        "cites book without a locator",
        "name the section, table, exhibit or case",
        id="empty locator",
    ),
    pytest.param(
        "when: [gap.funding.severe]",
        "when: [gap.funding.severe, recommended.seed-fund]",
        "advice.fund",
        FUND,
        "reads recommended.seed-fund, which is known only after stratum conflicts",
        "a rule of stratum recommendations reads lower strata only",
        id="reads a higher stratum",
    ),
    pytest.param(
        "  unless:\n      - stage.growing",
        "  unless:\n      - flag.lock_in",
        "flag.locked",
        LOCKED,
        "reads flag.lock_in, which is known only after stratum flags",
        "a rule of stratum flags reads lower strata only",
        id="reads its own stratum",
    ),
    pytest.param(
        "- level.funding <= $weak",
        "- level.funding <= $weak\n      - level.funding > $weak",
        "flag.locked",
        LOCKED,
        "can never fire: its conditions on level.funding exclude each other",
        "use separate rules for alternatives",
        id="contradiction",
    ),
    pytest.param(
        "when: [stage.growing]",
        "when: [stage.growing]\n    unless: [stage.growing]",
        "target.funding",
        "rule target.funding",
        "can never fire: its conditions on stage.growing exclude each other",
        "use separate rules for alternatives",
        id="contradiction of when and unless",
    ),
    pytest.param(
        "monotone: {structure.firms: down}",
        "monotone: {structure.firms: up}",
        "flag.locked",
        LOCKED,
        "is not monotone up in structure.firms",
        "correct the declaration or the condition",
        id="false monotone",
    ),
    pytest.param(
        "monotone: {structure.firms: down}",
        "monotone: {structure.institutes: down}",
        "flag.locked",
        LOCKED,
        "declares structure.institutes monotone but does not read it",
        SOME,
        id="monotone in what is not read",
    ),
    pytest.param(
        "There are {structure.firms} firms",
        "There are {structure.institutes} firms",
        "flag.locked",
        LOCKED,
        "prints {structure.institutes}, which the rule does not read",
        "did you mean structure.firms?",
        id="placeholder in because",
    ),
    pytest.param(
        "finding: Money is short.",
        'finding: "Money is short by {gap}."',
        "- id: gap.funding",
        "rule gap.funding",
        "prints {gap}, which the rule does not read",
        SOME,
        id="placeholder in finding",
    ),
    pytest.param(
        "then: {recommends: seed-fund,",
        "then: {recommends: sed-fund,",
        "advice.fund",
        FUND,
        "instrument sed-fund does not exist",
        "did you mean seed-fund?",
        id="unknown instrument",
    ),
    pytest.param(
        "weight: 4, closes: [gap.funding.severe]",
        "weight: 4, closes: [gap.funding.sever]",
        "advice.fund",
        FUND,
        "closes gap.funding.sever, which no rule concludes",
        "did you mean gap.funding.severe?",
        id="closes an unknown conclusion",
    ),
    pytest.param(
        "{concludes: flag.lock_in, finding: Few firms and little money.}",
        "{concludes: flag.lock_out, finding: Few firms.}",
        "then: {concludes: flag.lock_out",
        LOCKED,
        "concludes 'flag.lock_out', which has no place",
        "a conclusion is type.…",
        id="conclusion in no known place",
    ),
    pytest.param(
        "{concludes: flag.lock_in, finding: Few firms and little money.}",
        "{concludes: flag.lock_in}",
        "flag.locked",
        LOCKED,
        "concludes without a finding",
        "add finding: the sentence that the report prints",
        id="conclusion without finding",
    ),
    pytest.param(
        "then: {sets_target: funding, to: $wanted}",
        "then: {set_target: funding, to: $wanted}",
        "then: {set_target",
        "rule target.funding",
        "then says nothing that is known",
        "did you mean sets_target?",
        id="then says nothing",
    ),
    pytest.param(
        "then: {recommends: seed-fund, weight: 4,",
        "then: {recommends: seed-fund, wieght: 4, weight: 4,",
        "then: {recommends",
        FUND,
        "unknown key 'wieght'",
        "did you mean weight?",
        id="unknown key in then",
    ),
    pytest.param(
        "id: target.funding\n",
        "id: flag.locked\n",
        "  - id: flag.locked\n    when: [stage.growing]",
        LOCKED,
        "already stands at rules.yaml:30",
        "rename one, or delete it",
        id="duplicate rule id",
    ),
]


@pytest.mark.parametrize(("old", "new", "at", "subject", "problem", "remedy"), RULE_DEFECTS)
def test_rule__with_a_defect__is_found(folder: Path, old: str, new: str, at: str, subject: str, problem: str, remedy: str) -> None:
    path = folder / "rules.yaml"
    seed(path, old, new)
    fault = the_fault_beside_unused(folder)
    assert (fault.file, fault.line) == ("rules.yaml", line_of(path, at))
    assert_says(fault, subject, problem, remedy)


def the_fault_beside_unused(folder: Path) -> Fault:
    """The fault that was seeded; a rule that loses its parameter or instrument leaves that unused, which is found too."""
    consequences = ("is used by nothing", "is recommended by no rule")
    faults = [fault for fault in faults_of(folder) if fault.problem not in consequences]
    assert len(faults) == 1, "\n".join(map(str, faults))
    return faults[0]


# What the models refuse, before any reference is looked at.
SHAPE_DEFECTS = [
    pytest.param(
        "    unless:\n", "    unles:\n", "unles:", LOCKED, "unknown key 'unles'", "did you mean unless?", id="unknown key of a rule"
    ),
    pytest.param("    cite: [book, p. 5]\n", "", "id: flag.locked", LOCKED, "cite is missing", SOME, id="no citation"),
    pytest.param("cite: [book, p. 5]", "cite: []", "cite: []", LOCKED, "cite…", SOME, id="empty citation"),
    pytest.param(
        "because: Growing clusters need money.", "because: true", "because: true", "rule target.funding", "because…", SOME, id="bool"
    ),
    pytest.param("      - stage.growing\n", "      - true\n", "- true", LOCKED, "unless.0 must be a text…", SOME, id="bool as condition"),
    pytest.param("name: Seed fund", "name: 2026", "name: 2026", "instrument seed-fund", "name…", SOME, id="number as text"),
    pytest.param(
        "who_acts: The ministry", "who: The ministry", "who: The", "instrument seed-fund", "…", SOME, id="unknown key of an instrument"
    ),
    pytest.param("weight: 4,", "weight: 6,", "weight: 6", FUND, "weight…", SOME, id="weight above 5"),
    pytest.param("weight: 4,", "weight: 0,", "weight: 0", FUND, "weight…", SOME, id="weight below 1"),
    pytest.param("weight: 4,", "weight: 2.5,", "weight: 2.5", FUND, "weight must be a whole number", SOME, id="weight not whole"),
    pytest.param("weight: 4,", "weight: true,", "weight: true", FUND, "weight…", SOME, id="bool as weight"),
    pytest.param("to: $wanted}", "to: 4}", "to: 4", "rule target.funding", "to…", "…$…", id="bare number as target"),
    pytest.param("value: 2.5}", "value: true}", "value: true", "parameter weak", "…", SOME, id="bool as number"),
]


@pytest.mark.parametrize(("old", "new", "at", "subject", "problem", "remedy"), SHAPE_DEFECTS)
def test_entry__of_the_wrong_shape__is_found(folder: Path, old: str, new: str, at: str, subject: str, problem: str, remedy: str) -> None:
    path = folder / "rules.yaml"
    seed(path, old, new)
    fault = next(fault for fault in faults_of(folder) if fault.line == line_of(path, at))
    assert fault.file == "rules.yaml"
    assert subject in fault.subject
    for part in problem.split(SOME):
        assert part in fault.problem
    assert_says_what_to_do(fault)
    for part in remedy.split(SOME):
        assert part in fault.remedy


def test_unquoted_words_and_dates__are_texts_not_truth_values_or_dates(folder: Path) -> None:
    seed(folder / "rules.yaml", "name: Seed fund", "name: no")
    seed(folder / "rules.yaml", "who_acts: The ministry", "who_acts: 2026-01-01")
    found = checked_rulebase(folder).instruments["seed-fund"]
    assert (str(found.name), str(found.who_acts)) == ("no", "2026-01-01")


def test_equality_with_a_parameter__under_unless__is_a_fault_and_no_crash(folder: Path) -> None:
    """`=` with a number has no single opposite, so such a condition cannot be denied."""
    path = folder / "rules.yaml"
    seed(path, "      - stage.growing\n", "      - structure.institutes = $few\n")
    assert any(fault.subject == LOCKED for fault in faults_of(folder))


def test_two_weights__are_a_key_that_stands_twice(folder: Path) -> None:
    seed(folder / "rules.yaml", "weight: 4,", "weight: 4, weight: 5,")
    line = line_of(folder / "rules.yaml", "weight: 5")
    assert the_fault(folder) == Fault("rules.yaml", line, "", "key 'weight' stands twice", "keep one of the two")


def test_rule_id__in_two_files__is_found_in_the_second(folder: Path) -> None:
    seed(folder / "rules.yaml", "id: target.funding\n", "id: type.hybrid\n")
    line = line_of(folder / "chain.yaml", '"type.hybrid"')
    assert the_fault(folder) == Fault(
        "rules.yaml",
        line_of(folder / "rules.yaml", "id: type.hybrid"),
        "rule type.hybrid",
        f"already stands at chain.yaml:{line}",
        "rename one, or delete it",
    )


@pytest.mark.parametrize(
    ("value", "problem", "remedy"),
    [
        (
            "6",
            "$weak cannot be reached by level.funding: 6 is off its scale; expected a number from 1 to 5",
            "choose a threshold on the scale",
        ),
        ("2.25", "$weak = 2.25 lies between values that level.funding can take", "medians of 1–5 answers move in halves"),
    ],
    ids=["outside the scale", "between reachable values"],
)
def test_threshold__that_no_value_reaches__is_found(folder: Path, value: str, problem: str, remedy: str) -> None:
    path = folder / "rules.yaml"
    seed(path, "value: 2.5}", f"value: {value}}}")
    assert Fault("rules.yaml", line_of(path, "id: flag.locked"), LOCKED, problem, remedy) in faults_of(folder)


def test_threshold__outside_the_scale_of_its_parameter__is_found(folder: Path) -> None:
    seed(folder / "rules.yaml", "value: 4}", "value: 6}")
    fault = the_fault(folder)
    assert (fault.line, fault.subject) == (line_of(folder / "rules.yaml", "  wanted:"), "parameter wanted")
    assert fault.problem == "6 is off its scale; expected a number from 1 to 5"


def test_threshold__of_a_mean__may_lie_between_halves(folder: Path) -> None:
    seed(folder / "indicators.yaml", "level.funding: {", 'level.funding: {"aggregate": "mean", ')
    seed(folder / "rules.yaml", "value: 2.5}", "value: 2.25}")
    assert checked_rulebase(folder).parameters["weak"].at(2026) == Decimal("2.25")


def test_count_threshold__not_whole__is_found(folder: Path) -> None:
    path = folder / "rules.yaml"
    seed(path, "value: 10}", "value: 10.5}")
    problem = "$few cannot be reached by structure.firms: 10.5 is not whole; expected a whole number, 0 or more"
    expected = Fault("rules.yaml", line_of(path, "id: flag.locked"), LOCKED, problem, "choose a threshold on the scale")
    assert expected in faults_of(folder)


@pytest.mark.parametrize("value", [".nan", ".inf", "-.inf", ".NaN"])
def test_number__that_is_none__is_found(folder: Path, value: str) -> None:
    path = folder / "rules.yaml"
    seed(path, "value: 2.5}", f"value: {value}}}")
    problem = f"{value} is not a number that can be used"
    line = line_of(path, f"value: {value}")
    assert the_fault(folder) == Fault("rules.yaml", line, "", problem, "write a number, or leave the value out where it is unknown")


@pytest.mark.parametrize("value", ['"NaN"', '"Infinity"', "1e5000", "1e30"])
def test_number__that_no_scale_holds__is_a_fault_and_no_crash(folder: Path, value: str) -> None:
    seed(folder / "rules.yaml", "value: 2.5}", f"value: {value}}}")
    assert all(fault.file == "rules.yaml" for fault in faults_of(folder))


@pytest.mark.parametrize(
    ("old", "new", "subject", "problem", "remedy"),
    [
        (
            "instruments:\n",
            "  - {id: size.half, label: Half, scale: number, sum: [size.later, size.all]}\n"
            "  - {id: size.later, label: Later, scale: number, sum: [size.all, structure.firms]}\ninstruments:\n",
            "derived size.half",
            "is computed from size.later, which is not known by then",
            "declare it before",
        ),
        (
            "sum: [size.all, structure.firms]",
            "sum: [size.al, structure.firms]",
            "derived size.both",
            "is computed from size.al, which is not known by then",
            "did you mean size.all?",
        ),
        ("known: 1}", "known: 3}", "derived size.all", "needs 3 known inputs but has 2", SOME),
        (
            "sum: [size.all, structure.firms]",
            "count_where: [size.all, structure.firms], at_least: $fewe",
            "derived size.both",
            "parameter $fewe does not exist",
            "did you mean few?",
        ),
        ("id: size.both", "id: size.all", "derived size.all", "already stands at rules.yaml:14", "rename one, or delete it"),
    ],
    ids=["reads a later one", "reads an unknown one", "needs more than it has", "unknown parameter", "twice"],
)
def test_derived_fact__with_a_defect__is_found(folder: Path, old: str, new: str, subject: str, problem: str, remedy: str) -> None:
    path = folder / "rules.yaml"
    seed(path, old, new)
    fault = the_fault(folder)
    last = path.read_text(encoding="utf-8").rfind(f"id: {subject.removeprefix('derived ')}")
    assert (fault.file, fault.line) == ("rules.yaml", path.read_text(encoding="utf-8")[:last].count("\n") + 1)
    assert_says(fault, subject, problem, remedy)


@pytest.mark.parametrize("name", ["structure.firms", "factor.funding.level", "stage.growing", "recommended.seed-fund"])
def test_derived_fact__named_as_another_fact__is_found(folder: Path, name: str) -> None:
    """It would silently take the other's place."""
    path = folder / "rules.yaml"
    seed(path, "id: size.both", f"id: {name}")
    assert any(fault.line == line_of(path, f"id: {name},") and name in fault.subject for fault in faults_of(folder))


def test_conclusion__named_as_an_indicator__is_found(folder: Path) -> None:
    """The conclusion would silently take the measured value's place."""
    make_rulebase(folder, indicators={"strategy.review": "likert", "structure.firms": "count", "structure.institutes": "count"})
    path = folder / "rules.yaml"
    path.write_text(VALID.replace("concludes: flag.lock_in", "concludes: strategy.review"), encoding="utf-8")
    assert any("strategy.review" in str(fault) for fault in faults_of(folder))


def test_parameter__used_by_nothing__is_found(folder: Path) -> None:
    path = folder / "rules.yaml"
    seed(path, "- structure.firms < $few", "- structure.firms < $weak_number")
    seed(
        path,
        "parameters:\n",
        "parameters:\n  weak_number: {label: W, scale: count, values: [{from: '2026-01-01', value: 9}], cite: [book, p. 1], reason: So.}\n",
    )
    line = line_of(path, "  few:")
    assert the_fault(folder) == Fault("rules.yaml", line, "parameter few", "is used by nothing", "delete it, or use it")


@pytest.mark.parametrize("first", ["2026-01-01", "2027-01-01"], ids=["twice the same", "later first"])
def test_parameter__dates_out_of_order__is_found(folder: Path, first: str) -> None:
    path = folder / "rules.yaml"
    seed(path, '{from: "2020-01-01", value: 2}', f'{{from: "{first}", value: 2}}')
    fault = the_fault(folder)
    assert fault == Fault(
        "rules.yaml",
        line_of(path, "  weak:"),
        "parameter weak",
        "its values are not in order of date",
        "put the oldest first, each date once",
    )


def test_parameter__on_a_day_that_does_not_exist__is_found(folder: Path) -> None:
    path = folder / "rules.yaml"
    seed(path, '{from: "2020-01-01", value: 2}', '{from: "2020-13-41", value: 2}')
    assert the_fault(folder).line == line_of(path, "2020-13-41")


def test_parameter__in_two_files__is_found(folder: Path) -> None:
    path = folder / "rules.yaml"
    seed(
        path,
        "  few:",
        "  lead: {label: L, scale: share, values: [{from: '2026-01-01', value: 1}], cite: [book, p. 1], reason: So.}\n  few:",
    )
    problem = f"already stands at chain.yaml:{line_of(folder / 'chain.yaml', '  lead:')}"
    assert the_fault(folder) == Fault("rules.yaml", line_of(path, "  lead:"), "parameter lead", problem, "rename one, or delete it")


def test_parameter__citing_an_unknown_source__is_found(folder: Path) -> None:
    path = folder / "rules.yaml"
    seed(path, "cite: [book, p. 2]", "cite: [boook, p. 2]")
    assert the_fault(folder) == Fault(
        "rules.yaml", line_of(path, "  few:"), "parameter few", "source boook does not exist", "did you mean book?"
    )


def test_instrument__that_no_rule_recommends__is_found(folder: Path) -> None:
    path = folder / "rules.yaml"
    text = path.read_text(encoding="utf-8")
    path.write_text(text[: text.index("  - id: advice.fund")], encoding="utf-8")
    assert the_fault(folder) == Fault(
        "rules.yaml",
        line_of(path, "id: seed-fund"),
        "instrument seed-fund",
        "is recommended by no rule",
        "write a rule that recommends it, or delete it",
    )


def test_instrument__that_closes_an_unknown_conclusion__is_found(folder: Path) -> None:
    path = folder / "rules.yaml"
    seed(path, "    closes: [gap.funding.severe]\n", "    closes: [gap.funding.sevre]\n")
    problem = "closes gap.funding.sevre, which no rule concludes"
    assert the_fault(folder) == Fault(
        "rules.yaml", line_of(path, "id: seed-fund"), "instrument seed-fund", problem, "did you mean gap.funding.severe?"
    )


def test_instrument__unsuited_under_an_unknown_conclusion__is_found_at_its_own_line(folder: Path) -> None:
    path = folder / "rules.yaml"
    seed(path, "{when: stage.mature,", "{when: stage.matur,")
    fault = the_fault(folder)
    assert (fault.line, fault.subject) == (line_of(path, "when: stage.matur,"), "rule seed-fund.unsuited.stage.matur")
    assert (fault.problem, fault.remedy) == ("fact stage.matur does not exist", "did you mean stage.mature?")


def test_each__placeholder_that_no_entry_fills__is_found(folder: Path) -> None:
    """It would stand in the report as it is."""
    path = folder / "rules.yaml"
    seed(path, "finding: Money is short.", "finding: Money is short in <plase>.")
    assert any(fault.line == line_of(path, "id: gap.funding") and "<plase>" in fault.problem for fault in faults_of(folder))


@pytest.mark.parametrize("name", ["factors", "unknown"])
def test_factor__with_an_indicator_it_cannot_use__is_found(folder: Path, name: str) -> None:
    """A level is a mean on the scale 1–5: it cannot be made of counts, nor of what is not there."""
    path = folder / "chain.yaml"
    wrong = {"factors": "structure.firms", "unknown": "level.fundng"}[name]
    seed(path, '["level.funding"]', f'["{wrong}"]')
    fault = the_fault(folder)
    assert (fault.file, fault.line, fault.subject) == ("chain.yaml", line_of(path, "  funding:"), "factor funding")
    assert wrong in fault.problem


@pytest.mark.parametrize(
    ("threshold", "condition"),
    [("1", "structure.share > $edge"), ("0", "structure.share < $edge")],
    ids=["above the top", "below the bottom"],
)
def test_rule__that_asks_for_more_than_the_scale_has__can_never_fire(folder: Path, threshold: str, condition: str) -> None:
    make_rulebase(folder, indicators={"structure.firms": "count", "structure.institutes": "count", "structure.share": "share"})
    edge = f"  edge: {{label: E, scale: share, values: [{{from: '2026-01-01', value: {threshold}}}], cite: [book, p. 1], reason: So.}}\n"
    text = VALID.replace("parameters:\n", f"parameters:\n{edge}").replace(
        "structure.firms < $few\n", f"structure.firms < $few\n      - {condition}\n"
    )
    (folder / "rules.yaml").write_text(text, encoding="utf-8")
    assert any(fault.subject == LOCKED and "can never fire" in fault.problem for fault in faults_of(folder))


def test_weighting__not_declared__is_found(folder: Path) -> None:
    path = folder / "indicators.yaml"
    seed(path, "structure.firms: {", 'structure.firms: {"weighting": "eqal", ')
    fault = the_fault(folder)
    assert (fault.file, fault.line) == ("indicators.yaml", line_of(path, "structure.firms"))
    assert_says(fault, "indicator structure.firms", "weighting 'eqal' is not declared", SOME)


@pytest.mark.parametrize(
    ("file", "text"),
    [
        ("indicators", "[]"),
        ("indicators", "indicators: []"),
        ("indicators", "indicators: {level.funding: }"),
        ("indicators", "indicators: {level.funding: a count}"),
        ("indicators", "defaults: none"),
        ("indicators", "weightings: []"),
        ("rules", "[]"),
        ("rules", "null"),
        ("rules", "rules: none"),
        ("rules", "rules: [none]"),
        ("rulebase", "2026.1"),
        ("sources", "sources: [book]"),
    ],
)
def test_file__of_the_wrong_shape__is_a_fault_of_that_file_and_no_crash(folder: Path, file: str, text: str) -> None:
    (folder / f"{file}.yaml").write_text(text, encoding="utf-8")
    assert f"{file}.yaml" in {fault.file for fault in faults_of(folder)}


def test_indicators__unknown_section__is_found(folder: Path) -> None:
    path = folder / "indicators.yaml"
    path.write_text(path.read_text(encoding="utf-8") + "indicatrs: {}\n", encoding="utf-8")
    fault = the_fault(folder)
    assert (fault.file, fault.line) == ("indicators.yaml", line_of(path, "indicatrs"))
    assert (fault.problem, fault.remedy) == ("unknown key 'indicatrs'", "did you mean indicators?")


@pytest.mark.parametrize("name", ["rulebase", "sources", "indicators"])
def test_file__missing__is_found(folder: Path, name: str) -> None:
    (folder / f"{name}.yaml").unlink()
    assert the_fault(folder) == Fault(str(folder), None, "", f"{name}.yaml is missing", "see rules/README.md")


def test_folder__that_does_not_exist__lacks_every_file(tmp_path: Path) -> None:
    assert {fault.problem.split(".")[0] for fault in faults_of(tmp_path / "none")} == {"rulebase", "sources", "indicators"}


def test_chain__without_a_link__is_found(folder: Path) -> None:
    seed(folder / "chain.yaml", '"concludes": "type.hybrid"', '"concludes": "type.marshallian"')
    fault = the_fault(folder)
    assert (fault.file, fault.subject, fault.problem) == ("rulebase.yaml", "rule base", "no rule concludes type.hybrid")


@pytest.mark.parametrize("name", ["support_coverage", "portfolio_size_default", "confidence_spread"])
def test_setting__of_the_engine__must_be_declared(folder: Path, name: str) -> None:
    path = folder / "chain.yaml"
    lines = path.read_text(encoding="utf-8").splitlines()
    path.write_text("\n".join(line for line in lines if not line.startswith(f"  {name}:")), encoding="utf-8")
    assert the_fault(folder).problem == f"parameter ${name} is not declared"


def test_factor__not_declared__is_found(folder: Path) -> None:
    path = folder / "chain.yaml"
    lines = path.read_text(encoding="utf-8").splitlines()
    path.write_text("\n".join(line for line in lines if not line.startswith("  reputation:")), encoding="utf-8")
    assert the_fault(folder).problem == "factor reputation is not declared"


@pytest.mark.parametrize(
    ("text", "line", "problem", "remedy"),
    [
        ("rules:\n  - &one {id: x}\n", 2, "uses a YAML anchor or alias", "write the value out; quote a text that begins with & or *"),
        ("rules: *one\n", 1, "uses a YAML anchor or alias", "write the value out; quote a text that begins with & or *"),
        ("rules: []\nparameters: {}\nrules: []\n", 3, "key 'rules' stands twice", "keep one of the two"),
        ("", None, "is empty", "write the document, or name another file"),
        ("# nothing yet\n", None, "is empty", "write the document, or name another file"),
        ("a: {b: [1, 2\n", 2, "is not valid YAML: did not find expected ',' or ']'", "check indentation, colons and quotes near this line"),
    ],
    ids=["anchor", "alias", "duplicate key", "empty", "only a comment", "broken"],
)
def test_file__that_is_not_plain_yaml__is_found(folder: Path, text: str, line: int | None, problem: str, remedy: str) -> None:
    (folder / "rules.yaml").write_text(text, encoding="utf-8")
    assert the_fault(folder) == Fault("rules.yaml", line, "", problem, remedy)


@pytest.mark.parametrize("tagged", ["!!str Seed fund", "!colour red", "!!python/name:os.system x"])
def test_file__with_a_tag__is_found(folder: Path, tagged: str) -> None:
    seed(folder / "rules.yaml", "name: Seed fund", f"name: {tagged}")
    assert line_of(folder / "rules.yaml", tagged) in {fault.line for fault in faults_of(folder)}


def test_file__of_5_mb__is_refused_before_it_is_read(folder: Path) -> None:
    (folder / "rules.yaml").write_bytes(b"#" * 5_000_000)
    assert the_fault(folder) == Fault("rules.yaml", None, "", "is larger than 4 MB", "check that this is the right file")


@pytest.mark.parametrize(
    ("content", "problem", "remedy"),
    [
        ("title: Förderung\n".encode("latin-1"), "is not UTF-8 text", "save it as UTF-8 and try again"),
        (b"\xff\xfer\x00u\x00", "is not UTF-8 text", "save it as UTF-8 and try again"),
        (b"title: \x00\n", "is not a text file", "name a YAML or JSON file"),
    ],
    ids=["latin-1", "utf-16", "binary"],
)
def test_file__not_in_utf_8__is_refused(folder: Path, content: bytes, problem: str, remedy: str) -> None:
    (folder / "rules.yaml").write_bytes(content)
    assert the_fault(folder) == Fault("rules.yaml", None, "", problem, remedy)


def test_folder__in_the_place_of_a_file__is_refused(folder: Path) -> None:
    (folder / "more.yaml").mkdir()
    assert the_fault(folder) == Fault("more.yaml", None, "", "is a folder", "name a file in it")


@pytest.mark.parametrize("bomb", ["'[' * n + ']' * n", "'- ' * n + 'x'", "'{a: ' * n + '1' + '}' * n", "'? ' * n"])
@pytest.mark.parametrize("depth", [60, 100_000])
def test_file__nested_without_end__is_refused_and_does_not_kill_the_process(tmp_path: Path, bomb: str, depth: int) -> None:
    """In a process of its own: the danger is a crash of the YAML parser, which no test survives."""
    program = (
        "import sys\n"
        "from pathlib import Path\n"
        "from assess.definitions.yamlfile import read_yaml\n"
        "from assess.errors import FaultsFound\n"
        f"n, path = {depth}, Path(sys.argv[1])\n"
        f"path.write_text({bomb})\n"
        "try: read_yaml(path)\n"
        "except FaultsFound as error: print(error)\n"
    )
    done = subprocess.run([sys.executable, "-c", program, str(tmp_path / "bomb.yaml")], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert "nested too deeply" in done.stdout or "not a plain word" in done.stdout


def test_file__with_an_anchor_bomb__is_refused_at_its_first_anchor(folder: Path) -> None:
    """Nine levels of nine references each would be 387 million values."""
    levels = "\n".join(f"l{n}: &l{n} [{', '.join([f'*l{n - 1}'] * 9)}]" for n in range(1, 10))
    (folder / "rules.yaml").write_text(f"title: plain\nl0: &l0 [x, x]\n{levels}\n", encoding="utf-8")
    fault = the_fault(folder)
    assert (fault.line, fault.problem) == (2, "uses a YAML anchor or alias")
