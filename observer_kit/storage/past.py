"""What counted at a moment gone by: what had come by then, as it was reviewed by then, without the later corrections.

A submission's standing is kept as it is now. Only where something came or was
decided after the moment is it worked out anew, from the family as it was.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from observer_kit import clock
from observer_kit.missions.chase import Sent
from observer_kit.storage import desk_tables as d
from observer_kit.storage import tables as t
from observer_kit.storage.families import COUNTED, QUERIED, RECEIVED, VERIFIED, Family, Member
from observer_kit.storage.handlings import CLOSED, IN_HAND, INCIDENT, NEW, STATES
from observer_kit.storage.standing import STATES as STANDINGS

_AT_ONCE: Final = 500


@dataclass(frozen=True, slots=True)
class Came:
    """One submission that had come by then, and how it stood."""

    id: str
    sequence: int
    checklist: str
    team: str | None
    location: str | None
    received: datetime
    state: str
    review: str
    problems: int


@dataclass(frozen=True, slots=True)
class Then:
    """A mission's submissions as they stood at a moment, in the order of receipt."""

    at: datetime
    came: tuple[Came, ...]

    def counted(self, checklist: str | None = None, since: datetime | None = None) -> frozenset[str]:
        """Name the submissions that counted: of one checklist, or received since another moment."""
        return frozenset(
            each.id
            for each in self.came
            if each.state == COUNTED
            and checklist in (None, each.checklist)
            and (since is None or each.received >= since)
        )

    def standing(self) -> dict[str, int]:
        """Count the submissions by their state, and those that counted with unreadable answers."""
        states = Counter(each.state for each in self.came)
        flagged = sum(each.state == COUNTED and each.problems > 0 for each in self.came)
        return {**{name: states[name] for name in STANDINGS}, "with_problems": flagged}

    def sent(self) -> list[Sent]:
        """Give what counted by checklist, team and location: when the first of them came, and how many."""
        found: dict[tuple[str, str, str | None], list[datetime]] = {}
        for each in self.came:
            if each.state == COUNTED and each.team is not None:
                found.setdefault((each.checklist, each.team, each.location), []).append(each.received)
        lines = [Sent(*key, min(moments), len(moments)) for key, moments in found.items()]
        return sorted(lines, key=lambda line: line.at)


def stood(tx: Session, mission: str, at: datetime) -> Then:
    """Say how every submission stood at a moment gone by."""
    s = t.Submission
    query = (
        select(s.id, s.sequence, s.checklist, s.team, s.location, s.received, t.Standing.state, t.Standing.review,
               s.problem_count)
        .join(t.Standing, t.Standing.submission == s.id)
        .where(s.mission == mission, s.received <= clock.stamp(at))
        .order_by(s.sequence)
        .execution_options(yield_per=5000)
    )  # fmt: skip
    moved = _moved(tx, mission, at)
    found = []
    for id, sequence, checklist, team, location, received, state, review, problems in tx.execute(query):
        state, review = moved.get(id, (state, review))
        moment = clock.read_stamp(received)
        found.append(Came(id, sequence, checklist, team, location, moment, state, review, problems))
    return Then(at, tuple(found))


def _moved(tx: Session, mission: str, at: datetime) -> dict[str, tuple[str, str]]:
    """Work out anew the state and review of all reports of the visits in which anything happened after the moment."""
    s, later = t.Submission, clock.stamp(at)
    visits = set(tx.scalars(select(s.visit).where(s.mission == mission, s.received > later).distinct()))
    reviewed = select(s.visit).join(t.Review, t.Review.submission == s.id)
    visits.update(tx.scalars(reviewed.where(t.Review.mission == mission, t.Review.at > at).distinct()))
    found: dict[str, tuple[str, str]] = {}
    for family in _families(tx, mission, sorted(visits), at):
        found |= {id: (state, review) for id, (state, review, _) in family.places().items()}
    return found


def _families(tx: Session, mission: str, visits: Sequence[str], at: datetime) -> Iterator[Family]:
    """Give the families of these visits with what had come and was decided by then."""
    s = t.Submission
    decided = (
        select(t.Review.state)
        .where(t.Review.submission == s.id, t.Review.at <= at)
        .order_by(t.Review.sequence.desc())
        .limit(1)
        .scalar_subquery()
    )
    columns = (s.visit, s.checklist, s.id, s.supersedes, s.device, t.Device.kind, t.Envelope.quarantine, decided)
    query = (
        select(*columns)
        .join(t.Envelope, t.Envelope.id == s.id)
        .outerjoin(t.Device, t.Device.id == s.device)
        .where(s.mission == mission, s.received <= clock.stamp(at))
        .order_by(s.sequence)
    )
    for start in range(0, len(visits), _AT_ONCE):
        found: dict[tuple[str, str], Family] = {}
        rows = tx.execute(query.where(s.visit.in_(visits[start : start + _AT_ONCE])))
        for visit, checklist, id, supersedes, device, kind, quarantine, review in rows:
            member = Member(id, supersedes, device, kind == "desk", quarantine is not None, review or RECEIVED)
            found.setdefault((visit, checklist), Family()).add(member)
        yield from found.values()


def incidents(tx: Session, mission: str, then: Then) -> list[tuple[str, str]]:
    """Give the incidents that counted with how far the desk had come, new ones first, of equals the newest."""
    latest = (
        select(d.Handling.submission, func.max(d.Handling.sequence).label("sequence"))
        .where(d.Handling.mission == mission, d.Handling.at <= then.at)
        .group_by(d.Handling.submission)
        .subquery()
    )
    query = select(d.Handling.submission, d.Handling.state).join(latest, latest.c.sequence == d.Handling.sequence)
    steps = {row.submission: row.state for row in tx.execute(query)}
    reviewed = {VERIFIED: CLOSED, QUERIED: IN_HAND}
    found = [
        (each.id, steps.get(each.id) or reviewed.get(each.review, NEW), each.sequence)
        for each in then.came
        if each.checklist == INCIDENT and each.state == COUNTED
    ]
    found.sort(key=lambda each: (STATES.index(each[1]), -each[2]))
    return [(id, state) for id, state, _ in found]
