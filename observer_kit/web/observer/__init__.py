"""The observer's pages: the shell that works offline, and /plain/ for a browser without scripts."""

from __future__ import annotations

from flask import Blueprint

bp = Blueprint("observer", __name__)

from observer_kit.web.observer import pages, shell  # noqa: E402, F401  # each adds its routes to the blueprint
