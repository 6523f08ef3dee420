"""A mission's deployment plan as its folder said it, and what each team has sent so far."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, time
from typing import Any, Final

import orjson
from sqlalchemy import delete, func, insert, select
from sqlalchemy.orm import Session

from observer_kit import clock
from observer_kit.missions.chase import Sent
from observer_kit.missions.deployment import Deployed
from observer_kit.storage import chain, missions, standing
from observer_kit.storage import desk_tables as d
from observer_kit.storage import tables as t
from observer_kit.trust.chain import content_hash

KIND: Final = "deployment"
"""The kind of the chain's row for the whole plan."""


def replace(tx: Session, mission: str, plan: Iterable[Deployed], by: str | None = None) -> int:
    """Put this plan in place of the old one; gives the number of its lines.

    A mission that never had a plan and brings none leaves no trace in the chain.
    """
    chain.lock(tx)
    rows = [
        {
            "mission": mission, "position": place, "team": each.team, "stage": each.stage, "location": each.location,
            "by": None if each.by is None else f"{each.by:%H:%M}",
        }
        for place, each in enumerate(plan)
    ]  # fmt: skip
    known = select(t.Chain.sequence).where(t.Chain.kind == KIND, t.Chain.mission == mission)
    if not rows and tx.scalar(known.limit(1)) is None:
        return 0
    tx.execute(delete(d.Deployed).where(d.Deployed.mission == mission))
    if rows:
        tx.execute(insert(d.Deployed), rows)
    missions.touch(tx, mission)
    chain.append(tx, KIND, mission, content(tx, mission), mission, by)
    return len(rows)


def all(tx: Session, mission: str) -> list[Deployed]:
    """Give the plan's lines in their order."""
    return [
        Deployed(row["team"], row["stage"], row["location"], None if row["by"] is None else _time(row["by"]))
        for row in _rows(tx, mission)
    ]


def any(tx: Session, mission: str) -> bool:
    """Tell whether the mission has a plan."""
    query = select(d.Deployed.position).where(d.Deployed.mission == mission).limit(1)
    return tx.scalar(query) is not None


def content(tx: Session, mission: str) -> str:
    """Hash the plan as it is stored now."""
    return content_hash(orjson.dumps(_rows(tx, mission), option=orjson.OPT_SORT_KEYS))


def sent(tx: Session, mission: str, until: datetime | None = None) -> list[Sent]:
    """Give what counts, one line for each checklist, team and location: when the first of them came, and how many."""
    first = func.min(t.Submission.received)
    query = (
        select(t.Submission.checklist, t.Submission.team, t.Submission.location, first, func.count())
        .join(t.Standing, t.Standing.submission == t.Submission.id)
        .where(t.Submission.mission == mission, t.Standing.state == standing.COUNTED, t.Submission.team.is_not(None))
        .group_by(t.Submission.checklist, t.Submission.team, t.Submission.location)
        .order_by(first)
    )
    if until is not None:
        query = query.where(t.Submission.received <= clock.stamp(until))
    return [
        Sent(checklist, team, location, clock.read_stamp(at), count)
        for checklist, team, location, at, count in tx.execute(query)
    ]


def heard_otherwise(tx: Session, mission: str, until: datetime) -> dict[str, datetime]:
    """Give the moment at which a phone of each team last sent a photo, or said how it is."""
    found: dict[str, datetime] = {}
    for table in (t.Attachment, t.Readiness):
        query = (
            select(t.Device.team, func.max(table.at))
            .join(t.Device, t.Device.id == table.device)
            .where(table.mission == mission, table.at <= until, t.Device.team.is_not(None))
            .group_by(t.Device.team)
        )
        for team, at in tx.execute(query):
            if team is not None:
                found[team] = max(at, found.get(team, at))
    return found


def heard(tx: Session, mission: str, until: datetime | None = None) -> dict[str, datetime]:
    """Give the moment at which the last report of each team came, whether it counts or not."""
    query = (
        select(t.Submission.team, func.max(t.Submission.received))
        .where(t.Submission.mission == mission, t.Submission.team.is_not(None))
        .group_by(t.Submission.team)
    )
    if until is not None:
        query = query.where(t.Submission.received <= clock.stamp(until))
    return {team: clock.read_stamp(at) for team, at in tx.execute(query) if team is not None}


def _rows(tx: Session, mission: str) -> list[dict[str, Any]]:
    query = select(*d.Deployed.__table__.columns).where(d.Deployed.mission == mission).order_by(d.Deployed.position)
    return [row._asdict() for row in tx.execute(query)]


def _time(text: str) -> time:
    return time.fromisoformat(text)
