"""The administrator's room: missions, accounts, devices, and the proof that nothing was altered."""

from flask import Blueprint

bp = Blueprint("admin", __name__, url_prefix="/admin")

from observer_kit.web.admin import accounts, devices, overview  # noqa: E402, F401 -- the views hang themselves on the blueprint above
