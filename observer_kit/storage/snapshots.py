"""Frozen data sets: stored whole as text, so that nothing that changes later can change what was said from them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import orjson
from sqlalchemy import select
from sqlalchemy.orm import Session

from observer_kit import clock
from observer_kit.errors import NotFound
from observer_kit.storage import office_acts
from observer_kit.storage import statement_tables as s


@dataclass(frozen=True, slots=True)
class StoredSnapshot:
    """A data set without its content."""

    id: str
    sequence: int
    identity: str
    by: str | None
    at: datetime


def take(tx: Session, mission: str, identity: str, content: Any, by: str | None) -> str:
    """Store a data set; gives its id. `content` is anything that JSON can hold."""
    id = clock.new_id()
    said = orjson.dumps(content, option=orjson.OPT_SORT_KEYS).decode()
    office_acts.add(tx, "snapshot", id, mission, by, id=id, identity=identity, content=said)
    return id


def get(tx: Session, mission: str, id: str) -> StoredSnapshot:
    """Give a data set without its content; raises NotFound."""
    found = tx.execute(_query().where(s.Snapshot.mission == mission, s.Snapshot.id == id)).first()
    if found is None:
        raise NotFound(f"no snapshot {id!r} in mission {mission!r}")
    return StoredSnapshot(*found)


def content(tx: Session, mission: str, id: str) -> Any:
    """Give what a data set holds; raises NotFound."""
    found = tx.scalar(select(s.Snapshot.content).where(s.Snapshot.mission == mission, s.Snapshot.id == id))
    if found is None:
        raise NotFound(f"no snapshot {id!r} in mission {mission!r}")
    return orjson.loads(found)


def all(tx: Session, mission: str) -> list[StoredSnapshot]:
    """Give the mission's data sets without their content, the latest first."""
    rows = tx.execute(_query().where(s.Snapshot.mission == mission).order_by(s.Snapshot.sequence.desc()))
    return [StoredSnapshot(*row) for row in rows]


def _query() -> Any:
    return select(s.Snapshot.id, s.Snapshot.sequence, s.Snapshot.identity, s.Snapshot.by, s.Snapshot.at)
