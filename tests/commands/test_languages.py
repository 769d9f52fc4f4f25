"""The command line in German and French: help, click's own sentences, what commands print, and what they refuse."""

from __future__ import annotations

import ast
import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from textwrap import dedent

import click
import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.mofile import read_mo
from babel.messages.pofile import read_po
from command_line import Result, Run

from assess import content
from assess.cli import assess
from assess.content import content_folder
from assess.definitions.help_texts import retold, texts_in
from assess.definitions.words import languages, words_of
from assess.definitions.words_lint import Said, texts_of_code

LANGUAGES = ("de", "fr")
LOCALES = content_folder("templates") / "locale"
PACKAGE = Path(__file__).resolve().parents[2] / "assess"
SPEAKING = (
    "cli.py",
    "commands",
    "settings.py",
    "content.py",
    "store",
    "workflow/transports.py",
    "reports/seal_keys.py",
    "reports/terminal.py",
)
"""Modules whose sentences people read in a terminal."""
TOLD = {"echo", "UsageError", "AssessError", "StoreError", "progressbar", "add_task"}
CLICK = ("core", "formatting", "decorators", "exceptions", "types", "parser", "shell_completion")
NOT_MET = {
    "_format_deprecated_label": "nothing is deprecated",
    "Command.get_short_help_str": "nothing is deprecated",
    "Command.format_help_text": "nothing is deprecated",
    "Command.invoke": "nothing is deprecated",
    "Parameter.handle_parse_result": "nothing is deprecated",
    "Option._parse_decls": "a mistake in our declarations",
    "Argument._parse_decls": "a mistake in our declarations",
    "_Option.__init__": "a mistake in our declarations",
    "Choice.__repr__": "for programmers",
    "confirmation_option": "nothing is asked",
    "version_option": "we have an option of our own",
    "UUIDParameterType.convert": "nothing is a UUID",
    "Path.__init__": "the name of a type, said before anybody's language is known",
}
"""Where click says what nobody reads here."""
VALUE = re.compile(r"{(\w*)[^}]*}")


@pytest.fixture(params=LANGUAGES)
def language(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    code = str(request.param)
    monkeypatch.setenv("LANGUAGE", code)
    return code


@pytest.fixture
def own_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "instance"
    monkeypatch.setenv("ASSESS_FOLDER", str(folder))
    monkeypatch.setenv("ASSESS_SECRET", "0123456789abcdefghijklmnopqrstuvwxyz")
    return folder


def commands(command: click.Command, *path: str) -> Iterator[tuple[tuple[str, ...], click.Command]]:
    yield path, command
    if isinstance(command, click.Group):
        for name, below in command.commands.items():
            yield from commands(below, *path, name)


def packed(text: str) -> str:
    """A text without the places where lines were broken."""
    return "".join(text.split())


def shown_texts(command: click.Command) -> Iterator[str]:
    helps = [command.help, *(one.help for one in command.params if isinstance(one, click.Option) and not one.hidden)]
    for found in helps:
        yield from texts_in(found or "") if found else ()


def messages_of(language: str) -> Catalog:
    with (LOCALES / language / "LC_MESSAGES" / "messages.po").open("rb") as stream:
        return read_po(stream, locale=language)


def forms(entry: Message) -> tuple[tuple[str, ...], tuple[str, ...]]:
    english = tuple(entry.id) if isinstance(entry.id, tuple | list) else (str(entry.id),)
    said = tuple(entry.string) if isinstance(entry.string, tuple | list) else (str(entry.string),)
    return english, said


def sentences_of_click(module: str) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Every text that a module of click has translated, with the function it stands in."""

    def walk(node: ast.AST, place: tuple[str, ...]) -> Iterator[tuple[str, tuple[str, ...]]]:
        inside = (*place, node.name) if isinstance(node, ast.FunctionDef | ast.ClassDef) else place
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") in ("_", "ngettext"):
            yield ".".join(place[:2]), tuple(one.value for one in node.args if isinstance(one, ast.Constant) and isinstance(one.value, str))
        for below in ast.iter_child_nodes(node):
            yield from walk(below, inside)

    assert click.__file__ is not None
    return walk(ast.parse((Path(click.__file__).parent / f"{module}.py").read_text("utf-8")), ())


def unsaid(source: str) -> list[str]:
    """Sentences that are printed or raised in English whatever the reader's language is."""
    found = []
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call):
            called = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            if called in TOLD:
                given = [*node.args[:1], *(keyword.value for keyword in node.keywords if keyword.arg == "label")]
                found += [ast.unparse(one) for one in given if re.search(r"[A-Za-z]{2} |[a-z]{3}", literal(one))]
    return found


