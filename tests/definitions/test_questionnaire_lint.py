"""The twelve mistakes that authors make, each planted once, and the fit of questionnaires to indicators."""

from __future__ import annotations

from pathlib import Path

import pytest

from assess.definitions.indicators import Indicator
from assess.definitions.questionnaire_lint import factors_without_items, faults_against, main, unfed, warnings
from assess.definitions.questionnaires import Questionnaire
from assess.errors import Fault

from .test_questionnaires import MINIMAL, changed, faults_in, line_of, load


def only_fault(text: str) -> Fault:
    faults = faults_in(text)
    assert len(faults) == 1, "\n".join(map(str, faults))
    return faults[0]


PLANTED = {
    "unknown item in a condition": ("${kind} = 'company'", "${kidn} = 'company'", "staff", "there is no item kidn; did you mean kind?"),
    "duplicate name": ("name: remarks", "name: staff", "staff", "the name is used twice (first on line 19)"),
    "missing choice list": ("select_one kind,", "select_one kinds,", "kind", "there is no choice list 'kinds'; did you mean kind?"),
    "comparison with a choice that does not exist": (
        "= 'company'",
        "= 'compny'",
        "staff",
        "there is no choice 'compny'; did you mean company?",
    ),
    "calculation cycle": ("${staff} * 2", "${staff} * ${double}", "double", "the calculation needs itself (double → double)"),
    "syntax error": ("${staff} > 0", "${staff} >> 0", "network", "relevant, character 11: cannot be read at '>'"),
    "type mismatch": ("${kind} = 'company'", "${kind} > 3", "staff", "compares a choice with a number; write number(${kind})"),
    "unsatisfiable constraint": (". >= 0", ". > 10 and . < 5", "staff", "it can never be true, whatever the answer is"),
    "duplicate choice code": ("{name: public,", "{name: company,", "kind", "choice 'company' stands twice (first on line 4)"),
    "no version": ('version: "2026.1", ', "", "settings", "there is no version"),
    "condition on a later item": ("${kind} = 'company'", "${remarks} = 'x'", "staff", "it depends on remarks, which is asked later"),
}


LAST_OF = {"duplicate name": "staff, label: What else", "duplicate choice code": "{name: company, label: Public"}
"""Where the planted text stands twice: what only its second place says."""


@pytest.mark.parametrize("defect", PLANTED)
def test_defect__planted__is_found_where_it_stands(defect: str) -> None:
    old, new, subject, words = PLANTED[defect]
    text = changed(old, new)
    fault = only_fault(text)
    place = line_of(LAST_OF.get(defect, new) or "settings:", text)
    assert (fault.file, fault.line, fault.subject) == ("member.yaml", place, subject)
    assert words in str(fault)


def test_defect__one_missing_translation_cell__is_found_where_it_stands() -> None:
    full = _in_two_languages(MINIMAL)
    assert load(full).languages == ("en", "de")
    text = changed("label: {en: What else, de: X}", "label: {en: What else}", full)
    fault = only_fault(text)
    assert (fault.line, fault.subject) == (line_of("What else", text), "remarks")
    assert "label has no text in de" in str(fault)


def _in_two_languages(text: str) -> str:
    """Give every label and title of the minimal questionnaire a second language."""
    lines = []
    for line in text.splitlines():
        for key in ("label: ", "form_title: "):
            if key in line:
                head, _, rest = line.partition(key)
                end = min((rest.find(sign) for sign in (",", "}") if sign in rest), default=len(rest))
                line = f"{head}{key}{{en: {rest[:end]}, de: X}}{rest[end:]}"
        lines.append(line)
    return "\n".join(lines) + "\n"


def test_calculations__in_a_circle_of_three__are_named_once() -> None:
    text = changed('"${staff} * 2"', '"${b} + 1"') + '      - {type: calculate, name: b, calculation: "${c}"}\n'
    text += '      - {type: calculate, name: c, calculation: "${double}"}\n'
    assert "double → b → c → double" in str(only_fault(text))


def test_calculation__reading_a_later_item__is_allowed() -> None:
    load(changed("${staff} * 2", "string-length(${remarks})"))


def test_condition__on_a_later_item_through_a_calculation__is_found() -> None:
    text = changed("${staff} * 2", "string-length(${remarks})")
    text = changed('"${staff} > 0"', '"${double} > 0"', text)
    assert "it depends on remarks (through double), which is asked later" in str(only_fault(text))


def test_group__whose_condition_reads_an_item_inside_it__is_found() -> None:
    assert "it depends on density, which is asked later" in str(only_fault(changed('"${staff} > 0"', "\"${density} = '1'\"")))


