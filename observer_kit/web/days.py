"""Where a mission's day stands: the reports of every checklist, the places and the teams heard from."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from weakref import WeakKeyDictionary

from sqlalchemy.orm import Session

from observer_kit.checklists.model import Checklist
from observer_kit.missions.model import Mission
from observer_kit.statistics import Columns
from observer_kit.statistics.coverage import Reached, reached
from observer_kit.storage import chain, checklists, register
from observer_kit.web.columns import columns_of
from observer_kit.web.numbers import in_order


@dataclass(frozen=True, slots=True)
class Coverage:
    """How many reports one checklist has, from how many different locations, of how many expected."""

    checklist: Checklist
    expected: int | None
    reached: Reached

    @property
    def reports(self) -> int:
        """Count the reports."""
        return self.reached.reports

    @property
    def by_region(self) -> Mapping[str | None, tuple[int, int]]:
        """Give reports and different locations of each region."""
        return self.reached.by_region


@dataclass(frozen=True, slots=True)
class Day:
    """Where the day stands: every checklist's coverage, the places and the teams heard from.

    Stations can be held against the register's number; commissions are all its
    other places, and `unknown` are codes that it does not have.
    """

    stages: tuple[Coverage, ...]
    stations: frozenset[str]
    commissions: frozenset[str]
    unknown: frozenset[str]
    by_team: Mapping[str, int]

    @property
    def teams(self) -> frozenset[str]:
        """Name the teams heard from."""
        return frozenset(self.by_team)


_days: WeakKeyDictionary[Any, dict[str, tuple[int, Day]]] = WeakKeyDictionary()
"""By database and mission: its revision, and where the day stood then."""


def day(tx: Session, mission: Mission) -> Day:
    """Count the reports of every checklist; kept until something happens in the mission."""
    kept = _days.setdefault(tx.get_bind(), {})
    # Asked before the reports are: what arrives in between is counted again, never missed.
    revision = chain.revision(tx, mission.code)
    before = kept.get(mission.code)
    if before is not None and before[0] == revision:
        return before[1]
    current = in_order(checklists.current(tx, mission.code)).values()
    found = day_of(tx, mission, ((each, columns_of(tx, mission.code, each)) for each in current))
    kept[mission.code] = revision, found
    return found


def day_of(tx: Session, mission: Mission, columns: Iterable[tuple[Checklist, Columns]]) -> Day:
    """Count the reports of every checklist in its columns."""
    stages = tuple(
        Coverage(checklist, mission.expected.get(checklist.stage), reached(each)) for checklist, each in columns
    )
    met: frozenset[str] = frozenset().union(*(each.reached.locations for each in stages))
    kinds = register.kinds(tx, mission.code, met)
    stations = frozenset(code for code in met if kinds.get(code) == "polling_station")
    unknown = frozenset(code for code in met if code not in kinds)
    sent = Counter[str]()
    for each in stages:
        sent.update({team: count for team, count in each.reached.by_team.items() if team is not None})
    return Day(stages, stations, met - stations - unknown, unknown, sent)
