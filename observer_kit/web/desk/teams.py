"""Teams and their phones: who may send, and the one-time codes by which a phone joins."""

from __future__ import annotations

import io
from collections import Counter

import segno
from flask import flash, redirect, render_template, request, url_for
from markupsafe import Markup
from werkzeug.wrappers import Response

from observer_kit.errors import NotFound
from observer_kit.storage import devices, register, submissions
from observer_kit.storage.devices import LABEL_LIMIT
from observer_kit.web.access import audience, current_account, may, origin, store
from observer_kit.web.access import mission as this_mission
from observer_kit.web.desk import bp
from observer_kit.web.observer.shell import version
from observer_kit.web.phones import NO_PHONE, NOT_READY, READY, UNHEARD, of_teams, standing
from observer_kit.web.speech import language, tell


@bp.get("/teams")
@audience("coordinator", "administrator", "head")
def teams(mission: str) -> str:
    """List the teams with their phones, and how many reports each has sent."""
    return _page(mission)


@bp.post("/teams/code")
@audience("coordinator", "administrator")
def new_code(mission: str) -> str:
    """Make a one-time code for one phone of a team, and show it this once."""
    team, label = request.form.get("team", ""), request.form.get("label", "").strip()[:LABEL_LIMIT]
    account = current_account()
    with store().atomic() as tx:
        if team not in {each.code for each in register.teams(tx, mission)}:
            raise NotFound(tell("desk.team_unknown"))
        code = devices.enrol_code(tx, mission, team, label or team, account.id if account else None)
    # The code stands after the #: the phone's browser keeps it to itself and no log sees it.
    address = f"{origin()}/o/{language()}/enrol#{code}"
    return _page(mission, code, team, address)


@bp.post("/teams/revoke")
@audience("coordinator", "administrator")
def revoke(mission: str) -> Response:
    """Withdraw a phone: what it sends from now on is kept apart and not counted."""
    account = current_account()
    wanted = request.form.get("device", "")
    with store().atomic() as tx:
        if devices.get(tx, wanted).mission != mission:
            raise NotFound(tell("doors.error_not_found"))
        devices.revoke(tx, wanted, account.id if account else None)
    flash(tell("desk.revoked_now"))
    return redirect(url_for("desk.teams", mission=mission), code=303)


def _page(mission: str, code: str | None = None, team: str | None = None, address: str = "") -> str:
    with store().reading() as tx:
        found = register.teams(tx, mission)
        regions = {each.code: each.name for each in register.regions(tx, mission)}
        rows = standing(tx, this_mission(), version())
        sent = Counter(each.team for each in submissions.counted(tx, mission))
    ready = of_teams(rows, [each.code for each in found])
    return render_template(
        "desk/teams.html",
        mission=this_mission(),
        teams=found,
        regions=regions,
        phones={each.code: [row for row in rows if row.device.team == each.code] for each in found},
        office=[row.device for row in rows if row.device.kind != "phone"],
        ready=ready,
        ready_count={state: list(ready.values()).count(state) for state in (READY, NOT_READY, UNHEARD, NO_PHONE)},
        sent=sent,
        code=code,
        team=team,
        address=address,
        picture=_picture(address) if address else None,
        writes=may("coordinator", "administrator"),
    )


def _picture(address: str) -> Markup:
    """Draw the address as a QR code whose colours are attributes, which the page's policy allows."""
    out = io.BytesIO()
    segno.make(address, error="m").save(out, kind="svg", xmldecl=False, svgns=True, scale=5, dark="#000", light="#fff")
    return Markup(out.getvalue().decode())  # noqa: S704 -- segno's own drawing, no text of ours in it
