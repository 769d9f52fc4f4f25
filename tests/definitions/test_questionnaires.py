"""Questionnaires: what is read, what is refused and where the fault is said to stand."""

from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from assess.content import content_folder
from assess.definitions.expression_reading import parse
from assess.definitions.expression_tree import Name, Pair
from assess.definitions.questionnaires import (
    ItemType,
    MemberKind,
    Questionnaire,
    ScoreRule,
    Special,
    json_schema,
    load_questionnaire,
    parse_questionnaire,
)
from assess.definitions.yamlfile import parse_yaml
from assess.errors import Fault, FaultsFound

MINIMAL = """\
settings: {form_id: member, version: "2026.1", form_title: Questions, respondent: member}
choices:
  kind:
    - {name: company, label: Company}
    - {name: public, label: Public agency}
  agree5:
    - {name: "1", label: Strongly disagree}
    - {name: "2", label: Disagree}
    - {name: "3", label: Neither}
    - {name: "4", label: Agree}
    - {name: "5", label: Strongly agree}
survey:
  - type: group
    name: about
    label: Your organisation
    items:
      - {type: select_one kind, name: kind, label: What you are, required: true, special: []}
      - type: integer
        name: staff
        label: How many people work for you
        constraint: ". >= 0"
        relevant: "${kind} = 'company'"
      - {type: calculate, name: double, calculation: "${staff} * 2"}
  - type: group
    name: network
    label: The network
    kinds: [company, public]
    relevant: "${staff} > 0"
    items:
      - type: group
        appearance: table-list
        name: network_table
        items:
          - {type: select_one agree5, name: density, label: It is dense., indicator: network.density, weight: 0.5}
          - {type: select_one agree5, name: gaps, label: It has gaps., indicator: network.diversity, score: reversed, kinds: [public]}
      - {type: text, name: remarks, label: What else, seconds: 90}
"""


def load(text: str) -> Questionnaire:
    return parse_questionnaire(text, "member.yaml")


def changed(old: str, new: str, text: str = MINIMAL) -> str:
    assert text.count(old) == 1, f"{old!r} stands {text.count(old)} times"
    return text.replace(old, new)


def line_of(fragment: str, text: str) -> int:
    return text[: text.index(fragment)].count("\n") + 1


def faults_in(text: str) -> tuple[Fault, ...]:
    with pytest.raises(FaultsFound) as caught:
        load(text)
    return caught.value.faults


def test_questionnaire__well_formed__has_sections_items_and_choices() -> None:
    questionnaire = load(MINIMAL)
    assert (questionnaire.id, questionnaire.version, questionnaire.respondent) == ("member", "2026.1", "member")
    assert [section.name for section in questionnaire.sections] == ["about", "network"]
    assert [item.name for item in questionnaire.items] == ["kind", "staff", "double", "density", "gaps", "remarks"]
    assert [choice.name for choice in questionnaire.choices["kind"]] == ["company", "public"]
    assert questionnaire.item("kind").codes == ("company", "public")
    assert str(questionnaire.item("kind").label) == "What you are"


def test_item__inside_groups__knows_its_place_and_every_condition_around_it() -> None:
    gaps = load(changed("name: gaps,", "name: gaps, relevant: \"${kind} = 'public'\",")).item("gaps")
    assert (gaps.section, gaps.table, gaps.repeat) == ("network", "network_table", None)
    assert gaps.relevants == (parse("${staff} > 0"), parse("${kind} = 'public'"))
    assert gaps.relevants[1] == Pair("=", Name("kind"), parse("'public'"))


def test_item__score_weight_special_and_kinds__have_their_defaults() -> None:
    questionnaire = load(MINIMAL)
    density, gaps, kind = (questionnaire.item(name) for name in ("density", "gaps", "kind"))
    assert (density.score.rule, density.weight) == (ScoreRule.DIRECT, Decimal("0.5"))
    assert (gaps.score.rule, gaps.weight) == (ScoreRule.REVERSED, Decimal(1))
    assert density.special == (Special.DONT_KNOW, Special.NOT_APPLICABLE)
    assert kind.special == () == questionnaire.item("double").special
    assert density.kinds == (MemberKind.COMPANY, MemberKind.PUBLIC)
    assert gaps.kinds == (MemberKind.PUBLIC,)
    assert kind.kinds == tuple(MemberKind)


