"""Makes and finds the key that reports are signed with."""

from __future__ import annotations

import os
from datetime import UTC, datetime
from pathlib import Path

import click

from assess.commands.speaking import say
from assess.errors import AssessError
from assess.phrases import Phrase
from assess.reports.seal_keys import SigningKey, fingerprint, load_key, make_key, pem_of

_KEY, _CERTIFICATE = "signing-key.pem", "signing-certificate.pem"


def create(folder: Path, name: str) -> None:
    """Make a key for its owner's eyes only, and a certificate to give away."""
    key = make_key(name, now=datetime.now(UTC))
    private, certificate = pem_of(key, os.environ.get("ASSESS_SIGNING_PASSWORD", ""))
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        _write_new(folder / _KEY, private, 0o600)
        _write_new(folder / _CERTIFICATE, certificate, 0o644)
    except FileExistsError as error:
        raise AssessError(
            Phrase("Choose another folder: there is a key in %(folder)s already, and reports signed with it.", folder=str(folder))
        ) from error
    except OSError as error:
        raise AssessError(
            Phrase(
                "Choose another folder: %(folder)s cannot be written (%(reason)s).", folder=str(folder), reason=Phrase(str(error.strerror))
            )
        ) from error
    click.echo(say("Set ASSESS_SIGNING_KEY=%(file)s to sign reports; keep it secret and keep a copy.", file=str(folder / _KEY)))
    click.echo(say("Give %(file)s to those who check reports. Its fingerprint (SHA-256) is", file=str(folder / _CERTIFICATE)))
    click.echo(fingerprint(key.certificate))


def configured_key() -> SigningKey | None:
    """The key that the environment names, also where no site is set up; None when it names none."""
    path = os.environ.get("ASSESS_SIGNING_KEY", "")
    return load_key(Path(path), os.environ.get("ASSESS_SIGNING_PASSWORD", "")) if path else None


def _write_new(path: Path, content: bytes, mode: int) -> None:
    with os.fdopen(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, mode), "wb") as file:
        file.write(content)
