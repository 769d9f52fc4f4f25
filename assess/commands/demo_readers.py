"""Says who may look into the demo, at what, and by which address."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from assess.commands.demo_clusters import Stage
from assess.commands.demo_rounds import Asked, Filled
from assess.definitions.indicators import Origin
from assess.store.tables import RoundState

_SHOWS = {
    Stage.INVITED: "an invitation that was not followed yet",
    Stage.OPENED: "a response that was begun, with nothing answered yet",
    Stage.HALF_DONE: "a response that is half done",
    Stage.COMPLETE: "a response with everything answered, not sent yet",
    Stage.HANDED_IN: "the receipt of what was handed in",
    Stage.REOPENED: "a response that was handed in and may be corrected",
    Stage.DELEGATED: "a response left half done to a colleague, whose link this is",
    Stage.BOUNCED: "an invitation whose mail came back",
    Stage.UNSUBSCRIBED: "an invitation after which no more mail is wanted",
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
    return "\n".join(f"{cluster.plan.name:<{width}}  {cluster.plan.sector}; {_how_far(cluster)}" for cluster in filled)


def table(found: Sequence[Reader]) -> str:
    """Print readers as a table: who, what the link shows, and below them the address, which is long."""
    width = max(len(reader.who) for reader in found)
    head = f"{'Reader':<{width}}  What the link shows"
    lines = (f"{reader.who:<{width}}  {reader.shows}\n  {reader.address}" for reader in found)
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
        yield Reader(one.name, "last year's results beside its own answers", f"{base_url}/s/{one.token}/results")
    for cluster in (cluster for cluster in filled if cluster.plan.state is RoundState.CLOSED):
        one = next(one for one in cluster.this_year if one.stage is Stage.HANDED_IN)
        yield Reader(one.name, "this year's closed round, diagnosed but not released", f"{base_url}/s/{one.token}")


def _how_far(cluster: Filled) -> str:
    if cluster.plan.state is RoundState.PLANNED:
        return "this year's round is planned"
    handed_in = sum(asked.stage is Stage.HANDED_IN for asked in cluster.this_year)
    state = "open" if cluster.plan.state is RoundState.OPEN else "closed and diagnosed"
    return f"this year's round is {state}, {handed_in} of {len(cluster.this_year)} have handed in"


def _reader(asked: Asked, base_url: str) -> Reader:
    return Reader(asked.name, _SHOWS[asked.stage], f"{base_url}/s/{asked.token}{_PAGES.get(asked.stage, '')}")
