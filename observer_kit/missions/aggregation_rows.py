"""The cells of a mission's aggregation.csv: table, commission, location, field, value, and the table's stage."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from pathlib import Path
from typing import Any, Final

from observer_kit.missions.rows import read_rows

FILE: Final = "aggregation.csv"
_COLUMNS: Final = ("table", "commission", "location", "field", "value")
_MORE: Final = ("stage",)
_STAGES: Final = ("final", "preliminary")


def read_aggregation(path: Path) -> Iterator[dict[str, Any]]:
    """Go through the cells; a mission without the file has none.

    A row whose location is the table's own commission holds its totals.
    """
    stages: dict[str, str] = {}
    for row in read_rows(path, _COLUMNS, _MORE) if path.exists() else ():
        table = row.needed("table", "a table's name")
        stage = row.choice("stage", _STAGES) or _STAGES[0]
        if stages.setdefault(table, stage) != stage:
            raise row.refuse("stage", f"one stage for all of {table}")
        row.needed("field", "a field of the results protocol")
        value = row.whole("value")
        if value is None:
            raise row.refuse("value", "a whole number")
        yield {**row.cells, "stage": stage, "value": value}


def check_aggregation(path: Path, kind: Callable[[str], str | None], fields: Collection[str] | None) -> None:
    """Refuse a cell that is of no location, commission or field, or stands twice; `kind` is the register's."""
    seen: set[tuple[str, str, str]] = set()
    for row in read_rows(path, _COLUMNS, _MORE) if path.exists() else ():
        if kind(row.needed("location", "a location's code")) is None:
            raise row.refuse("location", "the code of a location of locations.csv")
        commission = row.text("commission")
        if commission is not None and kind(commission) != "commission":
            raise row.refuse("commission", "the code of a commission of locations.csv (or nothing)")
        field = row.needed("field", "a field of the results protocol")
        if fields is not None and field.partition("[")[0] not in fields:
            raise row.refuse("field", "a field of the results protocol")
        cell = (row.needed("table", "a table's name"), row.cells["location"], field)
        if cell in seen:
            raise row.refuse("field", "a cell that stands only once in its table")
        seen.add(cell)
