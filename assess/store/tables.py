"""The tables. Times are UTC without a zone; texts are Unicode; nothing here thinks."""

# No `from __future__ import annotations` here: SQLModel reads the annotations themselves.

from datetime import datetime
from enum import StrEnum

from sqlalchemy import Index, UniqueConstraint
from sqlmodel import Field, SQLModel

from assess.store.columns import enum_column, text_column
from assess.store.times import UtcTime

# A column that begins a unique constraint has no index of its own.


class RoundState(StrEnum):
    """What may be done in a round."""

    PLANNED = "planned"
    OPEN = "open"
    CLOSED = "closed"


class ResponseState(StrEnum):
    """What may be done with a response."""

    DRAFT = "draft"
    SUBMITTED = "submitted"
    REOPENED = "reopened"


class MailState(StrEnum):
    """What became of a mail."""

    QUEUED = "queued"
    SENT = "sent"
    FAILED = "failed"
    BOUNCED = "bounced"


class JobState(StrEnum):
    """What became of a job."""

    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    DEAD = "dead"


class Cluster(SQLModel, table=True):
    """A cluster; `key` is its short name in addresses and files."""

    __tablename__ = "cluster"
    id: int | None = Field(default=None, primary_key=True)
    key: str = Field(max_length=80, unique=True)
    name: str = Field(max_length=200)
    sector: str | None = Field(default=None, max_length=200)
    region: str | None = Field(default=None, max_length=200)
    country: str | None = Field(default=None, max_length=200)


class Member(SQLModel, table=True):
    """An organisation in a cluster, with its kind and the person who answers for it."""

    __tablename__ = "member"
    __table_args__ = (UniqueConstraint("cluster_id", "name_key"),)
    id: int | None = Field(default=None, primary_key=True)
    cluster_id: int = Field(foreign_key="cluster.id")
    name: str = Field(max_length=200)
    name_key: str = Field(max_length=200)
    """The name without case and superfluous spaces, by which an import finds a member again."""
    kind: str = Field(max_length=20)
    email: str = Field(max_length=254)
    language: str = Field(default="en", max_length=8)
    active: bool = True


class Round(SQLModel, table=True):
    """One cluster's survey of one year, with the versions it is pinned to."""

    __tablename__ = "round"
    __table_args__ = (UniqueConstraint("cluster_id", "year"),)
    id: int | None = Field(default=None, primary_key=True)
    cluster_id: int = Field(foreign_key="cluster.id")
    year: int
    state: RoundState = Field(default=RoundState.PLANNED, sa_column=enum_column(RoundState))
    opens_at: datetime = Field(sa_type=UtcTime)
    closes_at: datetime = Field(sa_type=UtcTime)
    closed_at: datetime | None = Field(default=None, sa_type=UtcTime)
    figures_released_at: datetime | None = Field(default=None, sa_type=UtcTime)
    """From then on no answer of the round may change: it would show as the difference of two figures."""
    rulebase_version: str = Field(max_length=40)
    rulebase_digest: str = Field(max_length=64)
    retain_until: datetime | None = Field(default=None, sa_type=UtcTime)
    """When its single answers are to be erased; none: not decided yet."""
    erased_at: datetime | None = Field(default=None, sa_type=UtcTime)


class RoundQuestionnaire(SQLModel, table=True):
    """A questionnaire version that a round asks; its whole definition is kept, so that it never changes under an open response."""

    __tablename__ = "round_questionnaire"
    __table_args__ = (UniqueConstraint("round_id", "questionnaire"),)
    id: int | None = Field(default=None, primary_key=True)
    round_id: int = Field(foreign_key="round.id")
    questionnaire: str = Field(max_length=40)
    version: str = Field(max_length=40)
    digest: str = Field(max_length=64)
    source: str = Field(sa_column=text_column())
    """The definition as it was written, YAML."""


