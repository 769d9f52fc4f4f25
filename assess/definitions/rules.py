"""The models of what rule authors write: rules, parameters, derived facts, factors, instruments."""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal
from enum import IntEnum, StrEnum
from functools import cached_property
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BeforeValidator, Field, TypeAdapter, WithJsonSchema, model_validator

from assess.definitions.indicators import Citation, Frozen
from assess.definitions.misfits import Misfit
from assess.definitions.scales import Scale
from assess.definitions.texts import TextField
from assess.phrases import Phrase

TYPES = ("marshallian", "hub_and_spoke", "satellite_platform", "state_anchored")
STAGES = ("potential", "growing", "mature")
FLAGS = ("stagnating", "lock_in")
FACTORS = ("industrial_network", "research_base", "infrastructure_access", "collaboration", "human_resources", "funding", "reputation")
PROFILES = ("porter", "benefit", "integration", "strategy", "spillover", "management", "initiative", "role", "stakeholder", "facilitation")
POLICY_FIELDS = (
    "finance",
    "management",
    "dialogue",
    "knowledge",
    "people",
    "infrastructure",
    "visibility",
    "demand",
    "growth",
    "diversification",
)
SCREENS = {
    "competitiveness": ("combination", "partnership", "critical_mass"),
    "strategy": ("business_led", "public_backing", "companies_of_scale", "research_base"),
}


class StratumName(IntEnum):
    """The order in which conclusions are drawn; a rule reads lower strata only."""

    GIVEN = 0
    EVIDENCE = 1
    CLASSIFICATION = 2
    FLAGS = 3
    TARGETS = 4
    GAPS = 5
    PROFILES = 6
    SCREENS = 7
    RECOMMENDATIONS = 8
    CONFLICTS = 9
    ADVICE = 10


class Tone(StrEnum):
    """How a finding reads."""

    STRENGTH = "strength"
    WEAKNESS = "weakness"
    NEUTRAL = "neutral"


class Audience(StrEnum):
    """Who a piece of advice or a report is for."""

    AGENCY = "agency"
    MANAGEMENT = "management"
    EXECUTIVES = "executives"


class Horizon(StrEnum):
    """When an instrument takes effect: within about two years, or later."""

    SHORT = "short"
    LONG = "long"


def _citations(value: Any) -> Any:
    return [value] if isinstance(value, list) and value and isinstance(value[0], str) else value


_PAIR = {"type": "array", "items": {"type": "string"}, "minItems": 2, "maxItems": 2}
_CITATIONS_SCHEMA = {"oneOf": [_PAIR, {"type": "array", "items": _PAIR, "minItems": 1}]}
Citations = Annotated[tuple[Citation, ...], BeforeValidator(_citations), Field(min_length=1), WithJsonSchema(_CITATIONS_SCHEMA)]


def _weight(value: Any) -> Any:
    if isinstance(value, bool):
        raise Misfit(Phrase("must be a whole number"), Phrase("write one from 1 to 5"))
    return value


def _parameter_name(value: Any) -> Any:
    if not isinstance(value, str) or not re.fullmatch(r"\$[a-z][a-z0-9_]*", value):
        raise Misfit(Phrase("must name a parameter"), Phrase("declare it under parameters, with its reason, and write $name"))
    return value


def _number(value: Any) -> Any:
    if isinstance(value, (bool, str)):
        raise Misfit(Phrase("must be a number"), Phrase("write it without quotes"))
    return value


def _day(value: str) -> str:
    date.fromisoformat(value)
    return value


_WEIGHT_SCHEMA = {"oneOf": [{"type": "integer", "minimum": 1, "maximum": 5}, {"type": "string", "pattern": "<.+>"}]}  # filled in by `each`
Weight = Annotated[int, BeforeValidator(_weight), Field(ge=1, le=5), WithJsonSchema(_WEIGHT_SCHEMA)]
ParameterName = Annotated[str, BeforeValidator(_parameter_name)]
Day = Annotated[str, Field(pattern=r"^\d{4}-\d{2}-\d{2}$"), AfterValidator(_day)]


