"""Phones carry no cookie: under /api/ no session is opened, looked for or saved."""

from __future__ import annotations

from flask import Flask, Request
from flask.sessions import SecureCookieSession, SecureCookieSessionInterface


class Cookieless(SecureCookieSessionInterface):
    """Flask's own sessions for people; for programs none, so that no view there can come to rest on one."""

    def open_session(self, app: Flask, request: Request) -> SecureCookieSession | None:
        """Open a session, save under /api/."""
        return None if request.path.startswith("/api/") else super().open_session(app, request)