def test_items_for__a_kind__leaves_out_what_it_is_not_asked() -> None:
    questionnaire = load(MINIMAL)
    assert [item.name for item in questionnaire.items_for(MemberKind.COMPANY)] == ["kind", "staff", "double", "density", "remarks"]
    assert [item.name for item in questionnaire.items_for(MemberKind.INVESTOR)] == ["kind", "staff", "double"]
    assert questionnaire.items_for(None) == questionnaire.items


def test_count_and_minutes__of_a_kind__add_up_its_questions() -> None:
    questionnaire = load(MINIMAL)
    assert questionnaire.count(MemberKind.COMPANY) == 4
    assert questionnaire.count() == 5
    assert [questionnaire.item(name).seconds for name in ("kind", "staff", "density", "remarks", "double")] == [12, 20, 7, 90, 0]
    assert questionnaire.minutes(MemberKind.COMPANY) == 3  # 12 + 20 + 7 + 90 seconds
    assert questionnaire.minutes(MemberKind.INVESTOR) == 1


def test_score__map_of_choices__is_kept_in_order() -> None:
    text = changed("required: true, special: []", "indicator: network.density, score: {company: 5, public: 2.5}")
    assert load(text).item("kind").score.table == (("company", Decimal(5)), ("public", Decimal("2.5")))


def test_repeat__in_a_section__marks_its_items() -> None:
    text = MINIMAL + "      - {type: repeat, name: sites, label: Sites, items: [{type: integer, name: site_staff, label: Staff there}]}\n"
    text += '      - {type: calculate, name: all_staff, calculation: "sum(${site_staff}) + ${staff}"}\n'
    questionnaire = load(text)
    assert questionnaire.item("site_staff").repeat == "sites"
    assert questionnaire.item("all_staff").repeat is None


def test_digest__layout_comments_key_order_and_status__do_not_change_it() -> None:
    digest = load(MINIMAL).digest
    assert len(digest) == 64
    assert load("# a comment\n" + MINIMAL).digest == digest
    assert load(changed("name: remarks, label: What else", "label: {en: What else}, name: remarks")).digest == digest
    assert load(changed("respondent: member", "respondent: member, status: published")).digest == digest
    assert load(changed("weight: 0.5", "weight: 0.50")).digest == digest
    assert load(json.dumps(_as_json(MINIMAL))).digest == digest


@pytest.mark.parametrize(
    ("old", "new"),
    [("It is dense.", "It is very dense."), ("weight: 0.5", "weight: 0.25"), ('"2026.1"', '"2026.2"'), (", kinds: [public]", "")],
)
def test_digest__content_changed__differs(old: str, new: str) -> None:
    assert load(changed(old, new)).digest != load(MINIMAL).digest


def test_digest__choices_in_another_order__differs() -> None:
    company, public = "    - {name: company, label: Company}\n", "    - {name: public, label: Public agency}\n"
    assert load(changed(company + public, public + company)).digest != load(MINIMAL).digest


def test_aliases__of_other_tools__are_read_with_a_note() -> None:
    text = changed("        relevant: \"${kind} = 'company'\"", "        visibleIf: \"${kind} = 'company'\"")
    text = changed("name: remarks, label: What else", "linkId: remarks, title: What else", text)
    text = changed("      - type: integer", "      - type: int", text)
    text = changed("required: true", "isRequired: true", text)
    questionnaire = load(text)
    assert questionnaire.digest == load(MINIMAL).digest
    assert questionnaire.item("remarks").name == "remarks"
    notes = [str(note) for note in questionnaire.notes]
    place = line_of("visibleIf", text)
    assert f"member.yaml:{place} staff: 'visibleIf' is read as 'relevant'; write relevant" in notes
    assert len(notes) == 5


