"""The round of the address with the diagnosis that is looked at, and what the pages about it share."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Any
from urllib.parse import quote

from flask import request
from sqlmodel import Session, col, select

from assess.definitions.library import load_rulebase_version
from assess.definitions.rulebase import Rulebase
from assess.definitions.rulebase_words import rulebase_texts
from assess.definitions.texts import Text
from assess.definitions.words import ENGLISH
from assess.engine.document import SCHEMA
from assess.engine.inference import Engine
from assess.engine.localised import localised
from assess.engine.wording import Wording
from assess.errors import AssessError
from assess.phrases import message
from assess.reports.dossier import Dossier
from assess.reports.seal_stamp import AGENCY
from assess.store.staff_tables import Account
from assess.store.tables import Cluster, Round, StoredDiagnosis
from assess.web.desks import desk
from assess.web.frames import Entry, Frame, frame
from assess.web.wording import spoken, words
from assess.workflow.publications import is_up_to_date
from assess.workflow.refusals import Unfit
from assess.workflow.rows import required

_TABS = (
    (message("Diagnosis"), "diagnosis"),
    (message("What if"), "what-if"),
    (message("Comparison"), "comparison"),
    (message("Publication"), "publication"),
)


class NotDiagnosed(Exception):
    """The round has no diagnosis to be looked at."""


@dataclass(frozen=True, slots=True)
class Case:
    """A round. Without a diagnosis `document` is empty."""

    cluster: Cluster
    round: Round
    diagnosis: StoredDiagnosis | None
    document: Mapping[str, Any]

    @property
    def found(self) -> StoredDiagnosis:
        """The diagnosis. Raises NotDiagnosed."""
        if self.diagnosis is None:
            raise NotDiagnosed
        return self.diagnosis

    def told(self) -> Mapping[str, Any]:
        """The document in the language of the page; in English where its rule base is not at hand, or not translated."""
        if spoken() == ENGLISH or not self.document:
            return self.document
        try:
            return _in_language(self.found.document, self.document["rulebase"]["version"], spoken())
        except AssessError:
            return self.document

    def dossier(self, audience: str = AGENCY) -> Dossier:
        """The document with its lookups, in the language of the page."""
        return Dossier(self.told(), words(), audience=audience)

    def text(self, text: Text) -> str:
        """A text of the rule base in the language of the page."""
        return Wording(words(), rulebase_texts(self.round.rulebase_version, spoken())).text(text)

    @property
    def address(self) -> str:
        """Where the pages of the round begin, without a slash at the end."""
        return f"/clusters/{quote(self.cluster.key)}/{self.round.year}"

    def why(self, conclusion: str) -> str:
        """The address of what is behind a conclusion."""
        return f"{self.address}/diagnosis/why/{quote(conclusion)}"

    def frame(self, title: str, *, beneath: str = "") -> Frame:
        """Return what stands around a page of the round; `beneath` names the page of the round that it stands beneath."""
        crumbs = [(words().say("Desk"), "/desk"), (f"{self.cluster.name} {self.round.year}", self.address)]
        crumbs += [(words().say(label), f"{self.address}/{name}") for label, name in _TABS if name == beneath]
        return frame(title, crumbs)

    def tabs(self) -> tuple[Entry, ...]:
        """The pages about what was found."""
        here = request.path
        return tuple(Entry(words().say(label), f"{self.address}/{name}", here == f"{self.address}/{name}") for label, name in _TABS)


def find_case(session: Session) -> Case:
    """Find the round that the address names, with its newest diagnosis that holds the present overrides, else with its newest one."""
    round_ = required(session, Round, desk().round_id or 0)
    cluster = required(session, Cluster, round_.cluster_id)
    stored = readable(session, round_)
    chosen = next((one for one in stored if is_up_to_date(session, one)), next(iter(stored), None))
    return Case(cluster, round_, chosen, json.loads(chosen.document) if chosen else {})


def diagnosed_case(session: Session) -> Case:
    """Find the same. Raises NotDiagnosed where there is nothing to look at."""
    case = find_case(session)
    if case.diagnosis is None:
        raise NotDiagnosed
    return case


def readable(session: Session, round_: Round) -> tuple[StoredDiagnosis, ...]:
    """Return the diagnoses of a round in the present format, the newest first."""
    rows = session.exec(select(StoredDiagnosis).where(col(StoredDiagnosis.round_id) == round_.id).order_by(col(StoredDiagnosis.id).desc()))
    return tuple(row for row in rows if SCHEMA in row.document[:100])


def rulebase_of(round_: Round) -> Rulebase:
    """Return the rule base that a round is pinned to. Raises Unfit when it is not at hand as it was then."""
    try:
        found = loaded(round_.rulebase_version)
    except AssessError as error:
        text = message("Ask the operator to put the rule base %(version)s back: %(reason)s")
        raise Unfit(text, version=round_.rulebase_version, reason=error.said(words().told)) from error
    if found.digest != round_.rulebase_digest:
        text = message("Ask the operator for the rule base %(version)s as it was when the round was planned; this one differs.")
        raise Unfit(text, version=round_.rulebase_version)
    return found


@cache
def engine() -> Engine:
    """Return the engine of this process; it keeps its compiled rules."""
    return Engine()


def names_of(session: Session, accounts: Iterable[int | None]) -> dict[int, str]:
    """Return what accounts are called, by number; one that was erased goes by its number."""
    wanted = {number for number in accounts if number is not None}
    rows = session.exec(select(Account).where(col(Account.id).in_(wanted))) if wanted else ()
    return {row.id: row.name or words().say("account %(number)s", number=row.id) for row in rows if row.id is not None}


@lru_cache(maxsize=4)
def loaded(version: str) -> Rulebase:
    """Return a version of the rule base as it is at hand now. Raises AssessError when there is none."""
    return load_rulebase_version(version)


@lru_cache(maxsize=4)
def _in_language(document: str, version: str, language: str) -> Mapping[str, Any]:
    """Put a stored diagnosis into a language. Raises AssessError where that cannot be."""
    return localised(json.loads(document), loaded(version), language, engine())