@pytest.mark.parametrize(
    ("condition", "words"),
    [
        ("${kind} = 1", "compares a choice with a number"),
        ("${kind}", "it comes to a choice, not to true or false"),
        ("${staff} + 1", "it comes to a number"),
        ("${staff} = 'ten'", "compares a number with a text"),
        ("${kind} > 'a'", "asks which choice is greater"),
        ("${staff} and ${kind} = 'public'", "and needs true or false, but ${staff} is a number"),
        ("not(${staff})", "not() needs true or false"),
        ("${kind} + 1 > 2", "+ needs a number, but ${kind} is a choice; write number(${kind})"),
        ("${kind} = 'dont_know'", "'dont_know' is unknown in every expression"),
        ("selected(${kind}, 'pubic')", "there is no choice 'pubic'; did you mean public?"),
        ("selected(${staff}, 'a')", "selected() needs a choice or several choices"),
        ("count-selected(${kind}) > 1", "count-selected() needs several choices"),
        (". > 1", "`.` stands for an answer, and there is none here"),
        ("${about} = 'x'", "about is a group and has no answer"),
        ("today() > '2026-01-01'", "write date('2026-01-01')"),
        ("${staff} > 10 and ${staff} < 5", "it can never be true, whatever ${staff} is"),
        ("${kind} = 'public' and ${kind} = 'company'", "it can never be true, whatever ${kind} is"),
        ("${staff} > 1 and ${staff} < 2", "it can never be true"),
    ],
)
def test_condition__that_makes_no_sense__is_explained(condition: str, words: str) -> None:
    text = changed('"${staff} > 0"', f'"{condition}"')
    fault = only_fault(text)
    assert fault.line == line_of(f'"{condition}"', text)
    assert words in str(fault)


@pytest.mark.parametrize(
    "condition",
    [
        "number(${kind}) > 3",
        "${kind} != 'public' or ${staff} < 5",
        "not(${staff} > 10 and ${staff} < 5)",
        "${staff} > 10 or ${staff} < 5",
        "${staff} > 1 and ${staff} < 3",
        "if(${kind} = 'public', 1, 2) = 1",
        "coalesce(${staff}, 0) >= 1",
        "${double} > ${staff}",
        "selected(${kind}, 'public') and today() >= date('2026-01-01')",
        "${staff} mod 2 = 0 and ${staff} mod 2 = 1",
        "string-length(${kind}) > 3",
    ],
)
def test_condition__sensible_or_not_provably_wrong__is_let_through(condition: str) -> None:
    load(changed('"${staff} > 0"', f'"{condition}"'))


@pytest.mark.parametrize(
    ("entry", "words"),
    [
        ("{type: text, name: x, label: X, constraint: 'string-length(.) > 9 and string-length(.) < 3'}", "whatever string-length(.) is"),
        ("{type: text, name: x, label: X, constraint: 'string-length(.) < 0'}", "whatever string-length(.) is"),
        ("{type: decimal, name: x, label: X, constraint: '. > 1 and . <= 1'}", "it can never be true"),
        (
            "{type: date, name: x, label: X, constraint: \". > date('2026-01-02') and . < date('2026-01-03')\"}",
            "it can never be true",
        ),
        ("{type: select_one kind, name: x, label: X, choice_filter: \". = 'firm'\"}", "there is no choice 'firm'"),
        ('{type: note, name: x, label: X, relevant: "${site_staff} > 1"}', "one answer per entry of its repeat"),
        ('{type: note, name: x, label: X, relevant: "selected(${kind}, ${site_staff})"}', "one answer per entry of its repeat"),
        ("{type: select_multiple kind, name: x, label: X, constraint: \". = 'public'\"}", "write selected(., 'code')"),
        ("{type: select_multiple kind, name: x, label: X, constraint: 'count-selected(.) < 0'}", "whatever count-selected(.) is"),
        ("{type: acknowledge, name: x, label: X, constraint: '. and not(.)'}", "it can never be true"),
        ("{type: date, name: x, label: X, constraint: \". > 'soon'\"}", "compares a date with a text; write date('soon')"),
        ("{type: date, name: x, label: X, constraint: '. > 3'}", "compares a date with a number"),
        ("{type: text, name: x, label: X, constraint: '. = 1 = 1'}", "join several with and"),
        ("{type: integer, name: x, label: X, constraint: '5 > . and . > 10'}", "it can never be true"),
        ("{type: integer, name: x, label: X, relevant: '${x} > 1'}", "it depends on the answer to x itself"),
        ("{type: calculate, name: x, calculation: 'sum(${kind})'}", "sum() needs a number, but ${kind} is a choice"),
        ("{type: integer, name: x, label: X, score: percent}", "score percent is given, but no indicator"),
        ("{type: text, name: x, label: X, indicator: a.b}", "a text item has no number"),
        ("{type: select_multiple kind, name: x, label: X, indicator: a.b}", "use score: count"),
        ("{type: select_one kind, name: x, label: X, indicator: a.b}", "needs choices that are numbers"),
        ("{type: select_one kind, name: x, label: X, indicator: a.b, score: reversed}", "needs a list with the choices 1 to 5"),
        ("{type: select_one kind, name: x, label: X, indicator: a.b, score: flag}", "needs a list with the choices yes and no"),
        ("{type: select_one kind, name: x, label: X, indicator: a.b, score: {company: 1}}", "score has no number for public"),
        (
            "{type: select_one kind, name: x, label: X, indicator: a.b, score: {company: 1, public: 2, firm: 3}}",
            "'firm', which is no choice",
        ),
        ("{type: integer, name: x, label: X, indicator: a.b, score: count}", "score count is for select_multiple"),
    ],
)
def test_item__whose_parts_do_not_fit__is_explained(entry: str, words: str) -> None:
    repeat = "      - {type: repeat, name: sites, items: [{type: integer, name: site_staff, label: Staff}]}\n"
    assert words in str(only_fault(MINIMAL + repeat + f"      - {entry}\n"))


