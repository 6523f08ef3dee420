"""Gather the deployment plan: every team's stations by day, their hours, what is expected of it and until when."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, time
from typing import Final
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from observer_kit.missions.chase import Line, TeamStanding
from observer_kit.missions.deployment import STAGES
from observer_kit.missions.model import Location, Mission
from observer_kit.statements.papers.deployment import Day, Deployment, Stop, Task, TeamPlan
from observer_kit.storage import register
from observer_kit.web import chase as room
from observer_kit.web.sheets.head import head_of, moment_of, place_name, zone_of
from observer_kit.web.speech import day, language, moment, region_name, tell, text

_LAST: Final = date.max


def gather(
    tx: Session, mission: Mission, now: datetime, wanted: room.Wanted | None = None, *, phones: bool
) -> Deployment:
    """Put the plan into words, with the teams' numbers only for who may see them."""
    teams = sorted(room.standings(tx, mission, now), key=lambda each: each.team.code)
    asked = wanted or room.Wanted()
    teams = [
        each for each in teams if asked.team in (None, each.team.code) and asked.region in (None, each.team.region)
    ]
    regions = {each.code: region_name(each) for each in register.regions(tx, mission.code)}
    planned = room.planned(tx, mission)
    return Deployment(
        **head_of(mission),
        at=moment_of(now, mission),
        teams=tuple(
            TeamPlan(
                each.team.code, each.team.called(language()), regions.get(each.team.region or "", ""),
                each.team.phone if phones else None, _days(mission, each),
            )
            for each in teams
        ),
        emergency=tuple((text(each["label"]), str(each["phone"])) for each in mission.emergency),
        remark=_remark(mission, planned) if any(each.lines for each in teams) else "",
    )  # fmt: skip


def _remark(mission: Mission, planned: bool) -> str:
    if not planned:
        return tell("paper.deployment_no_plan")
    return tell("chase.made_up") if mission.reconstruction else ""


def _days(mission: Mission, team: TeamStanding) -> tuple[Day, ...]:
    """Put a team's lines by day and place; a day is that of the place's own clock on which the window begins."""
    found: dict[date, dict[str | None, list[Line]]] = {}
    for line in sorted(team.lines, key=_order):
        zone = ZoneInfo(zone_of(line.place, mission))
        on = line.window.start.astimezone(zone).date() if line.window else _LAST
        found.setdefault(on, {}).setdefault(line.location, []).append(line)
    return tuple(
        Day(
            tell("chase.no_hours") if on == _LAST else day(on),
            tuple(_stop(mission, lines) for lines in places.values()),
        )
        for on, places in sorted(found.items())
    )


def _order(line: Line) -> tuple[float, int, str]:
    start = line.window.start.timestamp() if line.window else float("inf")
    return start, STAGES.index(line.stage), line.location or "\uffff"


def _stop(mission: Mission, lines: list[Line]) -> Stop:
    first = lines[0]
    if first.location is None:
        return Stop(tell("paper.deployment_anywhere"), "", _hours(mission, None), _tasks(mission, lines))
    place = first.place
    name = place_name(place, first.location)
    about = " · ".join(filter(None, (first.location if first.location not in name.split() else "", _special(place))))
    return Stop(name, about if place else "", _hours(mission, place), _tasks(mission, lines))


def _special(place: Location | None) -> str:
    return tell(f"desk.setting_{place.setting}") if place and place.setting in ("urban", "rural") else ""


def _hours(mission: Mission, place: Location | None) -> str:
    opens = _clock(place.opens if place else None) or mission.opens
    closes = _clock(place.closes if place else None) or mission.closes
    said = f"{opens[:5]}–{closes[:5]}" if opens and closes else tell("paper.hours_unknown")
    zone = zone_of(place, mission)
    return said + (f" ({zone})" if zone != mission.zone else "")


def _clock(at: time | None) -> str | None:
    return f"{at:%H:%M}" if at else None


def _tasks(mission: Mission, lines: Iterable[Line]) -> tuple[Task, ...]:
    """Say each stage once, with how many reports of it where they are several."""
    found: dict[tuple[str, str], int] = {}
    for line in lines:
        key = tell(f"desk.stage_{line.stage}"), _due(mission, line)
        found[key] = found.get(key, 0) + 1
    return tuple(Task(stage + (f" × {n}" if n > 1 else ""), due) for (stage, due), n in found.items())


def _due(mission: Mission, line: Line) -> str:
    if line.window is None:
        return tell("chase.no_hours")
    zone = zone_of(line.place, mission)
    start, due = (each.astimezone(ZoneInfo(zone)) for each in (line.window.start, line.window.due))
    same = start.date() == due.date()
    at = moment(line.window.due, zone, "time" if same else "full")
    if start >= due:  # a plan's own hour may come before the stage's window begins
        return tell("chase.due_at", at=at)
    return tell("paper.deployment_between", start=moment(line.window.start, zone, "time"), at=at)
