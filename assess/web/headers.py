"""The headers of every reply: nothing is kept, nothing is told to others, nothing foreign is loaded."""

from __future__ import annotations

from flask import Flask, Response, request

POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data:",  # the style sheet draws ticks and dots as data: pictures
        "font-src 'self'",
        "connect-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    )
)
HEADERS = {
    "Content-Security-Policy": POLICY,
    "Referrer-Policy": "no-referrer",  # the address of a page holds the personal link
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "X-Robots-Tag": "noindex, nofollow",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
}
_STATIC_AGE = 86_400
"""Seconds a browser may keep a style sheet or script; its address changes with its content."""


def protect(app: Flask, *, secure: bool) -> None:
    """Set the headers on every reply of `app`; `secure` when it is reached by https only."""

    @app.after_request
    def add(response: Response) -> Response:
        response.headers.update(HEADERS)
        if response.headers.get("Content-Disposition", "").startswith("attachment"):
            response.headers["Content-Security-Policy"] = f"{POLICY}; sandbox"  # also where a browser shows it all the same
        static = request.endpoint == "static" and response.status_code in (200, 304)
        response.headers["Cache-Control"] = f"public, max-age={_STATIC_AGE}" if static else "no-store"
        if secure:
            response.headers["Strict-Transport-Security"] = "max-age=31536000; includeSubDomains"
        return response