def test_condition__on_a_note__is_explained() -> None:
    text = (
        MINIMAL + "      - {type: note, name: hello, label: Hello}\n      - {type: text, name: x, label: X, relevant: \"${hello} = 'a'\"}\n"
    )
    assert "hello is a note and has no answer to judge" in str(only_fault(text))


def test_item__of_a_repeat__cannot_feed_an_indicator() -> None:
    inner = "{type: integer, name: n, label: N, indicator: a.b}"
    text = MINIMAL + f"      - {{type: repeat, name: sites, items: [{inner}]}}\n"
    assert "an item of a repeat cannot feed an indicator" in str(only_fault(text))


@pytest.mark.parametrize("calculation", ["sum(${n})", "${total} + 1"])
def test_indicator__that_is_worked_out_from_a_repeat__is_refused(calculation: str) -> None:
    text = MINIMAL + "      - {type: repeat, name: sites, items: [{type: integer, name: n, label: N}]}\n"
    text += "      - {type: calculate, name: total, calculation: 'sum(${n})'}\n"
    fault = str(only_fault(text + f"      - {{type: calculate, name: fed, calculation: '{calculation}', indicator: a.b}}\n"))
    assert "it feeds a.b from the repeat sites" in fault
    assert "ask for the total in an item of its own" in fault


def test_constraint__between_whole_numbers__holds_for_decimals_only() -> None:
    entry = "      - {{type: {}, name: x, label: X, constraint: '. > 1 and . < 2'}}\n"
    load(MINIMAL + entry.format("decimal"))
    assert "never" in str(only_fault(MINIMAL + entry.format("integer")))


def test_repeat__its_own_items__are_single_answers_inside_and_columns_outside() -> None:
    inner = "{type: integer, name: n, label: N}, {type: note, name: big, label: Big, relevant: '${n} > 9'}"
    text = MINIMAL + f"      - {{type: repeat, name: sites, items: [{inner}]}}\n"
    load(text + "      - {type: note, name: many, label: Many, relevant: 'sum(${n}) > 9'}\n")


def indicator(id_: str, scale: str, *origins: str) -> Indicator:
    return Indicator.model_validate(
        {
            "id": id_,
            "label": id_,
            "scale": scale,
            "from": origins or ("member", "evaluator"),
            "aggregate": "median",
            "weighting": "balanced",
            "min_n": 5,
            "min_coverage": 0,
        }
    )


def catalogue(*indicators: Indicator) -> dict[str, Indicator]:
    return {each.id: each for each in indicators}


LIKERTS = catalogue(indicator("network.density", "likert"), indicator("network.diversity", "likert"))


def with_entry(entry: str) -> Questionnaire:
    return load(MINIMAL + f"      - {{{entry}, name: x, label: X, indicator: x}}\n")


def test_indicators__that_fit__have_no_faults() -> None:
    assert faults_against(load(MINIMAL), LIKERTS) == ()


def test_indicator__that_does_not_exist__is_found_with_a_suggestion() -> None:
    text = changed("network.diversity", "network.diversty")
    (fault,) = faults_against(load(text), LIKERTS)
    assert (fault.line, fault.subject) == (line_of("network.diversty", text), "gaps")
    assert str(fault).endswith("indicator network.diversty does not exist; did you mean network.diversity?")


