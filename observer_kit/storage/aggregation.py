"""Aggregation tables as commissions printed them, cell by cell."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import orjson
from sqlalchemy import delete, insert, select
from sqlalchemy.orm import Session

from observer_kit.storage import chain
from observer_kit.storage.tables import Aggregation
from observer_kit.trust.chain import content_hash

FIELDS = ("table", "commission", "location", "field", "value")


def replace(tx: Session, mission: str, rows: Iterable[Mapping[str, Any]], by: str | None = None) -> int:
    """Put these cells (table, commission, location, field, value) in place of the old ones; gives their number."""
    chain.lock(tx)
    tx.execute(delete(Aggregation).where(Aggregation.mission == mission))
    values = [
        {"mission": mission, "position": place, **{field: row.get(field) for field in FIELDS}}
        for place, row in enumerate(rows)
    ]
    if values:
        tx.execute(insert(Aggregation), values)
    chain.append(tx, "aggregation", mission, content(tx, mission), mission, by)
    return len(values)


def content(tx: Session, mission: str) -> str:
    """Hash the cells as they are stored now, as the chain keeps them."""
    return content_hash(orjson.dumps(all(tx, mission), option=orjson.OPT_SORT_KEYS))


def all(tx: Session, mission: str) -> list[dict[str, Any]]:
    """Give every cell, in the order of the file."""
    query = select(Aggregation).where(Aggregation.mission == mission).order_by(Aggregation.position)
    return [{field: getattr(row, field) for field in FIELDS} for row in tx.scalars(query)]
