"""The ways out for mails: a folder, or an SMTP server."""

from __future__ import annotations

import os
import smtplib
import ssl
from dataclasses import dataclass
from email.message import EmailMessage
from email.policy import SMTP
from pathlib import Path
from typing import Protocol
from urllib.parse import unquote, urlsplit

from assess.errors import AssessError
from assess.phrases import Phrase

_PATIENCE = 20
_SAFE = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-")


class Undelivered(Exception):
    """The mail was not taken; it may be later."""


class Refused(Exception):
    """The mail will never be taken at this address."""


class Transport(Protocol):
    """Takes a mail, or raises Undelivered or Refused."""

    def send(self, message: EmailMessage) -> None:
        """Send one mail."""


@dataclass(frozen=True, slots=True)
class Folder:
    """Writes every mail into a file of its own, named by its Message-ID; for trying things out, and for tests."""

    path: Path

    def send(self, message: EmailMessage) -> None:
        """Write the mail, whole or not at all."""
        name = "".join(c for c in str(message["Message-ID"]).partition("@")[0] if c in _SAFE)
        try:
            self.path.mkdir(parents=True, exist_ok=True, mode=0o700)
            temporary = self.path / f".{name}.part"
            with temporary.open("wb") as stream:
                stream.write(message.as_bytes(policy=SMTP))
                stream.flush()
                os.fsync(stream.fileno())
            temporary.replace(self.path / f"{name}.eml")
        except OSError as error:
            raise Undelivered(f"the folder of mails cannot be written ({error.strerror})") from error


@dataclass(frozen=True, slots=True)
class Server:
    """An SMTP server; with a user, or over smtps://, never without encryption."""

    host: str
    port: int
    user: str
    password: str
    encrypted_from_the_start: bool

    def send(self, message: EmailMessage) -> None:
        """Send one mail over a connection of its own."""
        try:
            with self._connection() as server:
                server.send_message(message)
        except smtplib.SMTPRecipientsRefused as error:
            codes = [code for code, _ in error.recipients.values()]
            if codes and all(code >= 500 for code in codes):
                raise Refused(f"the server refuses the address ({codes[0]})") from error
            raise Undelivered(f"the server does not take the address now ({codes})") from error
        except (smtplib.SMTPException, OSError) as error:
            raise Undelivered(f"the mail server could not be used ({type(error).__name__})") from error

    def _connection(self) -> smtplib.SMTP:
        context = ssl.create_default_context()
        if self.encrypted_from_the_start:
            server: smtplib.SMTP = smtplib.SMTP_SSL(self.host, self.port, timeout=_PATIENCE, context=context)
        else:
            server = smtplib.SMTP(self.host, self.port, timeout=_PATIENCE)
        try:
            self._greet(server, context)
        except BaseException:
            server.close()
            raise
        return server

    def _greet(self, server: smtplib.SMTP, context: ssl.SSLContext) -> None:
        server.ehlo()
        if not self.encrypted_from_the_start and server.has_extn("starttls"):
            server.starttls(context=context)
            server.ehlo()
        elif not self.encrypted_from_the_start and self.user:
            raise smtplib.SMTPNotSupportedError("no password goes out unencrypted")
        if self.user:
            server.login(self.user, self.password)


def transport_for(setting: str) -> Transport:
    """Return the transport that ASSESS_MAIL names. Raises AssessError when it names none."""
    if "://" not in setting:
        return Folder(Path(setting))
    parts = urlsplit(setting)
    if parts.scheme not in ("smtp", "smtps") or not parts.hostname:
        raise AssessError(
            Phrase("ASSESS_MAIL is neither a folder nor a server; write smtp://user:password@host:587, or the path of a folder.")
        )
    encrypted = parts.scheme == "smtps"
    port = parts.port or (465 if encrypted else 587)
    return Server(parts.hostname, port, unquote(parts.username or ""), unquote(parts.password or ""), encrypted)
