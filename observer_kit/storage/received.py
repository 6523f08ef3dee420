"""What each team has sent so far, kept in memory and extended by what arrived since: the chase asks every minute.

A million reports are read once, which the database does by team and place from
an index alone; after that only the new ones are, and the few that do not count.
Of the places of a team those that its plan names are kept
apart, of the others the first ones; the rest of its reports is one number.
"""

from __future__ import annotations

import threading
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final
from weakref import WeakKeyDictionary

from sqlalchemy import bindparam, func, literal, select
from sqlalchemy.orm import Session

from observer_kit import clock
from observer_kit.missions.chase import Sent
from observer_kit.storage import standing
from observer_kit.storage import tables as t
from observer_kit.storage.engine import Store, store_of

ELSEWHERE: Final = 4
"""Places that no plan names, kept by name for each team and checklist."""
_AT_ONCE: Final = 500
_LOCK: Final = threading.Lock()
Planned = frozenset[tuple[str, str]]
"""Team and location, as the plan names them."""


@dataclass(slots=True)
class _Places:
    """One team's reports of one checklist: by place, when the first came and how many; places that no plan names."""

    counts: dict[str | None, list[Any]] = field(default_factory=dict)
    elsewhere: int = 0


@dataclass(slots=True)
class _Kept:
    """One mission's reports up to a row of the chain."""

    planned: Planned
    last: int = 0
    places: dict[tuple[str, str], _Places] = field(default_factory=dict)
    heard: dict[str, str] = field(default_factory=dict)

    def add(self, checklist: str, rows: Iterable[Sequence[Any]]) -> None:
        """Count more reports (team, location, first and last received, how many), in the order of their first.

        Times are kept as text, which sorts as they do.
        """
        planned, heard = self.planned, self.heard
        known: dict[str | None, _Places] = {}
        for team, location, received, last, number in rows:
            of_team = known.get(team)
            if of_team is None:
                of_team = known[team] = self.places.setdefault((checklist, team or ""), _Places())
            entry = of_team.counts.get(location)
            if entry is None:
                # Under its own place while there is room, or where the plan names it.
                if location is not None and (team, location) not in planned:
                    if of_team.elsewhere >= ELSEWHERE:
                        location = None
                    else:
                        of_team.elsewhere += 1
                entry = of_team.counts.setdefault(location, [received, 0])
            entry[1] += number
            if team and last and last > heard.get(team, ""):
                heard[team] = last


_KEPT: Final[WeakKeyDictionary[Store, dict[str, _Kept]]] = WeakKeyDictionary()


def sent(
    tx: Session, mission: str, checklists: Iterable[str], planned: Planned
) -> tuple[list[Sent], dict[str, datetime]]:
    """Give what counts by checklist, team and place, and when each team was last heard from.

    `at` is the moment at which the first report that counts came, as `deployment.sent`
    says it of a moment gone by; of the places counted together, the first that came.
    """
    with _LOCK:
        of_store = _KEPT.setdefault(store_of(tx), {})
        kept = of_store.get(mission)
        if kept is None or kept.planned != planned:
            kept = _Kept(planned)
        # Put back once it is whole: a fault half-way through would leave reports that are counted again.
        of_store.pop(mission, None)
        _extend(tx, mission, checklists, kept)
        of_store[mission] = kept
        uncounted = _uncounted(tx, mission, kept)
        firsts = _firsts(tx, mission, kept, {place for _, _, place in uncounted if place is not None})
        found = [
            Sent(checklist, team, place, clock.read_stamp(firsts.get((checklist, team, place), first)), number - taken)
            for (checklist, team), places in kept.places.items()
            for place, (first, number) in places.counts.items()
            if number > (taken := uncounted.get((checklist, team, place), 0))
        ]
        heard = {team: clock.read_stamp(at) for team, at in kept.heard.items()}
    found.sort(key=lambda each: each.at)
    return found, heard


def _extend(tx: Session, mission: str, checklists: Iterable[str], kept: _Kept) -> None:
    newest = tx.scalar(select(func.max(t.Chain.sequence))) or 0
    if newest <= kept.last:
        return  # this reader began before another one that has seen more
    rows: Any = t.Submission.__table__.c
    seen = func.min(rows.received), func.max(rows.received), func.count()
    grouped = select(rows.team, rows.location, *seen).group_by(rows.team, rows.location)
    # What came since is little, and found by its sequence; everything is grouped where it lies.
    single = select(rows.team, rows.location, rows.received, rows.received, literal(1))
    query = single.where(rows.sequence > kept.last) if kept.last else grouped
    order = rows.sequence if kept.last else func.min(rows.sequence)
    wanted = query.where(
        rows.mission == bindparam("mission"),
        rows.checklist == bindparam("checklist"),
        rows.sequence <= newest,
        rows.team.is_not(None),
    ).order_by(order)
    for checklist in checklists:
        found = tx.connection().execute(wanted, {"mission": mission, "checklist": checklist})
        for part in found.partitions(5000):
            kept.add(checklist, part)
    kept.last = newest


def _firsts(tx: Session, mission: str, kept: _Kept, places: Collection[str]) -> dict[tuple[str, str, str | None], str]:
    """Say of places with reports that do not count when the first that does count came."""
    found: dict[tuple[str, str, str | None], str] = {}
    wanted = sorted(places)
    for start in range(0, len(wanted), _AT_ONCE):
        query = (
            select(t.Submission.checklist, t.Submission.team, t.Submission.location, func.min(t.Submission.received))
            .join(t.Standing, t.Standing.submission == t.Submission.id)
            .where(
                t.Submission.mission == mission,
                t.Submission.location.in_(wanted[start : start + _AT_ONCE]),
                t.Submission.sequence <= kept.last,
                t.Submission.team.is_not(None),
                t.Standing.state == standing.COUNTED,
            )
            .group_by(t.Submission.checklist, t.Submission.team, t.Submission.location)
        )
        found |= {(checklist, team or "", place): first for checklist, team, place, first in tx.execute(query)}
    return found


def _uncounted(tx: Session, mission: str, kept: _Kept) -> dict[tuple[str, str, str | None], int]:
    """Count what was received and does not count, under the place where it was counted."""
    states = [state for state in standing.STATES if state != standing.COUNTED]
    query = (
        select(t.Submission.checklist, t.Submission.team, t.Submission.location, func.count())
        .join(t.Standing, t.Standing.submission == t.Submission.id)
        .where(t.Standing.mission == mission, t.Standing.state.in_(states), t.Submission.team.is_not(None))
        .where(t.Submission.sequence <= kept.last)
        .group_by(t.Submission.checklist, t.Submission.team, t.Submission.location)
    )
    found: dict[tuple[str, str, str | None], int] = {}
    for checklist, team, location, number in tx.execute(query):
        places = kept.places.get((checklist, team or ""), _Places())
        key = (checklist, team or "", location if location in places.counts else None)
        found[key] = found.get(key, 0) + number
    return found
