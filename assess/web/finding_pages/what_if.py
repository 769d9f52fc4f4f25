"""What a diagnosis would say if some figures were others: nothing is kept but the address."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from functools import cache

from sqlmodel import Session
from werkzeug.datastructures import MultiDict

from assess.definitions.rulebase import Rulebase
from assess.definitions.scales import Scale, problem_with
from assess.definitions.words import languages, words_of
from assess.engine.what_if import IN_PORTFOLIO, NOT_CALLED_FOR, RECOMMENDED, RULED_OUT, Flip, Said, WhatIf, what_if
from assess.errors import AssessError
from assess.phrases import message
from assess.reports import names
from assess.reports.dossier import Dossier
from assess.web.finding_pages.case import Case, diagnosed_case, engine, rulebase_of
from assess.web.finding_pages.firmness import severity
from assess.web.forms import Asked, AskedField, Filled, filled
from assess.web.frames import Entry, Frame
from assess.web.wording import words

MOST = 8
"""Figures that may be supposed at once."""
_AT_FIRST = 3
_PERCENT = re.compile(r"(-?\d+(?:[.,]\d+)?)\s*%\Z")
_TITLES = {
    message("Type and stage"): ("type", "stage", "flag"),
    message("Supports of type and stage"): ("support",),
    message("Success factors"): ("factor",),
    message("Screens"): ("screen",),
    message("Instruments"): ("instrument",),
    message("Single conclusions"): ("conclusion",),
}
"""What stands together, of which kinds."""
_KINDS = {"type": message("Type"), "stage": message("Stage")}
_SAID = {
    "fired": message("drawn"),
    "not fired": message("not drawn"),
    "undetermined": message("undetermined"),
    "pass": message("met"),
    "fail": message("not met"),
    "unknown": message("unknown"),
    IN_PORTFOLIO: message("in the portfolio"),
    RECOMMENDED: message("recommended"),
    RULED_OUT: message("ruled out"),
    NOT_CALLED_FOR: message("not called for"),
    "high": message("high"),
    "medium": message("medium"),
    "low": message("low"),
}
"""How the engine's words are said, but for those of flags and severities."""
_RAISED = {"fired": message("raised"), "not fired": message("not raised"), "undetermined": message("undetermined")}
_PARTS = {
    "level": message("level"),
    "target": message("target"),
    "gap": message("gap"),
    "severity": message("severity"),
    "strength": message("strength"),
    "confidence": message("confidence"),
}


