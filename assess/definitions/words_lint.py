"""Finds what is wrong with the catalogues: every text of templates and code is to be said in every language, and none besides."""

from __future__ import annotations

import ast
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from jinja2 import Environment

from assess.content import content_folder
from assess.definitions.help_texts import texts_in
from assess.definitions.words import CATALOGUE, ENGLISH, catalogue_of, languages
from assess.errors import Fault
from assess.phrases import Phrase

_PACKAGE = Path(__file__).resolve().parents[1]
_CALLS = {"say": 1, "message": 1, "screened": 1, "Phrase": 1, "several": 2}
"""How many texts each of these takes; the number of `several` comes before them."""
_REFUSALS = {"Unfit", "Taken", "PasswordUnfit", "MailRefused", "NotAccepted", "AnswerUnfit"}
"""Whose sentences reach readers as they are raised."""
_REFUSING = ("workflow/", "exchange/evidence_types.py")
"""How the names of the modules begin that raise them."""
_NAMED = "workflow/refusals.py"
"""Its classes say their sentences themselves."""
_COMMANDS = "cli.py"
"""Says the help of its commands as it stands there."""
_DECORATORS = {"command", "group"}
_TEMPLATES = ("web/*.html", "web/staff/*.html", "mail/*.txt", "report/*.html", "report/parts/*.html", "report/parts/*.svg")
_FOLDED = ("web", "staff")
"""In their templates, line breaks within a text are none; letters keep theirs."""
_VALUE = re.compile(r"%\((\w+)\)s")
_TAG = re.compile(r"</?[a-z][^>]*>")


@dataclass(frozen=True, slots=True, order=True)
class Said:
    """One text as it stands in the sources; `many` is its plural, if it has one."""

    one: str
    many: str = ""


def faults_in_words() -> Iterator[Fault]:
    """Return what is wrong with every catalogue."""
    said = {**texts_of_code(_PACKAGE), **texts_of_templates(content_folder("templates"))}
    for language in languages():
        if language != ENGLISH:
            yield from faults_in_catalogue(f"{language}/{CATALOGUE}", catalogue_of(language), said)


def faults_in_catalogue(
    name: str, catalogue: Catalog, said: Mapping[Said, str], problems: Callable[[Said, Message], Iterable[str]] | None = None
) -> Iterator[Fault]:
    """Compare a catalogue with what is said, each text with the place where it stands; `problems` judges one translation."""
    judged = problems or _problems
    entries = {_said(entry): entry for entry in catalogue if entry.id}
    for text, place in said.items():
        if text not in entries:
            problem = Phrase("is not translated; it stands in %(place)s", place=place)
            yield Fault(name, None, shortened(text.one), problem, Phrase("add it to the catalogue"))
    for text, entry in entries.items():
        if text not in said:
            yield Fault(name, entry.lineno, shortened(text.one), Phrase("stands nowhere any more"), Phrase("take it out of the catalogue"))
        elif entry.fuzzy:
            remedy = Phrase("look through it, then take the mark off")
            yield Fault(name, entry.lineno, shortened(text.one), Phrase("is marked as fuzzy"), remedy)
        else:
            for wrong in judged(text, entry):
                yield Fault(name, entry.lineno, shortened(text.one), wrong, Phrase("translate it again"))


def texts_of_code(package: Path) -> dict[Said, str]:
    """Return the texts that modules mark or say, with the file in which each stands."""
    found = dict[Said, str]()
    for path in sorted(package.rglob("*.py")):
        source, name = path.read_text("utf-8"), path.relative_to(package).as_posix()
        if name == _NAMED or name.startswith(_REFUSING) or any(f"{call}(" in source for call in _CALLS):
            found |= dict.fromkeys(_texts(ast.parse(source), name), name)
    return found


def texts_of_templates(folder: Path) -> dict[Said, str]:
    """Return the texts of templates, with the file in which each stands."""
    environment = Environment(extensions=["jinja2.ext.i18n"])  # noqa: S701 - nothing is printed
    environment.newstyle_gettext = True  # type: ignore[attr-defined]  # of the extension
    found = dict[Said, str]()
    for path in sorted(path for pattern in _TEMPLATES for path in folder.glob(pattern)):
        environment.policies["ext.i18n.trimmed"] = path.parent.name in _FOLDED
        for _, _, texts in environment.extract_translations(path.read_text("utf-8")):  # type: ignore[attr-defined]
            one, many = (texts, "") if isinstance(texts, str) else (texts[0], texts[1] or "")
            found[Said(one, many)] = f"{path.parent.name}/{path.name}"
    return found


def _texts(tree: ast.AST, name: str) -> Iterator[Said]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            called = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            if called in _CALLS:
                yield from _constants(node.args[_CALLS[called] - 1 :][: _CALLS[called]])
            elif (called in _REFUSALS and name.startswith(_REFUSING)) or (called == "__init__" and name == _NAMED):
                yield from _constants(node.args[:1])
            if name == _COMMANDS:
                yield from map(Said, _help_of_option(node))
        elif name == _COMMANDS and isinstance(node, ast.FunctionDef) and any(map(_makes_command, node.decorator_list)):
            documented = ast.get_docstring(node)
            yield from map(Said, texts_in(documented) if documented else ())


def _help_of_option(call: ast.Call) -> list[str]:
    """The help that stands in a call as it is; none is shown of what is hidden."""
    given = {keyword.arg: keyword.value for keyword in call.keywords}
    found = given.get("help")
    return texts_in(found.value) if isinstance(found, ast.Constant) and isinstance(found.value, str) and "hidden" not in given else []


def _makes_command(decorator: ast.expr) -> bool:
    return isinstance(decorator, ast.Call) and isinstance(decorator.func, ast.Attribute) and decorator.func.attr in _DECORATORS


def _constants(given: list[ast.expr]) -> Iterator[Said]:
    texts = [node.value for node in given if isinstance(node, ast.Constant) and isinstance(node.value, str)]
    if texts and len(texts) == len(given):
        yield Said(*texts)


def _said(entry: Message) -> Said:
    return Said(*entry.id) if isinstance(entry.id, tuple | list) else Said(str(entry.id))


def _problems(text: Said, entry: Message) -> Iterator[str]:
    forms = tuple(entry.string) if isinstance(entry.string, tuple | list) else (str(entry.string or ""),)
    if not all(forms) or len(forms) != (2 if text.many else 1):
        yield Phrase("is translated in part or not at all")
        return
    for form, english in zip(forms, (text.one, text.many), strict=False):
        # A singular may spell its number out.
        if set(_VALUE.findall(form)) - {"num"} != set(_VALUE.findall(english)) - {"num"} or _odd(form):
            yield Phrase("has other values in it than the English text")
        if Counter(_TAG.findall(form)) != Counter(_TAG.findall(english)):
            yield Phrase("has other markup in it than the English text")
        if '"' in _TAG.sub("", form) and '"' not in english:
            yield Phrase("has a straight quotation mark in it, which ends an attribute of a page")


def _odd(form: str) -> bool:
    return "%" in _VALUE.sub("", form)


def shortened(text: str) -> Phrase:
    """Return the beginning of a text, as faults name it."""
    flat = " ".join(text.split())
    return Phrase("“%(quoted)s”", quoted=f"{flat[:50]}…" if len(flat) > 50 else flat)
