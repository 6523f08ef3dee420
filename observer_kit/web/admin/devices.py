"""A mission's phones: who may send, how each is, and the sheets of codes by which they join."""

from __future__ import annotations

from flask import flash, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from observer_kit.checklists.model import LANGUAGES
from observer_kit.errors import KitError, NotFound
from observer_kit.statements.papers import enrolment as paper
from observer_kit.statements.press import PaperNotMade
from observer_kit.storage import devices as phones
from observer_kit.storage import enrolment, register
from observer_kit.trust.model import Device
from observer_kit.web.access import audience, current_account, origin, store
from observer_kit.web.access import mission as this_mission
from observer_kit.web.admin import bp
from observer_kit.web.observer.shell import version
from observer_kit.web.phones import standing
from observer_kit.web.sheets import enrolment as sheets
from observer_kit.web.speech import language, tell, text


@bp.get("/devices/<mission>")
@audience("administrator")
def devices(mission: str) -> str:
    """List the mission's devices by team: when enrolled and last heard from, whether ready, and what can be done."""
    return _page()


@bp.post("/devices/<mission>/rename")
@audience("administrator")
def rename_device(mission: str) -> Response:
    """Give a phone another label."""
    with store().atomic() as tx:
        wanted = _mine(mission, phones.get(tx, request.form.get("device", "")))
        phones.rename(tx, wanted.id, request.form.get("label", ""), _me())
    flash(tell("admin.device_renamed"))
    return redirect(url_for("admin.devices", mission=mission), code=303)


@bp.post("/devices/<mission>/revoke")
@audience("administrator")
def revoke_device(mission: str) -> Response:
    """Withdraw a phone: what it sends from now on is kept apart and not counted."""
    with store().atomic() as tx:
        wanted = _mine(mission, phones.get(tx, request.form.get("device", "")))
        phones.revoke(tx, wanted.id, _me())
    flash(tell("admin.device_revoked", label=wanted.label))
    return redirect(url_for("admin.devices", mission=mission), code=303)


@bp.post("/devices/<mission>/sheets")
@audience("administrator")
def make_sheets(mission: str) -> Response | tuple[str, int]:
    """Make fresh codes and give the teams' sheets, to print from here or as a PDF; they are shown this once."""
    chosen = request.form.getlist("team")
    spoken = request.form.get("spoken", "")
    try:
        base = sheets.origin(request.form.get("address", ""))
        if spoken not in LANGUAGES or not chosen:
            raise NotFound(tell("admin.sheets_incomplete"))
        with store().atomic() as tx:
            teams = None if "*" in chosen else chosen
            made = sheets.make(tx, this_mission(), teams, spoken, base, _me())
    except KitError as refusal:
        if refusal.status >= 500:
            raise
        said = tell("admin.address_wrong") if refusal.code == "address_invalid" else refusal.message
        return _page(said, request.form.get("address", "")), refusal.status
    return _paper(mission, made, spoken)


def _paper(mission: str, made: list[paper.Sheet], spoken: str) -> Response:
    found = this_mission()
    name = found.name.get(spoken) or found.name["en"]
    organisation = found.issued_by(spoken)
    notice = tell("doors.reconstruction", organisation=organisation) if organisation else None
    if request.form.get("as") == "pdf":
        try:
            answer = make_response(paper.paper(name, made, spoken, notice=notice).pressed())
        except PaperNotMade:  # the codes stand nowhere else: the browser can print them too
            return make_response(paper.render_html(name, made, spoken, notice=notice, on_screen=True))
        answer.headers["Content-Type"] = "application/pdf"
        answer.headers["Content-Disposition"] = f'attachment; filename="{mission}-enrolment-{spoken}.pdf"'
        return answer
    return make_response(paper.render_html(name, made, spoken, notice=notice, on_screen=True))


def _page(refusal: str = "", given: str = "") -> str:
    found = this_mission()
    with store().reading() as tx:
        known = register.teams(tx, found.code)
        rows = standing(tx, found, version())
        codes = enrolment.open_codes(tx, found.code)
    return render_template(
        "admin/devices.html",
        mission=found,
        teams=known,
        rows=rows,
        codes=codes,
        refusal=refusal,
        address=given or origin(),
        spoken=language(),
        limit=phones.LABEL_LIMIT,
        title=text(found.name),
    )


def _mine(mission: str, device: Device) -> Device:
    """Give the phone back if it is this mission's; raises NotFound for another's, and for the server's own devices."""
    if device.mission != mission or device.kind != "phone":
        raise NotFound(tell("doors.error_not_found"))
    return device


def _me() -> str | None:
    account = current_account()
    return account.id if account else None
