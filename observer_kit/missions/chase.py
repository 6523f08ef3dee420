"""Who has reported, is late, is silent, can't be reached: the plan held against what came and who was called.

A state follows from moments alone, so that the same day always reads the same:

    reported     a report of this stage that counts has come
    not_yet      its window has not begun
    due          expected now
    late         overdue, though the team was heard from since the window began
    silent       overdue, and nothing from the team since the window began
    unreachable  overdue, and since the team was last heard from a call found a
                 wrong number, or two calls in a row found no answer
    no_hours     neither register nor mission knows the hours
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Final

from observer_kit.missions.deployment import Deployed, place_of
from observer_kit.missions.model import Location, Mission, Team
from observer_kit.missions.windows import Window, window

REPORTED, NOT_YET, DUE, LATE = "reported", "not_yet", "due", "late"
SILENT, UNREACHABLE, NO_HOURS = "silent", "unreachable", "no_hours"
STATES: Final = (UNREACHABLE, SILENT, LATE, DUE, NOT_YET, NO_HOURS, REPORTED)
"""What needs a call first."""
OVERDUE: Final = (UNREACHABLE, SILENT, LATE)
OUTCOMES: Final = ("reached", "no_answer", "wrong_number", "will_report", "phoned_in")
"""What may come of a call."""
NO_ANSWERS: Final = 2
"""So many calls in a row without an answer, and a team can't be reached."""


@dataclass(frozen=True, slots=True)
class Call:
    """One call to a team."""

    team: str
    outcome: str
    note: str
    by: str | None
    at: datetime


@dataclass(frozen=True, slots=True)
class Sent:
    """Reports that count, of one checklist, team and location: when the first came, and how many they are."""

    checklist: str
    team: str | None
    location: str | None
    at: datetime
    count: int = 1


@dataclass(frozen=True, slots=True)
class Line:
    """One expected report and how it stands.

    `elsewhere` is where the team reported from, when that is not where the
    plan sent it; `overdue` how long the report is, or was, late.
    """

    team: str
    stage: str
    location: str | None
    place: Location | None
    window: Window | None
    state: str
    reported: datetime | None = None
    elsewhere: str | None = None
    overdue: timedelta | None = None


@dataclass(slots=True)
class TeamStanding:
    """One team: its lines, when it was last heard from, and the calls to it."""

    team: Team
    lines: list[Line] = field(default_factory=list)
    heard: datetime | None = None
    calls: list[Call] = field(default_factory=list)

    @property
    def state(self) -> str:
        """Give the state of the line that needs a call first; a team of which nothing is expected has "not_yet"."""
        return min((line.state for line in self.lines), key=STATES.index, default=NOT_YET)

    @property
    def unreachable(self) -> bool:
        """Tell whether the calls since the team was last heard from found nobody."""
        return unreachable(self.calls, self.heard)

    def missing(self, *states: str) -> list[Line]:
        """Give the lines in these states, the one due first before the others."""
        found = [line for line in self.lines if line.state in states]
        return sorted(found, key=lambda line: (line.window.due.timestamp() if line.window else 0, line.stage))


def stand(
    mission: Mission,
    teams: Sequence[Team],
    plan: Iterable[Deployed],
    places: Mapping[str, Location],
    sent: Iterable[Sent],
    stages: Mapping[str, str],
    heard: Mapping[str, datetime],
    calls: Iterable[Call],
    now: datetime,
) -> list[TeamStanding]:
    """Hold a plan against what was sent by now; `stages` gives the stage of each checklist."""
    known = {team.code: TeamStanding(team, heard=_by(heard.get(team.code), now)) for team in teams}
    by_code = {team.code: team for team in teams}
    for call in calls:
        if call.at <= now and call.team in known:
            known[call.team].calls.append(call)
    expected: dict[tuple[str, str], list[Deployed]] = {}
    for line in plan:
        if line.team in known:
            expected.setdefault((line.team, line.stage), []).append(line)
    came: dict[tuple[str, str], list[Sent]] = {}
    for one in sent:
        if one.team is not None and one.at <= now and one.checklist in stages:
            came.setdefault((one.team, stages[one.checklist]), []).append(one)
    windows: dict[tuple[str, Location | None, object], Window | None] = {}
    for (team, stage), lines in expected.items():
        for line, report in _match(lines, came.get((team, stage), ())):
            place = place_of(line, by_code, places)
            key = (stage, place, line.by)
            if key not in windows:
                windows[key] = window(mission, stage, place, line.by)
            made = _line(line, place, windows[key], report, known[team], now)
            # A rebuilt report came when it was rebuilt, which says nothing of its team.
            rebuilt = mission.reconstruction is not None and made.state == REPORTED
            known[team].lines.append(replace(made, overdue=None) if rebuilt else made)
    return list(known.values())


def counts(standings: Iterable[TeamStanding]) -> dict[str, Counter[str]]:
    """Count the lines of each stage by their states, in the order of the day."""
    found: dict[str, Counter[str]] = {}
    for standing in standings:
        for line in standing.lines:
            found.setdefault(line.stage, Counter())[line.state] += 1
    return found


def unreachable(calls: Sequence[Call], heard: datetime | None) -> bool:
    """Tell whether the latest calls, made after the team was last heard from, found nobody."""
    tail = 0
    for call in reversed(calls):
        if heard is not None and call.at <= heard:
            break
        if call.outcome == "wrong_number":
            return True
        if call.outcome != "no_answer":
            break
        tail += 1
    return tail >= NO_ANSWERS


def _match(lines: Sequence[Deployed], came: Iterable[Sent]) -> list[tuple[Deployed, Sent | None]]:
    """Give each line of one team and stage its report: the one from its own place first, then any that is left."""
    left = [one for one in came for _ in range(min(one.count, len(lines)))]
    given: dict[int, Sent] = {}

    def take(place: int, at: str | None = None) -> None:
        found = next((one for one in left if at is None or one.location == at), None)
        if found is not None:
            left.remove(found)
            given[place] = found

    for place, line in enumerate(lines):
        if line.location is not None:
            take(place, line.location)
    for wants_a_place in (False, True):
        for place, line in enumerate(lines):
            if place not in given and (line.location is not None) == wants_a_place:
                take(place)
    return [(line, given.get(place)) for place, line in enumerate(lines)]


def _line(
    line: Deployed,
    place: Location | None,
    found: Window | None,
    report: Sent | None,
    team: TeamStanding,
    now: datetime,
) -> Line:
    elsewhere, overdue = None, None
    if report is not None:
        state = REPORTED
        elsewhere = report.location if line.location and report.location != line.location else None
        overdue = report.at - found.due if found and report.at > found.due else None
    elif found is None:
        state = NO_HOURS
    elif now < found.start:
        state = NOT_YET
    elif now <= found.due:
        state = DUE
    else:
        overdue = now - found.due
        if team.unreachable:
            state = UNREACHABLE
        else:
            state = LATE if team.heard is not None and team.heard >= found.start else SILENT
    where = place if line.location else None
    at = report.at if report else None
    return Line(line.team, line.stage, line.location, where, found, state, at, elsewhere, overdue)


def _by(moment: datetime | None, now: datetime) -> datetime | None:
    return moment if moment is not None and moment <= now else None