@dataclass(frozen=True, slots=True)
class Row:
    """One figure to suppose: which, and what it would be."""

    number: int
    indicator: AskedField
    value: AskedField


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing that comes out otherwise; the address leads to what is behind it now."""

    name: str
    address: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Differences:
    """What comes out otherwise of one kind."""

    title: str
    rows: tuple[Difference, ...]


@dataclass(frozen=True, slots=True)
class Outcome:
    """The supposed case: what was supposed, what comes out otherwise, and the digest of its certificate."""

    supposed: tuple[Difference, ...]
    groups: tuple[Differences, ...]
    certificate: str


@dataclass(frozen=True, slots=True)
class WhatIfPage:
    """The form and, once something is supposed, what follows."""

    frame: Frame
    tabs: tuple[Entry, ...]
    form: Filled
    rows: tuple[Row, ...]
    most: int
    outcome: Outcome | None
    refusal: str


def what_if_page(session: Session, sent: MultiDict[str, str]) -> WhatIfPage:
    """Return the page for what an address supposes."""
    case = diagnosed_case(session)
    rulebase = rulebase_of(case.round)
    form, supposed = _judged(_form(case, sent), rulebase)
    outcome, refusal = None, ""
    if supposed and not form.problems:
        try:
            found = what_if(case.document, supposed, rulebase, engine())
            outcome = _outcome(case, rulebase, found, tuple(supposed))
        except AssessError as error:
            refusal = error.said(words().told)
    return WhatIfPage(
        frame=case.frame(words().say("What if figures were others"), beneath="diagnosis"),
        tabs=case.tabs(),
        form=form,
        rows=_rows(form),
        most=MOST,
        outcome=outcome,
        refusal=refusal,
    )


def _form(case: Case, sent: MultiDict[str, str]) -> Filled:
    choices = _choices(case)
    asked = [
        one
        for number in range(1, MOST + 1)
        for one in (
            Asked(f"figure-{number}", words().say("Figure %(number)s", number=number), "choice", required=False, choices=choices),
            Asked(f"value-{number}", words().say("Would be %(number)s", number=number), "text", required=False, longest=20),
        )
    ]
    return filled(asked, sent)


def _choices(case: Case) -> tuple[tuple[str, str], ...]:
    """Every indicator by area, with what it is now."""
    dossier, measures = case.dossier(), case.document["measures"]
    return tuple((name, _choice(dossier, name, measures.get(name, {}).get("value"))) for name in case.document["labels"])


def _choice(dossier: Dossier, name: str, now: Said) -> str:
    area = words().say(names.GROUPS.get(name.split(".")[0], ""))
    values = {"area": area, "figure": dossier.label(name), "value": dossier.shown(now, dossier.scale(name))}
    return words().say("%(area)s: %(figure)s (now %(value)s)", **values)


def _judged(form: Filled, rulebase: Rulebase) -> tuple[Filled, dict[str, Decimal | None]]:
    """Read what is supposed, and name beside its field what cannot be."""
    supposed: dict[str, Decimal | None] = {}
    for number in range(1, MOST + 1):
        name, text = form.values[f"figure-{number}"], form.values[f"value-{number}"]
        if f"figure-{number}" in form.problems or f"value-{number}" in form.problems or not (name or text):
            continue
        value, problem, where = _read(name, text, rulebase, supposed)
        if problem:
            form = form.refused(problem, f"{where}-{number}")
        else:
            supposed[name] = value
    return form, supposed


def _read(name: str, text: str, rulebase: Rulebase, supposed: Mapping[str, Decimal | None]) -> tuple[Decimal | None, str, str]:
    """Return the value, else what is wrong and with which of the two fields."""
    if not name:
        return None, words().say("Choose the figure that this value is for."), "figure"
    if name in supposed:
        return None, words().say("Choose another figure: this one stands above already."), "figure"
    if not text:
        return None, words().say("Write what the figure would be, or “unknown”."), "value"
    if text == "?" or text.casefold() in _in_every_language(names.UNKNOWN):
        return None, "", ""
    scale = rulebase.indicators[name].scale
    value = _number(text, scale)
    if value is None:
        return None, _number_wanted(scale), "value"
    problem = problem_with(value, scale)
    return value, words().say("Correct the value: %(problem)s.", problem=words().told(problem)) if problem else "", "value"


def _number_wanted(scale: Scale) -> str:
    if scale is Scale.FLAG:
        return words().say("Write a number, yes or no, or “unknown”.")
    return words().say("Write a number, or “unknown”.")


@cache
def _in_every_language(text: str) -> frozenset[str]:
    """How a word is written in every language: an address is shared by people who read the site in different ones."""
    return frozenset(words_of(language).say(text).casefold() for language in languages())


def _number(text: str, scale: Scale) -> Decimal | None:
    if scale is Scale.FLAG:
        for answer, worth in ((names.YES, 1), (names.NO, 0)):
            if text.casefold() in _in_every_language(answer):
                return Decimal(worth)
    percent = _PERCENT.match(text) if scale in (Scale.SHARE, Scale.RATE) else None
    try:
        found = Decimal((percent[1] if percent else text).replace(",", ".").replace("−", "-"))
    except InvalidOperation:
        return None
    return found / 100 if percent else found


def _rows(form: Filled) -> tuple[Row, ...]:
    """The rows that are filled in and one empty one, at least three."""
    fields = {field.asked.name: field for field in form.fields}
    rows = [Row(number, fields[f"figure-{number}"], fields[f"value-{number}"]) for number in range(1, MOST + 1)]
    used = max((row.number for row in rows if row.indicator.value or row.value.value), default=0)
    return tuple(rows[: max(used + 1, _AT_FIRST)])


def _outcome(case: Case, rulebase: Rulebase, found: WhatIf, supposed: tuple[str, ...]) -> Outcome:
    dossier = case.dossier()
    changed = {flip.name: flip for flip in found.supposed}
    kept = {name: case.document["measures"].get(name, {}).get("value") for name in supposed if name not in changed}
    figures = [changed.get(name) or Flip("measure", name, kept[name], kept[name]) for name in supposed]
    together = {words().say(title): [flip for kind in kinds for flip in found.of(kind)] for title, kinds in _TITLES.items()}
    groups = (Differences(title, tuple(_differences(case, dossier, rulebase, flips))) for title, flips in together.items())
    return Outcome(
        tuple(Difference(dossier.label(one.name), "", *_shown(dossier, one.name, one)) for one in figures),
        tuple(group for group in groups if group.rows),
        found.certificate,
    )


def _differences(case: Case, dossier: Dossier, rulebase: Rulebase, flips: Iterable[Flip]) -> Iterator[Difference]:
    for flip in flips:
        name, about = _called(case, dossier, rulebase, flip)
        if name:
            yield Difference(name, case.why(about), _word(flip, flip.before), _word(flip, flip.after))


def _called(case: Case, dossier: Dossier, rulebase: Rulebase, flip: Flip) -> tuple[str, str]:
    """Return what a thing is called and what it can be asked for by; nothing for what a label or result says already."""
    kind, name = flip.kind, flip.name
    first, _, rest = name.partition(".")
    if kind in ("type", "stage"):
        return words().say(_KINDS[kind]), kind
    if kind == "support":
        return words().say((names.TYPES | names.STAGES)[name]), name
    if kind == "flag":
        return words().say(names.FLAGS[name][0]), f"flag.{name}"
    if kind == "factor":
        part = words().say(_PARTS.get(rest, names.spoken(rest)))
        return words().say("%(factor)s: %(part)s", factor=dossier.document["factors"][first]["label"], part=part), first
    if kind == "screen":
        return words().say(names.CRITERIA.get(rest, names.spoken(rest))), name
    if kind == "instrument":
        return case.text(rulebase.instruments[name].name), name
    said_elsewhere = first in ("type", "stage", "flag", "screen", "gap", "strength", "recommended")
    return ("", "") if said_elsewhere else (dossier.conclusion(name), name)


def _word(flip: Flip, said: Said) -> str:
    """Write one side of a difference."""
    if said is None:
        return words().say(names.UNKNOWN)
    if isinstance(said, bool):
        return words().say(names.YES if said else names.NO)
    if isinstance(said, int | float):
        return names.shown(said, Scale.SHARE if flip.kind == "support" else Scale.LIKERT, words())
    if flip.kind == "factor" and flip.name.endswith(".severity"):
        return severity(said)
    known = {"type": names.TYPES, "stage": names.STAGES, "flag": _RAISED}.get(flip.kind, _SAID)
    return words().say(known.get(said, said))


def _shown(dossier: Dossier, name: str, flip: Flip) -> tuple[str, str]:
    return dossier.shown(flip.before, dossier.scale(name)), dossier.shown(flip.after, dossier.scale(name))