def literal(node: ast.expr) -> str:
    if isinstance(node, ast.JoinedStr):
        return "".join(map(literal, node.values))
    return str(node.value) if isinstance(node, ast.Constant) and isinstance(node.value, str) else ""


@pytest.mark.parametrize("module", CLICK)
@pytest.mark.parametrize("language", LANGUAGES)
def test_sentences_of_click__that_somebody_can_meet__are_translated(module: str, language: str) -> None:
    known = {english for english, _ in map(forms, messages_of(language))}
    met = [texts for place, texts in sentences_of_click(module) if place not in NOT_MET and texts]
    assert [texts for texts in met if texts not in known] == []


@pytest.mark.parametrize("place", NOT_MET)
def test_places_left_out__are_still_there(place: str) -> None:
    assert place in {found for module in CLICK for found, _ in sentences_of_click(module)}


@pytest.mark.parametrize("language", LANGUAGES)
def test_translated_sentences_of_click__have_the_values_of_the_english_ones(language: str) -> None:
    for entry in messages_of(language):
        if entry.id:
            english, said = forms(entry)
            assert all(said)
            assert not entry.fuzzy
            for one, other in zip(english, said, strict=True):
                assert set(VALUE.findall(one)) == set(VALUE.findall(other)), one


@pytest.mark.parametrize("language", LANGUAGES)
def test_compiled_catalogue__says_what_its_source_says(language: str) -> None:
    with (LOCALES / language / "LC_MESSAGES" / "messages.mo").open("rb") as stream:
        compiled = {forms(entry) for entry in read_mo(stream) if entry.id}
    assert compiled == {forms(entry) for entry in messages_of(language) if entry.id}


@pytest.mark.parametrize("path", [path for path, _ in commands(assess)], ids=lambda path: " ".join(path) or "assess")
def test_help_of_every_command__is_in_the_language__and_nothing_of_it_in_english(run: Run, language: str, path: tuple[str, ...]) -> None:
    words, (_, command) = words_of(language), next(found for found in commands(assess) if found[0] == path)
    result = run(*path, "--help")
    shown, texts = packed(result.out), list(shown_texts(command))
    assert (result.code, result.err) == (0, "")
    assert texts
    assert [text for text in texts if packed(words.say(text)) not in shown] == []
    assert [text for text in texts if packed(text) in shown and words.single[text] != text] == []
    assert not re.search(r"Usage:|Show this|Commands:|Examples?:|required|default:", result.out)
    for name in command.commands if isinstance(command, click.Group) else ():
        assert re.search(rf"^  {name} +\S", result.out, flags=re.MULTILINE)


