"""Says who may look into the demo, at what, and by which address."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from assess.commands.demo_clusters import Stage
from assess.commands.demo_rounds import Asked, Filled
from assess.commands.speaking import reader, say
from assess.definitions.indicators import Origin
from assess.phrases import message
from assess.store.tables import RoundState

_SHOWS = {
    Stage.INVITED: message("an invitation that was not followed yet"),
    Stage.OPENED: message("a response that was begun, with nothing answered yet"),
    Stage.HALF_DONE: message("a response that is half done"),
    Stage.COMPLETE: message("a response with everything answered, not sent yet"),
    Stage.HANDED_IN: message("the receipt of what was handed in"),
    Stage.REOPENED: message("a response that was handed in and may be corrected"),
    Stage.DELEGATED: message("a response left half done to a colleague, whose link this is"),
    Stage.BOUNCED: message("an invitation whose mail came back"),
    Stage.UNSUBSCRIBED: message("an invitation after which no more mail is wanted"),
}
_PAGES = {Stage.COMPLETE: "/review", Stage.HANDED_IN: "/receipt"}
_SINGLE = (Origin.MANAGEMENT.value, Origin.EVALUATOR.value)


@dataclass(frozen=True, slots=True)
class Reader:
    """One line of the demo's table."""

    who: str
    shows: str
    address: str


def readers(filled: Sequence[Filled], base_url: str) -> tuple[Reader, ...]:
    """Return a reader for every stage of answering, for each of the two single sheets, and for results."""
    return (*_members(filled, base_url), *_of_closed_rounds(filled, base_url))


def overview(filled: Sequence[Filled]) -> str:
    """Print a line for each cluster: its sector, and how far this year's round is."""
    width = max(len(cluster.plan.name) for cluster in filled)
    joined = say("; ")
    return "\n".join(f"{cluster.plan.name:<{width}}  {cluster.plan.sector}{joined}{_how_far(cluster)}" for cluster in filled)


def table(found: Sequence[Reader]) -> str:
    """Print readers as a table: who, what the link shows, and below them the address, which is long."""
    width = max(len(one.who) for one in found)
    head = f"{say('Reader'):<{width}}  {say('What the link shows')}"
    lines = (f"{one.who:<{width}}  {one.shows}\n  {one.address}" for one in found)
    return "\n".join((head, "-" * len(head), *lines))


def _members(filled: Sequence[Filled], base_url: str) -> Iterator[Reader]:
    """Yield the first of every stage, members before management and evaluator, in open rounds."""
    asked = [asked for cluster in filled if cluster.plan.state is RoundState.OPEN for asked in cluster.this_year]
    for stage in Stage:
        found = next((one for one in asked if one.stage is stage and one.kind not in _SINGLE), None)
        if found is not None:
            yield _reader(found, base_url)
    for kind in _SINGLE:
        found = next((one for one in asked if one.kind == kind), None)
        if found is not None:
            yield _reader(found, base_url)


def _of_closed_rounds(filled: Sequence[Filled], base_url: str) -> Iterator[Reader]:
    for cluster in filled:
        one = next(one for one in cluster.last_year if one.stage is Stage.HANDED_IN)
        yield Reader(one.name, say("last year's results beside its own answers"), f"{base_url}/s/{one.token}/results")
    for cluster in (cluster for cluster in filled if cluster.plan.state is RoundState.CLOSED):
        one = next(one for one in cluster.this_year if one.stage is Stage.HANDED_IN)
        yield Reader(one.name, say("this year's closed round, diagnosed but not released"), f"{base_url}/s/{one.token}")


def _how_far(cluster: Filled) -> str:
    if cluster.plan.state is RoundState.PLANNED:
        return say("this year's round is planned")
    figures = {"handed_in": sum(asked.stage is Stage.HANDED_IN for asked in cluster.this_year), "all": len(cluster.this_year)}
    if cluster.plan.state is RoundState.OPEN:
        return say("this year's round is open, %(handed_in)s of %(all)s have handed in", **figures)
    return say("this year's round is closed and diagnosed, %(handed_in)s of %(all)s have handed in", **figures)


def _reader(asked: Asked, base_url: str) -> Reader:
    return Reader(asked.name, reader().say(_SHOWS[asked.stage]), f"{base_url}/s/{asked.token}{_PAGES.get(asked.stage, '')}")
