"""Statements of the intake's path: written with SQLAlchemy's tables, compiled once, run on the driver's own cursor.

Building and executing a statement anew costs SQLAlchemy ten times what it
costs SQLite; where fifteen hundred reports a second come in, that is the time.
One statement for many rows matters too: SQLite's driver lets other threads in
after every single one, and each of them may keep the interpreter for a while.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from typing import Any, Final

from sqlalchemy import Dialect, Table, bindparam, insert
from sqlalchemy.orm import InstrumentedAttribute
from sqlalchemy.sql.elements import ClauseElement

MOST_IDS: Final = 256
MOST_ROWS: Final = 32


class Prepared:
    """One statement for one database; its values are text, numbers and None, as the columns hold them."""

    def __init__(self, statement: ClauseElement, dialect: Dialect) -> None:
        if not dialect.positional:
            kind: Any = type(dialect)
            dialect = kind(paramstyle="format")  # the drivers take both; positions are quicker to fill
        compiled = statement.compile(dialect=dialect)
        self.sql = str(compiled)
        order: Sequence[str] = getattr(compiled, "positiontup", None) or ()
        self.order = tuple(order)

    def rows(self, cursor: Any, values: Mapping[str, Any]) -> list[tuple[Any, ...]]:
        """Run it and give all rows."""
        cursor.execute(self.sql, [values[name] for name in self.order])
        found: list[tuple[Any, ...]] = cursor.fetchall()
        return found


class AmongIds:
    """A query with `column IN (…)`, prepared for 1, 2, 4, 8 … ids as they are needed."""

    def __init__(
        self, make: Callable[..., ClauseElement], column: InstrumentedAttribute[Any], dialect: Dialect
    ) -> None:
        self._make = make
        self._column = column
        self._dialect = dialect
        self._prepared = lru_cache(maxsize=16)(self._prepare)

    def rows(self, cursor: Any, ids: Sequence[str]) -> list[tuple[Any, ...]]:
        """Run it for these ids (at least one)."""
        size = 1
        while size < min(len(ids), MOST_IDS):
            size *= 2
        found: list[tuple[Any, ...]] = []
        for start in range(0, len(ids), size):
            some = list(ids[start : start + size])
            some += some[-1:] * (size - len(some))
            found += self._prepared(size).rows(cursor, {f"id{place}": id for place, id in enumerate(some)})
        return found

    def _prepare(self, size: int) -> Prepared:
        among = self._column.in_([bindparam(f"id{place}") for place in range(size)])
        return Prepared(self._make(among), self._dialect)


class Insertion:
    """An insertion of whole rows, prepared for 1, 2, 4, 8 … of them at a time."""

    def __init__(self, table: Table, dialect: Dialect) -> None:
        self._table = table
        self._dialect = dialect
        self._columns = [column.name for column in table.columns]
        self._keys = [column.key for column in table.columns]
        self._prepared = lru_cache(maxsize=16)(self._prepare)

    def run(self, cursor: Any, rows: Sequence[Mapping[str, Any]]) -> None:
        """Insert these rows."""
        start = 0
        while start < len(rows):
            size = min(1 << ((len(rows) - start).bit_length() - 1), MOST_ROWS)
            some = rows[start : start + size]
            cursor.execute(self._prepared(size), [row[key] for row in some for key in self._keys])
            start += size

    def _prepare(self, size: int) -> str:
        named: list[dict[str, Any]] = [
            {column: bindparam(f"{column}_{place}") for column in self._columns} for place in range(size)
        ]
        prepared = Prepared(insert(self._table).values(named), self._dialect)
        wanted = tuple(f"{column}_{place}" for place in range(size) for column in self._columns)
        if prepared.order != wanted:
            raise AssertionError(f"{self._table.name}: the values are not in the order of the columns")
        return prepared.sql
