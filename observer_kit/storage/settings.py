"""A mission's settings: every change is kept, the latest counts."""

from __future__ import annotations

from typing import Any

import orjson
from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from observer_kit import clock
from observer_kit.storage import chain
from observer_kit.storage.tables import Setting
from observer_kit.trust.chain import content_hash


def put(tx: Session, mission: str, name: str, value: Any, by: str | None) -> None:
    """Set a value from now on."""
    content = content_hash(name, orjson.dumps(value, option=orjson.OPT_SORT_KEYS))
    sequence = chain.append(tx, "setting", name, content, mission, by)
    tx.execute(
        insert(Setting).values(sequence=sequence, mission=mission, name=name, value=value, at=clock.now(), by=by)
    )


def get(tx: Session, mission: str, name: str, default: Any = None) -> Any:
    """Give the value that counts now, or the default."""
    query = select(Setting.value).where(Setting.mission == mission, Setting.name == name)
    row = tx.execute(query.order_by(Setting.sequence.desc()).limit(1)).first()
    return default if row is None else row.value
