"""The observer's pages: the shell that works offline, and /plain/ for a browser without scripts."""

from __future__ import annotations

from flask import Blueprint

bp = Blueprint("observer", __name__)

from observer_kit.web.observer import (  # noqa: E402  # they add their routes to the blueprint above
    pages,
    parcels,
    plain,
    shell,
)

bp.register_blueprint(plain.bp)

__all__ = ["bp", "pages", "parcels", "shell"]
