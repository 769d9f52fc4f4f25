"""What the author of a questionnaire may write: keys, types and their values."""

from __future__ import annotations

import re
from decimal import Decimal
from enum import StrEnum
from functools import cached_property
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, PlainValidator, StrictBool, WithJsonSchema

from assess.definitions.expressions import SPECIAL_ANSWERS
from assess.definitions.indicators import Citation, Frozen, Origin
from assess.definitions.misfits import Misfit
from assess.definitions.texts import TextField
from assess.definitions.validation import suggestion
from assess.phrases import Phrase


class ItemType(StrEnum):
    """What kind of answer an item takes, if any."""

    TEXT = "text"
    INTEGER = "integer"
    DECIMAL = "decimal"
    DATE = "date"
    SELECT_ONE = "select_one"
    SELECT_MULTIPLE = "select_multiple"
    RANGE = "range"
    NOTE = "note"
    ACKNOWLEDGE = "acknowledge"
    FILE = "file"
    CALCULATE = "calculate"
    HIDDEN = "hidden"

    @cached_property
    def answerable(self) -> bool:
        """Whether a respondent answers it."""
        return self not in (ItemType.NOTE, ItemType.CALCULATE, ItemType.HIDDEN)

    @property
    def has_choices(self) -> bool:
        """Whether it names a choice list."""
        return self in (ItemType.SELECT_ONE, ItemType.SELECT_MULTIPLE)

    @property
    def is_number(self) -> bool:
        """Whether its answer is a number."""
        return self in (ItemType.INTEGER, ItemType.DECIMAL, ItemType.RANGE)


class MemberKind(StrEnum):
    """What a member organisation is."""

    COMPANY = "company"
    RESEARCH = "research"
    EDUCATION = "education"
    PUBLIC = "public"
    INVESTOR = "investor"
    SERVICE = "service"
    ASSOCIATION = "association"


class Special(StrEnum):
    """Answers of their own, beside those an item asks for; never zero, never missing."""

    DONT_KNOW = "dont_know"
    NOT_APPLICABLE = "not_applicable"


class ScoreRule(StrEnum):
    """How an answer becomes the indicator's value."""

    DIRECT = "direct"
    REVERSED = "reversed"
    PERCENT = "percent"
    FLAG = "flag"
    COUNT = "count"
    TABLE = "table"


class MappingKind(StrEnum):
    """How an item relates to one of an earlier version."""

    SAME = "same"
    REWORDED = "reworded"
    RESCALED = "rescaled"
    SPLIT = "split"
    MERGED = "merged"
    NEW = "new"


class Status(StrEnum):
    """Whether a version may still change."""

    DRAFT = "draft"
    PUBLISHED = "published"


UNSUPPORTED_TYPES = frozenset(
    {"geopoint", "geotrace", "geoshape", "start-geopoint"}
    | {"audio", "background-audio", "video", "image", "photo", "signature", "drawing", "annotate", "barcode"}
)
_NAME = r"^[a-z][a-z0-9_]*$"
_CODE = r"^[A-Za-z0-9][A-Za-z0-9_.-]*$"
LIST_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,63}\Z")


def _as_number(value: Any) -> Any:
    if isinstance(value, bool) or not isinstance(value, int | Decimal):
        raise Misfit(Phrase("must be a number"))
    number = Decimal(value)
    if not number.is_finite() or abs(number) > _LARGEST:
        raise Misfit(Phrase("must be a number from %(least)s to %(most)s", least=f"-{_LARGEST}", most=str(_LARGEST)))
    if number != round(number, _MOST_DECIMALS):
        raise Misfit(Phrase("must be a number with at most %(most)s decimals", most=_MOST_DECIMALS))
    return number


def _as_name(value: Any) -> Any:
    if not isinstance(value, str) or not re.fullmatch(_NAME, value) or len(value) > _LONGEST:
        raise Misfit(
            Phrase("must be lower-case letters, digits and _, begin with a letter and have at most %(most)s characters", most=_LONGEST)
        )
    return value


def _as_code(value: Any) -> Any:
    if not isinstance(value, str):
        raise Misfit(Phrase("must be a text"), Phrase('write "%(value)s" in quotes', value=str(value)))
    if value in SPECIAL_ANSWERS:
        remedy = Phrase("leave it out here and use the key special")
        raise Misfit(Phrase("%(code)s is offered beside every list", code=value), remedy)
    if not re.fullmatch(_CODE, value) or len(value) > _LONGEST:
        raise Misfit(Phrase("must be letters, digits, _ . and -, without spaces, and have at most %(most)s characters", most=_LONGEST))
    return value


def _as_score(value: Any) -> Any:
    if isinstance(value, str) and value in _SCORES:
        return value
    if not isinstance(value, dict) or not value:
        near = suggestion(value, _SCORES) if isinstance(value, str) else ""
        raise Misfit(Phrase("must be %(options)s or a map {choice: number}", options=", ".join(_SCORES)), near)
    return {choice: _as_number(number) for choice, number in value.items()}


