"""Accounts, programmes and what follows a diagnosis; the audit log becomes a chain; jobs say how far they are."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "20261121_staff"
down_revision = "20261121_first_tables"


def upgrade() -> None:
    """Make the new tables, those that others point to first, then add the columns."""
    op.create_table(
        "account",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("email", sa.String(254), nullable=False),
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("language", sa.String(8), nullable=False),
        sa.Column("password_hash", sa.String(200), nullable=True),
        sa.Column("password_changed_at", sa.DateTime(), nullable=True),
        sa.Column("totp_secret", sa.String(200), nullable=True),
        sa.Column("totp_confirmed_at", sa.DateTime(), nullable=True),
        sa.Column("totp_last_step", sa.Integer(), nullable=False),
        sa.Column("recovery_codes", sa.String(2000), nullable=False),
        sa.Column("failed_logins", sa.Integer(), nullable=False),
        sa.Column("locked_until", sa.DateTime(), nullable=True),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("disabled_at", sa.DateTime(), nullable=True),
        sa.Column("erased_at", sa.DateTime(), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_account"),
        sa.UniqueConstraint("email", name="uq_account_email"),
    )
    op.create_table(
        "audit_head",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("seal", sa.String(64), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_audit_head"),
    )
    op.create_table(
        "programme",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(80), nullable=False),
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("funder", sa.String(200), nullable=False),
        sa.Column("four_eyes", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_programme"),
        sa.UniqueConstraint("key", name="uq_programme_key"),
    )
    op.create_table(
        "account_session",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("token_hash", sa.String(64), nullable=False),
        sa.Column("browser", sa.String(200), nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("seen_at", sa.DateTime(), nullable=False),
        sa.Column("expires_at", sa.DateTime(), nullable=False),
        sa.Column("second_factor_at", sa.DateTime(), nullable=True),
        sa.Column("ended_at", sa.DateTime(), nullable=True),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name="fk_account_session_account_id_account"),
        sa.PrimaryKeyConstraint("id", name="pk_account_session"),
        sa.UniqueConstraint("token_hash", name="uq_account_session_token_hash"),
    )
    op.create_index("ix_account_session_account_id", "account_session", ["account_id"])
    op.create_table(
        "account_token",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("purpose", sa.String(20), nullable=False),
        sa.Column("token_hash", sa.String(64), nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("expires_at", sa.DateTime(), nullable=False),
        sa.Column("used_at", sa.DateTime(), nullable=True),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name="fk_account_token_account_id_account"),
        sa.PrimaryKeyConstraint("id", name="pk_account_token"),
        sa.UniqueConstraint("token_hash", name="uq_account_token_token_hash"),
    )
    op.create_index("ix_account_token_account_id", "account_token", ["account_id"])
    op.create_table(
        "assignment",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("role", sa.String(20), nullable=False),
        sa.Column("cluster_id", sa.Integer(), nullable=True),
        sa.Column("programme_id", sa.Integer(), nullable=True),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name="fk_assignment_account_id_account"),
        sa.ForeignKeyConstraint(["cluster_id"], ["cluster.id"], name="fk_assignment_cluster_id_cluster"),
        sa.ForeignKeyConstraint(["programme_id"], ["programme.id"], name="fk_assignment_programme_id_programme"),
        sa.PrimaryKeyConstraint("id", name="pk_assignment"),
    )
    op.create_index("ix_assignment_account_id", "assignment", ["account_id"])
    op.create_index("ix_assignment_cluster_id", "assignment", ["cluster_id"])
    op.create_index("ix_assignment_programme_id", "assignment", ["programme_id"])
    op.create_table(
        "programme_cluster",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("programme_id", sa.Integer(), nullable=False),
        sa.Column("cluster_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["cluster_id"], ["cluster.id"], name="fk_programme_cluster_cluster_id_cluster"),
        sa.ForeignKeyConstraint(["programme_id"], ["programme.id"], name="fk_programme_cluster_programme_id_programme"),
        sa.PrimaryKeyConstraint("id", name="pk_programme_cluster"),
        sa.UniqueConstraint("programme_id", "cluster_id", name="uq_programme_cluster_programme_id_cluster_id"),
    )
    op.create_index("ix_programme_cluster_cluster_id", "programme_cluster", ["cluster_id"])
    op.create_table(
        "action_item",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("cluster_id", sa.Integer(), nullable=False),
        sa.Column("round_id", sa.Integer(), nullable=False),
        sa.Column("instrument", sa.String(80), nullable=False),
        sa.Column("title", sa.String(300), nullable=False),
        sa.Column("owner", sa.String(200), nullable=False),
        sa.Column("milestone", sa.String(500), nullable=False),
        sa.Column("due", sa.Date(), nullable=False),
        sa.Column("indicator", sa.String(80), nullable=True),
        sa.Column("baseline", sa.String(40), nullable=True),
        sa.Column("target", sa.String(40), nullable=True),
        sa.Column("state", sa.String(20), nullable=False),
        sa.Column("because", sa.String(1000), nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("created_by", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["cluster_id"], ["cluster.id"], name="fk_action_item_cluster_id_cluster"),
        sa.ForeignKeyConstraint(["created_by"], ["account.id"], name="fk_action_item_created_by_account"),
        sa.ForeignKeyConstraint(["round_id"], ["round.id"], name="fk_action_item_round_id_round"),
        sa.PrimaryKeyConstraint("id", name="pk_action_item"),
    )
    op.create_index("ix_action_item_cluster_id", "action_item", ["cluster_id"])
    op.create_index("ix_action_item_round_id", "action_item", ["round_id"])
    op.create_table(
        "break_glass",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("round_id", sa.Integer(), nullable=False),
        sa.Column("reason", sa.String(1000), nullable=False),
        sa.Column("opened_at", sa.DateTime(), nullable=False),
        sa.Column("expires_at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name="fk_break_glass_account_id_account"),
        sa.ForeignKeyConstraint(["round_id"], ["round.id"], name="fk_break_glass_round_id_round"),
        sa.PrimaryKeyConstraint("id", name="pk_break_glass"),
    )
    op.create_index("ix_break_glass_account_id", "break_glass", ["account_id"])
    op.create_table(
        "override",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("round_id", sa.Integer(), nullable=False),
        sa.Column("indicator", sa.String(80), nullable=False),
        sa.Column("value", sa.String(40), nullable=True),
        sa.Column("before", sa.Text(), nullable=False),
        sa.Column("reason", sa.String(2000), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("made_at", sa.DateTime(), nullable=False),
        sa.Column("withdrawn_at", sa.DateTime(), nullable=True),
        sa.Column("withdrawn_by", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name="fk_override_account_id_account"),
        sa.ForeignKeyConstraint(["round_id"], ["round.id"], name="fk_override_round_id_round"),
        sa.ForeignKeyConstraint(["withdrawn_by"], ["account.id"], name="fk_override_withdrawn_by_account"),
        sa.PrimaryKeyConstraint("id", name="pk_override"),
    )
    op.create_index("ix_override_round_id", "override", ["round_id"])
    op.create_table(
        "rating",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("round_id", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("item", sa.String(80), nullable=False),
        sa.Column("raw", sa.Text(), nullable=False),
        sa.Column("saved_at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name="fk_rating_account_id_account"),
        sa.ForeignKeyConstraint(["round_id"], ["round.id"], name="fk_rating_round_id_round"),
        sa.PrimaryKeyConstraint("id", name="pk_rating"),
        sa.UniqueConstraint("round_id", "account_id", "item", name="uq_rating_round_id_account_id_item"),
    )
    op.create_index("ix_rating_account_id", "rating", ["account_id"])
    op.create_table(
        "action_review",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("action_item_id", sa.Integer(), nullable=False),
        sa.Column("round_id", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(20), nullable=False),
        sa.Column("note", sa.String(1000), nullable=False),
        sa.Column("reached", sa.String(40), nullable=True),
        sa.Column("reviewed_at", sa.DateTime(), nullable=False),
        sa.Column("reviewed_by", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["action_item_id"], ["action_item.id"], name="fk_action_review_action_item_id_action_item"),
        sa.ForeignKeyConstraint(["reviewed_by"], ["account.id"], name="fk_action_review_reviewed_by_account"),
        sa.ForeignKeyConstraint(["round_id"], ["round.id"], name="fk_action_review_round_id_round"),
        sa.PrimaryKeyConstraint("id", name="pk_action_review"),
    )
    op.create_index("ix_action_review_action_item_id", "action_review", ["action_item_id"])
    op.create_index("ix_action_review_round_id", "action_review", ["round_id"])
    op.create_table(
        "carried_answer",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("response_id", sa.Integer(), nullable=False),
        sa.Column("item", sa.String(80), nullable=False),
        sa.Column("before", sa.Text(), nullable=False),
        sa.Column("from_year", sa.Integer(), nullable=False),
        sa.Column("verdict", sa.String(20), nullable=True),
        sa.Column("because", sa.String(1000), nullable=False),
        sa.Column("judged_at", sa.DateTime(), nullable=True),
        sa.ForeignKeyConstraint(["response_id"], ["response.id"], name="fk_carried_answer_response_id_response"),
        sa.PrimaryKeyConstraint("id", name="pk_carried_answer"),
        sa.UniqueConstraint("response_id", "item", name="uq_carried_answer_response_id_item"),
    )
    op.create_table(
        "publication",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("round_id", sa.Integer(), nullable=False),
        sa.Column("diagnosis_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.String(40), nullable=False),
        sa.Column("approved_at", sa.DateTime(), nullable=False),
        sa.Column("approved_by", sa.Integer(), nullable=False),
        sa.Column("seconded_at", sa.DateTime(), nullable=True),
        sa.Column("seconded_by", sa.Integer(), nullable=True),
        sa.Column("published_at", sa.DateTime(), nullable=True),
        sa.Column("published_by", sa.Integer(), nullable=True),
        sa.Column("withdrawn_at", sa.DateTime(), nullable=True),
        sa.Column("withdrawn_by", sa.Integer(), nullable=True),
        sa.Column("withdrawn_because", sa.String(2000), nullable=False),
        sa.ForeignKeyConstraint(["approved_by"], ["account.id"], name="fk_publication_approved_by_account"),
        sa.ForeignKeyConstraint(["diagnosis_id"], ["diagnosis.id"], name="fk_publication_diagnosis_id_diagnosis"),
        sa.ForeignKeyConstraint(["published_by"], ["account.id"], name="fk_publication_published_by_account"),
        sa.ForeignKeyConstraint(["round_id"], ["round.id"], name="fk_publication_round_id_round"),
        sa.ForeignKeyConstraint(["seconded_by"], ["account.id"], name="fk_publication_seconded_by_account"),
        sa.ForeignKeyConstraint(["withdrawn_by"], ["account.id"], name="fk_publication_withdrawn_by_account"),
        sa.PrimaryKeyConstraint("id", name="pk_publication"),
        sa.UniqueConstraint("diagnosis_id", name="uq_publication_diagnosis_id"),
        sa.UniqueConstraint("number", name="uq_publication_number"),
    )
    op.create_index("ix_publication_round_id", "publication", ["round_id"])
    op.create_table(
        "report_file",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("diagnosis_id", sa.Integer(), nullable=False),
        sa.Column("audience", sa.String(20), nullable=False),
        sa.Column("language", sa.String(8), nullable=False),
        sa.Column("template", sa.String(64), nullable=False),
        sa.Column("stamp", sa.String(64), nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("unsigned_digest", sa.String(64), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(["diagnosis_id"], ["diagnosis.id"], name="fk_report_file_diagnosis_id_diagnosis"),
        sa.PrimaryKeyConstraint("id", name="pk_report_file"),
        sa.UniqueConstraint(
            *("diagnosis_id", "audience", "language", "template", "stamp"),
            name="uq_report_file_diagnosis_id_audience_language_template_stamp",
        ),
    )
    op.create_index("ix_report_file_digest", "report_file", ["digest"])
    op.create_index("ix_report_file_unsigned_digest", "report_file", ["unsigned_digest"])
    op.create_table(
        "decision",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("programme_id", sa.Integer(), nullable=False),
        sa.Column("cluster_id", sa.Integer(), nullable=False),
        sa.Column("publication_id", sa.Integer(), nullable=False),
        sa.Column("report_digest", sa.String(64), nullable=False),
        sa.Column("diagnosis_digest", sa.String(64), nullable=False),
        sa.Column("reference", sa.String(80), nullable=False),
        sa.Column("outcome", sa.String(20), nullable=False),
        sa.Column("conditions", sa.Text(), nullable=False),
        sa.Column("note", sa.String(4000), nullable=False),
        sa.Column("decided_on", sa.Date(), nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("created_by", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["cluster_id"], ["cluster.id"], name="fk_decision_cluster_id_cluster"),
        sa.ForeignKeyConstraint(["created_by"], ["account.id"], name="fk_decision_created_by_account"),
        sa.ForeignKeyConstraint(["programme_id"], ["programme.id"], name="fk_decision_programme_id_programme"),
        sa.ForeignKeyConstraint(["publication_id"], ["publication.id"], name="fk_decision_publication_id_publication"),
        sa.PrimaryKeyConstraint("id", name="pk_decision"),
        sa.UniqueConstraint("programme_id", "reference", name="uq_decision_programme_id_reference"),
    )
    op.create_index("ix_decision_cluster_id", "decision", ["cluster_id"])
    op.create_index("ix_decision_publication_id", "decision", ["publication_id"])
    op.create_table(
        "retention_notice",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("round_id", sa.Integer(), nullable=False),
        sa.Column("months_before", sa.Integer(), nullable=False),
        sa.Column("mail_id", sa.Integer(), nullable=True),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(["mail_id"], ["outbox_mail.id"], name="fk_retention_notice_mail_id_outbox_mail"),
        sa.ForeignKeyConstraint(["round_id"], ["round.id"], name="fk_retention_notice_round_id_round"),
        sa.PrimaryKeyConstraint("id", name="pk_retention_notice"),
        sa.UniqueConstraint("round_id", "months_before", name="uq_retention_notice_round_id_months_before"),
    )

    with op.batch_alter_table("round") as batch:
        batch.add_column(sa.Column("retain_until", sa.DateTime(), nullable=True))
        batch.add_column(sa.Column("erased_at", sa.DateTime(), nullable=True))
    with op.batch_alter_table("job") as batch:
        batch.add_column(sa.Column("result", sa.Text(), nullable=False, server_default=""))
        batch.add_column(sa.Column("progress", sa.Integer(), nullable=False, server_default="0"))
        batch.add_column(sa.Column("total", sa.Integer(), nullable=False, server_default="0"))
        batch.add_column(sa.Column("created_at", sa.DateTime(), nullable=True))
        batch.add_column(sa.Column("finished_at", sa.DateTime(), nullable=True))
    with op.batch_alter_table("job") as batch:
        for column in ("result", "progress", "total"):
            batch.alter_column(column, server_default=None)
    _begin_the_chain()


def _begin_the_chain() -> None:
    """Number the events there are; they were written before the chain and carry no seal."""
    with op.batch_alter_table("audit_event") as batch:
        batch.add_column(sa.Column("sequence", sa.Integer(), nullable=True))
        batch.add_column(sa.Column("seal", sa.String(64), nullable=False, server_default=""))
    op.execute("UPDATE audit_event SET sequence = (SELECT count(*) FROM audit_event AS other WHERE other.id <= audit_event.id)")
    with op.batch_alter_table("audit_event") as batch:
        batch.alter_column("sequence", existing_type=sa.Integer(), nullable=False)
        batch.alter_column("seal", existing_type=sa.String(64), server_default=None)
        batch.create_unique_constraint("uq_audit_event_sequence", ["sequence"])
    op.create_index("audit_subject", "audit_event", ["subject"])
    op.execute("INSERT INTO audit_head (sequence, seal) SELECT count(*), '' FROM audit_event")


def downgrade() -> None:
    """Take everything back; the events stay, their seals go."""
    op.drop_index("audit_subject", table_name="audit_event")
    with op.batch_alter_table("audit_event") as batch:
        batch.drop_constraint("uq_audit_event_sequence", type_="unique")
        batch.drop_column("seal")
        batch.drop_column("sequence")
    with op.batch_alter_table("job") as batch:
        for column in ("finished_at", "created_at", "total", "progress", "result"):
            batch.drop_column(column)
    with op.batch_alter_table("round") as batch:
        batch.drop_column("erased_at")
        batch.drop_column("retain_until")
    for table in (
        "retention_notice",
        "decision",
        "report_file",
        "publication",
        "carried_answer",
        "action_review",
        "rating",
        "override",
        "break_glass",
        "action_item",
        "programme_cluster",
        "assignment",
        "account_token",
        "account_session",
        "programme",
        "audit_head",
        "account",
    ):
        op.drop_table(table)
