"""Aggregation tables as commissions printed them, cell by cell: those of the mission's folder, and those imported."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import orjson
from sqlalchemy import delete, func, insert, select
from sqlalchemy.orm import Session

from observer_kit import clock
from observer_kit.errors import Conflict, NotFound
from observer_kit.storage import chain, missions
from observer_kit.storage.desk_tables import TableImport
from observer_kit.storage.tables import Aggregation
from observer_kit.trust.chain import content_hash

IMPORT: Final = "table_import"
"""The kind of the chain's row for one table read from a file."""
LONGEST_NAME: Final = 100
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


def sizes(tx: Session, mission: str) -> dict[str, int]:
    """Count the rows of each table of the mission's folder, without reading a cell."""
    query = select(Aggregation.table, func.count(Aggregation.location.distinct())).where(Aggregation.mission == mission)
    query = query.group_by(Aggregation.table).order_by(Aggregation.table)
    return {row[0]: row[1] for row in tx.execute(query)}


@dataclass(frozen=True, slots=True)
class Import:
    """One table as it was read from a file; `content` is what protocols.tables made of it, with the file's name."""

    sequence: int
    table: str
    by: str | None
    at: datetime
    content: Mapping[str, Any]


def take_in(tx: Session, mission: str, table: str, content: Mapping[str, Any], by: str | None) -> int:
    """Put a table in place of what stood under its name; every earlier import stays. Gives the chain's sequence."""
    chain.lock(tx)
    missions.touch(tx, mission)
    if not table.strip() or len(table) > LONGEST_NAME or not table.isprintable():
        raise Conflict(f"a table's name of 1 to {LONGEST_NAME} characters", place="table")
    kept = orjson.dumps(content, option=orjson.OPT_SORT_KEYS).decode()
    sequence = chain.append(tx, IMPORT, table, import_content(table, kept), mission, by)
    tx.execute(
        insert(TableImport).values(sequence=sequence, mission=mission, table=table, by=by, at=clock.now(), content=kept)
    )
    return sequence


def put_back(tx: Session, mission: str, sequence: int, by: str | None) -> int:
    """Import an earlier import anew, so that it counts again; raises NotFound."""
    found = tx.get(TableImport, sequence)
    if found is None or found.mission != mission:
        raise NotFound(f"no import {sequence} of an aggregation table in mission {mission!r}")
    return take_in(tx, mission, found.table, {**orjson.loads(found.content), "again": sequence}, by)


def imports(tx: Session, mission: str, table: str | None = None) -> list[Import]:
    """Give every import, the latest first; of one table, where it is named."""
    query = select(TableImport).where(TableImport.mission == mission).order_by(TableImport.sequence.desc())
    if table is not None:
        query = query.where(TableImport.table == table)
    return [_import(row) for row in tx.scalars(query)]


def imported(tx: Session, mission: str, limit: int, offset: int = 0) -> tuple[int, list[str]]:
    """Count and name the tables that were ever imported, in the order of their names."""
    names = select(TableImport.table).where(TableImport.mission == mission).distinct()
    total = tx.scalar(select(func.count()).select_from(names.subquery())) or 0
    return total, list(tx.scalars(names.order_by(TableImport.table).limit(limit).offset(offset)))


def current(tx: Session, mission: str) -> dict[str, Import]:
    """Give each table's import that counts, in the order of their names."""
    latest = select(func.max(TableImport.sequence)).where(TableImport.mission == mission).group_by(TableImport.table)
    query = select(TableImport).where(TableImport.sequence.in_(latest)).order_by(TableImport.table)
    return {row.table: _import(row) for row in tx.scalars(query)}


def import_content(table: str, kept: str) -> str:
    """Hash an import as the chain keeps it."""
    return content_hash(table, kept)


def _import(row: TableImport) -> Import:
    return Import(row.sequence, row.table, row.by, row.at, orjson.loads(row.content))