def _as_default(value: Any) -> Any:
    if isinstance(value, str | bool):
        return value
    if isinstance(value, int | Decimal):
        return _as_number(value)
    raise Misfit(Phrase("must be a text, a number, true or false"))


def _not_empty(value: Any) -> Any:
    if value == []:
        raise Misfit(Phrase("must name at least one"), Phrase("leave the key out for all of them"))
    return value


_LARGEST = 1_000_000_000
_MOST_DECIMALS = 12
_LONGEST = 64
_SCORES = tuple(rule.value for rule in ScoreRule if rule is not ScoreRule.TABLE)
_NUMBER_SCHEMA = {"type": "number"}
_SCORE_SCHEMA = {"anyOf": [{"enum": list(_SCORES)}, {"type": "object", "additionalProperties": _NUMBER_SCHEMA, "minProperties": 1}]}

NumberField = Annotated[Decimal, PlainValidator(_as_number), WithJsonSchema(_NUMBER_SCHEMA)]
NameField = Annotated[str, PlainValidator(_as_name), WithJsonSchema({"type": "string", "pattern": _NAME, "maxLength": _LONGEST})]
CodeField = Annotated[str, PlainValidator(_as_code), WithJsonSchema({"type": "string", "pattern": _CODE, "maxLength": _LONGEST})]
ScoreField = Annotated[str | dict[str, Decimal], PlainValidator(_as_score), WithJsonSchema(_SCORE_SCHEMA)]
DefaultField = Annotated[str | bool | Decimal, PlainValidator(_as_default), WithJsonSchema({"type": ["string", "boolean", "number"]})]
KindsField = Annotated[tuple[MemberKind, ...], BeforeValidator(_not_empty)]
ExpressionField = Annotated[str, Field(min_length=1, max_length=2_000)]


class SettingsEntry(Frozen):
    """What the questionnaire is, and who answers it."""

    form_id: NameField
    version: Annotated[str, Field(pattern=r"^[0-9A-Za-z][0-9A-Za-z.-]*$", max_length=32)]
    form_title: TextField
    default_language: Annotated[str, Field(pattern=r"^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$")] = "en"
    status: Status = Status.DRAFT
    respondent: Origin


class ChoiceEntry(Frozen):
    """One answer of a choice list."""

    name: CodeField
    label: TextField


class MapsFrom(Frozen):
    """The item of an earlier version that this one continues; `table` maps old codes to new ones where it was rescaled."""

    version: str
    name: NameField | None = None
    kind: MappingKind
    table: dict[str, str] | None = None


class _Entry(Frozen):
    """What groups and items have in common."""

    name: NameField
    hint: TextField | None = None
    relevant: ExpressionField | None = None
    kinds: KindsField | None = None
    appearance: str | None = None


class GroupHead(_Entry):
    """A section, a table, a group inside a section or a repeat, without what is in it."""

    type: Literal["group", "repeat"]
    label: TextField | None = None


class ItemEntry(_Entry):
    """One question, note or calculation."""

    type: str
    label: TextField | None = None
    required: StrictBool = False
    required_message: TextField | None = None
    constraint: ExpressionField | None = None
    constraint_message: TextField | None = None
    calculation: ExpressionField | None = None
    choice_filter: ExpressionField | None = None
    default: DefaultField | None = None
    read_only: StrictBool = False
    indicator: str | None = None
    score: ScoreField = "direct"
    weight: Annotated[NumberField, Field(gt=0, le=100)] = Decimal(1)
    evidence: TextField | None = None
    maps_from: tuple[MapsFrom, ...] = ()
    source: Citation | None = None
    special: tuple[Special, ...] | None = None
    seconds: Annotated[int, Field(strict=True, ge=1, le=3_600)] | None = None


class GroupEntry(GroupHead):
    """A section, a table, a group inside a section or a repeat."""

    items: Annotated[tuple[GroupEntry | ItemEntry, ...], Field(min_length=1)]


class QuestionnaireFile(Frozen):
    """One version of a questionnaire."""

    settings: SettingsEntry
    choices: dict[str, Annotated[tuple[ChoiceEntry, ...], Field(min_length=1)]] = Field(default_factory=dict)
    survey: Annotated[tuple[GroupEntry, ...], Field(min_length=1)]


def json_schema() -> dict[str, Any]:
    """Return the JSON Schema of a questionnaire file, for editors; the expressions and references inside it are checked only on loading."""
    schema = QuestionnaireFile.model_json_schema()
    types = "|".join(kind.value for kind in ItemType if not kind.has_choices)
    schema["$defs"]["ItemEntry"]["properties"]["type"]["pattern"] = rf"^({types}|select_(one|multiple) [A-Za-z][A-Za-z0-9_]*)$"
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **schema}
