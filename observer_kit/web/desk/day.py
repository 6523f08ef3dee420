"""The day at a glance: what came in of what was expected, where, and what needs a look first."""

from __future__ import annotations

from flask import redirect, render_template, url_for
from werkzeug.wrappers import Response

from observer_kit import clock
from observer_kit.errors import ChecklistUnknown
from observer_kit.storage import checklists, register, submissions
from observer_kit.storage.submissions import Filters
from observer_kit.web import numbers
from observer_kit.web.access import READERS, audience, store
from observer_kit.web.access import mission as this_mission
from observer_kit.web.desk import bp
from observer_kit.web.desk.incidents import newest_incidents
from observer_kit.web.desk.marks import printed_in

LATEST = 10
INCIDENTS = 6


@bp.get("/")
@audience(*READERS)
def day(mission: str) -> str:
    """Show coverage by stage and region, incidents first, and the latest submissions."""
    found = this_mission()
    with store().reading() as tx:
        state = numbers.day(tx, found)
        regions = register.regions(tx, mission)
        teams = register.teams(tx, mission)
        whole = register.count(tx, mission, kind="polling_station")
        per_region = {
            each.code: register.count(tx, mission, kind="polling_station", region=each.code) for each in regions
        }
        latest = submissions.page(tx, mission, Filters(), 0, LATEST)
        incidents = newest_incidents(tx, mission, INCIDENTS)
        standing = submissions.standing(tx, mission)
    stages = [
        each
        for each in state.stages
        if each.checklist.stage != "incident" and (each.reports or each.checklist.stage != "readiness")
    ]
    return render_template(
        "desk/day.html",
        mission=found,
        stages=stages,
        printed={each.checklist.name: printed_in(found, each.checklist.name, {}).reports() for each in stages},
        printed_regions={
            (each.checklist.name, code): printed_in(found, each.checklist.name, {"region": code}).reports()
            for each in stages
            for code in each.by_region
        },
        visited=len(state.stations),
        commissions=len(state.commissions),
        unknown=len(state.unknown),
        silent=[team for team in teams if team.code not in state.teams],
        teams=teams,
        # A register may name regions in which this mission has neither stations nor reports.
        regions=[
            each for each in regions if per_region[each.code] or any(each.code in stage.by_region for stage in stages)
        ],
        stations=whole,
        per_region=per_region,
        latest=latest.rows,
        incidents=incidents,
        standing=standing,
        now=clock.now(),
    )


@bp.get("/questions")
@audience(*READERS)
def questions_first(mission: str) -> Response:
    """Lead to the checklist that most reports answered so far."""
    found = this_mission()
    with store().reading() as tx:
        current = checklists.current(tx, mission)
        state = numbers.day(tx, found)
    if not current:
        raise ChecklistUnknown(f"{mission} has not published a checklist yet")
    first = max(
        (each for each in state.stages if each.checklist.stage not in ("incident", "protocol")),
        key=lambda each: each.reports,
        default=state.stages[0],
    )
    return redirect(url_for("desk.questions", mission=mission, checklist=first.checklist.name))
