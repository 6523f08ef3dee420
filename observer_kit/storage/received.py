"""What each team has sent so far, kept in memory and extended by what arrived since: the chase asks every minute.

A million reports are read once; after that only the new ones are, and the few
that do not count. Of the places of a team those that its plan names are kept
apart, of the others the first ones; the rest of its reports is one number.
"""

from __future__ import annotations

import threading
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final
from weakref import WeakKeyDictionary

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from observer_kit import clock
from observer_kit.missions.chase import Sent
from observer_kit.storage import standing
from observer_kit.storage import tables as t
from observer_kit.storage.engine import Store, store_of

ELSEWHERE: Final = 4
"""Places that no plan names, kept by name for each team and checklist."""
_LOCK: Final = threading.Lock()
Planned = frozenset[tuple[str, str]]
"""Team and location, as the plan names them."""


@dataclass(slots=True)
class _Kept:
    """One mission's reports up to a row of the chain."""

    planned: Planned
    last: int = 0
    places: dict[tuple[str, str], dict[str | None, list[int | str]]] = field(default_factory=dict)
    heard: dict[str, str] = field(default_factory=dict)

    def add(self, checklist: str, team: str, location: str | None, received: str) -> None:
        """Count one more report; times are kept as text, which sorts as they do."""
        found = self.places.setdefault((checklist, team), {})
        entry = found.setdefault(self.place(found, team, location), [received, 0])
        entry[1] = int(entry[1]) + 1
        self.heard[team] = max(received, self.heard.get(team, ""))

    def place(self, found: Mapping[str | None, object], team: str, location: str | None) -> str | None:
        """Say under which place a report is counted: its own, while there is room or the plan names it."""
        if location is None or location in found or (team, location) in self.planned:
            return location
        others = sum((team, known) not in self.planned for known in found if known is not None)
        return location if others < ELSEWHERE else None


_KEPT: Final[WeakKeyDictionary[Store, dict[str, _Kept]]] = WeakKeyDictionary()


def sent(
    tx: Session, mission: str, checklists: Iterable[str], planned: Planned
) -> tuple[list[Sent], dict[str, datetime]]:
    """Give what counts by checklist, team and place, and when each team was last heard from."""
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
        found = [
            Sent(checklist, team, place, clock.read_stamp(str(first)), int(number) - taken)
            for (checklist, team), places in kept.places.items()
            for place, (first, number) in places.items()
            if int(number) > (taken := uncounted.get((checklist, team, place), 0))
        ]
        heard = {team: clock.read_stamp(at) for team, at in kept.heard.items()}
    found.sort(key=lambda each: each.at)
    return found, heard


def _extend(tx: Session, mission: str, checklists: Iterable[str], kept: _Kept) -> None:
    newest = tx.scalar(select(func.max(t.Chain.sequence))) or 0
    if newest <= kept.last:
        return  # this reader began before another one that has seen more
    for checklist in checklists:
        query = select(t.Submission.team, t.Submission.location, t.Submission.received).where(
            t.Submission.mission == mission,
            t.Submission.checklist == checklist,
            t.Submission.sequence > kept.last,
            t.Submission.sequence <= newest,
            t.Submission.team.is_not(None),
        )
        for team, location, received in tx.execute(
            query.order_by(t.Submission.sequence).execution_options(yield_per=5000)
        ):
            kept.add(checklist, team or "", location, received)
    kept.last = newest


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
        places = kept.places.get((checklist, team or ""), {})
        key = (checklist, team or "", location if location in places else None)
        found[key] = found.get(key, 0) + number
    return found
