"""Works on background jobs in the foreground: `assess worker`."""

from __future__ import annotations

import logging
import os
import signal

import click

from assess.commands.sites import refuse_old_tables
from assess.commands.speaking import say
from assess.settings import Settings, read_settings
from assess.worker.handlers import HANDLERS
from assess.worker.handling import database
from assess.worker.periodic import PERIODIC
from assess.worker.supervisor import Supervisor
from assess.workflow.transports import transport_for


def run(beside: int | None = None) -> None:
    """Work until interrupted, or until the process `beside` that started this one is gone."""
    settings = read_settings()
    _check(settings)
    logging.basicConfig(format="%(message)s", level=logging.WARNING)
    supervisor = Supervisor(settings, HANDLERS, periodic=PERIODIC)
    signal.signal(signal.SIGTERM, supervisor.stop)
    signal.signal(signal.SIGINT, supervisor.stop)
    if beside is None:
        click.echo(say("Working on background jobs; stop with Ctrl+C."))
    supervisor.run(ended=lambda: beside is not None and os.getppid() != beside)


def _check(settings: Settings) -> None:
    """Refuse to begin with settings that every job would fail on."""
    transport_for(settings.mail)
    with database(settings) as engine:
        refuse_old_tables(engine)
