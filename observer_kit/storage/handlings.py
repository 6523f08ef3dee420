"""How far the desk has come with an incident: every step is kept, the latest counts, another undoes it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import ColumnElement, and_, case, func, insert, select
from sqlalchemy.orm import Session

from observer_kit import clock
from observer_kit.errors import Conflict, NotFound
from observer_kit.storage import chain, standing
from observer_kit.storage import desk_tables as d
from observer_kit.storage import tables as t
from observer_kit.storage.filters import Filters, conditions, region
from observer_kit.storage.said import one_of, words_of
from observer_kit.trust.chain import content_hash

KIND: Final = "handling"
"""The kind of the chain's row for one step."""
INCIDENT: Final = "incident"
NEW, IN_HAND, PASSED_ON, CLOSED = "new", "in_hand", "passed_on", "closed"
STATES: Final = (NEW, IN_HAND, PASSED_ON, CLOSED)
LONGEST_NOTE: Final = 2000
ORDERS: Final = ("state", "received", "region", "team")


@dataclass(frozen=True, slots=True)
class Handling:
    """One step."""

    submission: str
    state: str
    note: str
    by: str | None
    at: datetime


@dataclass(frozen=True, slots=True)
class Inbox:
    """A piece of the incidents that count, with how many there are in each state under the same filters."""

    total: int
    states: dict[str, int]
    ids: list[tuple[str, str]]  # submission, state


def add(tx: Session, mission: str, submission: str, state: str, note: str, by: str | None) -> Handling:
    """Log a step; raises NotFound for what is no incident of the mission, and Conflict for a step that says nothing."""
    chain.lock(tx)
    state, note = one_of(state, STATES, "state"), words_of(note, LONGEST_NOTE, "note")
    key = standing.key_of(tx, submission)
    if key is None or key[:2] != (mission, INCIDENT):
        raise NotFound(f"no incident {submission!r} in mission {mission!r}")
    if not note and state == state_of(tx, submission):
        raise Conflict("a step changes the state or says something", place="note")
    step = Handling(submission, state, note, by, clock.now())
    sequence = chain.append(tx, KIND, submission, content(step), mission, by)
    tx.execute(
        insert(d.Handling).values(
            sequence=sequence, mission=mission, submission=submission, state=state, note=note, by=by, at=step.at
        )
    )
    return step


def of(tx: Session, submission: str) -> list[Handling]:
    """Give every step of an incident, the oldest first."""
    query = select(d.Handling).where(d.Handling.submission == submission).order_by(d.Handling.sequence)
    return [read(row) for row in tx.scalars(query)]


def many(tx: Session, mission: str) -> dict[str, list[Handling]]:
    """Give every step of all the mission's incidents, the oldest first, by incident."""
    found: dict[str, list[Handling]] = {}
    for row in tx.scalars(select(d.Handling).where(d.Handling.mission == mission).order_by(d.Handling.sequence)):
        found.setdefault(row.submission, []).append(read(row))
    return found


def since(tx: Session, mission: str, moment: datetime, until: datetime | None = None) -> dict[str, int]:
    """Count the steps logged since a moment (and until another), by the state they led to."""
    query = select(d.Handling.state, func.count().label("n")).where(
        d.Handling.mission == mission, d.Handling.at >= moment
    )
    if until is not None:
        query = query.where(d.Handling.at <= until)
    return {row.state: row.n for row in tx.execute(query.group_by(d.Handling.state))}


def state_of(tx: Session, submission: str) -> str:
    """Give how far the desk has come with an incident."""
    query = select(_state()).select_from(t.Submission).join(t.Standing, t.Standing.submission == t.Submission.id)
    return str(tx.scalar(query.where(t.Submission.id == submission)) or NEW)


def inbox(
    tx: Session, mission: str, filters: Filters, *, state: str | None = None, order: str = "state",
    down: bool = False, offset: int = 0, limit: int = 50,
) -> Inbox:  # fmt: skip
    """Give a piece of the incidents that count and fit: new ones first unless asked otherwise, of equals the newest."""
    found = conditions(mission, filters, tx.get_bind().dialect.name)
    found += [t.Submission.checklist == INCIDENT, t.Standing.state == standing.COUNTED]
    at_location = and_(t.Location.mission == t.Submission.mission, t.Location.code == t.Submission.location)

    def joined(*columns: Any) -> Any:
        query = select(*columns).select_from(t.Submission).join(t.Standing, t.Standing.submission == t.Submission.id)
        return query.outerjoin(t.Location, at_location).where(*found)

    counted = joined(_state().label("state")).subquery()
    grouped = tx.execute(select(counted.c.state, func.count().label("n")).group_by(counted.c.state))
    states: dict[str, int] = dict.fromkeys(STATES, 0) | {row.state: row.n for row in grouped}
    keys: dict[str, Any] = {
        "state": case({name: place for place, name in enumerate(STATES)}, value=_state()),
        "received": t.Submission.sequence,
        "region": func.coalesce(region, ""),
        "team": func.coalesce(t.Submission.team, ""),
    }
    key = keys[order if order in ORDERS else "state"]
    query = joined(t.Submission.id, _state().label("state"))
    if state is not None:
        query = query.where(_state() == state)
    query = query.order_by(key.desc() if down else key.asc(), t.Submission.sequence.desc())
    rows = tx.execute(query.offset(offset).limit(limit)).all()
    total = states.get(state, 0) if state is not None else sum(states.values())
    return Inbox(total, states, [(row.id, row.state) for row in rows])


def _state() -> ColumnElement[Any]:
    """Give the latest step's state; before any step, what a review said of it."""
    latest = (
        select(d.Handling.state)
        .where(d.Handling.submission == t.Submission.id)
        .order_by(d.Handling.sequence.desc())
        .limit(1)
        .correlate(t.Submission)
        .scalar_subquery()
    )
    reviewed = case(
        (t.Standing.review == standing.VERIFIED, CLOSED), (t.Standing.review == standing.QUERIED, IN_HAND), else_=NEW
    )
    return func.coalesce(latest, reviewed)


def read(row: d.Handling) -> Handling:
    """Give a stored step."""
    return Handling(row.submission, row.state, row.note, row.by, row.at)


def content(step: Handling) -> str:
    """Give the hash under which the chain keeps a step."""
    return content_hash(step.submission, step.state, step.note, step.by or "", clock.stamp(step.at))
