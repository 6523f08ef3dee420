"""When a report may be expected: from each station's own hours, on its own clock, across midnight.

In 2011, 1,494 stations had other hours than the rest, and in 2024, 84 opened
early: one deadline for all would call their teams late, or miss that they are.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from observer_kit.errors import MissionInvalid
from observer_kit.missions.model import Location, Mission

OPENS, CLOSES = "opens", "closes"


@dataclass(frozen=True, slots=True)
class Rule:
    """From which hour of the station a stage's window runs, and up to which; minutes after either (below 0: before)."""

    start: str
    after_start: int
    end: str
    after_end: int


RULES: Final[Mapping[str, Rule]] = {
    "readiness": Rule(OPENS, -24 * 60, OPENS, -60),
    "opening": Rule(OPENS, -60, OPENS, 60),  # the commission opens an hour before; the team stays to see it begin
    "voting": Rule(OPENS, 0, CLOSES, 0),
    "counting": Rule(CLOSES, 0, CLOSES, 6 * 60),
    "protocol": Rule(CLOSES, 0, CLOSES, 8 * 60),
    "tabulation": Rule(CLOSES, 60, CLOSES, 12 * 60),  # by law it may take twelve hours
}
"""What holds unless mission.toml says otherwise in [windows]."""
_AFTER_CLOSE: Final = ("counting", "protocol", "tabulation")
_MOST: Final = 3 * 24 * 60


@dataclass(frozen=True, slots=True)
class Window:
    """From when a report is expected, and when it is late; both in UTC."""

    start: datetime
    due: datetime


def window(mission: Mission, stage: str, place: Location | None, by: time | None = None) -> Window | None:
    """Give the window of a stage at a place (None: anywhere, on the mission's own clock).

    Where neither register nor mission knows the hours there is none, and
    nobody can be called late.
    """
    zone = ZoneInfo(place.zone if place else mission.zone)
    hours = {
        OPENS: (place.opens if place else None) or _time(mission.opens),
        CLOSES: (place.closes if place else None) or _time(mission.closes),
    }
    rule = rule_of(mission, stage)
    start, end = hours[rule.start], hours[rule.end]
    if start is None or (end is None and by is None):
        return None
    opens = _moment(mission, start, zone) + timedelta(minutes=rule.after_start)
    if by is None:
        assert end is not None
        return Window(opens, _moment(mission, end, zone) + timedelta(minutes=rule.after_end))
    due = _moment(mission, by, zone)
    if stage in _AFTER_CLOSE and by < start:  # a count that goes past midnight
        due = _moment(mission, by, zone, days=1)
    elif stage == "readiness" and due > opens + timedelta(days=1):
        due = _moment(mission, by, zone, days=-1)
    return Window(min(opens, due), due)


def rule_of(mission: Mission, stage: str) -> Rule:
    """Give the rule of a stage, with the mission's own minutes where it has any."""
    rule, own = RULES[stage], mission.windows.get(stage, {})
    return Rule(rule.start, own.get("from", rule.after_start), rule.end, own.get("due", rule.after_end))


def read_windows(found: Mapping[str, object]) -> dict[str, dict[str, int]]:
    """Read [windows] of mission.toml; raises MissionInvalid."""
    read: dict[str, dict[str, int]] = {}
    for stage, said in found.items():
        place = f"mission.toml, key windows.{stage}"
        if stage not in RULES:
            raise MissionInvalid(f"expected stages among {', '.join(RULES)}", place=place)
        if not isinstance(said, dict) or not set(said) <= {"from", "due"}:
            raise MissionInvalid("expected from and due, as { from = -60, due = 60 }", place=place)
        if not all(type(minutes) is int and abs(minutes) <= _MOST for minutes in said.values()):
            raise MissionInvalid(f"expected whole minutes of at most {_MOST} before or after", place=place)
        read[stage] = dict(said)
    return read


def _moment(mission: Mission, at: time, zone: ZoneInfo, days: int = 0) -> datetime:
    return datetime.combine(mission.day + timedelta(days=days), at, zone).astimezone(UTC)


def _time(text: str | None) -> time | None:
    return None if text is None else time.fromisoformat(text)
