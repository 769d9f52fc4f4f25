"""The tables of staff: accounts, what each may look after, their sessions, and the agencies' programmes."""

# No `from __future__ import annotations` here: SQLModel reads the annotations themselves.

from datetime import datetime
from enum import StrEnum

from sqlalchemy import UniqueConstraint
from sqlmodel import Field, SQLModel

from assess.store.columns import enum_column, text_column
from assess.store.times import UtcTime


class Role(StrEnum):
    """What an account may be. Members need no account: they come by their personal links."""

    MANAGER = "manager"
    EVALUATOR = "evaluator"
    AGENCY = "agency"
    ADMIN = "admin"


class TokenPurpose(StrEnum):
    """What a mailed link to an account is good for."""

    WELCOME = "welcome"
    """Choose the first password."""
    RESET = "reset"


class Account(SQLModel, table=True):
    """A person of staff. Erasing one empties name and address; the row stays, because events point to it."""

    __tablename__ = "account"
    id: int | None = Field(default=None, primary_key=True)
    email: str = Field(max_length=254, unique=True)
    """In lower case; what people sign in with."""
    name: str = Field(max_length=200)
    language: str = Field(default="en", max_length=8)
    password_hash: str | None = Field(default=None, max_length=200)
    """argon2id; none until the first password is chosen."""
    password_changed_at: datetime | None = Field(default=None, sa_type=UtcTime)
    totp_secret: str | None = Field(default=None, max_length=200)
    totp_confirmed_at: datetime | None = Field(default=None, sa_type=UtcTime)
    totp_last_step: int = 0
    """The thirty seconds of the last code that was taken: none is taken twice."""
    recovery_codes: str = Field(default="[]", max_length=2000)
    """JSON list of SHA-256 digests; a used one is taken out."""
    failed_logins: int = 0
    locked_until: datetime | None = Field(default=None, sa_type=UtcTime)
    created_at: datetime = Field(sa_type=UtcTime)
    disabled_at: datetime | None = Field(default=None, sa_type=UtcTime)
    erased_at: datetime | None = Field(default=None, sa_type=UtcTime)


class Assignment(SQLModel, table=True):
    """What an account may look after: a manager or an evaluator a cluster, an agency a programme, an administrator the site."""

    __tablename__ = "assignment"
    id: int | None = Field(default=None, primary_key=True)
    account_id: int = Field(foreign_key="account.id", index=True)
    role: Role = Field(sa_column=enum_column(Role))
    cluster_id: int | None = Field(default=None, foreign_key="cluster.id", index=True)
    programme_id: int | None = Field(default=None, foreign_key="programme.id", index=True)
    created_at: datetime = Field(sa_type=UtcTime)


class AccountSession(SQLModel, table=True):
    """One signed-in browser; ending the row ends the session. Only the SHA-256 of its token is kept."""

    __tablename__ = "account_session"
    id: int | None = Field(default=None, primary_key=True)
    account_id: int = Field(foreign_key="account.id", index=True)
    token_hash: str = Field(max_length=64, unique=True)
    browser: str = Field(max_length=200)
    created_at: datetime = Field(sa_type=UtcTime)
    seen_at: datetime = Field(sa_type=UtcTime)
    expires_at: datetime = Field(sa_type=UtcTime)
    second_factor_at: datetime | None = Field(default=None, sa_type=UtcTime)
    """Until then the session opens nothing but the page that asks for the code."""
    ended_at: datetime | None = Field(default=None, sa_type=UtcTime)


class AccountToken(SQLModel, table=True):
    """A link mailed to an account, to be used once."""

    __tablename__ = "account_token"
    id: int | None = Field(default=None, primary_key=True)
    account_id: int = Field(foreign_key="account.id", index=True)
    purpose: TokenPurpose = Field(sa_column=enum_column(TokenPurpose))
    token_hash: str = Field(max_length=64, unique=True)
    created_at: datetime = Field(sa_type=UtcTime)
    expires_at: datetime = Field(sa_type=UtcTime)
    used_at: datetime | None = Field(default=None, sa_type=UtcTime)


class BreakGlass(SQLModel, table=True):
    """An administrator's access to the single answers of a round, for a stated reason and a short time."""

    __tablename__ = "break_glass"
    id: int | None = Field(default=None, primary_key=True)
    account_id: int = Field(foreign_key="account.id", index=True)
    round_id: int = Field(foreign_key="round.id")
    reason: str = Field(max_length=1000)
    opened_at: datetime = Field(sa_type=UtcTime)
    expires_at: datetime = Field(sa_type=UtcTime)


class Programme(SQLModel, table=True):
    """An agency's funding line."""

    __tablename__ = "programme"
    id: int | None = Field(default=None, primary_key=True)
    key: str = Field(max_length=80, unique=True)
    name: str = Field(max_length=200)
    funder: str = Field(max_length=200)
    four_eyes: bool = False
    """Whether a report needs a second evaluator before it is published."""


class ProgrammeCluster(SQLModel, table=True):
    """A cluster that a programme funds or may fund."""

    __tablename__ = "programme_cluster"
    __table_args__ = (UniqueConstraint("programme_id", "cluster_id"),)
    id: int | None = Field(default=None, primary_key=True)
    programme_id: int = Field(foreign_key="programme.id")
    cluster_id: int = Field(foreign_key="cluster.id", index=True)


class DoorTries(SQLModel, table=True):
    """Tries at one door by one client or for one account; `key` is a digest that tells neither."""

    __tablename__ = "door_tries"
    id: int | None = Field(default=None, primary_key=True)
    key: str = Field(max_length=64, unique=True)
    tries: str = Field(sa_column=text_column())
    """JSON list of times."""
    until: datetime = Field(sa_type=UtcTime, index=True)
    """From then on nothing of it counts."""
