"""Calls to teams and what came of them: every call is kept, in the order in which they were logged."""

from __future__ import annotations

from typing import Final

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from observer_kit import clock
from observer_kit.errors import NotFound
from observer_kit.missions.chase import OUTCOMES, Call
from observer_kit.storage import chain, register
from observer_kit.storage import desk_tables as d
from observer_kit.storage.said import one_of, words_of
from observer_kit.trust.chain import content_hash

KIND: Final = "call"
"""The kind of the chain's row for one call."""
LONGEST_NOTE: Final = 1000


def add(tx: Session, mission: str, team: str, outcome: str, note: str, by: str | None) -> Call:
    """Log a call to a team; raises NotFound for a team that is none, and Conflict for an outcome that is none."""
    chain.lock(tx)
    outcome, note = one_of(outcome, OUTCOMES, "outcome"), words_of(note, LONGEST_NOTE, "note")
    if team not in {each.code for each in register.teams(tx, mission)}:
        raise NotFound(f"no team {team!r} in mission {mission!r}")
    call = Call(team, outcome, note, by, clock.now())
    sequence = chain.append(tx, KIND, team, content(call), mission, by)
    tx.execute(
        insert(d.Call).values(
            sequence=sequence, mission=mission, team=team, outcome=outcome, note=call.note, by=by, at=call.at
        )
    )
    return call


def all(tx: Session, mission: str, team: str | None = None) -> list[Call]:
    """Give the mission's calls, or one team's, the oldest first."""
    query = select(d.Call).where(d.Call.mission == mission).order_by(d.Call.sequence)
    if team is not None:
        query = query.where(d.Call.team == team)
    return [read(row) for row in tx.scalars(query)]


def read(row: d.Call) -> Call:
    """Give a stored call."""
    return Call(row.team, row.outcome, row.note, row.by, row.at)


def content(call: Call) -> str:
    """Give the hash under which the chain keeps a call."""
    return content_hash(call.team, call.outcome, call.note, call.by or "", clock.stamp(call.at))