def test_indicator__that_members_do_not_state__is_found() -> None:
    known = {**LIKERTS, "network.diversity": indicator("network.diversity", "likert", "management", "evaluator")}
    (fault,) = faults_against(load(MINIMAL), known)
    assert "network.diversity is stated by management, evaluator, not by member" in str(fault)


@pytest.mark.parametrize(
    ("entry", "scale", "words"),
    [
        ("type: select_one agree5", "share", "the value 2 is off its scale"),
        ("type: select_one agree5, score: percent", "likert", "score percent is for shares and rates"),
        ("type: select_one agree5, score: {'1': 1, '2': 2, '3': 3, '4': 4, '5': 6}", "likert", "the value 6 is off its scale"),
        ("type: integer, constraint: '. >= 0 and . <= 100'", "share", "or use score: percent"),
        ("type: integer, constraint: '. >= 0', score: percent", "share", 'add constraint: ". <= 100"'),
        ("type: integer", "count", 'add constraint: ". >= 0"'),
        ("type: decimal, constraint: '. >= 0'", "count", "use type: integer"),
        ("type: integer, constraint: '. >= 0'", "likert", 'add constraint: ". >= 1"'),
        ("type: integer, constraint: '. >= 0 and . <= 1'", "flag", "use select_one with yes and no"),
        ("type: range", "likert", "an answer of 6 would be let through"),
        ("type: select_multiple kind, score: count", "likert", "the value 0 is off its scale"),
    ],
)
def test_item__off_its_indicators_scale__is_found(entry: str, scale: str, words: str) -> None:
    (fault,) = faults_against(with_entry(entry), {**LIKERTS, "x": indicator("x", scale)})
    assert fault.subject == "x"
    assert words in str(fault)


@pytest.mark.parametrize(
    ("entry", "scale"),
    [
        ("type: integer, constraint: '. >= 0 and . <= 100', score: percent", "share"),
        ("type: integer, constraint: '. >= 0 and . <= ${staff}'", "count"),
        ("type: decimal, constraint: '. >= -100', score: percent", "rate"),
        ("type: integer, constraint: '. >= 1 and . <= 5'", "likert"),
        ("type: select_one kind, score: {company: 1, public: 0}", "flag"),
        ("type: select_one kind, score: {company: 1, public: 0}", "share"),
        ("type: acknowledge", "flag"),
        ("type: select_multiple kind, score: count", "count"),
        ("type: select_one agree5, score: reversed", "likert"),
    ],
)
def test_item__on_its_indicators_scale__is_let_through(entry: str, scale: str) -> None:
    assert faults_against(with_entry(entry), {**LIKERTS, "x": indicator("x", scale)}) == ()


def test_unfed__indicators_without_an_item_of_a_permitted_respondent__are_listed() -> None:
    known = {**LIKERTS, "growth.brand": indicator("growth.brand", "likert")}
    assert unfed(known, [load(MINIMAL)]) == ("growth.brand",)
    assert unfed({"network.density": indicator("network.density", "likert", "evaluator")}, [load(MINIMAL)]) == ("network.density",)
    assert unfed(known, []) == tuple(known)


def test_factors_without_items__none_of_whose_indicators_is_fed__are_listed() -> None:
    known = {**LIKERTS, "funding.seed": indicator("funding.seed", "likert")}
    factors = {"industrial_network": ["network.density", "funding.seed"], "funding": ["funding.seed"]}
    assert factors_without_items(factors, known, [load(MINIMAL)]) == ("funding",)


def test_warnings__on_a_sober_questionnaire__are_none() -> None:
    assert warnings(load(MINIMAL)) == ()


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("It is dense.", "It is dense and diverse.", "may ask two things at once"),
        ("What else", "What " + "else " * 40, "the label has 204 characters"),
        ('        constraint: ". >= 0"\n', "", "the number has no limits"),
        ("survey:\n", "  unused:\n    - {name: a, label: A}\nsurvey:\n", "no item uses this choice list"),
    ],
)
def test_warnings__on_a_doubtful_question__name_it(old: str, new: str, words: str) -> None:
    (warning,) = warnings(load(changed(old, new)))
    assert words in str(warning)


def test_command__checks_files_and_tells_faults_by_exit_code(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    good, bad = tmp_path / "good.yaml", tmp_path / "bad.yaml"
    good.write_text(MINIMAL, "utf-8")
    bad.write_text(changed("weight: 0.5", "weight: 0"), "utf-8")
    assert main([str(good)]) == 0
    assert "company: 4 questions, about 3 minutes" in capsys.readouterr().out
    assert main([str(good), str(bad)]) == 2
    assert "bad.yaml:34 density" in capsys.readouterr().out
