"""What can be measured: each indicator's scale, who may state it and how members' answers become one value."""

from __future__ import annotations

from decimal import Decimal
from enum import StrEnum

from pydantic import BaseModel, ConfigDict, Field

from assess.definitions.scales import Scale
from assess.definitions.texts import TextField

Citation = tuple[str, str]
"""A source's id and the locator in it."""


class Origin(StrEnum):
    """Who stated a value, in rising order of authority."""

    MEMBER = "member"
    MANAGEMENT = "management"
    EVALUATOR = "evaluator"


class Aggregate(StrEnum):
    """How the answers of many members become one value."""

    MEDIAN = "median"
    MEAN = "mean"


class Frozen(BaseModel):
    """A model that refuses unknown keys and never changes after it was read."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Indicator(Frozen):
    """One thing that can be measured about a cluster."""

    id: str
    label: TextField
    scale: Scale
    origins: tuple[Origin, ...] = Field(alias="from")
    aggregate: Aggregate
    weighting: str
    min_n: int = Field(ge=3)
    min_coverage: Decimal = Field(ge=0, le=1)


class Weighting(Frozen):
    """How much each kind of member weighs when answers are put together; no shares: every organisation alike."""

    shares: dict[str, Decimal]
    cite: Citation
    reason: TextField
