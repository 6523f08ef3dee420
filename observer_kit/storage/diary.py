"""A mission's diary: what no form counts."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict
from typing import Any, Final

import orjson
from sqlalchemy import ColumnElement, delete, insert, not_, select
from sqlalchemy.orm import Session

from observer_kit.errors import Conflict
from observer_kit.missions.model import DiaryEntry
from observer_kit.storage import chain, tables
from observer_kit.trust.chain import content_hash

IMPORT: Final = "diary"
"""The kind of the chain's row for all entries that came with a mission's folder."""
ENTRY: Final = "diary_entry"
"""The kind of the chain's row for one entry typed at the desk."""


def replace(tx: Session, mission: str, entries: Iterable[DiaryEntry], by: str | None = None) -> int:
    """Put these entries in place of those imported before; gives their number.

    What was typed at the desk stays; raises Conflict when an entry has the id of one of those.
    """
    chain.lock(tx)
    table = tables.DiaryEntry
    tx.execute(delete(table).where(table.mission == mission, table.imported))
    typed = set(tx.scalars(select(table.id).where(table.mission == mission)))
    rows = [{"mission": mission, "imported": True, "by": by, **asdict(entry)} for entry in entries]
    for row in rows:
        if row["id"] in typed:
            raise Conflict(f"an entry of the desk's diary has the id {row['id']!r}", place="diary")
    if rows:
        tx.execute(insert(table), rows)
    chain.append(tx, IMPORT, mission, content(rows), mission, by)
    return len(rows)


def add(tx: Session, mission: str, entry: DiaryEntry, by: str | None) -> None:
    """Add one entry; raises Conflict when its id is taken."""
    chain.lock(tx)
    if tx.get(tables.DiaryEntry, (mission, entry.id)) is not None:
        raise Conflict(f"the diary already has an entry {entry.id!r}")
    row = {"mission": mission, "imported": False, "by": by, **asdict(entry)}
    tx.execute(insert(tables.DiaryEntry).values(row))
    chain.append(tx, ENTRY, entry.id, content([row]), mission, by)


def imported_content(tx: Session, mission: str) -> str:
    """Hash the imported entries as they are stored now."""
    table = tables.DiaryEntry
    return content(_rows(tx, [table.mission == mission, table.imported.is_(True)]))


def typed(tx: Session) -> list[dict[str, Any]]:
    """Give the rows of every mission's entries that were typed at the desk."""
    return _rows(tx, [not_(tables.DiaryEntry.imported)])


def _rows(tx: Session, found: list[ColumnElement[bool]]) -> list[dict[str, Any]]:
    return [row._asdict() for row in tx.execute(select(*tables.DiaryEntry.__table__.columns).where(*found))]


def content(rows: Iterable[Mapping[str, Any]]) -> str:
    """Hash what the chain keeps of entries, in the order of their ids."""
    ordered = sorted((dict(row) for row in rows), key=lambda row: row["id"])
    return content_hash(orjson.dumps(ordered, option=orjson.OPT_SORT_KEYS))


def all(tx: Session, mission: str) -> list[DiaryEntry]:
    """Give every entry, by day."""
    table = tables.DiaryEntry
    query = select(table).where(table.mission == mission).order_by(table.day, table.id)
    return [
        DiaryEntry(row.id, row.day, row.kind, row.title, row.detail, row.count, row.reference)
        for row in tx.scalars(query)
    ]
