"""Tries at the doors are counted in the store; why a response was reopened stands beside it, so that it can be erased with it."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "20261121_tries"
down_revision = "20261121_annexes"


def upgrade() -> None:
    """Make the tables; reasons that were written into the log before stay there, because the log never changes."""
    op.create_table(
        "door_tries",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(64), nullable=False),
        sa.Column("tries", sa.Text(), nullable=False),
        sa.Column("until", sa.DateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_door_tries"),
        sa.UniqueConstraint("key", name="uq_door_tries_key"),
    )
    op.create_index("ix_door_tries_until", "door_tries", ["until"])
    op.create_table(
        "reopening",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("response_id", sa.Integer(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_reopening"),
        sa.UniqueConstraint("response_id", "revision", name="uq_reopening_response_id_revision"),
        sa.ForeignKeyConstraint(["response_id"], ["response.id"], name="fk_reopening_response_id_response"),
    )


def downgrade() -> None:
    """Take the tables away."""
    op.drop_table("reopening")
    op.drop_index("ix_door_tries_until", table_name="door_tries")
    op.drop_table("door_tries")
