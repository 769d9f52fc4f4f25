"""Faults in what authors write are said in the reader's language: no sentence of them is put together where it is found."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from answering import INDICATORS, TODAY, member_questionnaire
from rulebases import instrument, make_rulebase, parameter, rule

from assess.definitions.case_files import read_cases
from assess.definitions.library import load_rulebase_version
from assess.definitions.questionnaire_lint import faults_against, warnings
from assess.definitions.questionnaires import parse_questionnaire
from assess.definitions.rulebase_checks import checked_rulebase
from assess.definitions.words import ENGLISH, languages, words_of
from assess.definitions.yamlfile import parse_yaml, read_yaml
from assess.errors import AssessError, Fault, FaultsFound
from assess.exchange.indicator_files import read_indicator_file
from assess.exchange.response_files import read_responses
from assess.phrases import Phrase

ASSESS = Path(__file__).resolve().parents[2] / "assess"
FOLDERS = ("definitions", "engine", "exchange")
TELLING = {"Fault", "Misfit", "Problem", "fault", "_fault", "_stop", "_warning", "problem", "add", "mapping", "number", "take"}
"""What is given a problem or a remedy; and whatever is raised."""
NAMED = {"problem", "remedy", "hint", "missing", "wrong"}
"""What a problem or a remedy is called until then."""
PROGRAMMERS = {"ValueError", "TypeError", "KeyError", "OverflowError"}
"""Raised for mistakes that only a programmer can make."""
SAYING = {"Phrase", "message", "quoted"}
SAID_ELSEWHERE = {"evidence_types.py", "year_comparison.py"}
"""What the one refuses, pages say as it is raised; what the other tells is no fault, but stands in annexes."""
VALUE = re.compile(r"%\((\w+)\)s")
WORDS = re.compile(r"[A-Za-z]{2,} [A-Za-z]{2,}")
ENGLISH_WORDS = {"the", "is", "are", "of", "must", "write", "there", "which", "does", "did", "you", "should", "with", "has", "leave"}
OTHERS = [language for language in languages() if language != ENGLISH]


def modules() -> dict[str, ast.Module]:
    paths = [path for folder in FOLDERS for path in sorted((ASSESS / folder).glob("*.py")) if path.name not in SAID_ELSEWHERE]
    return {path.relative_to(ASSESS).as_posix(): ast.parse(path.read_text("utf-8")) for path in paths}


def called(node: ast.AST) -> str:
    if not isinstance(node, ast.Call):
        return ""
    return node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")


def told(tree: ast.Module) -> Iterator[ast.expr]:
    """Yield every expression from which a problem or a remedy may come."""
    for node in ast.walk(tree):
        match node:
            case ast.Call(args=args, keywords=keywords) if called(node) in TELLING:
                yield from (*args, *(keyword.value for keyword in keywords))
            case ast.Raise(exc=ast.Call(args=args) as raised) if called(raised) not in PROGRAMMERS:
                yield from args
            case ast.Yield(value=ast.Tuple(elts=parts)) | ast.Return(value=ast.Tuple(elts=parts)):
                yield from parts
            case ast.Assign(targets=[ast.Name(id=name)], value=value) | ast.AugAssign(target=ast.Name(id=name), value=value) if (
                name in NAMED
            ):
                yield value
            case ast.Call(args=[ast.JoinedStr() | ast.BinOp() as text, *_]) if called(node) in SAYING:
                yield text


def sentences(node: ast.AST) -> Iterator[str]:
    """Yield what is written out in English in an expression, but for what is said as a phrase."""
    if isinstance(node, ast.JoinedStr):
        pieces = [part.value for part in node.values if isinstance(part, ast.Constant) and isinstance(part.value, str)]
        if any(re.search(r"[A-Za-z]{2,} |[ (][A-Za-z]{2,}", piece) for piece in pieces):
            yield ast.unparse(node)
    elif isinstance(node, ast.Constant):
        if isinstance(node.value, str) and WORDS.search(node.value):
            yield node.value
    elif called(node) in SAYING:
        yield from (text for keyword in node.keywords for text in sentences(keyword.value))  # type: ignore[attr-defined]
    else:
        yield from (text for child in ast.iter_child_nodes(node) for text in sentences(child))


def plain_sentences(tree: ast.Module) -> list[str]:
    return [text for expression in told(tree) for text in sentences(expression)]


def ill_filled(tree: ast.Module) -> list[str]:
    """Return the phrases with other values than their text names."""
    found = []
    for node in ast.walk(tree):
        if called(node) == "Phrase" and isinstance(node, ast.Call) and node.args and isinstance(node.args[0], ast.Constant):
            given = {keyword.arg for keyword in node.keywords}
            if None not in given and given != set(VALUE.findall(str(node.args[0].value))):
                found.append(str(node.args[0].value))
    return found


def test_faults__told_to_authors__are_phrases() -> None:
    assert {name: found for name, tree in modules().items() if (found := plain_sentences(tree))} == {}


@pytest.mark.parametrize(
    "planted",
    [
        'Fault("a", 1, "", "is wrong here")',
        'Fault("a", 1, "", problem=f"there is no {name}")',
        'raise AssessError(f"Choose another: there is no {name}.")',
        'raise ExpressionError(1, Phrase("is empty"), "write an expression")',
        'self.document.fault(route, "", Phrase("is wrong"), "mend it" if easy else Phrase("ask"))',
        'def f():\n    yield "key", "there is no label", Phrase("write one")',
        'def f():\n    return "there is no type", ""',
        'problem = f"belongs to {name}"',
        'missing += [f"no rule concludes {name}" for name in needed]',
        'Phrase(f"there is no {name}")',
        'Phrase("there is " + name)',
        'Phrase("%(why)s", why=f"because of {name}")',
    ],
)
def test_a_plain_sentence__planted__is_found(planted: str) -> None:
    tree = ast.parse(planted)
    wrapped = ast.parse(f"Fault({planted})") if planted.startswith('Phrase("%') else tree
    assert plain_sentences(wrapped)


def test_phrases__are_given_every_value_they_name() -> None:
    assert {name: found for name, tree in modules().items() if (found := ill_filled(tree))} == {}


@pytest.mark.parametrize(
    "planted", ['Phrase("there is no %(name)s", nam=1)', 'Phrase("there is no %(name)s")', 'Phrase("is empty", name=1)']
)
def test_a_phrase__planted_with_other_values__is_found(planted: str) -> None:
    assert ill_filled(ast.parse(planted))


SETTINGS = 'settings: {form_id: test, version: "1", form_title: Test, respondent: member}\n'
BROKEN_QUESTIONNAIRE = """\
settings: {form_id: Test, version: 2026, form_title: Test, respondnt: member, status: open}
choices:
  yn: [{name: yes, label: Yes}, {name: "no", label: 5}, {name: dont_know, label: So}]
  _x: []