def test_alias__with_a_fault_in_it__keeps_its_line() -> None:
    text = changed("        relevant: \"${kind} = 'company'\"", '        visibleIf: "${kind} ="')
    (fault,) = faults_in(text)
    assert (fault.line, fault.subject) == (line_of("visibleIf", text), "staff")


def test_alias__beside_its_own_key__is_refused() -> None:
    text = changed("name: remarks, label: What else", "name: remarks, label: What else, title: What")
    (fault,) = faults_in(text)
    assert fault.line == line_of("title: What", text)
    assert "'title' says the same as 'label'" in fault.problem


@pytest.mark.parametrize("type_", ["geopoint", "audio", "video", "image", "barcode"])
def test_type__not_supported_by_design__is_refused_by_name(type_: str) -> None:
    text = changed("{type: text, name: remarks", f"{{type: {type_}, name: remarks")
    (fault,) = faults_in(text)
    assert (fault.line, fault.subject) == (line_of("name: remarks", text), "remarks")
    assert f"type {type_} is not supported" in fault.problem


@pytest.mark.parametrize(
    ("old", "new", "at", "words"),
    [
        ("seconds: 90", "secnds: 90", "secnds", "unknown key 'secnds'; did you mean seconds?"),
        ("{type: text, name: remarks", "{type: txt, name: remarks", "txt", "there is no type 'txt'; did you mean text?"),
        ("{type: text, name: remarks", "{name: remarks", "name: remarks", "there is no type"),
        ("select_one kind, name: kind", "select_one, name: kind", "select_one, name", "write select_one LIST"),
        ("name: remarks", "name: Remarks", "Remarks", "must be lower-case letters"),
        ("name: remarks, label: What else", "name: remarks", "remarks", "there is no label"),
        ("    label: Your organisation\n", "", "  - type: group\n", "the section has no label"),
        ("required: true", 'required: "yes"', 'required: "yes"', "required must be true or false"),
        ('version: "2026.1"', "version: 2026.1", "version", "version must be a text; put it in quotes"),
        ("respondent: member", "respondent: members", "respondent", "respondent"),
        ('{name: "1", label: Strongly disagree}', "{name: 1, label: Strongly disagree}", "name: 1,", 'write "1" in quotes'),
        ("{name: public,", "{name: dont_know,", "dont_know", "is offered beside every list"),
        ("weight: 0.5", "weight: 0", "weight", "greater than 0"),
        ("weight: 0.5", 'weight: "0.5"', "weight", "must be a number"),
        ("weight: 0.5", "weight: 1e-99", "weight", "at most 12 decimals"),
        ("score: reversed", "score: revrsed", "revrsed", "or a map {choice: number}; did you mean reversed?"),
        ("score: reversed", "score: {'1': five}", "five", "score: must be a number"),
        ("seconds: 90", "default: [1]", "default", "must be a text, a number, true or false"),
        ("kinds: [public]", "kinds: []", "kinds: []", "must name at least one"),
        ("name: company,", "name: a company,", "a company", "without spaces"),
        ("weight: 0.5", "score: {'1': 1e99}", "1e99", "must be a number from"),
        ("special: []", "special: [maybe]", "special", "dont_know"),
        ("name: double, calculation", "name: double, required: true, calculation", "double", "which nobody answers"),
        ("type: calculate, name: double", "type: decimal, name: double, label: X", "double", "use type: calculate"),
        ("seconds: 90", "choice_filter: \". = 'a'\"", "choice_filter", "choice_filter does not go with type text"),
        ("seconds: 90", "constraint_message: No", "constraint_message", "but constraint is not"),
        ("label: What else", 'label: ""', "remarks", "label has no text in en"),
        ("kinds: [public]", "kinds: [investor]", "name: gaps", "is asked of nobody"),
        (
            "{type: select_one agree5, name: gaps",
            "{type: select_one kind, name: gaps",
            "- type: group\n        appearance",
            "different choice lists",
        ),
        ("{type: text, name: remarks, label: What else, seconds: 90}", "nonsense", "nonsense", "is not an item"),
        ("{type: text, name: remarks", "{type: group x, name: remarks", "remarks", "has too many words; write group"),
        ("weight: 0.5", "relevant: '('", "name: density", "relevant, character 2: ends too early"),
        ("  kind:\n", "  1kind:\n", "1kind", "cannot be the name of a list"),
        ("seconds: 90", "items: []", "remarks", "unknown key 'items'"),
    ],
)
def test_questionnaire__one_thing_wrong__is_told_with_its_line(old: str, new: str, at: str, words: str) -> None:
    text = changed(old, new)
    faults = faults_in(text)
    lines = [fault.line for fault in faults if words in str(fault)]
    expected = line_of(at, text)
    assert expected in lines, "\n".join(map(str, faults))


