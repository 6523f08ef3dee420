"""Who was where and when in a rebuild: stations, teams and times for each checklist."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from observer_kit.errors import MissionInvalid
from observer_kit.missions.draw import apportion, identifier, unit, whole
from observer_kit.missions.model import Location, Mission, Team
from observer_kit.missions.plan import FILE, Plan

OPENS: Final = time(7)
CLOSES: Final = time(20)
APART: Final = ("military", "abroad", "detention")
"""Kinds of station that teams on the road do not call at."""


@dataclass(frozen=True, slots=True)
class Observation:
    """One report to be: a checklist at a location by a team, from arrival to departure in local time."""

    checklist: str
    location: Location
    team: Team
    visit: str
    arrived: datetime
    departed: datetime

    @property
    def named(self) -> bool:
        """Say whether the place is a real one, of which only printed findings may be said."""
        return not self.location.made_up


@dataclass
class _Day:
    """One team's day: its stations in order, the opening and the count it stays for."""

    team: Team
    stations: list[Location]
    opening: Location | None = None
    counting: Location | None = None
    tabulation: Location | None = None


def schedule(
    mission: Mission, plan: Plan, locations: Mapping[str, Location], teams: Iterable[Team]
) -> list[Observation]:
    """Give every report of the plan its place, team and times, in the order of checklists, teams and hours."""
    days = [_Day(team, []) for team in sorted(teams, key=lambda team: team.code)]
    _give_stations(mission, plan, locations, days)
    _give_ends(plan, locations, days)
    _give_tabulations(plan, locations, days)
    found = [observation for day in days for observation in _times(mission, day)]
    for name, stage in plan.stages.items():
        made = sum(observation.checklist == name for observation in found)
        if made != stage.reports:
            raise MissionInvalid(f"{stage.reports} {name} reports do not fit the teams: {made} do", place=FILE)
    order = {name: place for place, name in enumerate(plan.stages)}
    return sorted(found, key=lambda one: (order[one.checklist], one.team.code, one.arrived))


def _in_region(days: Sequence[_Day], region: str | None) -> list[_Day]:
    return [day for day in days if day.team.region == region]


def _give_stations(mission: Mission, plan: Plan, locations: Mapping[str, Location], days: Sequence[_Day]) -> None:
    """Share the stations of each region among its teams; those with printed findings come in first."""
    if "voting" not in plan.stages:
        return
    for region, visits in plan.stages["voting"].regions.items():
        teams = _in_region(days, region)
        stations = [place for place in locations.values() if place.kind == "polling_station" and place.region == region]
        named = [place for place in stations if ("voting", place.code) in plan.named]
        others = [place for place in stations if place.made_up and place.special not in APART]
        others.sort(key=lambda place: unit(mission.code, "visited", place.code))
        chosen = named + others[: visits - len(named)]
        if not teams or len(chosen) < visits or len(named) > visits:
            raise MissionInvalid(f"{visits} visits in {region} do not fit its stations and teams", place=FILE)
        # Named stations stand in the middle of the day: first and last calls may become openings and counts.
        chosen.sort(key=lambda place: unit(mission.code, "order", place.code))
        share = apportion(visits, {day.team.code: 1 for day in teams}, {day.team.code: visits for day in teams})
        for day in teams:
            day.stations, chosen = chosen[: share[day.team.code]], chosen[share[day.team.code] :]
            made_up = [place for place in day.stations if place.made_up]
            ends = made_up[:1], made_up[1:2]
            middle = [place for place in day.stations if place not in ends[0] and place not in ends[1]]
            day.stations = [*ends[0], *middle, *ends[1]]


def _give_ends(plan: Plan, locations: Mapping[str, Location], days: Sequence[_Day]) -> None:
    """Choose who sees an opening and who stays for a count: printed places first, then by turns of regions."""
    for name, which in (("opening", 0), ("counting", -1)):
        if name not in plan.stages:
            continue
        wanted = plan.stages[name]
        quota = wanted.regions or _by_teams(days, wanted.reports)
        for region, number in quota.items():
            teams = _in_region(days, region)
            teams.sort(key=lambda day: unit(plan.mission, name, day.team.code))
            places = [
                locations[code]
                for checklist, code in plan.named
                if checklist == name and locations[code].region == region
            ]
            for day in teams[:number]:
                ends = [place for place in day.stations if place.made_up]
                setattr(day, name, places.pop() if places else ends[which] if ends else None)
            if places or len(teams) < number:
                raise MissionInvalid(f"{number} {name} reports in {region} do not fit its teams", place=FILE)


