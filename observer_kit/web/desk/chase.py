"""The chase: what is expected of whom now, who is late or silent, whom to call, and what came of the calls."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any, Final

from flask import Response, flash, redirect, render_template, request, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as Answer

from observer_kit import clock
from observer_kit.errors import Conflict, NotFound
from observer_kit.missions.chase import OUTCOMES, OVERDUE, STATES, Line, TeamStanding, counts
from observer_kit.missions.deployment import STAGES
from observer_kit.statements.papers import calls as callsheet
from observer_kit.statements.papers.calls import CallRow
from observer_kit.storage import accounts, calls, register
from observer_kit.web import chase as room
from observer_kit.web.access import READERS, audience, current_account, may, store
from observer_kit.web.access import mission as this_mission
from observer_kit.web.chase import Wanted
from observer_kit.web.desk import bp
from observer_kit.web.desk.filters import page_number
from observer_kit.web.desk.sorting import sorting
from observer_kit.web.downloads import download, given_paper
from observer_kit.web.sheets import calls as sheet
from observer_kit.web.sheets.calls import due, station_of
from observer_kit.web.speech import language, region_name, tell

PER_PAGE: Final = 100
CALLERS: Final = ("coordinator", "administrator")
"""Who sees the teams' telephone numbers."""
VIEWS: Final = ("teams", "stations")
BY_TEAM: Final[dict[str, Callable[[TeamStanding], Any]]] = {
    "team": lambda each: each.team.code,
    "state": lambda each: STATES.index(each.state),
    "owed": lambda each: len(each.missing(*OVERDUE)),
    "heard": lambda each: each.heard,
}
BY_STATION: Final[dict[str, Callable[[tuple[Line, TeamStanding]], Any]]] = {
    "station": lambda pair: pair[0].location,
    "stage": lambda pair: STAGES.index(pair[0].stage),
    "team": lambda pair: pair[0].team,
    "state": lambda pair: STATES.index(pair[0].state),
    "due": lambda pair: pair[0].window.due if pair[0].window else None,
    "reported": lambda pair: pair[0].reported,
}


@bp.get("/chase")
@audience(*READERS)
def chase(mission: str) -> str:
    """Show how every expected report stands, by team or by station."""
    found, wanted, now = this_mission(), _wanted(), clock.now()
    with store().reading() as tx:
        every = room.standings(tx, found, now)
        planned = room.planned(tx, found)
        regions, teams = register.regions(tx, mission), register.teams(tx, mission)
    shown = room.narrow(every, wanted)
    view = next((each for each in VIEWS if each == request.args.get("view")), VIEWS[0])
    orders = {"teams": sorting(BY_TEAM, "teams"), "stations": sorting(BY_STATION, "stations")}
    shown = orders["teams"].sorted(shown)
    lines = sorted(((line, each) for each in shown for line in each.lines), key=_station) if view == "stations" else []
    lines = orders["stations"].sorted(lines)
    page, total = page_number(), len(lines) if view == "stations" else len(shown)
    part = slice((page - 1) * PER_PAGE, page * PER_PAGE)
    return render_template(
        "desk/chase.html",
        mission=found,
        now=now,
        counts=counts(room.narrow(every, Wanted(region=wanted.region, team=wanted.team))),
        view=view,
        shown=shown[part] if view == "teams" else [],
        lines=lines[part],
        total=total,
        page=page,
        per_page=PER_PAGE,
        wanted=wanted,
        link={**_link(wanted, view), **({"sort": request.args["sort"]} if request.args.get("sort") else {})},
        order=orders[view],
        planned=planned,
        expected=any(each.lines for each in every),
        regions=regions,
        region_names={each.code: region_name(each) for each in regions},
        teams=teams,
        states=STATES,
        stages=STAGES,
        overdue=OVERDUE,
        calls=may(*CALLERS),
        due=due,
        station=station_of,
    )


@bp.get("/chase/<team>")
@audience(*READERS)
def chase_team(mission: str, team: str) -> str:
    """Show one team: what it owes, when it was heard from, every call to it."""
    return _team(mission, team)


