"""Judges by the matrix who may do what: pure, and refusing whatever the matrix does not name."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from pathlib import Path

from assess.definitions.yamlfile import read_yaml
from assess.store.staff_tables import Role

ANYONE = "anyone"
"""Every account, whatever its roles."""
_FILE = Path(__file__).parent / "matrix.yaml"


class Scope(StrEnum):
    """How far a permission reaches."""

    OWN = "own"
    CLUSTER = "cluster"
    PROGRAMME = "programme"
    PUBLISHED = "published"
    SITE = "site"
    BREAK_GLASS = "break_glass"


@dataclass(frozen=True, slots=True)
class Holding:
    """One assignment of an account."""

    role: Role
    cluster_id: int | None = None
    programme_id: int | None = None


@dataclass(frozen=True, slots=True)
class Holdings:
    """What an account holds at one moment."""

    assignments: tuple[Holding, ...] = ()
    funded: frozenset[int] = frozenset()
    """Clusters of the programmes that the account is assigned to."""
    glass: frozenset[int] = frozenset()
    """Rounds whose answers the account may read as an administrator, for now."""

    @property
    def roles(self) -> frozenset[Role]:
        """All roles of the account."""
        return frozenset(one.role for one in self.assignments)


@dataclass(frozen=True, slots=True)
class Place:
    """What is asked for; `published`: the round has a report that is out."""

    cluster_id: int | None = None
    round_id: int | None = None
    programme_id: int | None = None
    published: bool = False


@cache
def matrix() -> Mapping[str, Mapping[str, Scope]]:
    """Return the matrix: permission, then role, then scope. Raises ValueError for a role or scope that does not exist."""
    data = read_yaml(_FILE).data
    return {permission: {_role(role): Scope(scope) for role, scope in row.items()} for permission, row in data.items()}


def allows(permission: str, holdings: Holdings, place: Place) -> bool:
    """Say whether the matrix allows it. Raises KeyError for a permission that it does not name."""
    row = matrix()[permission]
    if ANYONE in row:
        return True
    return any(one.role in row and _reaches(row[one.role], one, holdings, place) for one in holdings.assignments)


def _reaches(scope: Scope, one: Holding, holdings: Holdings, place: Place) -> bool:
    if scope in (Scope.OWN, Scope.SITE):
        return True
    if scope is Scope.CLUSTER:
        return place.cluster_id is not None and one.cluster_id == place.cluster_id
    if scope is Scope.BREAK_GLASS:
        return place.round_id in holdings.glass
    funded = _is_funded(one, holdings, place)
    return funded and (place.published or scope is Scope.PROGRAMME)


def _is_funded(one: Holding, holdings: Holdings, place: Place) -> bool:
    if place.programme_id is not None:
        return one.programme_id == place.programme_id
    return place.cluster_id is not None and place.cluster_id in holdings.funded


def _role(name: str) -> str:
    return name if name == ANYONE else Role(name).value
