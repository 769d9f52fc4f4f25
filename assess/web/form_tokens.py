"""The token in every form: bound to the invitation, valid as long as it, so that an old page still saves."""

from __future__ import annotations

import hashlib
import hmac
import secrets

from assess.store.tables import Invitation

_PURPOSE = b"form:"


def form_token(secret: str, invitation: Invitation) -> str:
    """Return the token of the forms of one invitation, 64 hexadecimal digits."""
    return hmac.new(secret.encode(), _PURPOSE + invitation.token_hash.encode(), hashlib.sha256).hexdigest()


def genuine(secret: str, invitation: Invitation, given: str) -> bool:
    """Say whether a form came from a page made for this invitation."""
    return hmac.compare_digest(form_token(secret, invitation).encode(), given.encode())


def fresh_key() -> str:
    """Return a new idempotency key, 32 hexadecimal digits: one for each page that is shown."""
    return secrets.token_hex(16)