@bp.post("/chase/<team>")
@audience(*CALLERS)
def log_call(mission: str, team: str) -> Answer | tuple[str, int]:
    """Log a call; what was phoned in leads to the page on which it is typed."""
    outcome, note = request.form.get("outcome", ""), request.form.get("note", "")
    account = current_account()
    try:
        with store().atomic() as tx:
            calls.add(tx, mission, team, outcome, note, account.id if account else None)
    except Conflict as refusal:
        return _team(mission, team, refusal, note), refusal.status
    flash(tell("chase.call_logged"))
    if outcome == "phoned_in":
        return redirect(url_for("desk.typing", mission=mission, team=team, source="phone"), code=303)
    return redirect(url_for("desk.chase_team", mission=mission, team=team), code=303)


@bp.get("/calls/sheet")
@audience(*CALLERS)
def call_sheet(mission: str) -> str:
    """Show the call sheet as it is printed."""
    rows, more = _sheet()
    return callsheet.render_html(rows=rows, language=language(), on_screen=True, **more)


@bp.get("/calls/sheet.pdf")
@audience(*CALLERS)
def call_sheet_pdf(mission: str) -> Response:
    """Give the call sheet as PDF."""
    rows, more = _sheet()
    return given_paper(f"{mission}-calls.pdf", callsheet.paper(rows=rows, language=language(), **more))


@bp.get("/chase.csv", defaults={"format": "csv"})
@bp.get("/chase.xlsx", defaults={"format": "xlsx"})
@audience(*CALLERS)
def chase_table(mission: str, format: str) -> Response:
    """Give every line that is meant as a table, with the numbers to call."""
    found = this_mission()
    with store().reading() as tx:
        shown = room.narrow(room.standings(tx, found, clock.now()), _wanted())
    return download(f"{mission}-chase", format, TABLE, _table(shown))


TABLE: Final = (
    "team", "name", "region", "phone", "stage", "station", "number", "state", "expected", "due", "reported",
    "elsewhere", "late_minutes", "heard", "last_call", "outcome", "note",
)  # fmt: skip


def _table(shown: Iterable[TeamStanding]) -> Iterator[Sequence[object]]:
    for each in shown:
        last = each.calls[-1] if each.calls else None
        for line in each.lines:
            yield (
                each.team.code, each.team.name, each.team.region, each.team.phone, line.stage, line.location,
                line.place.number if line.place else None, line.state, line.window.start if line.window else None,
                line.window.due if line.window else None, line.reported, line.elsewhere,
                None if line.overdue is None else int(line.overdue.total_seconds() // 60), each.heard,
                last.at if last else None, last.outcome if last else None, last.note if last else None,
            )  # fmt: skip


def _team(mission: str, code: str, refusal: Conflict | None = None, note: str = "") -> str:
    found, now = this_mission(), clock.now()
    with store().reading() as tx:
        standing = next((each for each in room.standings(tx, found, now) if each.team.code == code), None)
        if standing is None:
            raise NotFound(tell("desk.team_unknown"))
        region = register.get(tx, mission, standing.team.region) if standing.team.region else None
        people = _people(tx)
    return render_template(
        "desk/chase_team.html",
        mission=found,
        standing=standing,
        lines=standing.missing(*STATES),
        region=region,
        people=people,
        outcomes=OUTCOMES,
        overdue=OVERDUE,
        calls=may(*CALLERS),
        due=due,
        station=station_of,
        refusal=refusal,
        note=note,
    )


def _people(tx: Session) -> dict[str, str]:
    return {each.id: each.name for each in accounts.all(tx)}


def _wanted() -> Wanted:
    """Read the filters from the address; what is none is left out."""
    given = request.args
    states = tuple(state for state in STATES if state in given.getlist("state"))
    if given.get("state") == "overdue":
        states = OVERDUE
    stage = given.get("stage") if given.get("stage") in STAGES else None
    return Wanted(states, stage, given.get("region") or None, given.get("team") or None)


def _sheet() -> tuple[list[CallRow], dict[str, Any]]:
    with store().reading() as tx:
        return sheet.gather(tx, this_mission(), clock.now(), _wanted())


def _link(wanted: Wanted, view: str) -> dict[str, Any]:
    """Write the filters as the arguments of a link."""
    state: Any = "overdue" if wanted.states == OVERDUE else list(wanted.states)
    values = {"state": state, "stage": wanted.stage, "region": wanted.region, "team": wanted.team, "view": view}
    return {name: value for name, value in values.items() if value}


def _station(pair: tuple[Line, TeamStanding]) -> tuple[int, str, str]:
    line, standing = pair
    return STATES.index(line.state), line.location or "\uffff", standing.team.code
