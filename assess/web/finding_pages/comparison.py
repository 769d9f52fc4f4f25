"""The cluster beside its earlier rounds, and beside others in the same stage."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from sqlmodel import Session

from assess.definitions.scales import Scale
from assess.definitions.words import ENGLISH
from assess.engine.peers import FEWEST_PEERS, Peers
from assess.engine.what_if import Said
from assess.engine.year_comparison import Change, Comparability
from assess.phrases import message
from assess.reports import names
from assess.reports.dossier import Dossier
from assess.web.finding_pages.case import Case, diagnosed_case
from assess.web.frames import Entry, Frame
from assess.web.sentences import figure
from assess.web.wording import spoken, words
from assess.workflow.comparisons import PEER_YEARS, EarlierRound, with_earlier_rounds, with_peers

_FLAGS = {
    Comparability.SAME: (message("same"), "good"),
    Comparability.REWORDED: (message("reworded"), "open"),
    Comparability.RULE_BASE_CHANGED: (message("rule base changed"), "warn"),
    Comparability.RESCALED: (message("rescaled"), "warn"),
    Comparability.NOT_COMPARABLE: (message("not comparable"), "bad"),
    Comparability.UNKNOWN: (message("not known"), "none"),
}
"""Word and tone of a badge."""
_REASONS = (
    message("No peers are given: the stage of this cluster is undetermined."),
    message("No peers are given: fewer than %(fewest)s other clusters in the same stage have a published diagnosis by this rule base."),
    message("the rule base is another, and may put answers together otherwise"),
    message("the rule base is another"),
    message("only one of the two rule bases knows this indicator"),
    message("it stands on another scale"),
    message("it rests on other indicators"),
    message("the evaluator replaced the figure of %(first)s and %(last)s"),
    message("the evaluator replaced the figure of %(year)s"),
    message("who stated it is not recorded"),
    message("stated by %(then)s then, by %(now)s now"),
    message("the questions behind it are not recorded"),
    message("other questions feed it"),
    message("what the question %(item)s was before is not declared"),
    message("the question %(item)s is split"),
    message("the question %(item)s is merged"),
    message("the question %(item)s is new"),
    message("the question %(item)s is answered otherwise"),
    message("the question %(item)s is worded otherwise"),
)
"""What the engine says in English about why figures do not compare, or there are no peers."""
_FORMS = tuple((text, re.compile(re.sub(r"%\\\((\w+)\\\)s", r"(?P<\1>.+)", re.escape(text)))) for text in _REASONS)


@dataclass(frozen=True, slots=True)
class ChangeLine:
    """One figure in two years; `difference` is empty where the two do not compare."""

    name: str
    before: str
    after: str
    difference: str
    flag: str
    tone: str
    reason: str


@dataclass(frozen=True, slots=True)
class Earlier:
    """One earlier round."""

    year: int
    standing: str
    type: tuple[str, str]
    stage: tuple[str, str]
    factors: tuple[ChangeLine, ...]
    indicators: tuple[ChangeLine, ...]
    """Those that are known in both years."""
    unmatched: str


@dataclass(frozen=True, slots=True)
class PeerLine:
    """One factor: the cluster's level, and median and middle half of its peers with their number."""

    name: str
    own: str
    median: str
    middle: str
    n: str


@dataclass(frozen=True, slots=True)
class ComparisonPage:
    """The page. `peers` is empty where there are too few; then `no_peers` says so."""

    frame: Frame
    tabs: tuple[Entry, ...]
    year: int
    earlier: tuple[Earlier, ...]
    peers: tuple[PeerLine, ...]
    peers_are: str
    no_peers: str
    fewest: int


def comparison_page(session: Session) -> ComparisonPage:
    """Return the page of the round's diagnosis."""
    case = diagnosed_case(session)
    peers = with_peers(session, case.found)
    return ComparisonPage(
        frame=case.frame(words().say("Comparison"), beneath="diagnosis"),
        tabs=case.tabs(),
        year=case.round.year,
        earlier=tuple(_earlier(case, one) for one in with_earlier_rounds(session, case.found)),
        peers=tuple(_peer_lines(case.told(), peers)) if not peers.reason else (),
        peers_are=_peers_are(peers),
        no_peers=_reason(peers.reason),
        fewest=FEWEST_PEERS,
    )


