"""The first page: three doors, the missions that lie behind them, and the statements already built."""

from __future__ import annotations

from flask import Blueprint, Response, redirect, render_template, request, send_file
from werkzeug.wrappers import Response as Answer

from observer_kit.errors import Forbidden, NotFound
from observer_kit.statements.edition.signature import public_pem
from observer_kit.storage import devices, missions, register
from observer_kit.trust.keys import STATEMENT, statement_key_at_hand
from observer_kit.web.access import READERS, audience, config, current_account, open_missions, store
from observer_kit.web.office.key import FILE as KEY_FILE
from observer_kit.web.office.shelf import Paper, find_paper, papers_of
from observer_kit.web.speech import language, tell

bp = Blueprint("doors", __name__)


@bp.get("/")
@audience("public")
def home() -> str:
    """Show the three doors, and behind them only what this visitor may know of."""
    demo = config().demo
    with store().reading() as tx:
        found = missions.all(tx)
        teams = {each.code: register.teams(tx, each.code) for each in found} if demo else {}
    shown = found if demo else open_missions(found, *READERS)
    papers: dict[str, list[Paper]] = {each.code: papers_of(config().exports, each.code, found) for each in shown}
    return render_template(
        "doors.html", missions=shown, any_missions=bool(found), papers=papers, teams=teams, demo=demo,
        account_here=current_account(), key_there=(config().keys / STATEMENT).exists(),
    )  # fmt: skip


@bp.post("/demo/phone")
@audience("public")
def demo_phone() -> Answer:
    """Enrol this browser as a phone of the demonstration, by a code like any other phone's."""
    if not config().demo:
        raise Forbidden(tell("doors.forbidden"))
    code = request.form.get("mission", "")
    with store().atomic() as tx:
        mission = missions.get(tx, code)
        teams = {team.code for team in register.teams(tx, mission.code)}
        team = request.form.get("team", "")
        if team not in teams:
            raise NotFound(tell("doors.error_not_found"), place="team")
        enrolment = devices.enrol_code(tx, mission.code, team, "demo phone")
    # The code stands after the #: the browser keeps it to itself and no log sees it.
    return redirect(f"/o/{language()}/enrol#{enrolment}", code=303)


@bp.get("/demo/statements/<mission_code>/<name>")
@audience("public")
def demo_statement(mission_code: str, name: str) -> Answer:
    """Give a finished PDF of the demonstration to anyone at this computer."""
    if not config().demo:
        raise Forbidden(tell("doors.forbidden"))
    with store().reading() as tx:
        found = missions.all(tx)
    paper = find_paper(config().exports, mission_code, name, found)
    return send_file(paper.path, mimetype="application/pdf", download_name=paper.name)


@bp.get(f"/{KEY_FILE}")
@audience("public")
def key_file() -> Response:
    """Give the key that statements are checked with to anybody: it is made to be published."""
    found = statement_key_at_hand(config())
    if found is None:
        raise NotFound(tell("doors.error_not_found"))
    answer = Response(public_pem(found.public), mimetype="application/x-pem-file")
    answer.headers["Content-Disposition"] = f'attachment; filename="{KEY_FILE}"'
    return answer
