"""What a published report shows beside its diagnosis is kept with the publication."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "20261121_annexes"
down_revision = "20261121_staff"


def upgrade() -> None:
    """Make the table; reports that were published before have no annex."""
    op.create_table(
        "report_annex",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("publication_id", sa.Integer(), nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("document", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_report_annex"),
        sa.UniqueConstraint("publication_id", name="uq_report_annex_publication_id"),
        sa.ForeignKeyConstraint(["publication_id"], ["publication.id"], name="fk_report_annex_publication_id_publication"),
    )


def downgrade() -> None:
    """Take the table away."""
    op.drop_table("report_annex")