def _by_teams(days: Sequence[_Day], reports: int) -> dict[str | None, int]:
    sizes: dict[str | None, int] = {}
    for day in days:
        sizes[day.team.region] = sizes.get(day.team.region, 0) + 1
    return apportion(reports, sizes)


def _give_tabulations(plan: Plan, locations: Mapping[str, Location], days: Sequence[_Day]) -> None:
    """Send teams on to a commission of their region after the count, each to another."""
    if "tabulation" not in plan.stages:
        return
    stage = plan.stages["tabulation"]
    pinned = {code for (checklist, _), where in plan.places.items() if checklist == "tabulation" for code in where.at}
    free: dict[str | None, list[_Day]] = {}
    places: dict[str | None, list[Location]] = {}
    # Teams that stayed for a count go on first; others only where the plan sends them.
    for day in sorted(days, key=lambda day: day.counting is None):
        free.setdefault(day.team.region, []).append(day)
    for place in locations.values():
        if place.kind == "commission":
            places.setdefault(place.region, []).append(place)
    going = {
        region: sum(day.counting is not None or "counting" not in plan.stages for day in teams)
        for region, teams in free.items()
    }
    room = {region: min(going[region], len(places.get(region, ()))) for region in free}
    sizes = {region: len(places.get(region, ())) for region in free}
    fixed: dict[str | None, int] = dict(stage.regions.items())
    quota = fixed or apportion(stage.reports, sizes, room)
    for region, number in quota.items():
        # A commission with a printed finding, or with a printed table, must be among those observed.
        order = sorted(
            places[region],
            key=lambda place: (
                ("tabulation", place.code) not in plan.named and place.code not in pinned,
                unit(plan.mission, "dec", place.code),
            ),
        )
        for day, place in zip(free[region], order[:number], strict=False):
            day.tabulation = place


def _times(mission: Mission, day: _Day) -> list[Observation]:
    """Lay the day out in the local time of each place."""
    found: list[Observation] = []

    def add(checklist: str, place: Location, arrived: datetime, minutes: int) -> None:
        visit = identifier(mission.code, "visit", day.team.code, place.code)
        zone = ZoneInfo(place.zone)
        start = arrived.replace(tzinfo=zone)
        found.append(Observation(checklist, place, day.team, visit, start, start + timedelta(minutes=minutes)))

    def length(low: int, high: int, *names: str) -> int:
        return whole(low, high, mission.code, day.team.code, *names)

    start = datetime.combine(mission.day, OPENS)
    if day.opening:
        opens = datetime.combine(mission.day, day.opening.opens or OPENS)
        add("opening", day.opening, opens - timedelta(minutes=length(25, 40, "o")), length(50, 65, "ol"))
        start += timedelta(minutes=35)
    # Who does not stay for a count ends the day a little earlier.
    last = 50 if day.counting else length(60, 120, "last")
    evening = datetime.combine(mission.day, CLOSES) - timedelta(minutes=last)
    for index, place in enumerate(day.stations):
        step = (evening - start) / max(len(day.stations) - 1, 1)
        jitter = length(0, 30, "v", place.code) if 0 < index < len(day.stations) - 1 else 0
        arrived = (start + index * step).replace(second=0, microsecond=0) + timedelta(minutes=jitter)
        add("voting", place, arrived, length(24, 40, "vl", place.code))
    if day.counting:
        closes = datetime.combine(mission.day, day.counting.closes or CLOSES)
        # Counts run from shortly before the close past the small hours, some across midnight.
        add("counting", day.counting, closes - timedelta(minutes=length(10, 20, "c")), length(150, 300, "cl"))
    if day.tabulation:
        end = found[-1].departed.replace(tzinfo=None) if day.counting else datetime.combine(mission.day, time(21, 30))
        add("tabulation", day.tabulation, end + timedelta(minutes=length(30, 60, "t")), length(90, 210, "tl"))
    return found
