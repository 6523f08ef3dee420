"""A mission's diary: what no form counts."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict

import orjson
from sqlalchemy import delete, insert, select
from sqlalchemy.orm import Session

from observer_kit.errors import Conflict
from observer_kit.missions.model import DiaryEntry
from observer_kit.storage import chain, tables
from observer_kit.trust.chain import content_hash


def replace(tx: Session, mission: str, entries: Iterable[DiaryEntry], by: str | None = None) -> int:
    """Put this diary in place of the old one; gives the number of entries."""
    chain.lock(tx)
    tx.execute(delete(tables.DiaryEntry).where(tables.DiaryEntry.mission == mission))
    rows = [{"mission": mission, "by": by, **asdict(entry)} for entry in entries]
    if rows:
        tx.execute(insert(tables.DiaryEntry), rows)
    chain.append(tx, "diary", mission, content_hash(orjson.dumps(rows, option=orjson.OPT_SORT_KEYS)), mission, by)
    return len(rows)


def add(tx: Session, mission: str, entry: DiaryEntry, by: str | None) -> None:
    """Add one entry; raises Conflict when its id is taken."""
    chain.lock(tx)
    if tx.get(tables.DiaryEntry, (mission, entry.id)) is not None:
        raise Conflict(f"the diary already has an entry {entry.id!r}")
    row = {"mission": mission, "by": by, **asdict(entry)}
    tx.execute(insert(tables.DiaryEntry).values(row))
    chain.append(tx, "diary", entry.id, content_hash(orjson.dumps(row, option=orjson.OPT_SORT_KEYS)), mission, by)


def all(tx: Session, mission: str) -> list[DiaryEntry]:
    """Give every entry, by day."""
    table = tables.DiaryEntry
    query = select(table).where(table.mission == mission).order_by(table.day, table.id)
    return [
        DiaryEntry(row.id, row.day, row.kind, row.title, row.detail, row.count, row.reference)
        for row in tx.scalars(query)
    ]
