"""The tables of what follows a diagnosis: overrides, approval and publication, action plans, grant decisions, retention."""

# No `from __future__ import annotations` here: SQLModel reads the annotations themselves.

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import UniqueConstraint
from sqlmodel import Field, SQLModel

from assess.store.columns import enum_column, text_column
from assess.store.times import UtcTime


class Verdict(StrEnum):
    """What became of an answer that was carried over from the year before."""

    CONFIRMED = "confirmed"
    CHANGED = "changed"


class ActionState(StrEnum):
    """Where an action item stands."""

    PLANNED = "planned"
    UNDER_WAY = "under_way"
    DONE = "done"
    DROPPED = "dropped"


class Outcome(StrEnum):
    """What an agency decided."""

    GRANTED = "granted"
    GRANTED_IN_PART = "granted_in_part"
    REFUSED = "refused"
    DEFERRED = "deferred"


class Override(SQLModel, table=True):
    """A measure that an evaluator replaced, and why. Rows are only added; the newest of an indicator that was not withdrawn holds."""

    __tablename__ = "override"
    id: int | None = Field(default=None, primary_key=True)
    round_id: int = Field(foreign_key="round.id", index=True)
    indicator: str = Field(max_length=80)
    value: str | None = Field(default=None, max_length=40)
    """On the indicator's scale; none: the measure is to be taken for unknown."""
    before: str = Field(sa_column=text_column())
    """JSON of the measure as the answers give it: value, n, spread, coverage, origin."""
    reason: str = Field(max_length=2000)
    account_id: int = Field(foreign_key="account.id")
    made_at: datetime = Field(sa_type=UtcTime)
    withdrawn_at: datetime | None = Field(default=None, sa_type=UtcTime)
    withdrawn_by: int | None = Field(default=None, foreign_key="account.id")


class CarriedAnswer(SQLModel, table=True):
    """An answer of the evaluator sheet that was prefilled from the year before, and what the evaluator said about it."""

    __tablename__ = "carried_answer"
    __table_args__ = (UniqueConstraint("response_id", "item"),)
    id: int | None = Field(default=None, primary_key=True)
    response_id: int = Field(foreign_key="response.id")
    item: str = Field(max_length=80)
    before: str = Field(sa_column=text_column())
    from_year: int
    verdict: Verdict | None = Field(default=None, sa_column=enum_column(Verdict, nullable=True))
    because: str = Field(default="", max_length=1000)
    judged_at: datetime | None = Field(default=None, sa_type=UtcTime)


class Rating(SQLModel, table=True):
    """What a second evaluator answers to an item of the evaluator sheet, without sight of the first one's answers."""

    __tablename__ = "rating"
    __table_args__ = (UniqueConstraint("round_id", "account_id", "item"),)
    id: int | None = Field(default=None, primary_key=True)
    round_id: int = Field(foreign_key="round.id")
    account_id: int = Field(foreign_key="account.id", index=True)
    item: str = Field(max_length=80)
    raw: str = Field(sa_column=text_column())
    saved_at: datetime = Field(sa_type=UtcTime)


class Publication(SQLModel, table=True):
    """A diagnosis on its way to a published report: approved, perhaps by a second person, published, perhaps withdrawn."""

    __tablename__ = "publication"
    id: int | None = Field(default=None, primary_key=True)
    round_id: int = Field(foreign_key="round.id", index=True)
    diagnosis_id: int = Field(foreign_key="diagnosis.id", unique=True)
    number: str = Field(max_length=40, unique=True)
    """The report number, printed on its cover."""
    approved_at: datetime = Field(sa_type=UtcTime)
    approved_by: int = Field(foreign_key="account.id")
    seconded_at: datetime | None = Field(default=None, sa_type=UtcTime)
    seconded_by: int | None = Field(default=None, foreign_key="account.id")
    published_at: datetime | None = Field(default=None, sa_type=UtcTime)
    published_by: int | None = Field(default=None, foreign_key="account.id")
    withdrawn_at: datetime | None = Field(default=None, sa_type=UtcTime)
    withdrawn_by: int | None = Field(default=None, foreign_key="account.id")
    withdrawn_because: str = Field(default="", max_length=2000)


