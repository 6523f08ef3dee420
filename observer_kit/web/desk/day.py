"""The day at a glance: what came in of what was expected, where, and what needs a look first."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from flask import redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from observer_kit import clock
from observer_kit.errors import ChecklistUnknown
from observer_kit.missions.maps import Grid, Shapes, grid_for
from observer_kit.missions.model import Location, Mission
from observer_kit.statements.pictures import Picture, Share, by_hour, tiles
from observer_kit.storage import checklists, listing, register, submissions
from observer_kit.storage import shapes as maps
from observer_kit.web import days
from observer_kit.web.access import READERS, audience, store
from observer_kit.web.access import mission as this_mission
from observer_kit.web.days import Coverage
from observer_kit.web.desk import bp
from observer_kit.web.desk.incidents import newest_incidents
from observer_kit.web.desk.sorting import sorting
from observer_kit.web.downloads import download
from observer_kit.web.speech import language, region_name, tell, tell_or, text
from observer_kit.web.telling.marks import printed_in

LATEST = 10
INCIDENTS = 6


@dataclass(frozen=True, slots=True)
class Stage:
    """One checklist of the day as the page shows it."""

    coverage: Coverage
    name: str
    printed: bool
    printed_regions: Mapping[str | None, bool]


@bp.get("/")
@audience(*READERS)
def day(mission: str) -> str | Response:
    """Show coverage by stage and region, incidents first, and the latest submissions."""
    found = this_mission()
    with store().reading() as tx:
        state = days.day(tx, found)
        regions = register.regions(tx, mission)
        teams = register.teams(tx, mission)
        per_region = register.counts(tx, mission, "polling_station")
        latest = listing.latest(tx, mission, LATEST)
        incidents = newest_incidents(tx, mission, INCIDENTS)
        standing = submissions.standing(tx, mission)
        shapes = maps.of(tx, mission)
    stages = [
        _stage(found, each)
        for each in state.stages
        if each.checklist.stage != "incident" and (each.reports or each.checklist.stage != "readiness")
    ]
    # A register may name regions in which this mission has neither stations nor reports.
    shown = [
        each
        for each in regions
        if per_region.get(each.code) or any(each.code in stage.coverage.by_region for stage in stages)
    ]
    order = sorting(_keys(stages, per_region))
    if request.args.get("format"):
        return _export(found, stages, order.sorted(shown), per_region)
    main = max(stages, key=lambda stage: stage.coverage.reports, default=None)
    return render_template(
        "desk/day.html",
        mission=found,
        stages=stages,
        visited=len(state.stations),
        commissions=len(state.commissions),
        unknown=len(state.unknown),
        silent=[team for team in teams if team.code not in state.teams],
        teams=teams,
        regions=order.sorted(shown),
        order=order,
        stations=sum(per_region.values()),
        per_region=per_region,
        latest=latest,
        incidents=incidents,
        standing=standing,
        map=_map(found, main, regions, shown, per_region, shapes) if main and shown else None,
        hours=_hours(found, main) if main else None,
        now=clock.now(),
    )


def _stage(mission: Mission, coverage: Coverage) -> Stage:
    name = coverage.checklist.name
    return Stage(
        coverage,
        tell_or(f"desk.stage_{name}", text(coverage.checklist.title)),
        printed_in(mission, name, {}).reports(),
        {code: printed_in(mission, name, {"region": code}).reports() for code in coverage.by_region},
    )


def _keys(stages: list[Stage], per_region: Mapping[str | None, int]) -> dict[str, Callable[[Location], Any]]:
    def of(stage: Stage) -> Callable[[Location], int]:
        return lambda region: stage.coverage.by_region.get(region.code, (0, 0))[0]

    return {
        "region": region_name,
        "register": lambda region: per_region.get(region.code, 0),
        **{stage.coverage.checklist.name: of(stage) for stage in stages},
    }


def _map(
    mission: Mission,
    stage: Stage,
    regions: list[Location],
    shown: list[Location],
    per_region: Mapping[str | None, int],
    shapes: Shapes | None,
) -> Picture:
    """Draw where the reports of the fullest stage come from, each region leading to its own."""
    name = stage.coverage.checklist.name

    def share(region: Location) -> Share:
        count = stage.coverage.by_region.get(region.code, (0, 0))[1]  # a station may report more than once
        link = url_for("desk.submissions", mission=mission.code, checklist=name, region=region.code, counted="1")
        base = per_region.get(region.code) or None
        return Share(region_name(region), count if base or count else None, base, region.code, link if count else "")

    place = shapes or grid_for({each.code: region_name(each) for each in regions})
    note = tell("desk.map_note", stage=stage.name)
    if isinstance(place, Grid) and not place.drawn_up:
        note = f"{note} {tell('charts.in_order')}"
    if mission.reconstruction:
        note = f"{note} {tell('desk.made_up_picture')}"
    return tiles(tell("desk.map"), note, [share(each) for each in shown], language(), place, counts=True)


def _hours(mission: Mission, stage: Stage) -> Picture | None:
    """Draw the hours of the day from the first report's to the last one's."""
    met = {hour: count for hour, count in stage.coverage.reached.by_hour.items() if hour is not None}
    if not met:
        return None
    name = stage.coverage.checklist.name
    hours = [
        Share(
            f"{hour:02d}", None, met.get(hour, 0),
            link=url_for("desk.submissions", mission=mission.code, checklist=name, hour=hour, counted="1"),
        )
        for hour in range(min(met), max(met) + 1)
    ]  # fmt: skip
    note = tell("desk.reports_by_hour_note", stage=stage.name)
    return by_hour(tell("desk.reports_by_hour"), note, hours, language(), shares=False)


def _export(
    mission: Mission, stages: list[Stage], regions: list[Location], per_region: Mapping[str | None, int]
) -> Response:  # fmt: skip
    """Give the coverage as a file: reports and different locations of each region and stage."""
    heads = [(stage.name, f"{stage.name}: {tell('desk.col_stations')}") for stage in stages]
    head = ("code", tell("desk.region"), tell("desk.col_register"), *(each for pair in heads for each in pair))
    rows = (
        (region.code, region_name(region), per_region.get(region.code, 0),
         *(each for stage in stages for each in stage.coverage.by_region.get(region.code, (0, 0))))
        for region in regions
    )  # fmt: skip
    prefix = "reconstruction-" if mission.reconstruction else ""
    return download(f"{prefix}{mission.code}-coverage", request.args.get("format", ""), head, rows)


@bp.get("/questions")
@audience(*READERS)
def questions_first(mission: str) -> Response:
    """Lead to the checklist that most reports answered so far."""
    found = this_mission()
    with store().reading() as tx:
        current = checklists.current(tx, mission)
        state = days.day(tx, found)
    if not current:
        raise ChecklistUnknown(f"{mission} has not published a checklist yet")
    first = max(
        (each for each in state.stages if each.checklist.stage not in ("incident", "protocol")),
        key=lambda each: each.reports,
        default=state.stages[0],
    )
    return redirect(url_for("desk.questions", mission=mission, checklist=first.checklist.name))
