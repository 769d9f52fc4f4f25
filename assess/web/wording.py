"""In which language the present request is answered."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlencode

from flask import g, request
from markupsafe import Markup

from assess.definitions.indicators import Indicator
from assess.definitions.rulebase_words import rulebase_texts
from assess.definitions.words import ENGLISH, Words, first_spoken, languages, words_of
from assess.web.sentences import LANGUAGES, mending
from assess.web.site import wanted_language
from assess.workflow.refusals import Unreadable, WorkflowError


def speak(chosen: Words) -> None:
    """Answer the present request in a language."""
    g.words = chosen


def words() -> Words:
    """Return the words of the present request: English unless a page of members chose others."""
    found: Words | None = g.get("words")
    return found or words_of(ENGLISH)


def spoken() -> str:
    """Return the code of the present request's language."""
    return words().language


def speak_to_stranger() -> None:
    """Answer somebody whose language no link tells: as the address asks, else as the browser does."""
    if "words" not in g:
        speak(first_spoken((wanted_language(), request.accept_languages.best_match(languages()) or "")))


@dataclass(frozen=True, slots=True)
class Offered:
    """A language that the present page can be read in, and where."""

    code: str
    name: str
    address: str


def offered() -> tuple[Offered, ...]:
    """Return the languages that the site speaks, with the address of the present page in each."""
    asked = request.args.to_dict()
    return tuple(Offered(code, LANGUAGES[code], f"?{urlencode(asked | {'language': code})}") for code in languages())


def told(refusal: WorkflowError) -> str:
    """Say why a verb was refused, in the language of the present request."""
    values = words().filled(refusal.values)
    if isinstance(refusal, Unreadable):
        item = refusal.item
        values |= {"question": item.label.in_language(spoken()) or item.name, "remedy": mending(item, refusal.raw, spoken())}
    return words().say(refusal.text, **values)


def label_of(indicator: Indicator, version: str) -> str:
    """Return what an indicator of a version of the rule base is called, in the language of the present request."""
    return rulebase_text(str(indicator.label), version)


def rulebase_text(english: str, version: str) -> str:
    """Return a text of a version of the rule base in the language of the present request."""
    return rulebase_texts(version, spoken()).get(english, english)


def gettext(text: str, **values: object) -> Markup:
    """Return a text of a template in the language of the present request; values are escaped, the text itself is ours."""
    found = Markup(words().single.get(text, text))  # noqa: S704
    return found % values if values else found


def ngettext(one: str, many: str, number: int, **values: object) -> Markup:
    """Return the form of a template's text that fits a number, in the language of the present request."""
    return Markup(words().form(number, one, many)) % {"num": number, **values}  # noqa: S704
