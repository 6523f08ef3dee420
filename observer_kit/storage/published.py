"""A mission's figures as a source printed them: for comparison, never a source of a number."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy import delete, insert, select
from sqlalchemy.orm import Session

from observer_kit.storage.tables import Published


def replace(tx: Session, mission: str, rows: Iterable[Mapping[str, Any]]) -> int:
    """Put these rows in place of the old ones; gives their number."""
    tx.execute(delete(Published).where(Published.mission == mission))
    values = [{"mission": mission, "position": place, "row": dict(row)} for place, row in enumerate(rows)]
    if values:
        tx.execute(insert(Published), values)
    return len(values)


def all(tx: Session, mission: str) -> list[dict[str, Any]]:
    """Give every row, in the order of the file."""
    return list(tx.scalars(select(Published.row).where(Published.mission == mission).order_by(Published.position)))
