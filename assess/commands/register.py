"""Asks the register of the site that the environment names."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import inspect

from assess.commands.sites import place
from assess.reports.seal_checks import Register
from assess.store.failures import StoreError
from assess.store.session import reading
from assess.store.steering_tables import ReportFile
from assess.workflow.report_files import register_of


@contextmanager
def site_register() -> Iterator[Register | None]:
    """Yield the register; None when the database cannot be reached or has no tables yet."""
    with place() as found:
        try:
            with reading(found.engine) as session:
                has_tables = inspect(session.connection()).has_table(str(ReportFile.__tablename__))
        except StoreError:
            has_tables = False
        if not has_tables:
            yield None
            return
        with reading(found.engine) as session:
            yield register_of(session)
