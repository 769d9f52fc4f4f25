"""Alembic's door: runs the migrations on the connection that `assess.store.upgrade` hands over, in its transaction."""

from __future__ import annotations

from alembic import context
from sqlmodel import SQLModel

from assess.store import staff_tables as staff_tables
from assess.store import steering_tables as steering_tables
from assess.store import tables as tables

# SQLite cannot alter a table; in batches Alembic builds it anew.
context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=SQLModel.metadata,
    render_as_batch=True,
    compare_type=True,
)
context.run_migrations()