class ReportAnnex(SQLModel, table=True):
    """What a published report shows beside its diagnosis, as it was when the report was published; never changed."""

    __tablename__ = "report_annex"
    id: int | None = Field(default=None, primary_key=True)
    publication_id: int = Field(foreign_key="publication.id", unique=True)
    digest: str = Field(max_length=64)
    document: str = Field(sa_column=text_column())
    """JSON, as `engine.annex` makes it."""
    created_at: datetime = Field(sa_type=UtcTime)


class ReportFile(SQLModel, table=True):
    """A report that was made; its bytes are kept under their digest."""

    __tablename__ = "report_file"
    __table_args__ = (UniqueConstraint("diagnosis_id", "audience", "language", "template", "stamp"),)
    id: int | None = Field(default=None, primary_key=True)
    diagnosis_id: int = Field(foreign_key="diagnosis.id")
    audience: str = Field(max_length=20)
    language: str = Field(max_length=8)
    template: str = Field(max_length=64)
    """The version of the templates, and in other languages of the translations, that it was made with."""
    stamp: str = Field(max_length=64)
    """What else it shows: `draft-` with the beginning of its annex's digest, or the number it was published under."""
    digest: str = Field(max_length=64, index=True)
    unsigned_digest: str = Field(max_length=64, index=True)
    size: int
    created_at: datetime = Field(sa_type=UtcTime)


class ActionItem(SQLModel, table=True):
    """An instrument that a cluster accepted: who, until when, which indicator is to move, how far."""

    __tablename__ = "action_item"
    id: int | None = Field(default=None, primary_key=True)
    cluster_id: int = Field(foreign_key="cluster.id", index=True)
    round_id: int = Field(foreign_key="round.id", index=True)
    """The round whose diagnosis recommended it."""
    instrument: str = Field(max_length=80)
    title: str = Field(max_length=300)
    owner: str = Field(max_length=200)
    milestone: str = Field(max_length=500)
    due: date
    indicator: str | None = Field(default=None, max_length=80)
    baseline: str | None = Field(default=None, max_length=40)
    target: str | None = Field(default=None, max_length=40)
    state: ActionState = Field(default=ActionState.PLANNED, sa_column=enum_column(ActionState))
    because: str = Field(default="", max_length=1000)
    """Why it was dropped."""
    created_at: datetime = Field(sa_type=UtcTime)
    created_by: int = Field(foreign_key="account.id")


class ActionReview(SQLModel, table=True):
    """What a round's review found about an action item; rows are only added."""

    __tablename__ = "action_review"
    id: int | None = Field(default=None, primary_key=True)
    action_item_id: int = Field(foreign_key="action_item.id", index=True)
    round_id: int = Field(foreign_key="round.id", index=True)
    state: ActionState = Field(sa_column=enum_column(ActionState))
    note: str = Field(max_length=1000)
    reached: str | None = Field(default=None, max_length=40)
    """The indicator's value in this round's diagnosis; none where it is unknown."""
    reviewed_at: datetime = Field(sa_type=UtcTime)
    reviewed_by: int = Field(foreign_key="account.id")


class Decision(SQLModel, table=True):
    """A grant decision that a report is attached to; frozen with the report's digest."""

    __tablename__ = "decision"
    __table_args__ = (UniqueConstraint("programme_id", "reference"),)
    id: int | None = Field(default=None, primary_key=True)
    programme_id: int = Field(foreign_key="programme.id")
    cluster_id: int = Field(foreign_key="cluster.id", index=True)
    publication_id: int = Field(foreign_key="publication.id", index=True)
    report_digest: str = Field(max_length=64)
    diagnosis_digest: str = Field(max_length=64)
    reference: str = Field(max_length=80)
    outcome: Outcome = Field(sa_column=enum_column(Outcome))
    conditions: str = Field(sa_column=text_column())
    """JSON list of {text, instrument}; the instrument is none for one written freely."""
    note: str = Field(default="", max_length=4000)
    decided_on: date
    created_at: datetime = Field(sa_type=UtcTime)
    created_by: int = Field(foreign_key="account.id")


class RetentionNotice(SQLModel, table=True):
    """A warning that answers of a round will be erased; nothing is erased before the last one was delivered."""

    __tablename__ = "retention_notice"
    __table_args__ = (UniqueConstraint("round_id", "months_before"),)
    id: int | None = Field(default=None, primary_key=True)
    round_id: int = Field(foreign_key="round.id")
    months_before: int
    mail_id: int | None = Field(default=None, foreign_key="outbox_mail.id")
    created_at: datetime = Field(sa_type=UtcTime)
