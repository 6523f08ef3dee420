"""The deployment plan of a rebuild: what was reported had been expected, and a little more that never came.

No source prints which team was sent where: the plan is made up like the
reports it follows from, and the same on every machine. Stages whose number the
mission says itself are planned to exactly that number; of others a team in
sixteen is still waited for, so that a plan tried out shows that too. What is
waited for is always at a made-up place: of a real one only printed findings
may be said.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Final, TypeVar

from observer_kit.missions.deployment import Deployed
from observer_kit.missions.draw import unit
from observer_kit.missions.model import Location, Mission, Team
from observer_kit.missions.sheet import Sheet
from observer_kit.missions.visits import APART

T = TypeVar("T")
ONE_IN: Final = 16
"""So many teams, of whom one still owes a report."""


def planned(
    mission: Mission, sheets: Mapping[str, Sequence[Sheet]], locations: Iterable[Location], teams: Iterable[Team]
) -> list[Deployed]:
    """Give the plan behind these reports in the order of the teams and their day; no reports, no plan.

    A rebuild's checklists are named like their stages.
    """
    if not sheets:
        return []
    seen = [(stage, sheet.observation) for stage, found in sheets.items() for sheet in found]
    seen.sort(key=lambda each: (each[1].team.code, each[1].arrived, each[0]))
    lines = [Deployed(where.team.code, stage, where.location.code) for stage, where in seen]
    lines += _owed(mission, lines, list(locations), list(teams))
    # A team's own lines stay together, what it owes after what came.
    return sorted(dict.fromkeys(lines), key=lambda line: line.team)


def _owed(
    mission: Mission, came: Sequence[Deployed], locations: Sequence[Location], teams: Sequence[Team]
) -> Iterator[Deployed]:
    """Choose what is still waited for: a voting report, or the protocol of a count that was seen."""
    order = sorted(teams, key=lambda team: unit(mission.code, "owes", team.code))
    taken = {(line.stage, line.location) for line in came}
    if "voting" not in mission.expected and any(stage == "voting" for stage, _ in taken):
        free = [
            place
            for place in locations
            if place.kind == "polling_station" and place.made_up and place.special not in APART
            and ("voting", place.code) not in taken
        ]  # fmt: skip
        free.sort(key=lambda place: unit(mission.code, "waited", place.code))
        for team in _few(order):
            place = next((each for each in free if each.region == team.region), None)
            if place is not None:
                free.remove(place)
                yield Deployed(team.code, "voting", place.code)
    if "protocol" not in mission.expected and any(stage == "protocol" for stage, _ in taken):
        made_up = {place.code for place in locations if place.made_up}
        counts = [
            line
            for line in came
            if line.stage == "counting" and line.location in made_up and ("protocol", line.location) not in taken
        ]
        counts.sort(key=lambda line: unit(mission.code, "waited", line.location))
        for line in _few(counts):
            yield Deployed(line.team, "protocol", line.location)


def _few(found: Sequence[T]) -> Sequence[T]:
    return found[: -(-len(found) // ONE_IN)]