survey:
  - type: group
    name: a
    label: {en: A}
    items:
      - {type: select_one ny, name: q1, label: {en: Hello}}
      - {type: int, name: q2, label: {en: Hello, nl: Dag}, constraint: ". >> 5"}
      - {type: integer, name: q3, label: {en: Hello}, weight: 200, seconds: many, score: perzent, kinds: []}
      - {type: text, name: q4, label: {en: Hello}, constraint: "regex(., '[a')", relevant: "nothing(1) = 2", required: 5}
      - {type: txt, name: q4, required: true}
      - {type: integer some, name: q5, calculation: "1 +", choice_filter: "today(1)"}
      - {type: note, name: q6, label: Read, required: true, required_message: Do, source: [a, b, c]}
  - {type: text, name: q7, label: Outside}
  - {type: group, name: empty, items: []}
"""
UNFIT_QUESTIONNAIRE = f"""\
{SETTINGS}choices:
  yn: [{{name: "yes", label: Yes}}, {{name: "no", label: No}}]
survey:
  - type: group
    name: a
    label: A
    items:
      - {{type: select_one yn, name: q1, label: Hello, indicator: structure.firms}}
      - {{type: select_multiple yn, name: q2, label: Hello, relevant: "${{q1}} > 5"}}
      - {{type: integer, name: q3, label: Hello, relevant: "${{q2}} = 'yes'", constraint: ". > 10 and . < 5"}}
      - {{type: integer, name: q4, label: Hello, relevant: "${{q9}} = 5 and ${{q1}} = 'yess' and ${{a}} = 1"}}
      - {{type: text, name: q5, label: Hello, indicator: a.b, relevant: "string-length(today()) = 'a' and ${{q6}} > 1"}}
      - {{type: integer, name: q6, label: Hello, score: percent, relevant: "${{q1}} > 'a' and ${{q1}} = 'dont_know'"}}
      - {{type: calculate, name: c1, calculation: "${{c2}} + 1"}}
      - {{type: calculate, name: c2, calculation: "${{c1}} + ${{q1}}"}}
      - {{type: select_one yn, name: q7, label: Hello, indicator: a.b, score: {{yes: 1, maybe: 0}}}}
