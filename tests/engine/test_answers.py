"""What a respondent writes becomes a typed answer, or a problem that says what to write instead."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from answering import TODAY, answered, item, member_questionnaire

from assess.definitions.library import load_questionnaires
from assess.definitions.questionnaire_items import MemberKind, Special
from assess.definitions.questionnaires import parse_questionnaire
from assess.definitions.words import words_of
from assess.engine.answer_rules import AnswerRules
from assess.engine.answers import MAX_TEXT, UNANSWERED, Problem, parse, problem_among, problem_on_its_own


@pytest.mark.parametrize(
    ("name", "raw", "answer"),
    [
        ("trust", "4", "4"),
        ("trust", " 4 ", "4"),
        ("trust", "", UNANSWERED),
        ("trust", "  ", UNANSWERED),
        ("trust", None, UNANSWERED),
        ("trust", "dont_know", Special.DONT_KNOW),
        ("trust", "not_applicable", Special.NOT_APPLICABLE),
        ("staff", "12", Decimal(12)),
        ("staff", "12.0", Decimal(12)),
        ("staff", "-3", Decimal(-3)),
        ("staff", "dont_know", Special.DONT_KNOW),
        ("purchases", "12.5", Decimal("12.5")),
        ("topics", "energy health", frozenset({"energy", "health"})),
        ("joined", "2024-02-29", date(2024, 2, 29)),
        ("agreed", "yes", True),
        ("agreed", "OK", True),
        ("comment", "  plain words ", "plain words"),
    ],
)
def test_cell__as_a_respondent_writes_it__becomes_a_typed_answer(name: str, raw: str | None, answer: object) -> None:
    found = parse(item(name), raw)
    assert found == answer
    assert type(found) is type(answer)


@pytest.mark.parametrize(
    ("name", "raw", "problem", "remedy"),
    [
        ("trust", "6", '"6" is not one of the choices', "write one of 1, 2, 3, 4, 5; or dont_know, not_applicable, or leave it empty"),
        ("trust", "4.0", '"4.0" is not one of the choices', "write one of 1, 2, 3, 4, 5"),
        ("trust", "strongly AGREE", "is the wording of a choice, not its code", "write 5"),
        ("kind", "compny", '"compny" is not one of the choices', "did you mean company?"),
        ("kind", "dont_know", "dont_know is not offered here", "answer the question, or leave it empty"),
        ("staff", "12.5", "12.5 is not a whole number", "write a whole number"),
        ("staff", "1,200", '"1,200" is not a number', "write decimals with a point (12.5) and leave out thousands separators"),
        ("purchases", "12,5", '"12,5" is not a number', "write decimals with a point"),
        ("purchases", "45 %", '"45 %" is not a number', "write the number alone, without the sign %"),
        ("purchases", "NaN", '"NaN" is not a number', "write digits only"),
        ("purchases", "inf", '"inf" is not a number', "write digits only"),
        ("purchases", "1e3", '"1e3" is not a number', "write digits only"),
        ("purchases", "９", '"９" is not a number', "write digits only"),
        ("topics", "energy helth", '"helth" is not one of the choices', "did you mean health?"),
        ("topics", "energy energy", "names a choice twice", "name each choice once"),
        ("topics", "energy dont_know", "dont_know stands beside other answers", "keep one or the other"),
        ("joined", "29.02.2024", '"29.02.2024" is not a date', "write year-month-day, such as 2026-03-31"),
        ("joined", "2023-02-29", '"2023-02-29" is not a date', "write year-month-day"),
        ("joined", "20240229", '"20240229" is not a date', "write year-month-day"),
        ("agreed", "no", '"no" is not an acknowledgement', "write yes, or leave it empty"),
        ("comment", "x" * (MAX_TEXT + 1), "has 10,001 characters", "shorten it to 10,000"),
        ("intro", "hello", "takes no answer", "leave the column out"),
        ("trainee_share", "0.5", "is worked out from other answers", "leave the column out"),
    ],
)
def test_cell__that_is_no_answer__is_a_problem_with_a_remedy(name: str, raw: str, problem: str, remedy: str) -> None:
    found = parse(item(name), raw)
    assert isinstance(found, Problem)
    assert problem in found.problem
    assert remedy in found.remedy


def test_problem__long_or_multi_line_text__is_shown_short_and_on_one_line() -> None:
    found = parse(item("trust"), "a\nb\t" + "c" * 60)
    assert isinstance(found, Problem)
    assert found.problem == f'"a b {"c" * 36}…" is not one of the choices'


def test_constraint__read_from_the_answer_alone__is_judged_alone() -> None:
    assert problem_on_its_own(item("purchases"), Decimal(100), TODAY) is None
    assert problem_on_its_own(item("purchases"), Decimal(101), TODAY) == Problem('"101" is not allowed', "enter a percentage from 0 to 100")
    assert problem_on_its_own(item("joined"), date(2026, 6, 2), TODAY) is not None
    assert problem_on_its_own(item("topics"), frozenset({"none", "energy"}), TODAY) is not None


def test_constraint__on_another_item__is_left_to_the_whole_sheet() -> None:
    trainees = item("trainees")
    assert problem_on_its_own(trainees, Decimal(9), TODAY) is None
    assert problem_among(trainees, Decimal(9), {"staff": Decimal(8)}, TODAY) == Problem(
        '"9" is not allowed', "enter no more than the staff"
    )
    assert problem_among(trainees, Decimal(9), {"staff": Decimal(9)}, TODAY) is None


@pytest.mark.parametrize("answers", [{}, {"staff": Special.DONT_KNOW}])
def test_constraint__on_an_unknown_answer__passes(answers: dict[str, Special]) -> None:
    assert problem_among(item("trainees"), Decimal(9), answers, TODAY) is None


@pytest.mark.parametrize("special", [*Special, UNANSWERED])
def test_constraint__on_no_answer__is_not_asked(special: Special) -> None:
    assert problem_among(item("purchases"), special, {}, TODAY) is None


@pytest.mark.parametrize(("buys", "asked"), [("yes", True), ("no", False), ("", False), ("dont_know", False)])
def test_relevance__unknown_or_false__keeps_the_answer_but_leaves_it_out(buys: str, asked: bool) -> None:
    sheet = answered(member_questionnaire(), {"buys": buys, "purchases": "30"}).sheets[0]
    assert sheet.answers["purchases"] == 30
    assert ("purchases" not in sheet.not_asked) is asked


def test_item_for_other_kinds__answered_all_the_same__is_kept_but_not_asked() -> None:
    company, agency = answered(member_questionnaire(), {"closed": "2"}, {"kind": "public", "closed": "2"}).sheets
    assert company.answers["closed"] == "2"
    assert "closed" in company.not_asked
    assert "closed" not in agency.not_asked


def test_calculation__of_known_answers__joins_the_answers() -> None:
    assert answered(member_questionnaire(), {"staff": "8", "trainees": "2"}).sheets[0].answers["trainee_share"] == Decimal("0.25")


@pytest.mark.parametrize("row", [{"trainees": "2"}, {"staff": "0", "trainees": "0"}, {"staff": "dont_know", "trainees": "2"}])
def test_calculation__of_something_unknown__is_left_out(row: dict[str, str]) -> None:
    assert "trainee_share" not in answered(member_questionnaire(), row).sheets[0].answers


CHAIN = """
settings: {form_id: chain, version: "1", form_title: Chain, respondent: member}
choices:
  kind: [{name: company, label: Company}, {name: public, label: Public}]
  yes_no: [{name: "yes", label: "Yes"}, {name: "no", label: "No"}]
  towns: [{name: north_a, label: A}, {name: south_b, label: B}]