def test_questionnaire__several_things_wrong__are_all_told() -> None:
    text = changed("weight: 0.5", "weight: 0")
    text = changed("{type: text, name: remarks", "{type: txt, name: remarks", text)
    text = changed('version: "2026.1", ', "", text)
    text = changed("${kind} = 'company'", "${kid} = 'company'", text)
    found = {(fault.line, fault.subject) for fault in faults_in(text)}
    places = {"settings": "settings:", "staff": "${kid}", "density": "weight: 0", "remarks": "txt"}
    assert found == {(line_of(fragment, text), subject) for subject, fragment in places.items()}


def test_entry__outside_any_section__is_refused() -> None:
    (fault,) = faults_in(MINIMAL + "  - {type: text, name: stray, label: Stray}\n")
    assert (fault.subject, "outside any section" in fault.problem) == ("stray", True)


def test_table__with_anything_but_rows__is_refused() -> None:
    entries = "{type: text, name: cell, label: C}, {type: group, name: inner, items: [{type: note, name: n, label: N}]}"
    faults = faults_in(MINIMAL + f"      - {{type: group, appearance: table-list, name: t, items: [{entries}]}}\n")
    assert [fault.subject for fault in faults if "is no row of the table t" in fault.problem] == ["cell", "inner"]


def test_group__without_items__is_refused() -> None:
    assert "the group has no items" in str(faults_in(MINIMAL + "      - {type: group, name: empty}\n")[0])


def test_item__unreadable__is_not_missed_by_conditions_that_name_it() -> None:
    text = changed("type: integer\n        name: staff", "type: integr\n        name: staff")
    (fault,) = faults_in(text)
    assert "there is no type 'integr'" in fault.problem


def test_select__written_as_other_tools_do__is_read() -> None:
    assert load(changed("type: select_one kind", "type: select one kind")).item("kind").list_name == "kind"


def test_repeat__inside_a_repeat__is_refused() -> None:
    inner = "{type: repeat, name: inner, items: [{type: text, name: deep, label: Deep}]}"
    (fault,) = faults_in(MINIMAL + f"      - {{type: repeat, name: outer, items: [{inner}]}}\n")
    assert (fault.subject, "inside the repeat outer" in fault.problem) == ("inner", True)


def test_groups__nested_too_deeply__are_refused() -> None:
    entry = "{type: text, name: deepest, label: Deep}"
    for level in range(9):
        entry = f"{{type: group, name: level{level}, items: [{entry}]}}"
    assert any("nested more than" in fault.problem for fault in faults_in(MINIMAL + f"      - {entry}\n"))


def test_kinds__in_a_questionnaire_for_the_management__are_refused() -> None:
    faults = faults_in(changed("respondent: member", "respondent: management"))
    assert [fault.subject for fault in faults if "management answers, not members" in fault.problem] == ["network", "gaps"]


@pytest.mark.parametrize(
    "text", ["", "[]", "just words", "settings: 1", "survey: {}", "{}", "settings: {}\nsurvey: []", "\t", "a: [", "&a b: *a"]
)
def test_questionnaire__not_one_at_all__is_refused(text: str) -> None:
    assert faults_in(text)


def assert_loads_or_is_refused(text: str) -> None:
    """Any exception but FaultsFound passes through and fails the test."""
    faults: tuple[Fault, ...] = ()
    try:
        load(text)
    except FaultsFound as error:
        faults = error.faults
    assert all(fault.file == "member.yaml" and fault.problem for fault in faults)


