"""Published checklists: frozen by their hash, so that an upgrade of the package never orphans an answer."""

from __future__ import annotations

from datetime import datetime
from functools import lru_cache

from sqlalchemy import func, insert, select
from sqlalchemy.orm import Session

from observer_kit import clock
from observer_kit.checklists.model import Checklist
from observer_kit.checklists.versions import from_json, to_json
from observer_kit.errors import ChecklistUnknown
from observer_kit.storage import chain, missions
from observer_kit.storage import tables as t
from observer_kit.trust.chain import content_hash


def publish(tx: Session, mission: str, checklist: Checklist, by: str | None = None) -> bool:
    """Make this version the one that the mission asks; False when it already was."""
    chain.lock(tx)
    if _current(tx, mission).get(checklist.name) == checklist.version:
        return False
    missions.touch(tx, mission)
    now = clock.now()
    known = select(t.Checklist.version).where(t.Checklist.mission == mission, t.Checklist.version == checklist.version)
    if tx.scalar(known) is None:
        tx.execute(
            insert(t.Checklist).values(
                mission=mission, version=checklist.version, name=checklist.name, stage=checklist.stage,
                meaning=checklist.meaning, content=to_json(checklist), published=now,
            )
        )  # fmt: skip
    content = content_hash(checklist.name, checklist.version)
    sequence = chain.append(tx, "publication", checklist.name, content, mission, by)
    tx.execute(
        insert(t.Publication).values(
            sequence=sequence, mission=mission, name=checklist.name, version=checklist.version, at=now
        )
    )
    return True


def get(tx: Session, version: str) -> Checklist:
    """Give the checklist of this version; raises ChecklistUnknown."""
    content = tx.scalar(select(t.Checklist.content).where(t.Checklist.version == version).limit(1))
    if content is None:
        raise ChecklistUnknown(f"no checklist of version {version!r} was published here")
    return _read(version, content)


def published(tx: Session, mission: str, version: str) -> Checklist:
    """Give the checklist if this mission published it; raises ChecklistUnknown."""
    query = select(t.Checklist.content).where(t.Checklist.mission == mission, t.Checklist.version == version)
    content = tx.scalar(query)
    if content is None:
        raise ChecklistUnknown(f"mission {mission!r} has not published a checklist of version {version!r}")
    return _read(version, content)


def current(tx: Session, mission: str) -> dict[str, Checklist]:
    """Give the checklists that the mission asks now, by name."""
    return {name: get(tx, version) for name, version in _current(tx, mission).items()}


def versions(tx: Session, mission: str, name: str) -> list[Checklist]:
    """Give every version of a checklist that the mission ever asked, the oldest first."""
    query = select(t.Checklist.version, t.Checklist.content).where(
        t.Checklist.mission == mission, t.Checklist.name == name
    )
    return [_read(row.version, row.content) for row in tx.execute(query.order_by(t.Checklist.published))]


def published_at(tx: Session, mission: str, name: str) -> dict[str, datetime]:
    """Say of every version of a checklist when the mission first published it."""
    query = select(t.Checklist.version, t.Checklist.published).where(
        t.Checklist.mission == mission, t.Checklist.name == name
    )
    return {row.version: row.published for row in tx.execute(query)}


def _current(tx: Session, mission: str) -> dict[str, str]:
    latest = select(func.max(t.Publication.sequence)).where(t.Publication.mission == mission)
    query = (
        select(t.Publication.name, t.Publication.version)
        .where(t.Publication.sequence.in_(latest.group_by(t.Publication.name)))
        .order_by(t.Publication.name)
    )
    return {row.name: row.version for row in tx.execute(query)}


@lru_cache(maxsize=64)
def _read(version: str, content: bytes) -> Checklist:
    return from_json(content)
