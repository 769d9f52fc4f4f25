"""`each` writes one rule per entry."""

from __future__ import annotations

from pathlib import Path

from rulebases import load, rule

from assess.definitions.expansion import expanded, filled_in
from assess.definitions.texts import Text


def test_each__one_name__fills_id_and_label_everywhere() -> None:
    raw = {
        "id": "weak.<kind>",
        "when": ["benefit.<kind> >= $<kind>_low"],
        "then": {"concludes": "benefit.<kind>.missing", "weight": 3},
        "monotone": {"benefit.<kind>": "up"},
        "each": {"kind": {}},
    }
    each = {"kind": {"sales": Text({"en": "More sales"}), "skills": Text({"en": "Better skills"})}}
    found = list(expanded(raw | {"because": "No <kind.label> (<kind>)."}, each))
    assert found[0] == (
        {
            "id": "weak.sales",
            "when": ["benefit.sales >= $sales_low"],
            "then": {"concludes": "benefit.sales.missing", "weight": 3},
            "monotone": {"benefit.sales": "up"},
            "because": "No More sales (sales).",
        },
        (("kind", "sales"),),
    )
    assert [rule["id"] for rule, _ in found] == ["weak.sales", "weak.skills"]


def test_each__two_names__writes_every_combination() -> None:
    each = {"a": {"x": Text({"en": "X"}), "y": Text({"en": "Y"})}, "b": {"1": Text({"en": "one"}), "2": Text({"en": "two"})}}
    found = list(expanded({"id": "<a>.<b>"}, each))
    assert [(entry["id"], filling) for entry, filling in found] == [
        ("x.1", (("a", "x"), ("b", "1"))),
        ("x.2", (("a", "x"), ("b", "2"))),
        ("y.1", (("a", "y"), ("b", "1"))),
        ("y.2", (("a", "y"), ("b", "2"))),
    ]


def test_no_each__is_the_rule_itself() -> None:
    assert list(expanded({"id": "a", "weight": 3}, {})) == [({"id": "a", "weight": 3}, ())]


def test_label__is_filled_in_the_language_of_the_text_around_it() -> None:
    each = {"kind": {"sales": Text({"en": "sales", "de": "Absatz"})}}
    raw = {"because": {"en": "No <kind.label>.", "de": "Kein <kind.label>.", "fr": "<kind.label>"}}
    assert next(expanded(raw, each))[0]["because"] == {"en": "No sales.", "de": "Kein Absatz.", "fr": "sales"}


def test_filled_in__fills_facts_of_a_case() -> None:
    assert filled_in({"benefit.<kind>": 4, "x": [1, "<kind>"]}, (("kind", "sales"),)) == {"benefit.sales": 4, "x": [1, "sales"]}


def test_rulebase__with_each__has_one_rule_per_entry_and_remembers_the_template(tmp_path: Path) -> None:
    each = {"flag": {"stagnating": "stands still", "lock_in": "is locked in"}}
    then = {"concludes": "flag.<flag>", "finding": "It <flag.label>."}
    rulebase = load(tmp_path, rules=[rule("flag.<flag>", "stage.mature", then=then, each=each)])
    found = rulebase.rules_by_id["flag.lock_in"]
    assert (found.template, found.filling) == ("flag.<flag>", (("flag", "lock_in"),))
    assert dict(found.then)["finding"] == Text({"en": "It is locked in."})
    assert rulebase.rules_by_id["flag.stagnating"].line == found.line