@settings(max_examples=60)
@given(st.text(max_size=80) | st.text("${}kindstaff.'()=<> andornot0123456789", max_size=40))
def test_questionnaire__any_text_as_a_condition__loads_or_is_refused(condition: str) -> None:
    text = changed('"${staff} > 0"', json.dumps(condition, ensure_ascii=False))
    assert_loads_or_is_refused(text)


_KEYS = [
    "type",
    "name",
    "label",
    "items",
    "relevant",
    "constraint",
    "score",
    "special",
    "kinds",
    "maps_from",
    "choices",
    "settings",
    "survey",
    "0",
]
_VALUES: st.SearchStrategy[Any] = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-3, 3)
    | st.sampled_from(["group", "repeat", "text", "select_one kind", "table-list", "a", "${a}"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(_KEYS), inner, max_size=5),
    max_leaves=15,
)


@settings(max_examples=100, suppress_health_check=[HealthCheck.too_slow])
@given(_VALUES, st.sampled_from(["survey", "choices", "settings", "item"]))
def test_questionnaire__any_structure_in_any_place__loads_or_is_refused(value: Any, place: str) -> None:
    data = _as_json(MINIMAL)
    if place == "item":
        data["survey"][0]["items"].append(value)
    else:
        data[place] = value
    assert_loads_or_is_refused(json.dumps(data))


def test_json_schema__accepts_what_loads_and_refuses_unknown_keys() -> None:
    validator = Draft202012Validator(json_schema())
    assert not list(validator.iter_errors(_as_json(MINIMAL)))
    assert list(validator.iter_errors(_as_json(changed("seconds: 90", "secnds: 90"))))
    assert list(validator.iter_errors(_as_json(changed("{type: text, name: remarks", "{type: geopoint, name: remarks"))))


def test_questionnaire__far_too_long__is_refused() -> None:
    many = "".join(f"      - {{type: text, name: t{number}, label: T}}\n" for number in range(1_000))
    assert "there are 1006 items; ask at most 1000" in str(faults_in(MINIMAL + many)[0])


def test_calculations__in_a_chain_of_hundreds_that_looks_ahead__are_read() -> None:
    chain = "".join(f'      - {{type: calculate, name: c{number}, calculation: "${{c{number + 1}}} + 1"}}\n' for number in range(900))
    questionnaire = load(MINIMAL + chain + '      - {type: calculate, name: c900, calculation: "1"}\n')
    assert len(questionnaire.items) == 907


def test_choices__left_empty__are_refused() -> None:
    text = "settings: {form_id: a, version: v1, form_title: A, respondent: evaluator}\nchoices:\nsurvey:\n"
    text += "  - {type: group, name: g, label: G, items: [{type: text, name: t, label: T}]}\n"
    assert "must be a map of lists" in str(faults_in(text)[0])
    assert load(text.replace("choices:\n", "")).choices == {}


def test_questionnaire__loaded_twice__is_equal_and_can_be_a_key() -> None:
    mapped = changed("seconds: 90", "maps_from: [{version: '2025.1', name: notes, kind: rescaled, table: {'1': '2'}}]")
    assert load(mapped) == load(mapped)
    assert len({load(mapped), load(mapped), load(MINIMAL)}) == 2


def test_file__does_not_exist__is_a_fault(tmp_path: Path) -> None:
    with pytest.raises(FaultsFound, match="cannot be read"):
        load_questionnaire(tmp_path / "none.yaml")


@pytest.mark.parametrize(
    "path", sorted(content_folder("questionnaires").glob("*/*.yaml")), ids=lambda path: f"{path.parent.name}-{path.stem}"
)
def test_shipped_questionnaire__loads(path: Path) -> None:
    questionnaire = load_questionnaire(path)
    assert questionnaire.count() > 0
    assert (questionnaire.id, questionnaire.version) == (path.parent.name, path.stem)
    assert not any(item.type is ItemType.FILE and item.required for item in questionnaire.items)


def _as_json(text: str) -> Any:
    return json.loads(json.dumps(parse_yaml(text, "member.yaml").data, default=float))
