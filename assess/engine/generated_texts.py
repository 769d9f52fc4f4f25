"""Sentences that the program itself writes into a diagnosis, known by their form, so that a report can say them in its own language."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from assess.definitions.words import ENGLISH, Words
from assess.phrases import message

_JOINED = "; "
_SENTENCES = (
    message("only %(known)s of %(all)s indicators are known"),
    message("it rests on single ratings, not on members’ answers"),
    message("it rests in part on a single rating, not on members’ answers"),
    message("members disagree"),
    message("few of those asked answered"),
    message("no questionnaire that was answered asks for it"),
    message("no member was asked, or it applies to none of them"),
    message("fewer than %(least)s organisations answered (n = %(n)s)"),
    message("fewer than %(least)s organisations answered"),
    message("not shown, because a smaller kind's answers would follow from it"),
    message("too few of the organisations it applies to answered (%(n)s of %(asked)s; at least %(share)s are needed)"),
    message("too few of the organisations it applies to answered (coverage %(share)s; at least %(least)s is needed)"),
    message("the kinds that answered have no weight in %(weighting)s"),
    message("the cluster management does not know"),
    message("the evaluator does not know"),
    message("the cluster management gave no figure"),
    message("the evaluator gave no figure"),
    message("the cluster management says that it does not apply, or was not asked after other answers"),
    message("the evaluator says that it does not apply, or was not asked after other answers"),
    message("the file does not state it"),
    message("the file gives it as unknown"),
    message("taken for unknown by the evaluator: %(reason)s"),
)
_VALUE = re.compile(r"%\\\((\w+)\\\)s|%\((\w+)\)s")


def in_language(text: str, words: Words) -> str:
    """Return a sentence in the language of `words`; one that people wrote stays as it is."""
    if words.language == ENGLISH:
        return text
    return _JOINED.join(_each(text.split(_JOINED), words))


def _each(parts: Sequence[str], words: Words) -> Iterator[str]:
    """Several sentences may stand in one, and one may have the mark that joins them in it: the longest that is known comes first."""
    while parts:
        length, said = next(
            ((n, found) for n in range(len(parts), 0, -1) if (found := next(_matches(_JOINED.join(parts[:n]), words), ""))), (1, parts[0])
        )
        yield said
        parts = parts[length:]


def _matches(text: str, words: Words) -> Iterator[str]:
    for sentence, form in _FORMS:
        found = form.fullmatch(text)
        if found is not None:
            yield words.say(sentence, **{name: _number(value, words) for name, value in found.groupdict().items()})


def _number(value: str, words: Words) -> str:
    return words.number(value) if value[:1].isdigit() else value


def _form(sentence: str) -> re.Pattern[str]:
    return re.compile(_VALUE.sub(lambda found: f"(?P<{found[1] or found[2]}>.+)", re.escape(sentence)), re.DOTALL)


_FORMS = tuple((sentence, _form(sentence)) for sentence in _SENTENCES)
