"""Makes clusters and keeps their lists of members, by hand or from a file that can be read again and again."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from unicodedata import normalize

from sqlmodel import Session, col, select

from assess.definitions.indicators import Origin
from assess.definitions.questionnaire_items import MemberKind
from assess.definitions.validation import suggestion
from assess.exchange.tables import read_table
from assess.phrases import Phrase
from assess.store.tables import Cluster, Member
from assess.workflow import audit
from assess.workflow.mail import MailRefused, address
from assess.workflow.refusals import Taken, Unfit
from assess.workflow.rows import added, identity, required

KINDS = (*(kind.value for kind in MemberKind), Origin.MANAGEMENT.value, Origin.EVALUATOR.value)
"""What a list of members may say: the kinds of member, and who else is asked in a round."""

_LONGEST_NAME = 200
_COLUMNS = {"name": "name", "organisation": "name", "kind": "kind", "email": "email", "e-mail": "email", "language": "language"}
_NEEDED = ("name", "kind", "email")


class Change(StrEnum):
    """What importing a row would do."""

    NEW = "new"
    CHANGED = "changed"
    UNCHANGED = "unchanged"
    FAULTY = "faulty"


@dataclass(frozen=True, slots=True)
class MemberRow:
    """One row of a list of members, with what importing it would do and what is wrong with it, in phrases."""

    line: int
    name: str
    kind: str
    email: str
    language: str
    change: Change
    faults: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class MemberList:
    """A list of members as it was read; nothing is written yet. `guessed_encoding` is empty where the file proves its own."""

    rows: tuple[MemberRow, ...]
    guessed_encoding: str = ""
    ignored_columns: tuple[str, ...] = field(default=())

    @property
    def faulty(self) -> tuple[MemberRow, ...]:
        """Rows that cannot be imported."""
        return tuple(row for row in self.rows if row.faults)

    def count(self, change: Change) -> int:
        """How many rows would do this."""
        return sum(row.change is change for row in self.rows)


def make_cluster(
    session: Session,
    *,
    name: str,
    now: datetime,
    key: str = "",
    actor: str = audit.SYSTEM,
    sector: str | None = None,
    region: str | None = None,
    country: str | None = None,
) -> Cluster:
    """Make a cluster; its key comes from its name unless one is given. Raises Taken, or Unfit for a name that cannot be used."""
    plain = _name(name)
    wanted = key or key_of(plain)
    if session.exec(select(Cluster).where(col(Cluster.key) == wanted)).first() is not None:
        raise Taken("There is a cluster %(key)s already; give this one another key.", key=wanted)
    cluster = added(session, Cluster(key=wanted, name=plain, sector=sector, region=region, country=country))
    audit.record(session, actor=actor, verb="make", subject=f"cluster/{cluster.id}", now=now)
    return cluster


def key_of(name: str) -> str:
    """Return the short name of a cluster for addresses and files: `example-valley` for "Example Valley"."""
    words = "".join(character if character.isalnum() else " " for character in name.lower()).split()
    return "-".join(words)[:80].strip("-") or "cluster"


def name_key(name: str) -> str:
    """Return a name without case and superfluous spaces, as answers are brought together by organisation."""
    return " ".join(normalize("NFKC", name).casefold().split())


def add_member(
    session: Session, cluster: Cluster, *, name: str, kind: str, email: str, now: datetime, language: str = "en", actor: str = audit.SYSTEM
) -> Member:
    """Add one member. Raises Taken when the cluster has one of this name, Unfit when something about it cannot be used."""
    row = _judged(0, name, kind, email, language, _members(session, cluster))
    if row.faults:
        raise Unfit("Correct the entry: %(fault)s.", fault=row.faults[0])
    if row.change is not Change.NEW:
        raise Taken("%(member)s is in the list of this cluster already; change that entry.", member=row.name)
    member = added(session, _member(cluster, row))
    audit.record(session, actor=actor, verb="add", subject=f"member/{member.id}", now=now)
    return member


def preview_members(session: Session, cluster: Cluster, path: Path) -> MemberList:
    """Read a list of members (CSV or XLSX with the columns name, kind, email and, if wanted, language) and say what it would do.

    Members are found again by their name. Raises FaultsFound when the file is no table, Unfit when a column is missing.
    """
    table = read_table(path)
    places, ignored = _places(table.header)
    members, seen = _members(session, cluster), dict[str, int]()
    rows = tuple(_again(_read(line, cells, places, members), seen) for line, cells in table.rows)
    return MemberList(rows, table.guessed_encoding, ignored)


def judge_members(session: Session, cluster: Cluster, rows: Iterable[Sequence[str]]) -> MemberList:
    """Say what importing rows of name, kind, address and language would do, as `preview_members` does of a file."""
    members, seen = _members(session, cluster), dict[str, int]()
    found = (_judged(line, name, kind, email, language, members) for line, (name, kind, email, language) in enumerate(rows, start=1))
    return MemberList(tuple(_again(row, seen) for row in found))


def change_member(
    session: Session, member: Member, *, name: str, kind: str, email: str, language: str, now: datetime, actor: str = audit.SYSTEM
) -> Member:
    """Change an entry of the list; links that were sent stay as they are, and the past is not rewritten.

    Raises Unfit for what cannot be used, Taken when another member of the cluster has the name.
    """
    cluster = required(session, Cluster, member.cluster_id)
    row = _judged(0, name, kind, email, language, {})
    if row.faults:
        raise Unfit("Correct the entry: %(fault)s.", fault=row.faults[0])
    other = _members(session, cluster).get(name_key(row.name))
    if other is not None and other.id != member.id:
        raise Taken("Choose another name: %(member)s is in the list of this cluster already.", member=row.name)
    if (member.name, member.kind, member.email, member.language) == (row.name, row.kind, row.email, row.language):
        return member
    member.name, member.name_key = row.name, name_key(row.name)
    session.add(_updated(member, row))
    session.flush()
    audit.record(session, actor=actor, verb="change", subject=f"member/{member.id}", now=now)
    return member


def set_active(session: Session, member: Member, active: bool, *, now: datetime, actor: str = audit.SYSTEM) -> Member:
    """Say whether a member is invited and reminded from now on; what it answered and its links stay as they are."""
    if member.active != active:
        member.active = active
        session.add(member)
        session.flush()
        audit.record(session, actor=actor, verb="activate" if active else "deactivate", subject=f"member/{member.id}", now=now)
    return member


def members_of(session: Session, cluster: Cluster) -> tuple[Member, ...]:
    """Return the members of a cluster by name, those that are no longer active last."""
    mine = select(Member).where(col(Member.cluster_id) == identity(cluster))
    return tuple(session.exec(mine.order_by(col(Member.active).desc(), col(Member.name_key), col(Member.id))))


def import_members(
    session: Session, cluster: Cluster, listed: MemberList, *, now: datetime, actor: str = audit.SYSTEM, leave_out_faulty: bool = False
) -> int:
    """Write what a preview showed and return how many members were added or changed; members not in the list stay as they are.

    Doing it again changes nothing. Raises Unfit while rows are faulty, unless they are to be left out.
    """
    if listed.faulty and not leave_out_faulty:
        first = listed.faulty[0]
        raise Unfit(
            "Correct line %(line)s (%(fault)s), or leave faulty rows out; %(faulty)s cannot be imported.",
            line=str(first.line),
            fault=first.faults[0],
            faulty=len(listed.faulty),
        )
    members = _members(session, cluster)
    written = 0
    for row in listed.rows:
        member = members.get(name_key(row.name))
        if not row.faults and (member is None or _differs(member, row)):
            session.add(_updated(member, row) if member else _member(cluster, row))
            written += 1
    session.flush()
    audit.record(session, actor=actor, verb="import", subject=f"cluster/{cluster.id}", now=now, details={"members": written})
    return written


def _members(session: Session, cluster: Cluster) -> dict[str, Member]:
    return {member.name_key: member for member in session.exec(select(Member).where(col(Member.cluster_id) == identity(cluster)))}


def _places(header: tuple[str, ...]) -> tuple[dict[str, int], tuple[str, ...]]:
    places: dict[str, int] = {}
    ignored = []
    for place, title in enumerate(header):
        column = _COLUMNS.get(title.casefold())
        if column is None or column in places:
            ignored.append(title)
        else:
            places[column] = place
    missing = [column for column in _NEEDED if column not in places]
    if missing:
        raise Unfit(
            "Name the columns %(needed)s; %(missing)s cannot be found in: %(header)s.",
            needed=", ".join(_NEEDED),
            missing=", ".join(missing),
            header=", ".join(header)[:200],
        )
    return places, tuple(ignored)


def _read(line: int, cells: list[str], places: Mapping[str, int], members: Mapping[str, Member]) -> MemberRow:
    def cell(column: str) -> str:
        place = places.get(column, len(cells))
        return cells[place].strip() if place < len(cells) else ""

    return _judged(line, cell("name"), cell("kind"), cell("email"), cell("language") or "en", members)


def _judged(line: int, name: str, kind: str, email: str, language: str, members: Mapping[str, Member]) -> MemberRow:
    plain, kind, language = " ".join(name.split(" ")).strip(), kind.casefold(), language.casefold()
    faults = tuple(_faults(plain, kind, email, language))
    row = MemberRow(line, plain, kind, email, language, Change.FAULTY, faults)
    member = members.get(name_key(plain))
    change = Change.NEW if member is None else Change.CHANGED if _differs(member, row) else Change.UNCHANGED
    return row if faults else MemberRow(line, plain, kind, email.strip(), language, change)


def _faults(name: str, kind: str, email: str, language: str) -> Iterator[Phrase]:
    if not _can_be_a_name(name.strip()):
        yield Phrase("Give a name of one line and at most %(most)s characters", most=_LONGEST_NAME)
    if kind not in KINDS:
        near = suggestion(kind, KINDS) if kind else ""
        values = {"kind": Phrase.quoted(kind), "kinds": ", ".join(KINDS)}
        if near:
            yield Phrase("the kind %(kind)s is not known; %(near)s; write one of %(kinds)s", near=near, **values)
        else:
            yield Phrase("the kind %(kind)s is not known; write one of %(kinds)s", **values)
    try:
        address(email)
    except MailRefused:
        yield Phrase("%(email)s is not a mail address; write one, without a name or spaces", email=Phrase.quoted(email[:60]))
    if not 1 < len(language) <= 8 or not all(part.isalpha() and part.isascii() for part in language.split("-")):
        yield Phrase("%(language)s is not the code of a language; write en, for example", language=Phrase.quoted(language[:20]))


def _again(row: MemberRow, seen: dict[str, int]) -> MemberRow:
    """Mark a row that names a member for the second time."""
    first = seen.setdefault(name_key(row.name), row.line)
    if first == row.line or not row.name:
        return row
    fault = Phrase("the organisation stands on line %(line)s already; keep one of the two rows", line=str(first))
    return MemberRow(row.line, row.name, row.kind, row.email, row.language, Change.FAULTY, (*row.faults, fault))


def _name(text: str) -> str:
    plain = text.strip()
    if not _can_be_a_name(plain):
        raise Unfit("Give a name of one line and at most %(most)s characters.", most=_LONGEST_NAME)
    return plain


def _can_be_a_name(plain: str) -> bool:
    return 0 < len(plain) <= _LONGEST_NAME and plain.isprintable()


def _differs(member: Member, row: MemberRow) -> bool:
    return (member.kind, member.email, member.language) != (row.kind, row.email.strip(), row.language)


def _member(cluster: Cluster, row: MemberRow) -> Member:
    key = name_key(row.name)
    return Member(cluster_id=identity(cluster), name=row.name, name_key=key, kind=row.kind, email=row.email, language=row.language)


def _updated(member: Member, row: MemberRow) -> Member:
    member.kind, member.email, member.language = row.kind, row.email, row.language
    return member