class Invitation(SQLModel, table=True):
    """A personal link. Only the SHA-256 of its token is kept."""

    __tablename__ = "invitation"
    id: int | None = Field(default=None, primary_key=True)
    round_id: int = Field(foreign_key="round.id", index=True)
    member_id: int = Field(foreign_key="member.id", index=True)
    questionnaire: str = Field(default="member", max_length=40)
    token_hash: str = Field(max_length=64, unique=True)
    email: str = Field(max_length=254)
    delegated_by: int | None = Field(default=None, foreign_key="invitation.id")
    created_at: datetime = Field(sa_type=UtcTime)
    expires_at: datetime = Field(sa_type=UtcTime)
    opened_at: datetime | None = Field(default=None, sa_type=UtcTime)
    revoked_at: datetime | None = Field(default=None, sa_type=UtcTime)
    unsubscribed_at: datetime | None = Field(default=None, sa_type=UtcTime)
    bounced_at: datetime | None = Field(default=None, sa_type=UtcTime)
    reminders: int = 0


class Response(SQLModel, table=True):
    """One member's response to one questionnaire in one round."""

    __tablename__ = "response"
    __table_args__ = (UniqueConstraint("round_id", "member_id", "questionnaire"),)
    id: int | None = Field(default=None, primary_key=True)
    round_id: int = Field(foreign_key="round.id")
    member_id: int = Field(foreign_key="member.id", index=True)
    questionnaire: str = Field(max_length=40)
    version: str = Field(max_length=40)
    state: ResponseState = Field(default=ResponseState.DRAFT, sa_column=enum_column(ResponseState))
    revision: int = 0
    """Counts every save and submission; a save names the revision it saw."""
    created_at: datetime = Field(sa_type=UtcTime)
    saved_at: datetime | None = Field(default=None, sa_type=UtcTime)
    submitted_at: datetime | None = Field(default=None, sa_type=UtcTime)


class Answer(SQLModel, table=True):
    """The present answer to one item, as it was given."""

    __tablename__ = "answer"
    __table_args__ = (UniqueConstraint("response_id", "item", "instance"),)
    id: int | None = Field(default=None, primary_key=True)
    response_id: int = Field(foreign_key="response.id")
    item: str = Field(max_length=80)
    instance: int = 0
    """The number of the repetition in a repeat group; 0 outside one."""
    raw: str = Field(sa_column=text_column())
    """Empty: the answer was taken back."""
    revision: int
    saved_at: datetime = Field(sa_type=UtcTime)


class AnswerRevision(SQLModel, table=True):
    """Every answer that was ever saved; rows are only added."""

    __tablename__ = "answer_revision"
    __table_args__ = (UniqueConstraint("response_id", "item", "instance", "revision"),)
    id: int | None = Field(default=None, primary_key=True)
    response_id: int = Field(foreign_key="response.id")
    item: str = Field(max_length=80)
    instance: int = 0
    raw: str = Field(sa_column=text_column())
    revision: int
    saved_at: datetime = Field(sa_type=UtcTime)


class Submission(SQLModel, table=True):
    """A response as it was handed in; a later one never replaces it."""

    __tablename__ = "submission"
    __table_args__ = (UniqueConstraint("response_id", "revision"),)
    id: int | None = Field(default=None, primary_key=True)
    response_id: int = Field(foreign_key="response.id")
    revision: int
    submitted_at: datetime = Field(sa_type=UtcTime)
    receipt: str = Field(max_length=20, unique=True)
    digest: str = Field(max_length=64)
    """SHA-256 of the canonical JSON of all answers."""


class Reopening(SQLModel, table=True):
    """Why a response was reopened, with the revision that this made; the log only says that it was."""

    __tablename__ = "reopening"
    __table_args__ = (UniqueConstraint("response_id", "revision"),)
    id: int | None = Field(default=None, primary_key=True)
    response_id: int = Field(foreign_key="response.id")
    revision: int
    reason: str = Field(sa_column=text_column())


class Receipt(SQLModel, table=True):
    """What was answered to a request that may be repeated; the key comes from the page."""

    __tablename__ = "receipt"
    __table_args__ = (UniqueConstraint("response_id", "key"),)
    id: int | None = Field(default=None, primary_key=True)
    response_id: int = Field(foreign_key="response.id")
    key: str = Field(max_length=64)
    digest: str = Field(max_length=64)
    """SHA-256 of what was sent."""
    outcome: str = Field(sa_column=text_column())
    """JSON."""
    created_at: datetime = Field(sa_type=UtcTime)


class EvidenceFile(SQLModel, table=True):
    """A file that a respondent attached; its bytes are kept under its digest."""

    __tablename__ = "evidence_file"
    id: int | None = Field(default=None, primary_key=True)
    response_id: int = Field(foreign_key="response.id", index=True)
    item: str = Field(max_length=80)
    name: str = Field(max_length=200)
    media_type: str = Field(max_length=80)
    size: int
    digest: str = Field(max_length=64)
    created_at: datetime = Field(sa_type=UtcTime)