survey:
  - type: group
    name: all
    label: All
    items:
      - {type: select_one kind, name: kind, label: Kind, special: []}
      - {type: select_one yes_no, name: sells, label: Sells, kinds: [company]}
      - {type: select_one yes_no, name: exports, label: Exports, relevant: "${sells} = 'yes'"}
      - {type: text, name: where, label: Where, relevant: "${exports} = 'yes'"}
      - {type: text, name: area, label: Area}
      - {type: select_one towns, name: town, label: Town, choice_filter: "${area} = 'all' or . = 'north_a'"}
"""


@pytest.mark.parametrize(
    ("kind", "sells", "not_asked"),
    [
        (MemberKind.COMPANY, "yes", set()),
        (MemberKind.COMPANY, "no", {"exports", "where"}),
        (MemberKind.PUBLIC, "yes", {"sells", "exports", "where"}),
    ],
)
def test_answer_that_does_not_count__is_unknown_to_the_conditions_of_others(kind: MemberKind, sells: str, not_asked: set[str]) -> None:
    rules = AnswerRules(parse_questionnaire(CHAIN, "chain.yaml"), TODAY)
    answers, found = rules.settle({"sells": sells, "exports": "yes", "where": "Abroad"}, kind)
    assert found == not_asked
    assert answers == {"sells": sells, "exports": "yes", "where": "Abroad"}


@pytest.mark.parametrize(
    ("area", "town", "refused"),
    [("all", "south_b", False), ("some", "south_b", True), ("some", "north_a", False), ("some", "dont_know", False)],
)
def test_choice__that_is_not_offered_after_other_answers__is_refused(area: str, town: str, refused: bool) -> None:
    rules = AnswerRules(parse_questionnaire(CHAIN, "chain.yaml"), TODAY)
    given = {"area": area, "town": Special.DONT_KNOW if town == Special.DONT_KNOW else town}
    problems = [problem for _, problem in rules.problems(*rules.settle(given, MemberKind.PUBLIC))]
    assert problems == ([Problem('"south_b" is not offered after the other answers', "choose another")] if refused else [])


def test_sheet__judged_as_a_whole__tells_the_item_and_skips_what_was_not_asked() -> None:
    rules = AnswerRules(member_questionnaire(), TODAY)
    answers, not_asked = rules.settle({"staff": Decimal(8), "trainees": Decimal(9)}, MemberKind.COMPANY)
    assert [(found.name, problem.problem) for found, problem in rules.problems(answers, not_asked)] == [("trainees", '"9" is not allowed')]
    assert rules.problems(answers, not_asked | {"trainees"}) == []


def test_organisation__in_other_case_spacing_or_accents_encoding__is_the_same() -> None:
    rows = [{"organisation": name} for name in ("Café  Müller", "cafe\u0301 MÜLLER ", "Cafe Müller")]
    one, other, third = (sheet.organisation_key for sheet in answered(member_questionnaire(), *rows).sheets)
    assert one == other
    assert one != third


def test_remedy_of_an_author__is_said_in_the_language_of_the_reader__as_part_of_a_sentence() -> None:
    asked = load_questionnaires()["management"].item("steering_business_percent")
    found = problem_on_its_own(asked, Decimal(140), TODAY)
    assert found is not None
    assert str(found.remedy) == "enter a whole percentage from 0 to 100"
    assert words_of("de").told(found.remedy) == "geben Sie eine ganze Prozentzahl von 0 bis 100 ein"
