"""Teams and their phones: who may send, and the one-time codes by which a phone joins."""

from __future__ import annotations

import io
from typing import Final

import segno
from flask import flash, redirect, render_template, request, url_for
from markupsafe import Markup
from werkzeug.wrappers import Response

from observer_kit.errors import NotFound
from observer_kit.storage import devices, register
from observer_kit.storage.devices import LABEL_LIMIT
from observer_kit.web import days
from observer_kit.web.access import audience, current_account, may, origin, store
from observer_kit.web.access import mission as this_mission
from observer_kit.web.desk import bp
from observer_kit.web.desk.sorting import shown_as, sorting
from observer_kit.web.downloads import download
from observer_kit.web.observer.shell import version
from observer_kit.web.phones import NO_PHONE, NOT_READY, READY, UNHEARD, Standing, of_teams, standing
from observer_kit.web.speech import language, region_name, tell

HEAD: Final = ("col_reports", "readiness", "phones")
STATES: Final = (READY, NOT_READY, UNHEARD, NO_PHONE)


@bp.get("/teams")
@audience("coordinator", "administrator", "head")
def teams(mission: str) -> str | Response:
    """List the teams with their phones, and how many reports each has sent."""
    return _page(mission)


@bp.post("/teams/code")
@audience("coordinator", "administrator")
def new_code(mission: str) -> str | Response:
    """Make a one-time code for one phone of a team, and show it this once."""
    team, label = request.form.get("team", ""), request.form.get("label", "").strip()[:LABEL_LIMIT]
    account = current_account()
    with store().atomic() as tx:
        if team not in {each.code for each in register.teams(tx, mission)}:
            raise NotFound(tell("desk.team_unknown"))
        code = devices.enrol_code(tx, mission, team, label or team, account.id if account else None)
    # The code stands after the #: the phone's browser keeps it to itself and no log sees it.
    address = f"{origin()}/o/{language()}/enrol#{code}"
    shown_as("desk.teams", mission=mission)
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


def _page(mission: str, code: str | None = None, team: str | None = None, address: str = "") -> str | Response:
    with store().reading() as tx:
        found = register.teams(tx, mission)
        regions = {each.code: each for each in register.regions(tx, mission)}
        rows = standing(tx, this_mission(), version())
        sent = days.day(tx, this_mission()).by_team
    ready = of_teams(rows, [each.code for each in found])
    phones: dict[str, list[Standing]] = {each.code: [] for each in found}
    for row in rows:
        phones.get(row.device.team or "", []).append(row)
    order = sorting(
        {
            "team": lambda each: each.code,
            "region": lambda each: region_name(regions.get(each.region)) if each.region else None,
            "reports": lambda each: sent.get(each.code, 0),
            "readiness": lambda each: STATES.index(ready[each.code]),
            "phones": lambda each: len(phones[each.code]),
        }
    )
    if code is None and (format := request.args.get("format")):
        head = ("code", "name", tell("desk.region"), *(tell(f"desk.{each}") for each in HEAD))
        lines = (
            (each.code, each.name, region_name(regions.get(each.region)) if each.region else None,
             sent.get(each.code, 0), ready[each.code], len(phones[each.code]))
            for each in order.sorted(found)
        )  # fmt: skip
        return download(f"{mission}-teams", format, head, lines)
    return render_template(
        "desk/teams.html",
        mission=this_mission(),
        teams=order.sorted(found),
        codes=found,
        order=order,
        regions=regions,
        phones=phones,
        office=[row.device for row in rows if row.device.kind != "phone"],
        ready=ready,
        ready_count={state: list(ready.values()).count(state) for state in STATES},
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
