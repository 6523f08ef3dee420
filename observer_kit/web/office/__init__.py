"""The statement staff's office: the figures with their bases, and the PDFs built from them."""

from flask import Blueprint

bp = Blueprint("office", __name__, url_prefix="/office/<mission>")

from observer_kit.web.office import (  # noqa: E402, F401 -- the views hang themselves on the blueprint above
    approval,
    drafts,
    figure,
    figures,
    key,
    moving,
    picking,
    publishing,
    releases,
    sections,
    statements,
)
