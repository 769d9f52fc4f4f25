"""Checks the audit log from the command line: `assess audit …`."""

from __future__ import annotations

import re

import click

from assess.commands.sites import place_to_read
from assess.commands.speaking import reader, say, several
from assess.errors import AssessError
from assess.phrases import Phrase
from assess.workflow import audit

_KNOWN = re.compile(r"([0-9]{1,12}):([0-9a-f]{64})\Z")


def verify(known: str | None) -> int:
    """Say whether the log is as it was written, and return the exit code: 1 when it is not."""
    with place_to_read() as (_, session):
        chain = audit.verify(session, known=_known(known))
    for broken in chain.breaks:
        click.echo(reader().told(broken))
    if not chain.holds:
        lines = len(chain.breaks)
        click.echo(several(lines, "The audit log does not hold: see the line above.", "The audit log does not hold: see the lines above."))
        return 1
    if chain.unsealed:
        click.echo(
            say(
                "The audit log holds: %(events)s events, %(unsealed)s of them from before the log was sealed.",
                events=chain.events,
                unsealed=chain.unsealed,
            )
        )
    else:
        click.echo(say("The audit log holds: %(events)s events.", events=chain.events))
    return 0


def head() -> None:
    """Print the number of the last event and its seal."""
    with place_to_read() as (_, session):
        number, seal = audit.head(session)
    click.echo(f"{number}:{seal}")


def _known(text: str | None) -> tuple[int, str] | None:
    if text is None:
        return None
    found = _KNOWN.match(text)
    if found is None:
        raise AssessError(Phrase("Write --known as `assess audit head` prints it: a number, a colon and 64 hexadecimal digits."))
    return int(found[1]), found[2]
