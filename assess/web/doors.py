"""Counts tries at the doors, by client and by account, in a moving window; too many are answered with when to come back.

The counts are kept in the store: all worker processes of the site count together, and a restart forgets nothing. What is kept is
a digest that only this site can make, so that no address of a client or an account stands there, and it is deleted after a day.
"""

from __future__ import annotations

import hashlib
import hmac
import math
from dataclasses import dataclass
from datetime import timedelta

from flask import request
from limits import RateLimitItem, RateLimitItemPerHour, RateLimitItemPerMinute

from assess.store.session import reading, writing
from assess.web.site import site
from assess.workflow import tries
from assess.workflow.tries import Limit


class TooMany(Exception):
    """Too many tries; `seconds` until the next one is let through."""

    def __init__(self, seconds: int) -> None:
        self.seconds = seconds
        super().__init__(f"too many tries; the next one in {seconds} seconds")


@dataclass(frozen=True, slots=True)
class Door:
    """How many tries a door lets through, from one client and for one account."""

    name: str
    client: tuple[RateLimitItem, ...]
    account: tuple[RateLimitItem, ...] = ()


SIGN_IN = Door("sign-in", (RateLimitItemPerMinute(20), RateLimitItemPerHour(200)), (RateLimitItemPerHour(40),))
CODE = Door("code", (RateLimitItemPerMinute(20), RateLimitItemPerHour(200)), (RateLimitItemPerHour(40),))
FORGOTTEN = Door("forgotten", (RateLimitItemPerHour(20),), (RateLimitItemPerHour(3),))
STAFF_LINK = Door("staff link", (RateLimitItemPerMinute(30),))
UNKNOWN_LINK = Door("unknown link", (RateLimitItemPerMinute(60),))


def knock(door: Door, account: str = "") -> None:
    """Count one try of the present request's client, in a transaction of its own. Raises TooMany when it is one too many."""
    _count(door.client, door.name, "client", request.remote_addr or "")
    if account and door.account:
        _count(door.account, door.name, "account", account.strip().lower())


def _count(items: tuple[RateLimitItem, ...], *about: str) -> None:
    """Count one try; whoever has to wait anyway is told so without a write, so that a flood of tries costs the store little."""
    key, limits, now = _key(*about), [Limit(one.amount, timedelta(seconds=one.get_expiry())) for one in items], site().clock()
    with reading(site().database) as session:
        delay = tries.wait(session, key, limits, now=now)
    if delay is None:
        with writing(site().database) as session:
            delay = tries.count(session, key, limits, now=now)
    if delay is not None:
        raise TooMany(max(1, math.ceil(delay.total_seconds())))


def _key(*about: str) -> str:
    return hmac.new(site().settings.secret.encode(), "\n".join(("door", *about)).encode(), hashlib.sha256).hexdigest()
