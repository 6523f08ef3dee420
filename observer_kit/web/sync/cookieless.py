"""Phones carry no cookie: under /api/ no session is opened, looked for or saved."""

from __future__ import annotations

from flask import Flask, Request, request
from flask.sessions import SecureCookieSession, SecureCookieSessionInterface

from observer_kit.errors import DeviceUnknown


class Cookieless(SecureCookieSessionInterface):
    """Flask's own sessions for people; for programs none, so that no view there can come to rest on one."""

    def open_session(self, app: Flask, request: Request) -> SecureCookieSession | None:
        """Open a session, save under /api/."""
        return None if request.path.startswith("/api/") else super().open_session(app, request)


def bearer() -> str:
    """Give the token that this request carries; raises DeviceUnknown."""
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not token:
        raise DeviceUnknown("no device token: Authorization: Bearer <token>")
    return token.strip()