"""
SCORES = '{"1": 1, "2": 2, "3": 3, "4": 4, "5": 55}'
LINTED_QUESTIONNAIRE = f"""\
{SETTINGS}choices:
  yn: [{{name: "yes", label: Yes}}, {{name: "no", label: No}}]
  five: [{", ".join(f'{{name: "{n}", label: "{n}"}}' for n in range(1, 6))}]
survey:
  - type: section
    name: a
    label: A
    items:
      - {{type: integer, name: q1, title: Hello, indicator: structure.frms}}
      - {{type: integer, name: q2, label: Hello, indicator: collaboration.trust}}
      - {{type: integer, name: q3, label: {"x" * 200}}}
      - {{type: select_one five, name: q4, label: Fair and good, score: {SCORES}, indicator: collaboration.trust}}
"""
BROKEN_RULES = """\
parameters:
  weak: {label: Weak, scale: likert, values: [{from: "2020-01-01", value: 12.5}], cite: [book, p. 1], reason: So.}
  idle: {label: Idle, scale: sometimes, values: [], cite: [book], reason: So.}
derived:
  - {id: size.all, label: All, scale: number, sum: [structure.firms], mean: [structure.firms]}
rules:
  - {id: a, when: [level.funding <= 2], then: {concludes: nowhere}, because: So, cite: [book, p. 1]}
  - {id: b, when: ["?"], then: {conclude: flag.lock_in}, because: 5, cite: [book, p. 1]}
  - {id: c, when: [], then: {supports: mature, opposes: growing, weight: 9}, because: So, cite: [book, p. 1], monotone: {x: sideways}}
  - {when: [stage.growing], unles: [stage.mature], then: {}, because: So, cite: [book, p. 1]}
"""
UNFILLED_RULES = """\
rules:
  - {id: a, when: [stage.growing], then: {concludes: nowhere}, because: For <them>, cite: [book, p. 1]}
  - {id: b, when: [level.funding <= 2], then: {conclude: flag.lock_in}, because: So, cite: [book, p. 1]}
  - {id: c, when: ["?"], unless: [level.funding = $lead], then: {concludes: flag.lock_in}, because: So, cite: [book, p. 1]}
  - {id: d, when: [stage.growing], unless: [level.funding = $lead], then: {concludes: flag.lock_in}, because: So, cite: [book, p. 1]}
"""
BROKEN_INDICATORS = """\
cluster: {id: river, nam: River}
round: {year: 1900}
indicators:
  structure.frms: 3
  structure.firms: many
  structure.sme_share: {value: 92, n: -1, coverage: 5, origin: nobody, source: here}
  collaboration.trust: {value: true, note: 5}
