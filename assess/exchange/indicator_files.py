"""Reads an indicator file: a cluster's measures as somebody else worked them out."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields, replace
from decimal import Decimal
from pathlib import Path
from typing import Any

from assess.definitions.indicators import Indicator, Origin
from assess.definitions.numbers import rounded
from assess.definitions.scales import Scale, problem_with
from assess.definitions.validation import either, suggestion
from assess.definitions.yamlfile import Document, Route, read_yaml
from assess.engine.diagnosis import Cluster
from assess.engine.measures import Measure
from assess.engine.measuring import too_little
from assess.errors import Fault, FaultsFound
from assess.phrases import Phrase

EARLIEST, LATEST = 1990, 2100
_TOP = ("cluster", "round", "indicators")
_CLUSTER = tuple(field.name for field in fields(Cluster))
_ENTRY = ("value", "n", "spread", "coverage", "origin", "note", "source")
_LARGEST = Decimal(10_000_000)
_OF_RESPONDENTS = ("n", "spread", "coverage")


@dataclass(frozen=True, slots=True)
class ClusterFile:
    """What one indicator file says: the cluster, the year, and a measure of every indicator, known or not."""

    cluster: Cluster
    year: int
    measures: Mapping[str, Measure]


def read_indicator_file(path: Path, indicators: Mapping[str, Indicator]) -> ClusterFile:
    """Read one file of YAML or JSON. Raises FaultsFound with every fault and its line.

    Values are rounded to thousandths. Members' figures from fewer organisations than the indicator needs become unknown, with the
    reason. Where no origin is given, it is the highest the indicator allows; but the members where n, spread or coverage is given
    and they may state it.
    """
    document = read_yaml(path)
    reading = _Reading(document, indicators)
    found = reading.cluster_file()
    if reading.faults or found is None:
        raise FaultsFound(reading.faults)
    return found


class _Reading:
    """One pass over one file; collects faults instead of stopping at the first."""

    def __init__(self, document: Document, indicators: Mapping[str, Indicator]) -> None:
        self.document = document
        self.indicators = indicators
        self.faults: list[Fault] = []

    def fault(self, route: Route, subject: str, problem: str, remedy: str = "") -> None:
        self.faults.append(self.document.fault(route, subject, problem, remedy))

    def cluster_file(self) -> ClusterFile | None:
        data = self.document.data
        if not isinstance(data, dict):
            self.fault((), "", Phrase("is not an indicator file"), Phrase("begin with %(keys)s", keys=", ".join(_TOP)))
            return None
        self.check_keys(data, _TOP, (), "")
        cluster, year = self.cluster(), self.year()
        entries = self.mapping("indicators", Phrase("list each indicator with its value"))
        stated = {name: self.measure(name, entry) for name, entry in entries.items()}
        if self.faults or cluster is None or year is None:
            return None
        unstated = {name: Measure(name, reason="the file does not state it") for name in self.indicators}
        return ClusterFile(cluster, year, unstated | {name: measure for name, measure in stated.items() if measure is not None})

    def mapping(self, key: str, remedy: Phrase) -> dict[str, Any]:
        value = self.document.data.get(key)
        if isinstance(value, dict):
            return value
        self.fault((key,), key, Phrase("is missing") if value is None else Phrase("must be a map of keys and values"), remedy)
        return {}

    def check_keys(self, data: Mapping[str, Any], known: Iterable[str], route: Route, subject: str) -> None:
        known = tuple(known)
        for key in data:
            if key not in known:
                remedy = suggestion(key, known) or Phrase("the keys are %(keys)s", keys=", ".join(known))
                self.fault((*route, key), subject, Phrase("unknown key %(key)s", key=Phrase.quoted(key)), remedy)

    def cluster(self) -> Cluster | None:
        data = self.mapping("cluster", Phrase("write %(wanted)s", wanted="cluster: {id: …, name: …}"))
        self.check_keys(data, _CLUSTER, ("cluster",), "cluster")
        texts = {key: self.text(data, key, ("cluster", key)) for key in _CLUSTER}
        for key in ("id", "name") if data else ():
            if data.get(key) is None:
                problem = Phrase("%(name)s is missing", name=key)
                self.fault(("cluster", key), "cluster", problem, Phrase("write %(wanted)s", wanted=f"{key}: …"))
        return Cluster(**texts) if texts["id"] and texts["name"] else None  # type: ignore[arg-type]

    def text(self, data: Mapping[str, Any], key: str, route: Route) -> str | None:
        value = data.get(key)
        if value is None or (isinstance(value, str) and value.strip()):
            return value.strip() if value else None
        subject = route[1] if route[0] == "indicators" else route[0]
        problem = Phrase("%(key)s must be a text that is not empty", key=key)
        self.fault(route, str(subject), problem, Phrase("write %(wanted)s in quotes", wanted=f"{key}: …"))
        return None

    def year(self) -> int | None:
        data = self.mapping("round", Phrase("write %(wanted)s", wanted="round: {year: …}"))
        self.check_keys(data, ("year",), ("round",), "round")
        year = data.get("year")
        if data and (isinstance(year, bool) or not isinstance(year, int) or not EARLIEST <= year <= LATEST):
            if year is None:
                problem = Phrase("%(name)s is missing", name="year")
            else:
                problem = Phrase("year must be a whole number from %(least)s to %(most)s", least=str(EARLIEST), most=str(LATEST))
            self.fault(("round", "year"), "round", problem, Phrase("write the year the figures describe"))
            return None
        return year if data else None

    def measure(self, name: str, entry: Any) -> Measure | None:
        indicator = self.indicators.get(name)
        route: Route = ("indicators", name)
        if indicator is None:
            remedy = suggestion(name, self.indicators) or Phrase("see the rule base's indicators.yaml")
            self.fault(route, name, Phrase("there is no such indicator"), remedy)
            return None
        data = entry if isinstance(entry, dict) else {"value": entry}
        self.check_keys(data, _ENTRY, route, name)
        if "value" not in data:
            problem = Phrase("%(name)s is missing", name="value")
            self.fault(route, name, problem, Phrase("write value: …, or value: null where it is unknown"))
        value = self.value(indicator, data.get("value"), (*route, "value"))
        measure = Measure(
            name,
            value,
            n=self.count(data.get("n"), (*route, "n"), name),
            spread=self.number(data.get("spread"), (*route, "spread"), name, _LARGEST, Phrase("spread must be a number, 0 or more")),
            coverage=self.number(
                data.get("coverage"), (*route, "coverage"), name, Decimal(1), Phrase("coverage must be a share from 0 to 1")
            ),
            origin=self.origin(indicator, data, (*route, "origin")),
            note=self.text(data, "note", (*route, "note")),
            source=self.source(data.get("source"), (*route, "source"), name),
        )
        return self.with_reason(indicator, measure, data.get("coverage"))

    def value(self, indicator: Indicator, value: Any, route: Route) -> Decimal | None:
        if value is None:
            return None
        if isinstance(value, bool) is not (indicator.scale is Scale.FLAG):
            if indicator.scale is Scale.FLAG:
                self.fault(route, indicator.id, Phrase("must be true or false"))
            else:
                self.fault(route, indicator.id, Phrase("must be a number, not true or false"), Phrase("write a number"))
            return None
        if not isinstance(value, int | Decimal):
            self.fault(route, indicator.id, Phrase("must be a number"), Phrase("write the number without quotes, unit or per cent sign"))
            return None
        problem_found = problem_with(Decimal(value), indicator.scale)
        if problem_found:
            self.fault(route, indicator.id, problem_found, Phrase("correct the value, or write null where it is unknown"))
            return None
        return rounded(Decimal(value))

    def count(self, value: Any, route: Route, subject: str) -> int | None:
        if value is None or (isinstance(value, int) and not isinstance(value, bool) and value >= 0):
            return value
        remedy = Phrase("write how many organisations gave a figure")
        self.fault(route, subject, Phrase("n must be a whole number, 0 or more"), remedy)
        return None

    def number(self, value: Any, route: Route, subject: str, most: Decimal, problem: Phrase) -> Decimal | None:
        if value is None:
            return None
        if isinstance(value, bool) or not isinstance(value, int | Decimal) or not 0 <= value <= most:
            self.fault(route, subject, problem, Phrase("correct it, or leave it out"))
            return None
        return rounded(Decimal(value))

    def origin(self, indicator: Indicator, data: Mapping[str, Any], route: Route) -> Origin:
        given = data.get("origin")
        allowed = tuple(origin.value for origin in indicator.origins)
        if given is None:
            of_respondents = any(data.get(key) is not None for key in _OF_RESPONDENTS) and Origin.MEMBER in indicator.origins
            return Origin.MEMBER if of_respondents else max(indicator.origins, key=list(Origin).index)
        if given in allowed:
            return Origin(given)
        known = isinstance(given, str) and given in set(Origin)
        if known:
            problem = Phrase("%(origin)s may not state this indicator", origin=given)
        else:
            problem = Phrase("there is no origin %(origin)s", origin=Phrase.quoted(given) if isinstance(given, str) else repr(given))
        self.fault(route, indicator.id, problem, Phrase("write %(wanted)s", wanted=either(allowed)))
        return indicator.origins[0]

    def source(self, value: Any, route: Route, subject: str) -> tuple[str, str] | None:
        if value is None:
            return None
        if isinstance(value, list) and len(value) == 2 and all(isinstance(part, str) and part.strip() for part in value):
            return value[0].strip(), value[1].strip()
        problem = Phrase("source must be a work and a place in it")
        self.fault(route, subject, problem, Phrase("write %(wanted)s", wanted="source: [id, locator]"))
        return None

    def with_reason(self, indicator: Indicator, measure: Measure, coverage: Any) -> Measure:
        """Take the value away where too few members stand behind it; say why a value is unknown."""
        if measure.origin is Origin.MEMBER:
            reason = _too_little(indicator, measure.n, coverage)
            if reason:
                return replace(measure, value=None, spread=None, reason=reason)
        return replace(measure, reason="the file gives it as unknown") if measure.value is None else measure


def _too_little(indicator: Indicator, n: int | None, coverage: Any) -> str:
    """Say why members' figures are too few, by the numbers as they stand in the file, before any rounding."""
    if n is not None and (reason := too_little(n, None, indicator)):
        return reason
    if isinstance(coverage, int | Decimal) and coverage < indicator.min_coverage:
        return f"too few of the organisations it applies to answered (coverage {coverage}; at least {indicator.min_coverage} is needed)"
    return ""
