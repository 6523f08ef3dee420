"""A hub's one door for other origins: the intake, by CORS, and nothing else.

Phones belong to one origin, their mission's, and send to a hub from there. A
hub can't know that origin, and need not: what a phone shows is its device's
token, in a header that only the mission's own pages can fill in. No cookie is
read under /api/ and credentials are never allowed, so that a foreign page can
ask for no more than any program in the network can. Hence any https origin may
knock, only at the intake's addresses; over http no phone works at all.
"""

from __future__ import annotations

from typing import Final
from urllib.parse import urlsplit

from flask import Flask, Response, request

OPEN: Final = {
    "sync.submissions": "POST",
    "sync.announce_attachment": "POST",
    "sync.add_piece": "PUT",
}
"""What other origins may call, and how."""
LASTS: Final = "7200"
"""Seconds for which a browser need not ask again, as the shortest of them allows."""


def init_app(app: Flask) -> None:
    """Answer other origins where they may ask; all else says nothing of them, which browsers take for no."""
    app.after_request(_answer)


def _answer(response: Response) -> Response:
    method = OPEN.get(request.endpoint or "")
    if method is None:
        return response
    response.headers.add("Vary", "Origin")
    origin = request.headers.get("Origin", "")
    if not _https(origin):
        return response
    response.headers["Access-Control-Allow-Origin"] = origin
    if request.method == "OPTIONS":
        response.headers["Access-Control-Allow-Methods"] = method
        response.headers["Access-Control-Allow-Headers"] = "Authorization, Content-Type"
        response.headers["Access-Control-Max-Age"] = LASTS
        if request.headers.get("Access-Control-Request-Private-Network") == "true":
            response.headers["Access-Control-Allow-Private-Network"] = "true"
    return response


def _https(origin: str) -> bool:
    try:
        parts = urlsplit(origin)
        return bool(parts.netloc) and origin == f"https://{parts.netloc}" and origin.isascii()
    except ValueError:
        return False
