"""What an operator sets: `ASSESS_*` environment variables, read once into one frozen object."""

from __future__ import annotations

import hashlib
import hmac
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from assess.errors import AssessError
from assess.phrases import Phrase

_DEMO_SECRET = "demo only, not secret"  # noqa: S105 — refused outside the demo
_LEAST_SECRET = 32
_LEAST_K = 3
_MOST_PROXIES = 9
_HERE = {"127.0.0.1", "localhost", "::1"}
_ADDRESS = re.compile(r"[^@\s,;<>\"]+@[^@\s,;<>\"]+")


@dataclass(frozen=True, slots=True)
class Settings:
    """Where things are kept, and under which rules the site runs."""

    database: str = field(repr=False)
    """SQLAlchemy URL; SQLite by default, PostgreSQL for larger sites."""
    secret: str = field(repr=False)
    demo: bool
    base_url: str
    """The address that personal links begin with, without a slash at its end."""
    files: Path
    """Folder of evidence files, named by their digests."""
    mail: str = field(repr=False)
    """`smtp://user:password@host:port`, or a folder into which mails are written."""
    mail_from: str
    k: int
    """No figure from fewer organisations is ever released; at least 3."""
    audit_key: bytes = field(default=b"", repr=False)
    """What the audit log is sealed with."""
    signing_key: str = ""
    """File of the key that reports are signed with, PEM or PKCS#12; empty: reports are not signed."""
    signing_password: str = field(default="", repr=False)
    proxies: int = 0
    """How many reverse proxies stand before the site and name the client they pass on."""


def read_settings(environment: Mapping[str, str] | None = None) -> Settings:
    """Read the settings. Raises AssessError when one is missing or too weak to run a real survey with."""
    given = os.environ if environment is None else environment
    folder = Path(given.get("ASSESS_FOLDER", "instance"))
    demo = given.get("ASSESS_DEMO", "") == "1"
    secret = _secret(given.get("ASSESS_SECRET", ""), demo)
    return Settings(
        database=given.get("ASSESS_DATABASE") or f"sqlite:///{folder / 'assess.db'}",
        secret=secret,
        demo=demo,
        base_url=_base_url(given.get("ASSESS_BASE_URL", "http://127.0.0.1:8000").rstrip("/"), demo),
        files=Path(given.get("ASSESS_FILES") or folder / "files"),
        mail=given.get("ASSESS_MAIL") or str(folder / "mail"),
        mail_from=_mail_from(given.get("ASSESS_MAIL_FROM", "cluster-survey@localhost")),
        k=_k(given.get("ASSESS_K", "5")),
        audit_key=_audit_key(given.get("ASSESS_AUDIT_KEY", ""), secret),
        proxies=_proxies(given.get("ASSESS_PROXIES", "0")),
        signing_key=given.get("ASSESS_SIGNING_KEY", ""),
        signing_password=given.get("ASSESS_SIGNING_PASSWORD", ""),
    )


def _secret(given: str, demo: bool) -> str:
    if demo and not given:
        return _DEMO_SECRET
    if len(given) < _LEAST_SECRET or len(set(given)) < _LEAST_SECRET // 4:
        raise AssessError(
            Phrase(
                "ASSESS_SECRET is missing or too weak: set it to at least %(least)s random characters, for example the output of "
                "`python -c 'import secrets; print(secrets.token_urlsafe(48))'`.",
                least=_LEAST_SECRET,
            )
        )
    return given


def _base_url(given: str, demo: bool) -> str:
    """Personal links open confidential answers, so they never travel unencrypted beyond this machine."""
    scheme, host = _split(given)
    if not host or scheme not in {"http", "https"}:
        raise AssessError(
            Phrase(
                "ASSESS_BASE_URL is %(given)s; write the site's address, such as https://survey.example.org.", given=Phrase.quoted(given)
            )
        )
    if scheme == "http" and host not in _HERE and not demo:
        raise AssessError(
            Phrase("ASSESS_BASE_URL is %(given)s; write https://, because personal links must not travel unencrypted.", given=given)
        )
    return given


def _split(address: str) -> tuple[str, str | None]:
    try:
        parts = urlsplit(address)
    except ValueError:
        return "", None
    return parts.scheme, parts.hostname


def _mail_from(given: str) -> str:
    if not _ADDRESS.fullmatch(given):
        raise AssessError(
            Phrase(
                "ASSESS_MAIL_FROM is %(given)s; write one mail address and nothing else, such as survey@example.org.",
                given=Phrase.quoted(given),
            )
        )
    return given


def _k(given: str) -> int:
    if not (given.isascii() and given.isdigit()) or int(given) < _LEAST_K:
        raise AssessError(
            Phrase("ASSESS_K is %(given)s; it must be a whole number, at least %(least)s.", given=Phrase.quoted(given), least=_LEAST_K)
        )
    return int(given)


def _audit_key(given: str, secret: str) -> bytes:
    """A key of its own lets the secret be changed without breaking the seals of the log."""
    if not given:
        return hmac.new(secret.encode(), b"audit", hashlib.sha256).digest()
    if len(given) < _LEAST_SECRET:
        raise AssessError(
            Phrase(
                "ASSESS_AUDIT_KEY is too short; write at least %(least)s random characters, and keep them for good.", least=_LEAST_SECRET
            )
        )
    return given.encode()


def _proxies(given: str) -> int:
    if not (given.isascii() and given.isdigit()) or int(given) > _MOST_PROXIES:
        raise AssessError(
            Phrase(
                "ASSESS_PROXIES is %(given)s; write how many reverse proxies stand before the site, 0 to %(most)s.",
                given=Phrase.quoted(given),
                most=_MOST_PROXIES,
            )
        )
    return int(given)