"""
BROKEN_ANSWERS = """\
organisation,kind,trust,trust,wrong
,compny,6
"""
UNFIT_ANSWERS = 'organisation,kind,trust,version\n,compny,"4,5",9\nOne,company,9 %,\nOne,research,4,\nTwo,company,4,,5\n'


def questionnaire(text: str) -> Callable[[Path], object]:
    return lambda _: parse_questionnaire(text, "test.yaml")


def linted(_: Path) -> None:
    found = parse_questionnaire(LINTED_QUESTIONNAIRE, "test.yaml")
    raise FaultsFound([*warnings(found), *faults_against(found, INDICATORS)])


def read_rules(text: str) -> Callable[[Path], object]:
    def read(folder: Path) -> object:
        make_rulebase(folder / "rules")
        (folder / "rules" / "broken.yaml").write_text(text, "utf-8")
        return checked_rulebase(folder / "rules")

    return read


def unfit_rules(folder: Path) -> object:
    rules = [
        rule("a", "level.fundng <= $weak", "structure.firms < $few", then={"concludes": "flag.lock_in"}, monotone={"level.x": "up"}),
        rule(
            "b", "stage.growing", "not stage.growing", then={"recommends": "nothing", "weight": 1, "closes": ["gap.x"]}, cite=["bok", " "]
        ),
        rule("c", "gap.funding.severe", then={"supports": "grown", "weight": 1}, because="There are {firms}."),
        rule("d", "level.funding >= $high", then={"sets_target": "funding", "to": "$nothing"}),
    ]
    parameters = {"weak": parameter(2.3), "high": parameter(9), "idle": parameter({"2027-01-01": 1, "2026-01-01": 2})}
    return checked_rulebase(make_rulebase(folder / "rules", rules=rules, parameters=parameters, instruments=[instrument("fund", "gap.y")]))


def broken_cases(folder: Path) -> object:
    rulebase = checked_rulebase(make_rulebase(folder / "rules"))
    (folder / "cases").mkdir()
    text = "- {rule: nothing, fires: {a: 1}, spares: {a: 2}}\n- {rule: type.<x>, fires: {type.<x>.lead: true, b: 1}, spares: {c: 1}}\n"
    (folder / "cases" / "cases.yaml").write_text(text, "utf-8")
    return read_cases(folder / "cases", rulebase)


def answers(text: str) -> Callable[[Path], object]:
    def read(folder: Path) -> object:
        path = folder / "answers.csv"
        path.write_text(text, "utf-8")
        return read_responses(path, member_questionnaire(), INDICATORS, TODAY)

    return read


def indicator_file(folder: Path) -> object:
    path = folder / "river.yaml"
    path.write_text(BROKEN_INDICATORS, "utf-8")
    return read_indicator_file(path, INDICATORS)


def yaml_text(text: str) -> Callable[[Path], object]:
    return lambda _: parse_yaml(text, "test.yaml")


WAYS: dict[str, Callable[[Path], object]] = {
    "questionnaire that cannot be built": questionnaire(BROKEN_QUESTIONNAIRE),
    "questionnaire that does not fit together": questionnaire(UNFIT_QUESTIONNAIRE),
    "questionnaire that asks badly": linted,
    "no questionnaire": questionnaire("[]"),
    "rules that cannot be read": read_rules(BROKEN_RULES),
    "rules that do not fit together": unfit_rules,
    "rules with a name that nothing fills": read_rules(UNFILLED_RULES),
    "cases": broken_cases,
    "indicator file": indicator_file,
    "no indicator file": lambda folder: read_indicator_file(folder / "missing.yaml", INDICATORS),
    "answers under a wrong header": answers(BROKEN_ANSWERS),
    "answers that cannot be taken": answers(UNFIT_ANSWERS),
    "no answers": answers(""),
    "missing file": lambda folder: read_yaml(folder / "missing.yaml"),
    "folder": read_yaml,
    "no YAML": yaml_text("a: b: c"),
    "open bracket": yaml_text("a: [1, 2"),
    "key twice": yaml_text("a: 1\na: 2"),
    "anchor": yaml_text("a: &x 1"),
    "number without end": yaml_text("a: .inf"),
    "too deep": yaml_text("[" * 60 + "]" * 60),
    "no such version": lambda _: load_rulebase_version("1999.1"),
}


def english_words(text: str) -> set[str]:
    """Find them anywhere but in the names of items, functions and facts."""
    return ENGLISH_WORDS & set(re.findall(r"(?<![\w.])[a-z]+(?![\w(]|\.\w)", text.casefold()))


def place(line: str) -> str:
    """Return the file and the line that a fault begins with."""
    return re.split(r"[\s:]", line, maxsplit=1)[0] + "".join(re.findall(r"^\S+?(:\d+)", line))


@pytest.mark.parametrize("language", OTHERS)
@pytest.mark.parametrize("way", WAYS)
def test_fault__in_another_language__keeps_its_place_and_has_no_english_words(tmp_path: Path, way: str, language: str) -> None:
    with pytest.raises(AssessError) as caught:
        WAYS[way](tmp_path)
    said = caught.value.said(words_of(language).told).replace(str(tmp_path), "").splitlines()
    assert [line for line in said if english_words(line)] == []
    if isinstance(caught.value, FaultsFound):
        plain = str(caught.value).replace(str(tmp_path), "").splitlines()
        assert [place(line) for line in said] == [place(line) for line in plain]
        assert not set(said) & set(plain)


def test_fault__in_english__is_as_it_is_written(tmp_path: Path) -> None:
    with pytest.raises(FaultsFound) as caught:
        WAYS["missing file"](tmp_path)
    assert caught.value.said(words_of(ENGLISH).told) == str(caught.value)


def test_fault__that_is_no_phrase__is_found_by_its_english_words() -> None:
    fault = Fault("test.yaml", 1, "", "is written out", Phrase("add it"))
    assert english_words(fault.said(words_of("de").told))


def test_misspelt_indicator_of_a_rule__in_german__is_told_with_what_was_meant(tmp_path: Path) -> None:
    folder = make_rulebase(
        tmp_path / "rules", rules=[rule("low", "level.fundng <= $lead", then={"concludes": "flag.lock_in", "finding": "So."})]
    )
    with pytest.raises(FaultsFound) as caught:
        checked_rulebase(folder)
    (fault,) = caught.value.faults
    told_in_german = "Regel low: den Indikator level.fundng gibt es nicht; meinten Sie level.funding?"
    assert fault.said(words_of("de").told).partition(" ")[2] == told_in_german
