"""The second factor of staff: one-time codes from a device (TOTP), each taken once, and recovery codes.

The store holds only a random seed; the device's secret follows from it and the secret of the site, so that a stolen copy of the
store makes no codes.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import secrets
from datetime import UTC, datetime

import pyotp
from sqlmodel import Session

from assess.phrases import message
from assess.store.staff_tables import Account
from assess.workflow import audit
from assess.workflow.links import hash_of
from assess.workflow.refusals import Unfit
from assess.workflow.rows import identity

RECOVERY_CODES = 10
STEP = 30
"""Seconds for which a device shows a code."""
ISSUER = "Cluster assessment"

_PURPOSE = b"one-time codes:"
_DIGITS = 6
_SECRET_BYTES = 20
_RECOVERY_BYTES, _GROUP = 15, 4


class CodeWrong(Unfit):
    """A code that is not the one the device shows, or was used before."""

    def __init__(self) -> None:
        super().__init__(message("Enter the six digits that your app shows now; every code can be used once."))


def begin(session: Session, account: Account) -> None:
    """Choose the seed of a device that is being set up, unless there is one already."""
    if account.totp_secret is None:
        account.totp_secret = secrets.token_hex(_SECRET_BYTES)
        session.add(account)
        session.flush()


def device_secret(account: Account, secret: str) -> str:
    """Return what a device is given, 32 letters and digits; `secret` is the site's. Raises ValueError before `begin`."""
    if account.totp_secret is None:
        raise ValueError("no device is being set up")
    words = _PURPOSE + f"{identity(account)}:{account.totp_secret}".encode()
    return base64.b32encode(hmac.new(secret.encode(), words, hashlib.sha256).digest()[:_SECRET_BYTES]).decode()


def device_address(account: Account, secret: str) -> str:
    """Return the same as an `otpauth:` address, to be shown as a QR code."""
    return pyotp.TOTP(device_secret(account, secret)).provisioning_uri(name=account.email, issuer_name=ISSUER)


def present_code(account: Account, secret: str, *, now: datetime) -> str:
    """Return the code that the device shows now, or next where the present one was used."""
    step = max(_seconds(now) // STEP, account.totp_last_step + 1)
    return pyotp.TOTP(device_secret(account, secret)).at(step * STEP)


def confirm(session: Session, account: Account, code: str, *, secret: str, now: datetime) -> tuple[str, ...]:
    """Take the first code of a new device and return the recovery codes, which are shown once. Raises CodeWrong."""
    if account.totp_confirmed_at is not None or not _take_code(account, code, secret, now):
        raise CodeWrong
    account.totp_confirmed_at = now
    audit.record(session, actor=_name(account), verb="set_up_second_factor", subject=_name(account), now=now)
    return new_recovery_codes(session, account, now=now)


def new_recovery_codes(session: Session, account: Account, *, now: datetime) -> tuple[str, ...]:
    """Put new recovery codes in place of all earlier ones, and return them."""
    codes = tuple(_recovery_code() for _ in range(RECOVERY_CODES))
    account.recovery_codes = json.dumps([hash_of(_bare(code)) for code in codes])
    session.add(account)
    audit.record(session, actor=_name(account), verb="make_recovery_codes", subject=_name(account), now=now)
    return codes


def take(session: Session, account: Account, code: str, *, secret: str, now: datetime) -> bool:
    """Say whether a code of the device or a recovery code is right, and use it up."""
    if account.totp_confirmed_at is None:
        return False
    taken = _take_code(account, code, secret, now) or _take_recovery_code(session, account, code, now)
    session.add(account)
    return taken


def recovery_codes_left(account: Account) -> int:
    """Return how many recovery codes can still be used."""
    return len(json.loads(account.recovery_codes))


def _take_code(account: Account, code: str, secret: str, now: datetime) -> bool:
    digits = "".join(code.split())
    if account.totp_secret is None or len(digits) != _DIGITS or not digits.isascii():
        return False
    device, present = pyotp.TOTP(device_secret(account, secret)), _seconds(now) // STEP
    for step in (present - 1, present, present + 1):
        if step > account.totp_last_step and hmac.compare_digest(device.at(step * STEP), digits):
            account.totp_last_step = step
            return True
    return False


def _take_recovery_code(session: Session, account: Account, code: str, now: datetime) -> bool:
    kept: list[str] = json.loads(account.recovery_codes)
    given = hash_of(_bare(code))
    if given not in kept:
        return False
    kept.remove(given)
    account.recovery_codes = json.dumps(kept)
    audit.record(session, actor=_name(account), verb="use_recovery_code", subject=_name(account), now=now, details={"left": len(kept)})
    return True


def _recovery_code() -> str:
    letters = base64.b32encode(secrets.token_bytes(_RECOVERY_BYTES)).decode()
    return "-".join(letters[place : place + _GROUP] for place in range(0, len(letters), _GROUP))


def _bare(code: str) -> str:
    return "".join(filter(str.isalnum, code)).upper()


def _seconds(now: datetime) -> int:
    return int(now.replace(tzinfo=UTC).timestamp())


def _name(account: Account) -> str:
    return f"account/{identity(account)}"