class OutboxMail(SQLModel, table=True):
    """A mail to be sent, written in the transaction that calls for it."""

    __tablename__ = "outbox_mail"
    __table_args__ = (Index("outbox_due", "state", "due_at"),)
    id: int | None = Field(default=None, primary_key=True)
    invitation_id: int | None = Field(default=None, foreign_key="invitation.id", index=True)
    kind: str = Field(max_length=20)
    key: str = Field(max_length=100, unique=True)
    """What the mail is about: the same mail is never queued twice."""
    recipient: str = Field(max_length=254)
    subject: str = Field(max_length=300)
    body: str = Field(sa_column=text_column())
    state: MailState = Field(default=MailState.QUEUED, sa_column=enum_column(MailState))
    due_at: datetime = Field(sa_type=UtcTime)
    sent_at: datetime | None = Field(default=None, sa_type=UtcTime)
    attempts: int = 0
    error: str | None = Field(default=None, max_length=500)


class StoredDiagnosis(SQLModel, table=True):
    """A diagnosis as it was frozen: one JSON document under its digest."""

    __tablename__ = "diagnosis"
    __table_args__ = (UniqueConstraint("round_id", "digest"),)
    id: int | None = Field(default=None, primary_key=True)
    round_id: int = Field(foreign_key="round.id")
    digest: str = Field(max_length=64, index=True)
    document: str = Field(sa_column=text_column())
    created_at: datetime = Field(sa_type=UtcTime)


class ReleasedCell(SQLModel, table=True):
    """A figure that members and managers may see, frozen when the round closed; suppressed ones have no value."""

    __tablename__ = "released_cell"
    __table_args__ = (UniqueConstraint("round_id", "indicator", "kind"),)
    id: int | None = Field(default=None, primary_key=True)
    round_id: int = Field(foreign_key="round.id")
    indicator: str = Field(max_length=80)
    kind: str = Field(max_length=20)
    """A kind of member, or `all`."""
    value: str | None = Field(default=None, max_length=40)
    n: int | None = None
    reason: str | None = Field(default=None, max_length=200)


class Job(SQLModel, table=True):
    """Work to be done in the background, written in the transaction that calls for it."""

    __tablename__ = "job"
    __table_args__ = (Index("job_waiting", "state", "due_at"),)
    id: int | None = Field(default=None, primary_key=True)
    kind: str = Field(max_length=40)
    key: str = Field(max_length=200, unique=True)
    payload: str = Field(sa_column=text_column())
    state: JobState = Field(default=JobState.WAITING, sa_column=enum_column(JobState))
    due_at: datetime = Field(sa_type=UtcTime)
    owner: str | None = Field(default=None, max_length=80)
    lease_until: datetime | None = Field(default=None, sa_type=UtcTime)
    attempts: int = 0
    error: str | None = Field(default=None, max_length=500)
    result: str = Field(default="", sa_column=text_column())
    """What a finished handler says about its work, for those who asked for it."""
    progress: int = 0
    total: int = 0
    created_at: datetime | None = Field(default=None, sa_type=UtcTime)
    finished_at: datetime | None = Field(default=None, sa_type=UtcTime)


class AuditEvent(SQLModel, table=True):
    """Who did what; rows are only added, in the transaction of the act, each sealed together with all before it."""

    __tablename__ = "audit_event"
    __table_args__ = (Index("audit_subject", "subject"),)
    id: int | None = Field(default=None, primary_key=True)
    sequence: int = Field(unique=True)
    """Counts 1, 2, 3 … without a gap."""
    at: datetime = Field(sa_type=UtcTime)
    actor: str = Field(max_length=120)
    verb: str = Field(max_length=60)
    subject: str = Field(max_length=120)
    details: str = Field(sa_column=text_column())
    """JSON; never an answer."""
    seal: str = Field(max_length=64)
    """HMAC-SHA-256 over the seal before it and this event."""


class AuditHead(SQLModel, table=True):
    """The last link of the audit chain: one row, locked by whoever adds an event."""

    __tablename__ = "audit_head"
    id: int | None = Field(default=None, primary_key=True)
    sequence: int = 0
    seal: str = Field(default="", max_length=64)
