"""A diagnosis as a person reads it in a terminal."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Iterable, Mapping
from io import StringIO
from typing import Any

from rich.console import Console
from rich.table import Table

from assess.definitions.words import ENGLISH, Words, words_of
from assess.phrases import message
from assess.reports import names

Document = Mapping[str, Any]
_ENGLISH = words_of(ENGLISH)
_UNKNOWN = names.UNKNOWN
_NAMES = {
    **names.TYPES,
    **names.STAGES,
    **{code: name for code, (name, _) in names.FLAGS.items()},
    **names.CRITERIA,
    **names.HORIZONS,
    **names.SEVERITIES,
    **names.CONFIDENCES,
    "pass": message("met"),
    "fail": message("not met"),
    "Portfolio": message("In the portfolio"),
}
"""What reports call codes; in English they are printed as they are, as `assess explain` takes them."""
_SCREENS = {code: name for code, (name, _) in names.SCREENS.items()}
"""Apart from the others: a screen and a factor are both called strategy."""
_SHORTEST_LABEL = 20
_NUMBERS = (message("Level"), message("Target"), message("Gap"))
_FACTOR_COLUMNS = (message("Factor"), *_NUMBERS, message("Severity"), message("Confidence"))
_SCREEN_COLUMNS = (message("Screen"), message("Criterion"), message("Result"), message("Evidence"))
_TITLES = {"type": message("Type"), "stage": message("Stage")}


def summary(document: Document, words: Words = _ENGLISH) -> str:
    """Return the diagnosis as text: type, stage, factors, screens, instruments, and what is not known.

    The texts of the rule base stand in it in the language of `words` already.
    """
    console = _console()
    _heading(console, document, words)
    _classification(console, "type", document["type"], words)
    _classification(console, "stage", document["stage"], words)
    _flags(console, document["stage"], words)
    console.print(_factor_table(document["factors"], words))
    console.print(_screen_table(document["screens"], words))
    _instruments(console, document, words)
    _closing(console, document, words)
    text = console.file.getvalue()  # type: ignore[attr-defined]
    return str(text).rstrip()


def _console() -> Console:
    width = shutil.get_terminal_size((110, 40)).columns
    return Console(file=StringIO(), width=min(max(width, 80), 130), force_terminal=sys.stdout.isatty(), highlight=False, markup=False)


def _heading(console: Console, document: Document, words: Words) -> None:
    cluster = document["cluster"]
    place = ", ".join(cluster[key] for key in ("sector", "region", "country") if key in cluster)
    console.print(f"{cluster['name']}, {document['round']['year']}" + (f"  ({place})" if place else ""), style="bold")
    version, status = document["rulebase"]["version"], document["rulebase"]["status"]
    text = words.say(
        "Rule base %(rulebase)s · %(known)s of %(all)s indicators known",
        rulebase=version if status == "published" else f"{version} ({words.say(names.STATUSES[status])})",
        known=len(document["labels"]) - len(document["unknown"]),
        all=len(document["labels"]),
    )
    console.print(text)
    if document["synthetic"]:
        console.print(words.say("Synthetic data: this is no real cluster."), style="bold")
    console.print()


def _classification(console: Console, kind: str, found: Document, words: Words) -> None:
    label = names.lower_first(_named(found["label"], words), words)
    if found.get("mixed_of"):
        options = names.listed([names.lower_first(_named(name, words), words) for name in found["mixed_of"]], words)
        label = words.say("%(label)s of %(options)s", label=label, options=options)
    console.print(f"{words.say(_TITLES[kind])}{words.say(': ')}{label}", style="bold")
    labels = {name: _named(name, words) for name in found["supports"]}
    width = max(_SHORTEST_LABEL, *map(len, labels.values()))
    for name, support in found["supports"].items():
        coverage = words.say("evidence %(share)s", share=_share(found["coverage"][name], words))
        if support is None:
            console.print(f"  {labels[name]:<{width}} {words.say(_UNKNOWN):<26} {coverage}")
        else:
            console.print(f"  {labels[name]:<{width}} {_bar(support)} {words.number(f'{support:4.2f}')}  {coverage}")
    if found["missing"]:
        console.print("  " + words.say("To decide, these would help: %(names)s", names=_listed(found["missing"], words)))
    console.print()


def _flags(console: Console, stage: Document, words: Words) -> None:
    for finding in stage["findings"]:
        console.print(f"▲ {finding['finding']}")
    if stage["undetermined_flags"]:
        flags = ", ".join(names.lower_first(_named(flag, words), words) for flag in stage["undetermined_flags"])
        console.print(words.say("Could not be ruled out: %(flags)s", flags=flags))
    if stage["findings"] or stage["undetermined_flags"]:
        console.print()


def _factor_table(factors: Document, words: Words) -> Table:
    table = Table(title=words.say("Success factors (1–5)"), title_justify="left", title_style="bold")
    for name in _FACTOR_COLUMNS:
        table.add_column(words.say(name), justify="right" if name in _NUMBERS else "left")
    for found in factors.values():
        verdict = words.say("strength") if found["strength"] else _named(found["severity"] or _UNKNOWN, words)
        numbers = [_number(found[key], words) for key in ("level", "target", "gap")]
        table.add_row(found["label"], *numbers, verdict, _named(found["confidence"] or "–", words))
    return table


def _screen_table(screens: Document, words: Words) -> Table:
    table = Table(title=words.say("Screens"), title_justify="left", title_style="bold")
    for name in _SCREEN_COLUMNS:
        table.add_column(words.say(name))
    for screen, criteria in screens.items():
        for criterion, found in criteria.items():
            evidence = found["findings"][0] if found["findings"] else _open_question(found["missing"], words)
            table.add_row(_named(screen, words, _SCREENS), _named(criterion, words), _named(found["result"], words), evidence)
    return table


def _open_question(missing: list[str], words: Words) -> str:
    if missing:
        return words.say("missing: %(names)s", names=_listed(missing, words))
    return words.say("what is known speaks neither for a pass nor for a fail")


def _instruments(console: Console, document: Document, words: Words) -> None:
    if not document["instruments"]:
        console.print(words.say("No instrument is recommended: what is known calls for none.") + "\n")
        return
    title = words.say("Recommended instruments (portfolio: at most %(size)s)", size=document["portfolio"]["size"])
    table = Table(title=title, title_justify="left", title_style="bold")
    for heading in (words.say("Rank"), words.say("Instrument"), _named("Portfolio", words), words.say("Closes"), words.say("Horizon")):
        table.add_column(heading)
    for entry in document["instruments"]:
        chosen = words.say(names.YES) if entry["portfolio"] else ""
        table.add_row(str(entry["rank"]), entry["name"], chosen, ", ".join(entry["closes"]), _named(entry["horizon"], words))
    console.print(table)


def _closing(console: Console, document: Document, words: Words) -> None:
    if document["unknown"]:
        console.print(words.say("Not known: %(names)s", names=_listed(document["unknown"], words, 12)))
    text = words.say(
        "Diagnosis %(diagnosis)s · rule base %(rulebase)s · certificate %(certificate)s",
        diagnosis=document["digest"][:12],
        rulebase=document["rulebase"]["digest"][:12],
        certificate=document["certificate"]["digest"][:12],
    )
    console.print(text)


def _bar(share: float) -> str:
    filled = round(share * 20)
    return "█" * filled + "·" * (20 - filled)


def _number(value: float | None, words: Words) -> str:
    return words.say(_UNKNOWN) if value is None else words.number(f"{value:.2f}").replace("-", "−")


def _share(value: float, words: Words) -> str:
    return f"{value:.0%}" if words.language == ENGLISH else words.number(f"{value * 100:.0f}\N{NO-BREAK SPACE}%")


def _listed(found: Iterable[str], words: Words, most: int = 6) -> str:
    listed = list(found)
    shown, rest = ", ".join(listed[:most]), len(listed) - most
    return words.say("%(names)s and %(count)s more", names=shown, count=rest) if rest > 0 else shown or words.say("nothing")


def _named(code: str, words: Words, known: Mapping[str, str] = _NAMES) -> str:
    return words.say(known[code]) if code in known and words.language != ENGLISH else code.replace("_", " ")
