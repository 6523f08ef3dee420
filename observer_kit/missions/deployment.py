"""The deployment plan: which team is to send a report of which stage, and from where.

`deployment.csv` holds one line for each report that is expected. Without a
location the team chooses the place; `by` is the time, on the station's own
clock, at which the report should be there, where the plan says so.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import time
from pathlib import Path
from typing import Final

from observer_kit.missions.model import Location, Mission, Team
from observer_kit.missions.rows import Row, read_rows

FILE: Final = "deployment.csv"
STAGES: Final = ("readiness", "opening", "voting", "counting", "tabulation", "protocol")
"""An incident is never expected."""
COLUMNS: Final = (("team", "stage"), ("location", "by"))


@dataclass(frozen=True, slots=True)
class Deployed:
    """One line of the plan."""

    team: str
    stage: str
    location: str | None = None
    by: time | None = None


def read_deployment(path: Path) -> Iterator[Deployed]:
    """Go through a plan line by line; a mission without one has none. Raises MissionInvalid."""
    for row in read_rows(path, *COLUMNS) if path.exists() else ():
        yield _read(row)


def check_deployment(path: Path, teams: Collection[str], kind: Callable[[str], str | None]) -> int:
    """Hold a plan against teams and register; raises MissionInvalid naming the line, and gives their number.

    `kind` gives the kind of the location of a code, or None when there is none.
    """
    seen: set[tuple[str, str, str]] = set()
    for row in read_rows(path, *COLUMNS) if path.exists() else ():
        line = _read(row)
        if line.team not in teams:
            raise row.refuse("team", "the code of a team of teams.csv")
        if line.location is not None and kind(line.location) not in ("polling_station", "commission"):
            raise row.refuse("location", "the code of a polling station or commission of locations.csv (or nothing)")
        # Without a location the same line may stand as often as reports are expected.
        key = (line.team, line.stage, line.location or f"\n{len(seen)}")
        if key in seen:
            raise row.refuse("location", "a line that stands only once")
        seen.add(key)
    return len(seen)


def _read(row: Row) -> Deployed:
    stage = row.choice("stage", STAGES)
    if stage is None:
        raise row.refuse("stage", "one of " + ", ".join(STAGES))
    return Deployed(row.needed("team", "a team's code"), stage, row.text("location"), row.clock("by"))


def plan_of(mission: Mission, teams: Iterable[Team], deployed: Iterable[Deployed]) -> list[Deployed]:
    """Give the plan, or what follows from the mission's numbers where no plan names the teams.

    A stage of which at least as many reports are expected as there are teams
    is expected once of every team; of any other nobody can say whose it is.
    """
    plan = list(deployed)
    if plan:
        return plan
    whole = [team.code for team in teams]
    return [
        Deployed(team, stage)
        for stage in STAGES
        if whole and mission.expected.get(stage, 0) >= len(whole)
        for team in whole
    ]


def locations_of(plan: Iterable[Deployed], teams: Mapping[str, Team]) -> set[str]:
    """Name every location whose hours or clock the plan needs: the stations, and the regions of the teams."""
    found: set[str] = set()
    for line in plan:
        team = teams.get(line.team)
        wanted = line.location or (team.region if team else None)
        if wanted is not None:
            found.add(wanted)
    return found


def place_of(line: Deployed, teams: Mapping[str, Team], places: Mapping[str, Location]) -> Location | None:
    """Give the place by whose clock a line is judged: its station, else the region of its team."""
    team = teams.get(line.team)
    return places.get(line.location or (team.region if team else None) or "")
