"""Definitions, to be read: versions with their digests and uses, their text, and how two of them differ."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from http import HTTPStatus

from flask import Blueprint, abort, render_template, request, url_for
from sqlmodel import Session

from assess.definitions.differences import Difference, Kind, differences_of_questionnaires, differences_of_rulebases
from assess.definitions.questionnaires import parse_questionnaire
from assess.phrases import message
from assess.store.session import reading
from assess.web.access import needs
from assess.web.admin_parts import AdminPage, Cell, Table, printed
from assess.web.admin_versions import (
    Installed,
    installed_questionnaires,
    installed_rulebases,
    questionnaire_file,
    rulebase,
    rulebase_files,
)
from assess.web.desks import may
from assess.web.frames import Frame, frame
from assess.web.site import site
from assess.web.wording import words
from assess.workflow import definitions_in_use
from assess.workflow.definitions_in_use import Use

admin_definitions = Blueprint("admin_definitions", __name__, url_prefix="/admin/definitions")

_SHORT = 12
_COLUMNS = (message("Version"), message("Status"), message("Digest"), message("Used by"))
_STATUSES = {"draft": message("draft"), "published": message("published"), "": message("cannot be read")}
"""What a status is called; an empty one is that of a file that cannot be read."""
_KEPT = message("kept by rounds only")
_PARTS = {
    "setting": message("Setting"),
    "item": message("Item"),
    "parameter": message("Parameter"),
    "indicator": message("Indicator"),
    "weighting": message("Weighting"),
    "factor": message("Factor"),
    "derived fact": message("Derived fact"),
    "rule": message("Rule"),
    "instrument": message("Instrument"),
    "source": message("Source"),
}
"""What the parts of definitions are called."""
_KINDS = {Kind.ADDED: message("added"), Kind.REMOVED: message("removed"), Kind.CHANGED: message("changed")}
_TONES = {Kind.ADDED: "good", Kind.REMOVED: "bad", Kind.CHANGED: "open"}


@dataclass(frozen=True, slots=True)
class TextPage:
    """A definition as it was written, line by line; `files` are the other files of the same version."""

    frame: Frame
    about: str
    files: tuple[tuple[str, str, bool], ...]
    """Name, address, and whether it is the one shown."""
    against: tuple[tuple[str, str], ...]
    """Other versions to compare with, and the addresses of the comparisons."""
    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class DifferencePage:
    """How two versions differ, entry by entry. `parts` and `kinds` are what these are called, `tones` say how each kind is shown."""

    frame: Frame
    about: str
    counts: str
    differences: tuple[Difference, ...]
    parts: dict[str, str]
    kinds: dict[Kind, str]
    tones: dict[Kind, str]


@admin_definitions.get("")
@needs("admin.definitions")
def listing() -> str | tuple[str, HTTPStatus]:
    """Show all versions of questionnaires and of the rule base."""
    with reading(site().database) as session:
        asked, ruled = definitions_in_use.questionnaire_uses(session), definitions_in_use.rulebase_uses(session)
    names = sorted({name for name, _ in asked} | {one.name for one in installed_questionnaires()})
    tables = [_questionnaires(name, {version: uses for (of, version), uses in asked.items() if of == name}) for name in names]
    rules = tuple(_line(one, url_for(".rules", version=one.version), ruled.get(one.version, ())) for one in installed_rulebases())
    say = words().say
    lead = say("Published versions never change: what differs gets a version of its own. A round keeps the questionnaires that it asks.")
    links = ((say("What another rule base would change"), url_for("admin_previews.listing")),)
    tables.insert(0, Table(say("Rule base"), _columns(), rules))
    return printed(AdminPage(frame(say("Definitions")), lead, links=links, tables=tuple(tables)))


@admin_definitions.get("/questionnaires/<questionnaire>/<version>")
@needs("admin.definitions")
def questionnaire_text(questionnaire: str, version: str) -> str:
    """Show the text of a version of a questionnaire."""
    with reading(site().database) as session:
        text = _text_of(session, questionnaire, version)
    others = [one.version for one in installed_questionnaires() if one.name == questionnaire and one.version != version]
    against = tuple(
        (other, url_for(".questionnaire_differences", questionnaire=questionnaire, version=version, against=other)) for other in others
    )
    page = TextPage(frame(f"{questionnaire} {version}", _crumbs()), words().say("Read only."), (), against, tuple(text.splitlines()))
    return render_template("staff/admin_text.html", page=page)


@admin_definitions.get("/questionnaires/<questionnaire>/<version>/differences")
@needs("admin.definitions")
def questionnaire_differences(questionnaire: str, version: str) -> str:
    """Show how a version of a questionnaire differs from another."""
    against = request.args.get("against", "")
    with reading(site().database) as session:
        old, new = (parse_questionnaire(_text_of(session, questionnaire, one), f"{questionnaire} {one}") for one in (against, version))
    return _compared(f"{questionnaire} {version}", against, differences_of_questionnaires(old, new))


@admin_definitions.get("/rules/<version>")
@needs("admin.definitions")
def rules(version: str) -> str:
    """Show one file of a version of the rule base."""
    try:
        files = {file.stem: file for file in rulebase_files(version)}
    except KeyError:
        abort(HTTPStatus.NOT_FOUND)
    wanted = request.args.get("file", "rulebase")
    if wanted not in files:
        abort(HTTPStatus.NOT_FOUND)
    others = [one.version for one in installed_rulebases() if one.version != version]
    page = TextPage(
        frame(words().say("Rule base %(version)s: %(file)s", version=version, file=wanted), _crumbs()),
        words().say("Read only."),
        tuple((name, url_for(".rules", version=version, file=name), name == wanted) for name in files),
        tuple((other, url_for(".rule_differences", version=version, against=other)) for other in others),
        tuple(files[wanted].read_text("utf-8").splitlines()),
    )
    return render_template("staff/admin_text.html", page=page)


@admin_definitions.get("/rules/<version>/differences")
@needs("admin.definitions")
def rule_differences(version: str) -> str:
    """Show how a version of the rule base differs from another."""
    against = request.args.get("against", "")
    try:
        old, new = rulebase(against), rulebase(version)
    except KeyError:
        abort(HTTPStatus.NOT_FOUND)
    return _compared(words().say("Rule base %(version)s", version=version), against, differences_of_rulebases(old, new))


def _crumbs() -> tuple[tuple[str, str], ...]:
    return ((words().say("Definitions"), "/admin/definitions"),)


def _columns() -> tuple[str, ...]:
    return tuple(words().say(column) for column in _COLUMNS)


def _questionnaires(name: str, uses: dict[str, tuple[Use, ...]]) -> Table:
    installed = {one.version: one for one in installed_questionnaires() if one.name == name}
    kept = {version: Installed(name, version, _KEPT, found[0].digest) for version, found in uses.items()}
    rows = tuple(
        _line(one, url_for(".questionnaire_text", questionnaire=name, version=version), uses.get(version, ()))
        for version, one in sorted((kept | installed).items())
    )
    return Table(words().say("Questionnaire %(name)s", name=name), _columns(), rows)


def _line(one: Installed, address: str, uses: tuple[Use, ...]) -> tuple[Cell, ...]:
    tone = "good" if one.status == "published" else "open" if one.status else "bad"
    status: Cell = {"text": words().say(_STATUSES.get(one.status, one.status)), "tone": tone}
    return {"text": one.version, "address": address}, status, one.digest[:_SHORT] or one.problem[:200], _used_by(one, uses)


def _used_by(one: Installed, uses: tuple[Use, ...]) -> str:
    """Say which rounds use a version; names of clusters only to administrators."""
    if not uses:
        return words().say("nothing")
    named = ", ".join(f"{use.cluster} {use.year}" for use in uses) if may("admin.clusters") else ""
    rounds = words().several(len(uses), "%(num)s round", "%(num)s rounds")
    if named:
        rounds = words().several(len(uses), "%(num)s round: %(names)s", "%(num)s rounds: %(names)s", names=named)
    other = sum(use.digest != one.digest for use in uses)
    if not other or not one.digest:
        return rounds
    return words().say("%(rounds)s; %(number)s of them with another digest", rounds=rounds, number=other)


def _text_of(session: Session, name: str, version: str) -> str:
    """Return the installed text of a version, else the one that a round keeps."""
    try:
        return questionnaire_file(name, version).read_text("utf-8")
    except KeyError:
        kept = definitions_in_use.pinned_source(session, name, version)
    if kept is None:
        abort(HTTPStatus.NOT_FOUND)
    return kept


def _compared(title: str, against: str, found: Iterable[Difference]) -> str:
    say, differences = words().say, tuple(found)
    counts = {kind.value: sum(one.kind is kind for one in differences) for kind in Kind}
    page = DifferencePage(
        frame(say("%(title)s against %(other)s", title=title, other=against), _crumbs()),
        say("What %(title)s says otherwise than %(other)s.", title=title, other=against),
        say("%(added)s added, %(removed)s removed, %(changed)s changed.", **counts),
        differences,
        {part: say(name) for part, name in _PARTS.items()},
        {kind: say(name) for kind, name in _KINDS.items()},
        _TONES,
    )
    return render_template("staff/admin_differences.html", page=page)
