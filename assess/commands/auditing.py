"""Checks the audit log from the command line: `assess audit …`."""

from __future__ import annotations

import re

import click

from assess.commands.sites import place_to_read
from assess.errors import AssessError
from assess.workflow import audit

_KNOWN = re.compile(r"([0-9]{1,12}):([0-9a-f]{64})\Z")


def verify(known: str | None) -> int:
    """Say whether the log is as it was written, and return the exit code: 1 when it is not."""
    with place_to_read() as (_, session):
        chain = audit.verify(session, known=_known(known))
    for broken in chain.breaks:
        click.echo(broken)
    if not chain.holds:
        click.echo(f"The audit log does not hold: see the {'lines' if len(chain.breaks) > 1 else 'line'} above.")
        return 1
    early = f", {chain.unsealed} of them from before the log was sealed" if chain.unsealed else ""
    click.echo(f"The audit log holds: {chain.events} events{early}.")
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
        raise AssessError("Write --known as `assess audit head` prints it: a number, a colon and 64 hexadecimal digits.")
    return int(found[1]), found[2]