def _earlier(case: Case, one: EarlierRound) -> Earlier:
    found, dossier = one.comparison, case.dossier()
    both = [change for change in found.indicators if change.before is not None and change.after is not None]
    single = sum((change.before is None) != (change.after is None) for change in found.indicators)
    return Earlier(
        year=one.year,
        standing=_standing(one),
        type=(_type(found.type[0]), _type(found.type[1])),
        stage=(_stage(found.stage[0]), _stage(found.stage[1])),
        factors=tuple(_line(dossier.document["factors"][change.name]["label"], change, Scale.LIKERT) for change in found.factors),
        indicators=tuple(_line(dossier.label(change.name), change, _scale(dossier, change)) for change in both),
        unmatched=_unmatched(single) if single else "",
    )


def _standing(one: EarlierRound) -> str:
    same = one.comparison.same_rulebase
    if one.published and same:
        return words().say("Diagnosis of %(year)s: published; the same rule base.", year=one.year)
    if one.published:
        return words().say("Diagnosis of %(year)s: published; another rule base.", year=one.year)
    if same:
        return words().say("Diagnosis of %(year)s: draft, not published; the same rule base.", year=one.year)
    return words().say("Diagnosis of %(year)s: draft, not published; another rule base.", year=one.year)


def _unmatched(number: int) -> str:
    one = "%(num)s figure is known in only one of the two years."
    return words().several(number, one, "%(num)s figures are known in only one of the two years.")


def _reason(said: str) -> str:
    """Say a sentence of the engine in the language of the page; one that is not known stays as it is."""
    for text, form in _FORMS:
        found = form.fullmatch(said)
        if found is not None:
            values = found.groupdict()
            return words().say(text, **values | {name: _origin(values[name]) for name in ("then", "now") if name in values})
    return said


def _origin(code: str) -> str:
    """Say who stated something; in English the code does."""
    return code if spoken() == ENGLISH else words().say(names.ORIGINS.get(code, code))


def _scale(dossier: Dossier, change: Change) -> Scale:
    return dossier.scale(change.name) if change.name in dossier.document["labels"] else Scale.NUMBER


def _line(name: str, change: Change, scale: Scale) -> ChangeLine:
    return ChangeLine(
        name=name,
        before=_shown(change.before, scale),
        after=_shown(change.after, scale),
        difference=_difference(change.difference, scale),
        flag=words().say(_FLAGS[change.flag][0]),
        tone=_FLAGS[change.flag][1],
        reason=_reason(change.reason),
    )


def _shown(value: Said | Decimal, scale: Scale) -> str:
    if value is None:
        return words().say(names.UNKNOWN)
    text = figure(Decimal(str(value)), scale)
    return words().say(text) if scale is Scale.FLAG else words().number(text)


def _difference(difference: Said, scale: Scale) -> str:
    """Write a difference with its sign; a flag has none to be written."""
    if difference is None or scale is Scale.FLAG:
        return "" if difference is None else words().say("no change") if not difference else words().say("changed")
    if not difference:
        return "±0"
    number = f"{'+' if float(difference) > 0 else ''}{names.shown(difference, scale, words()).removesuffix(' %')}"
    return words().say("%(difference)s points", difference=number) if scale in (Scale.SHARE, Scale.RATE) else number


def _peer_lines(document: Any, peers: Peers) -> Iterator[PeerLine]:
    for name, entry in document["factors"].items():
        own, found = _shown(entry["level"], Scale.LIKERT), peers.factors.get(name)
        if found is None:
            yield PeerLine(entry["label"], own, words().say("not shown"), words().say("too few know it"), "–")
        else:
            low, high = (_shown(value, Scale.LIKERT) for value in (found.low, found.high))
            middle = words().say("%(low)s to %(high)s", low=low, high=high)
            yield PeerLine(entry["label"], own, _shown(found.median, Scale.LIKERT), middle, str(found.n))


def _peers_are(peers: Peers) -> str:
    if peers.n is None:
        return ""
    return words().several(
        peers.n,
        "%(num)s other cluster in the stage “%(stage)s”, published in the last %(years)s years.",
        "%(num)s other clusters in the stage “%(stage)s”, published in the last %(years)s years.",
        stage=names.lower_first(_stage(peers.stage or ""), words()),
        years=PEER_YEARS,
    )


def _type(label: str) -> str:
    return words().say(names.TYPES.get(label, label))


def _stage(label: str) -> str:
    return words().say(names.STAGES.get(label, label))