class Evidence(Frozen):
    """For or against a type or a stage."""

    supports: str | None = None
    opposes: str | None = None
    weight: Weight

    @model_validator(mode="after")
    def _one_of_both(self) -> Evidence:
        if (self.supports is None) == (self.opposes is None):
            raise Misfit(Phrase("needs exactly one of supports and opposes"))
        return self

    @property
    def option(self) -> str:
        """The type or stage it speaks of."""
        return self.supports or self.opposes or ""


class Concludes(Frozen):
    """A named conclusion, true when any rule that concludes it fired."""

    concludes: str
    finding: TextField | None = None
    tone: Tone = Tone.NEUTRAL


class SetsTarget(Frozen):
    """The level a success factor should have."""

    sets_target: Literal[FACTORS]  # type: ignore[valid-type]
    to: ParameterName


class AdjustsTarget(Frozen):
    """A correction of a factor's target."""

    adjusts_target: Literal[FACTORS]  # type: ignore[valid-type]
    by: ParameterName


class ScreenResult(Frozen):
    """Pass or fail of one criterion of a screen."""

    screen: str
    result: Literal["pass", "fail"]
    finding: TextField


class Recommends(Frozen):
    """An instrument that a finding calls for."""

    recommends: str
    weight: Weight
    closes: tuple[str, ...] = Field(min_length=1)


class Excludes(Frozen):
    """An instrument that does not fit here."""

    excludes: str


class Cautions(Frozen):
    """Something that speaks against an instrument here without ruling it out."""

    cautions: str


class Limits(Frozen):
    """How many instruments the management can carry."""

    limits: Literal["portfolio"]
    to: ParameterName


class Advises(Frozen):
    """Advice for one kind of reader."""

    advises: Audience
    insight: int | None = None
    text: TextField


class GrantCondition(Frozen):
    """A condition that a funding agency may attach to a grant."""

    condition: str
    text: TextField


Then = (
    Evidence | Concludes | SetsTarget | AdjustsTarget | ScreenResult | Recommends | Excludes | Cautions | Limits | Advises | GrantCondition
)

THEN_BY_KEY: dict[str, type[Frozen]] = {
    "supports": Evidence,
    "opposes": Evidence,
    "concludes": Concludes,
    "sets_target": SetsTarget,
    "adjusts_target": AdjustsTarget,
    "screen": ScreenResult,
    "recommends": Recommends,
    "excludes": Excludes,
    "cautions": Cautions,
    "limits": Limits,
    "advises": Advises,
    "condition": GrantCondition,
}


class AuthoredRule(Frozen):
    """A rule as it stands in a file, before `each` is written out."""

    id: str = Field(pattern=r"^[a-z<][a-z0-9_<>.-]*$")
    when: tuple[str, ...] = Field(min_length=1)
    unless: tuple[str, ...] = ()
    then: dict[str, Any]
    because: TextField
    cite: Citations
    each: dict[str, dict[str, TextField]] = {}
    monotone: dict[str, Literal["up", "down"]] = {}


class DatedValue(Frozen):
    """A parameter's value from a day on (ISO date)."""

    since: Day = Field(alias="from")
    value: Annotated[Decimal, BeforeValidator(_number)]


class Parameter(Frozen):
    """A threshold or setting, with its reason."""

    label: TextField
    scale: Scale
    values: tuple[DatedValue, ...] = Field(min_length=1)
    cite: Citation
    reason: TextField

    def at(self, year: int) -> Decimal:
        """Return the value in force at the end of `year`; the first value holds for earlier years too."""
        current = self.values[0].value
        for dated in self.values:
            if dated.since <= f"{year:04d}-12-31":
                current = dated.value
        return current


