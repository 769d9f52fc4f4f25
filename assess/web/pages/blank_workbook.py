"""The blank form as a workbook: the questions of the printed form, with lists to choose from."""

from __future__ import annotations

from collections.abc import Iterator

from assess.exchange.blank_workbooks import BlankRow, BlankSheet, Offered, blank_workbook
from assess.phrases import message
from assess.web.pages.blank import BlankPage
from assess.web.questions import Bundle, More, Note, Option, Part, Question, Table

_TICK: Offered = (("yes", "x"),)
_WRITTEN = {
    "area": message("Text"),
    "date": message("A date as year-month-day"),
    "number": message("A number in digits"),
    "file": message("Keep the file at hand; name it here"),
}


def workbook_of(page: BlankPage) -> bytes:
    """Return the form as XLSX; its column of items names every answer as `assess diagnose` does."""
    say = page.words.say
    about = (
        say(
            "Survey of %(cluster)s, %(year)s. Version %(version)s.", cluster=page.frame.cluster, year=page.frame.year, version=page.version
        ),
        say("This workbook is for collecting answers inside your organisation. It cannot be handed in."),
        say("Enter the answers by %(closes)s through your link.", closes=page.closes),
        say(
            "Fill in the column “Your answer”. “Don’t know” and “Does not apply” are full answers; what stays empty counts as not answered."
        ),
        say("Where several answers may be chosen, each has a row of its own: write x beside those that hold."),
        say(
            "For programs: the column “Item” names every answer, the hidden sheet “Lists” holds codes and labels. Content %(digest)s.",
            digest=page.digest,
        ),
    )
    sheets = [BlankSheet(section.label, tuple(_section(page, section.name, section.parts))) for section in page.sections]
    return blank_workbook(page.title, about, sheets, page.words)


def _section(page: BlankPage, name: str, parts: tuple[Part, ...]) -> Iterator[BlankRow]:
    if name in page.conditions:
        yield BlankRow("", "", page.conditions[name])
    for part in parts:
        yield from _rows(page, part)


def _rows(page: BlankPage, part: Part) -> Iterator[BlankRow]:
    match part:
        case Note():
            yield BlankRow("", "", part.label)
        case Question():
            yield from _question(page, part)
        case Table():
            yield BlankRow("", "", part.label, _note(page, part.name, part.hint))
            for row in part.rows:
                yield from _question(page, row)
        case Bundle():
            yield BlankRow("", "", part.label, _note(page, part.name, part.hint))
            for inner in part.parts:
                yield from _rows(page, inner)
        case More():
            yield BlankRow("", "", page.words.say("More entries? Copy the rows of an entry, and number the items on."))


def _question(page: BlankPage, question: Question) -> Iterator[BlankRow]:
    say = page.words.say
    note, number = _note(page, question.name, question.hint), str(page.numbers[question.name])
    specials = say(" or ").join(say("“%(label)s”", label=option.label) for option in question.specials)
    if question.control == "boxes":
        several = say("Several of those below; or %(specials)s here", specials=specials) if specials else say("Several of those below")
        yield BlankRow(question.name, number, question.label, note, several)
        for option in question.options:
            yield BlankRow(f"{question.name}/{option.code}", "", f"– {option.label}", offered=_TICK)
    elif question.control == "tick":
        yield BlankRow(question.name, number, question.label, note, offered=(("yes", say("Yes")),))
    elif question.options:
        yield BlankRow(question.name, number, question.label, note, offered=_offered(*question.options, *question.specials))
    else:
        written = say(_WRITTEN[question.control])
        either = say("%(written)s; or %(specials)s", written=written, specials=specials) if specials else written
        yield BlankRow(question.name, number, question.label, note, either)


def _offered(*options: Option) -> Offered:
    return tuple((option.code, option.label) for option in options)


def _note(page: BlankPage, name: str, hint: str) -> str:
    return " ".join(filter(None, (page.conditions.get(name, ""), hint)))