def test_help_in_german__leaves_the_english_one_as_it_was(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    before = run("report", "--help").out
    monkeypatch.setenv("LANGUAGE", "de")
    told = run("report", "--help").out
    assert "Aufruf: assess report" in told
    assert "Gibt diese Hilfe aus und endet." in told
    monkeypatch.setenv("LANGUAGE", "en")
    assert run("report", "--help").out == before
    assert before.startswith("Usage: assess report [OPTIONS] [FILE]\n")


def test_examples__keep_their_commands__below_one_another(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LANGUAGE", "de")
    lines = run("explain", "--help").out.splitlines()
    first = next(number for number, line in enumerate(lines) if "Beispiele: " in line)
    assert lines[first].index("assess") == lines[first + 1].index("assess")
    assert lines[first].split(": ")[1] == "assess explain cluster.yaml stage"


def test_help_text__is_said_by_paragraphs__and_by_lines_where_these_are_kept() -> None:
    text = dedent(
        """\
        Do this
        and that.

        \b
        Examples: assess a
                  assess b --name "Exit codes"
        Exit codes: 0 done
        """
    )
    assert texts_in(text) == ["Do this and that.", "Examples:", "Exit codes: 0 done"]
    said = retold(text, lambda one: "Zum Beispiel:" if one.startswith("Ex") and one.endswith(":") else one.upper())
    assert said.splitlines() == [
        "DO THIS AND THAT.",
        "",
        "\b",
        "Zum Beispiel: assess a",
        '              assess b --name "Exit codes"',
        "EXIT CODES: 0 DONE",
    ]


def test_catalogues__are_to_hold_help__but_for_what_is_hidden(tmp_path: Path) -> None:
    (tmp_path / "cli.py").write_text(
        dedent('''\
            @assess.command("do")
            @click.option("--how", help="How to do it.")
            @click.option("--beside", hidden=True, help="For ourselves.")
            def do() -> None:
                """Do it.

                \\b
                Example: assess do
                """

            def helper() -> None:
                """For programmers."""

            _round_command("open", message("Open it."))
            ''')
    )
    assert set(texts_of_code(tmp_path)) == {Said("Do it."), Said("Example:"), Said("How to do it."), Said("Open it.")}


def test_help_in_english__reads_no_catalogue() -> None:
    code = "import sys; from assess.cli import main; main(['report', '--help'])"
    ending = "sys.exit(str([name for name in ('babel', 'assess.commands.helping') if name in sys.modules] or 0))"
    tried = f"import sys\ntry:\n    exec({code!r})\nexcept SystemExit:\n    {ending}"
    result = subprocess.run([sys.executable, "-c", tried], capture_output=True, text=True, check=False)
    assert result.stderr.strip() == "0"
    assert "Usage:" in result.stdout


@pytest.mark.parametrize(
    ("code", "heads"),
    [
        (
            "de",
            (
                "Typ: ",
                "Entwicklungsstufe: ",
                "Erfolgsfaktoren (1–5)",
                "Empfohlene Instrumente",
                "Nicht bekannt: ",
                "Regelwerk 2026.1 (Entwurf)",
            ),
        ),
        (
            "fr",
            ("Type\u00a0: ", "Stade\u00a0: ", "Facteurs de succès (1–5)", "Instruments recommandés", "Non connus\u00a0: ", "(provisoire)"),
        ),
    ],
)
def test_diagnosis__is_told_in_the_language__and_as_json_it_stays(
    run: Run, monkeypatch: pytest.MonkeyPatch, singapore: Path, code: str, heads: tuple[str, ...]
) -> None:
    english = run("diagnose", singapore, "--format", "json").out
    monkeypatch.setenv("LANGUAGE", code)
    told = run("diagnose", singapore).out
    assert [head for head in heads if head not in told] == []
    assert "2,00" in told
    assert words_of(code).say("not met") in told
    words = re.sub(r"[a-z_]+(\.[a-z_…]+)+", "", told)
    assert not re.search(r"\b(Stage|Severity|unknown|missing|evidence|more|strength|severe|Rank|yes|known)\b", words)
    assert run("diagnose", singapore, "--format", "json").out == english


def test_diagnosis__by_a_rule_base_without_translation__is_told_in_english(
    run: Run, monkeypatch: pytest.MonkeyPatch, singapore: Path, tmp_path: Path
) -> None:
    english = run("diagnose", singapore).out
    shutil.copytree(content_folder("rules"), tmp_path / "rules", ignore=shutil.ignore_patterns("locale"))
    monkeypatch.setenv("ASSESS_CONTENT", str(tmp_path))
    monkeypatch.setenv("LANGUAGE", "de")
    assert run("diagnose", singapore).out == english
    explained = run("explain", singapore, "stage").out
    assert "Why not (nearest first)" in explained


@pytest.mark.parametrize(
    ("code", "heads"), [("de", ("Warum\n", "Quellen", "Quelle: ")), ("fr", ("Pourquoi\n", "Sources", "source\u00a0: "))]
)
def test_explanation__is_told_in_the_language__rules_by_their_ids(
    run: Run, monkeypatch: pytest.MonkeyPatch, singapore: Path, code: str, heads: tuple[str, ...]
) -> None:
    english = run("explain", singapore, "funding").out
    monkeypatch.setenv("LANGUAGE", code)
    told = run("explain", singapore, "funding").out
    assert [head for head in heads if head not in told] == []
    assert not re.search(r"\b(Why|against|margin|source:|concludes|sets|undetermined|unknown|severity)\b", told.replace("sources", ""))
    rules = re.compile(r"^  (\S+) →", flags=re.MULTILINE)
    assert rules.findall(told) == rules.findall(english) != []


@pytest.mark.parametrize(
    ("code", "arguments", "sentence"),
    [
        ("de", ("report",), "Fehler: Es fehlt die Option '-o' / '--output'."),
        ("fr", ("report",), "Erreur\u00a0: Il manque l’option '-o' / '--output'."),
        ("de", ("nope",), "Fehler: Es gibt keinen Befehl „nope“."),
        ("fr", ("check", "--nope"), "Erreur\u00a0: Il n’y a pas d’option «\u00a0--nope\u00a0»."),
        ("de", ("schema", "nope"), "„nope“ ist keines von 'rules', "),
        ("fr", ("synthesise", "-o", "x", "--members", "2"), "2 n’est pas dans l’intervalle 5<=x<=100000."),
        ("de", ("diagnose",), "Fehler: Geben Sie Indikatordateien oder Dateien mit Antworten"),
        ("fr", ("serve", "--demo", "--metrics", "x"), "Erreur\u00a0: Omettez --metrics"),
        ("de", ("report", "-o", "x"), "Fehler: Geben Sie FILE, Dateien mit Antworten"),
        ("de", ("report", "x.yaml", "-o", "."), ". lässt sich nicht schreiben: Das ist ein Ordner."),
        ("de", ("audit", "verify", "--known", "x"), "Schreiben Sie --known so, wie `assess audit head` es ausgibt"),
        ("de", ("metrics", "10.0.0.1:1"), "Schreiben Sie statt 10.0.0.1:1 eine Adresse dieses Rechners"),
        ("fr", ("restore", "nothing.db"), "nothing.db ne peut être lu ("),
        ("fr", ("publish", "rulebase", "1999.1"), "Il n’y a pas de base de règles 1999.1 dans "),
    ],
)
@pytest.mark.usefixtures("own_folder")
def test_refusal__is_told_in_the_language(
    run: Run, monkeypatch: pytest.MonkeyPatch, code: str, arguments: tuple[str, ...], sentence: str
) -> None:
    monkeypatch.setenv("LANGUAGE", code)
    result = run(*arguments)
    assert (result.code, result.out) == (2, "")
    assert sentence in result.err


@pytest.mark.parametrize(
    ("code", "count"), [("de", "1 Fehler gefunden; es wurde nichts getan."), ("fr", "1 erreur trouvée\u202f; rien n’a été fait.")]
)
def test_faults__are_told_in_the_language__with_their_place(
    run: Run, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, code: str, count: str
) -> None:
    file = tmp_path / "cluster.yaml"
    file.write_text("cluster: {id: x, name: X}\nround: {year: 2026}\nindicators:\n  structure.firms: -1\n")
    monkeypatch.setenv("LANGUAGE", code)
    result = run("diagnose", file)
    fault, last = result.err.splitlines()
    assert (result.code, last) == (2, count)
    assert fault.startswith(f"{file}:4 ")
    assert not re.search(r"\b(is|its|off|scale|expected|not)\b", fault.removeprefix(str(file)))


def test_no_conclusion_of_that_name__is_told_in_german(run: Run, monkeypatch: pytest.MonkeyPatch, singapore: Path) -> None:
    monkeypatch.setenv("LANGUAGE", "de")
    result = run("explain", singapore, "nothing_like_it_at_all")
    assert result.err.startswith(
        "Es gibt keine Schlussfolgerung, keinen Faktor, kein Instrument und keine Regel namens „nothing_like_it_at_all“;"
    )


def test_verification__is_told_in_german__and_as_json_it_stays(run: Run, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    file = tmp_path / "report.pdf"
    file.write_bytes(b"no report")
    english = json.loads(run("verify", file, "--format", "json").out)
    monkeypatch.setenv("LANGUAGE", "de")
    result = run("verify", file)
    assert (result.code, "✗ Gilt nicht" in result.out) == (2, True)
    assert english["verdict"] not in result.out
    assert json.loads(run("verify", file, "--format", "json").out) == english


def account(run: Run, email: str, *more: str) -> Result:
    return run("account", "add", email, "--name", "Ada", "--role", "admin", *more)


@pytest.mark.usefixtures("own_folder")
def test_a_survey__is_kept_in_german(run: Run, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("LANGUAGE", "de")
    refused = account(run, "ada@example.org")
    assert "die Tabellen dieser Version" in refused.err
    made = run("db", "upgrade")
    assert made.out.startswith("Die Tabellen der Datenbank wurden angelegt; sie ist auf dem Stand ")
    assert "ein einziges Mal zum ersten Passwort; Gültigkeit in Tagen: 7." in account(run, "ada@example.org").out
    assert "ada@example.org · Ada · noch ohne Passwort · admin" in run("account", "list").out
    assert run("account", "disable", "bob@example.org").err == "Es gibt kein Konto bob@example.org; `assess account list` nennt alle.\n"
    assert run("cluster", "add", "Example Valley").out == "Cluster example-valley: hinzugefügte oder geänderte Mitglieder: 0.\n"
    planned = run("round", "plan", "example-valley", "2026", "--opens", "2026-12-01", "--closes", "2027-01-15")
    assert planned.out == "Die Runde 2026 von example-valley ist geplant; öffnen Sie sie mit `assess round open example-valley 2026`.\n"
    assert run("round", "close", "elsewhere", "2026").err == "Es gibt kein Cluster elsewhere; es gibt: example-valley.\n"
    assert run("round", "send").out.endswith("geschlossene Runden: 0.\n")
    assert run("audit", "verify").out.startswith("Das Protokoll hält der Prüfung stand. Ereignisse: ")
    copy = tmp_path / "copy.db"
    assert run("backup", copy).out.startswith(f"Sicherung in {copy} geschrieben, mit 0 angehängten Dateien in ")
    monkeypatch.setenv("ASSESS_FOLDER", str(tmp_path / "other"))
    assert "wurden aus" in run("restore", copy).out


@pytest.mark.usefixtures("own_folder")
def test_settings__are_refused_in_french(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LANGUAGE", "fr")
    monkeypatch.setenv("ASSESS_K", "2")
    assert run("db", "upgrade").err == "ASSESS_K vaut «\u00a02\u00a0»\u202f; ce doit être un nombre entier d’au moins 3.\n"


def test_version__is_told_in_german(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    english = run("--version").out
    monkeypatch.setenv("LANGUAGE", "de")
    assert run("--version").out == english.replace("version", "Version")


def test_without_its_content__the_program_says_so(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    languages.cache_clear()
    monkeypatch.setattr(content, "_candidates", lambda _name: ())
    result = run("doctor")
    assert (result.code, result.err) == (1, "")
    assert "MISSING  rule base: The folder rules/ was not found; set ASSESS_CONTENT" in result.out
    assert run("--version").code == 0


def test_terminal_that_lacks_letters__gets_question_marks() -> None:
    spoken = os.environ | {"LANGUAGE": "fr", "PYTHONIOENCODING": "latin-1"}
    result = subprocess.run([sys.executable, "-m", "assess", "report", "--help"], capture_output=True, check=False, env=spoken)
    assert (result.returncode, result.stderr) == (0, b"")
    assert b"d?indicateurs" in result.stdout.replace(b"\n", b" ")


@pytest.mark.parametrize(
    ("locale", "word"), [("de", "Aufruf"), ("de_AT.UTF-8", "Aufruf"), ("de@euro", "Aufruf"), ("C.UTF-8", "Usage"), ("", "Usage")]
)
def test_locale__of_any_form__chooses_the_language(run: Run, monkeypatch: pytest.MonkeyPatch, locale: str, word: str) -> None:
    monkeypatch.setenv("LANGUAGE", "")
    monkeypatch.setenv("LC_ALL", locale)
    monkeypatch.setenv("LANG", "C")
    assert run("check", "--help").out.startswith(word)


@pytest.mark.parametrize("name", SPEAKING)
def test_what_commands_tell__is_said_in_the_language_of_the_reader(name: str) -> None:
    place = PACKAGE / name
    files = sorted(place.glob("*.py")) if place.is_dir() else [place]
    assert files
    assert {file.name: unsaid(file.read_text("utf-8")) for file in files if unsaid(file.read_text("utf-8"))} == {}


@pytest.mark.parametrize(
    ("source", "wrong"),
    [
        ('click.echo("Done it.")', True),
        ('click.echo(f"{count} rows")', True),
        ('raise AssessError(f"{file} is lost")', True),
        ('click.progressbar(rows, label="Writing")', True),
        ('click.echo(say("Done it."))', False),
        ('click.echo(f"{number}:{seal}")', False),
        ('raise AssessError(Phrase("It is lost."))', False),
    ],
)
def test_sentence_that_is_printed_in_english_only__is_found(source: str, wrong: bool) -> None:
    assert bool(unsaid(source)) is wrong