class Derived(Frozen):
    """A number computed from other facts."""

    id: str
    label: TextField
    scale: Scale
    mean: tuple[str, ...] | None = None
    sum: tuple[str, ...] | None = None
    difference: tuple[str, str] | None = None
    minimum: tuple[str, ...] | None = None
    maximum: tuple[str, ...] | None = None
    count_where: tuple[str, ...] | None = None
    ratio: tuple[str, str] | None = None
    known: int | None = Field(default=None, ge=1)
    at_least: ParameterName | None = None
    at_most: ParameterName | None = None

    @model_validator(mode="after")
    def _one_operation(self) -> Derived:
        if len([name for name in DERIVATIONS if getattr(self, name) is not None]) != 1:
            raise Misfit(Phrase("needs exactly one of %(options)s", options=", ".join(DERIVATIONS)))
        if (self.count_where is not None) != ((self.at_least is None) != (self.at_most is None)):
            raise Misfit(Phrase("count_where needs exactly one of at_least and at_most, which nothing else takes"))
        return self

    @cached_property
    def operation(self) -> str:
        """The name of the operation."""
        return next(name for name in DERIVATIONS if getattr(self, name) is not None)

    @cached_property
    def inputs(self) -> tuple[str, ...]:
        """The facts it is computed from."""
        return tuple(getattr(self, self.operation))


DERIVATIONS = ("mean", "sum", "difference", "minimum", "maximum", "count_where", "ratio")


class Factor(Frozen):
    """One of the seven success factors."""

    label: TextField
    indicators: tuple[str, ...] = Field(min_length=1)
    known: int = Field(ge=1)
    cite: Citations
    describes: TextField | None = None


class Suits(Frozen):
    """The stages and types an instrument suits."""

    stages: tuple[Literal[STAGES], ...]  # type: ignore[valid-type]
    types: tuple[Literal[TYPES], ...]  # type: ignore[valid-type]


class Unsuited(Frozen):
    """A conclusion under which an instrument is ruled out."""

    when: str
    because: TextField


class Instrument(Frozen):
    """One entry of the catalogue of policy instruments."""

    id: str = Field(pattern=r"^[a-z0-9-]+$")
    name: TextField
    field: Literal[POLICY_FIELDS]  # type: ignore[valid-type]
    does: TextField
    closes: tuple[str, ...] = Field(min_length=1)
    suits: Suits
    unsuited: tuple[Unsuited, ...] = ()
    who_acts: TextField
    horizon: Horizon
    effort: Literal["low", "medium", "high"]
    presupposes: tuple[TextField, ...] = ()
    risks: tuple[TextField, ...] = ()
    cite: Citations
    case: TextField | None = None


class RulesFile(Frozen):
    """A file of the rule base."""

    parameters: dict[str, Parameter] = {}
    derived: tuple[Derived, ...] = ()
    factors: dict[Literal[FACTORS], Factor] = {}  # type: ignore[valid-type]
    instruments: tuple[Instrument, ...] = ()
    rules: tuple[AuthoredRule, ...] = ()


EXPERT = "expert"
"""The source that stands for the judgement of a rule base's authors."""


class Source(Frozen):
    """A work that rules cite."""

    title: str
    authors: str | None = None
    year: int | None = None
    published: str | None = None
    doi: str | None = None
    via: str | None = None
    note: str | None = None

    @property
    def short(self) -> str:
        """Whose work it is, or what it is called, with its year."""
        who = self.authors or self.title
        return f"{who} ({self.year})" if self.year else who

    @property
    def reference(self) -> str:
        """The work in one line, as a bibliography gives it."""
        who = f"{self.authors} " if self.authors else ""
        year = f"({self.year}). " if self.year else ""
        rest = "".join(f" {part}." for part in (self.published, f"doi:{self.doi}" if self.doi else None) if part)
        return f"{who}{year}{self.title}.{rest}"


def rules_schema() -> dict[str, Any]:
    """Return the JSON Schema of a rules file, for editors."""
    schema = RulesFile.model_json_schema(by_alias=True)
    then = TypeAdapter(Then).json_schema(by_alias=True)
    schema["$defs"] |= then.pop("$defs")
    schema["$defs"]["AuthoredRule"]["properties"]["then"] = then
    return {"$schema": "https://json-schema.org/draft/2020-12/schema"} | schema
