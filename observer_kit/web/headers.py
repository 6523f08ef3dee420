"""The headers of every answer: nothing inline, nothing from elsewhere, nothing kept that only one person may see."""

from __future__ import annotations

from typing import Final

from flask import Flask, Response, current_app, g, request

POLICY: Final = "; ".join(
    (
        "default-src 'self'",
        "base-uri 'none'",
        "form-action 'self'",
        "frame-ancestors 'none'",
        "object-src 'none'",
    )
)
PERMISSIONS: Final = "camera=(self), geolocation=(self), microphone=(), payment=(), usb=()"


def init_app(app: Flask) -> None:
    """Add the headers after every request."""
    app.after_request(_add)


def _add(response: Response) -> Response:
    headers = response.headers
    headers.setdefault("Content-Security-Policy", POLICY)
    headers["X-Content-Type-Options"] = "nosniff"
    headers["Referrer-Policy"] = "same-origin"  # Flask-WTF checks the referrer of a form under https
    headers["Permissions-Policy"] = PERMISSIONS
    headers["Cross-Origin-Opener-Policy"] = "same-origin"
    headers["Cross-Origin-Resource-Policy"] = "same-origin"
    config = current_app.extensions["config"]
    if config.https and not config.lan:  # on a LAN the same name also gives out the certificate, over plain HTTP
        headers["Strict-Transport-Security"] = "max-age=31536000"
    if _private():
        headers["Cache-Control"] = "no-store"
    return response


def _private() -> bool:
    """Say whether this answer was made for one person: a signed-in page, or one with a form's own token in it."""
    view = current_app.view_functions.get(request.endpoint or "")
    audiences: frozenset[str] = getattr(view, "audience", frozenset({"public"}))
    return not audiences & {"public", "device"} or g.get("account") is not None or "csrf_token" in g
