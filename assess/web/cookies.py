"""The one cookie: it names a browser before the door, or a session behind it; forms are bound to it."""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets

from flask import Response, g, request
from werkzeug.wrappers import Response as Reply

from assess.web.site import site

_TOKEN = re.compile(r"[A-Za-z0-9_-]{43}\Z")
_PURPOSE = b"staff form:"


def cookie_name() -> str:
    """Return the cookie's name; browsers take a `__Host-` one over https only, from this host only."""
    return "__Host-assess" if _secure() else "assess"


def carried() -> str:
    """Return the token that the request carries; empty when it carries none that could be one."""
    token = request.cookies.get(cookie_name(), "")
    return token if _TOKEN.match(token) else ""


def door_token() -> str:
    """Return the token of a browser that is not signed in, made anew when it has none."""
    token: str = g.get("door", "") or carried() or secrets.token_urlsafe(32)
    g.door = token
    return token


def form_of(token: str) -> str:
    """Return what the forms of a browser or session carry, 64 hexadecimal digits."""
    return hmac.new(site().settings.secret.encode(), _PURPOSE + token.encode(), hashlib.sha256).hexdigest()


def is_ours(token: str) -> bool:
    """Say whether the form that was sent comes from a page made for this browser or session."""
    return bool(token) and hmac.compare_digest(form_of(token).encode(), request.form.get("form", "").encode())


def give(reply: Reply, token: str) -> Reply:
    """Give the browser a new token."""
    g.door = ""
    reply.set_cookie(cookie_name(), token, secure=_secure(), httponly=True, samesite="Lax", path="/")
    return reply


def take_away(reply: Reply) -> Reply:
    """Take the browser's token away."""
    g.door = ""
    reply.delete_cookie(cookie_name(), secure=_secure(), httponly=True, samesite="Lax", path="/")
    return reply


def keep_door(response: Response) -> Response:
    """Give a browser before the door the token that its forms are bound to."""
    token = g.get("door", "")
    if token and token != request.cookies.get(cookie_name()):
        give(response, token)
    return response


def _secure() -> bool:
    return site().settings.base_url.startswith("https://")
