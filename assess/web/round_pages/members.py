"""The list of a cluster's members, the form of one of them, and what importing a list would do."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import NamedTemporaryFile

from sqlmodel import Session
from werkzeug.datastructures import FileStorage

from assess.errors import Fault, FaultsFound
from assess.phrases import message
from assess.store.tables import Cluster, Member
from assess.web.forms import Asked, Filled
from assess.web.frames import Entry, Frame
from assess.web.sentences import LANGUAGES
from assess.web.wording import words
from assess.web.workbench_pages.overview import kind_name
from assess.web.workbench_pages.place import Place
from assess.workflow import clusters
from assess.workflow.clusters import KINDS, Change, MemberList, MemberRow
from assess.workflow.refusals import Unfit
from assess.workflow.rows import identity

MOST_ROWS = 5_000
"""Rows of a list that is imported in one go: far more than a cluster has members."""
_CELLS = 4
"""Of a row that a preview carries: name, kind, address and language."""
_NAME_HINT = message("As it is known; answers are brought together by it.")
_EMAIL_HINT = message("Of the person who answers for it.")
_LANGUAGE_HINT = message("The language that mails and questions come in where they exist in it; else English.")
_CHANGES = {
    Change.NEW: (message("New"), message("%(count)s new")),
    Change.CHANGED: (message("Changed"), message("%(count)s changed")),
    Change.UNCHANGED: (message("Unchanged"), message("%(count)s unchanged")),
    Change.FAULTY: (message("Faulty"), message("%(count)s faulty")),
}
"""What is said of one row, and of so many."""
_BADGES = {Change.NEW: "good", Change.CHANGED: "open", Change.UNCHANGED: "none", Change.FAULTY: "bad"}


@dataclass(frozen=True, slots=True)
class MemberLine:
    """One member of the list."""

    number: int
    name: str
    kind: str
    email: str
    language: str
    active: bool


@dataclass(frozen=True, slots=True)
class MembersPage:
    """The list, a form to add one, and one to upload a list."""

    frame: Frame
    ways: tuple[Entry, ...]
    place: str
    address: str
    members: tuple[MemberLine, ...]
    active: str
    """How many of them are active."""
    form: Filled
    upload: Filled


@dataclass(frozen=True, slots=True)
class MemberPage:
    """The form of one member."""

    frame: Frame
    ways: tuple[Entry, ...]
    place: str
    address: str
    member: MemberLine
    form: Filled


@dataclass(frozen=True, slots=True)
class PreviewLine:
    """What importing one row would do: word and tone of its badge, and what is wrong."""

    line: int
    name: str
    kind: str
    email: str
    language: str
    change: tuple[str, str]
    faults: str


@dataclass(frozen=True, slots=True)
class PreviewPage:
    """What importing a list would do; nothing is written yet. `rows` carries what would be written."""

    frame: Frame
    ways: tuple[Entry, ...]
    place: str
    address: str
    counts: tuple[tuple[str, str], ...]
    """Words and tone of a badge."""
    lines: tuple[PreviewLine, ...]
    guessed_encoding: str
    ignored: tuple[str, ...]
    faulty: int
    left_out: str
    """What becomes of faulty rows."""
    writes: int
    button: str
    rows: str


def member_form() -> tuple[Asked, ...]:
    """Return what is asked about a member."""
    kinds = ((kind, words().say(kind_name(kind))) for kind in KINDS)
    return (
        Asked("name", message("Organisation"), "text", hint=_NAME_HINT),
        Asked("kind", message("Kind"), "choice", choices=tuple((kind, f"{name[:1].upper()}{name[1:]}") for kind, name in kinds)),
        Asked("email", message("Mail address"), "email", hint=_EMAIL_HINT, longest=254),
        Asked("language", message("Language"), "choice", hint=_LANGUAGE_HINT, choices=tuple(LANGUAGES.items())),
    )


def upload_form() -> tuple[Asked, ...]:
    """Return what is asked about a list of members."""
    hint = words().say(
        "CSV or XLSX, up to 2 MB, with the columns name, kind, email and, if you like, language. "
        "A kind is one of %(kinds)s; a language is a code such as en or de.",
        kinds=", ".join(KINDS),
    )
    return (Asked("file", message("List of members"), "file", hint=hint),)


def members_page(session: Session, place: Place, form: Filled, upload: Filled) -> MembersPage:
    """Return the list with its forms."""
    lines = tuple(member_line(one) for one in clusters.members_of(session, place.cluster))
    active = words().several(sum(one.active for one in lines), "%(num)s active member.", "%(num)s active members.")
    return MembersPage(
        place.frame(words().say("Members")), place.ways(), place.name, f"{place.address}/members", lines, active, form, upload
    )


def member_page(place: Place, member: Member, form: Filled) -> MemberPage:
    """Return the form of one member."""
    title = place.frame(words().say("Change %(member)s", member=member.name), (words().say("Members"), "members"))
    return MemberPage(title, place.ways(), place.name, f"{place.address}/members", member_line(member), form)


def stored(member: Member) -> dict[str, str]:
    """Return what stands in the form of a member."""
    return {"name": member.name, "kind": member.kind, "email": member.email, "language": member.language}


def member_line(member: Member) -> MemberLine:
    """Return a member as the list shows it."""
    language = LANGUAGES.get(member.language, member.language)
    return MemberLine(identity(member), member.name, words().say(kind_name(member.kind)), member.email, language, member.active)


def preview_page(place: Place, listed: MemberList) -> PreviewPage:
    """Return what importing a list would do."""
    writes = [row for row in listed.rows if row.change in (Change.NEW, Change.CHANGED)]
    return PreviewPage(
        frame=place.frame(words().say("Look through the list"), (words().say("Members"), "members")),
        ways=place.ways(),
        place=place.name,
        address=f"{place.address}/members",
        counts=tuple(
            (words().say(_CHANGES[change][1], count=count), _BADGES[change]) for change in Change if (count := listed.count(change))
        ),
        lines=tuple(_preview_line(row) for row in listed.rows),
        guessed_encoding=listed.guessed_encoding,
        ignored=listed.ignored_columns,
        faulty=len(listed.faulty),
        left_out=words().several(
            len(listed.faulty),
            "%(num)s faulty row is left out. Mend it in the file and import the file again later: what is imported now stays.",
            "%(num)s faulty rows are left out. Mend them in the file and import the file again later: what is imported now stays.",
        ),
        writes=len(writes),
        button=words().several(len(writes), "Import %(num)s member", "Import %(num)s members"),
        rows=json.dumps([[row.name, row.kind, row.email, row.language] for row in writes], ensure_ascii=False, separators=(",", ":")),
    )


def read_upload(session: Session, cluster: Cluster, sent: FileStorage) -> MemberList:
    """Read an uploaded list; it is kept nowhere. Raises Unfit where it is no such list."""
    with NamedTemporaryFile(prefix="members-") as file:
        sent.save(file.name)
        try:
            listed = clusters.preview_members(session, cluster, Path(file.name))
        except FaultsFound as error:
            raise _unreadable(error.faults[0]) from error
    if not listed.rows:
        raise Unfit(message("Choose a file with at least one row below its header."))
    if len(listed.rows) > MOST_ROWS:
        text = message("Split the file: it has %(rows)s rows, and %(most)s can be imported at a time.")
        raise Unfit(text, rows=len(listed.rows), most=MOST_ROWS)
    return listed


def carried_rows(text: str) -> Sequence[Sequence[str]]:
    """Return the rows that a preview carried. Raises Unfit for anything else."""
    try:
        rows = json.loads(text)
    except (ValueError, RecursionError):
        rows = None
    fits = isinstance(rows, list) and len(rows) <= MOST_ROWS
    if not fits or not all(isinstance(row, list) and len(row) == _CELLS and all(isinstance(cell, str) for cell in row) for row in rows):
        raise Unfit(message("Choose the file again: what was sent comes from no preview of this site."))
    return list(rows)


def _preview_line(row: MemberRow) -> PreviewLine:
    change = (words().say(_CHANGES[row.change][0]), _BADGES[row.change])
    return PreviewLine(row.line, row.name, row.kind, row.email, row.language, change, _faults(row))


def fault_sentence(fault: str) -> str:
    """Say what is wrong with an entry as a sentence of its own."""
    return f"{_capital(words().told(fault))}."


def _faults(row: MemberRow) -> str:
    return _capital(words().say("; ").join(words().told(fault) for fault in row.faults))


def _capital(text: str) -> str:
    return f"{text[:1].upper()}{text[1:]}"


def _unreadable(fault: Fault) -> Unfit:
    """Return the refusal of a file that is no table."""
    problem, remedy = fault.problem, fault.remedy
    if fault.line and remedy:
        text = message("Choose another file, or mend this one: line %(line)s %(problem)s: %(remedy)s.")
        return Unfit(text, line=str(fault.line), problem=problem, remedy=remedy)
    if fault.line:
        return Unfit(message("Choose another file, or mend this one: line %(line)s %(problem)s."), line=str(fault.line), problem=problem)
    if remedy:
        return Unfit(message("Choose another file, or mend this one: it %(problem)s: %(remedy)s."), problem=problem, remedy=remedy)
    return Unfit(message("Choose another file, or mend this one: it %(problem)s."), problem=problem)
