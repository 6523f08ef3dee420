"""An aggregation table out of a file's rows: which column is which field, which row is which station.

Nothing is corrected: each cell is kept as printed beside its reading. A row
of a station that is unknown, or that stands twice, is kept and said.
"""

from __future__ import annotations

import re
import tomllib
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, Final

from observer_kit.config import resources
from observer_kit.errors import KitError
from observer_kit.missions.model import Location
from observer_kit.protocols.printed import Cell, read_cell

STATION: Final = "station"
UNKNOWN, AMBIGUOUS, NAMELESS, DOUBLED = "unknown", "ambiguous", "nameless", "doubled"
NEW, CHANGED, SAME = "new", "changed", "same"
STAGES: Final = ("final", "preliminary")
_SEARCHED: Final = 30
_NUMBER: Final = re.compile(r"№|no\.?|#|nr\.?", re.IGNORECASE)


class MapInvalid(KitError):
    """What the columns of a table mean is not said, or said twice."""

    code = "map_invalid"


@dataclass(frozen=True, slots=True)
class Field:
    """A field that a column may hold: its code (`v[3]` for one that repeats) and the words it is known by."""

    code: str
    words: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class TableMap:
    """What a sheet's rows mean: the heading's row, the station's column, and each field's (all counted from 0)."""

    header: int
    station: int
    fields: Mapping[int, str]


@dataclass(frozen=True, slots=True)
class Row:
    """One station's row: where it stands in the file, whom it names, and its cells by field.

    `why` says why the location is not certain, or that it stands twice.
    """

    line: int
    station: str
    location: str | None
    cells: Mapping[str, Cell]
    why: str | None = None

    @property
    def numbers(self) -> dict[str, int | None]:
        """Give the readings alone."""
        return {field: cell.value for field, cell in self.cells.items()}


@dataclass(frozen=True, slots=True)
class Table:
    """All rows, and those that print the totals."""

    rows: tuple[Row, ...]
    totals: tuple[Row, ...] = ()

    @property
    def doubled(self) -> list[str]:
        """Give the locations that stand in more than one row."""
        times = Counter(row.location for row in self.rows if row.location)
        return [location for location, number in times.items() if number > 1]

    def unreadable(self) -> Iterator[tuple[Row, str, Cell]]:
        """Go through the cells that hold characters and no number."""
        for row in (*self.rows, *self.totals):
            for field, cell in row.cells.items():
                if cell.unreadable:
                    yield row, field, cell


class Stations:
    """The stations that a table may name: by code, by number, by name; within one commission where it is known."""

    def __init__(self, locations: Iterable[Location], commission: str | None = None) -> None:
        self.codes: dict[str, str] = {}
        self._others: dict[str, set[str]] = {}
        self.expected: list[str] = []
        for place in locations:
            own = commission is None or commission in (place.reports_to, place.parent)
            self.codes[_plain(place.code)] = place.code
            if commission is not None and own:
                self.expected.append(place.code)
            for other in (place.number, place.name) if own else ():
                if other:
                    self._others.setdefault(_plain(other), set()).add(place.code)

    def find(self, printed: str) -> tuple[str | None, str | None]:
        """Give the location's code, or why there is none."""
        wanted = _plain(printed)
        if not wanted:
            return None, NAMELESS
        if wanted in self.codes:
            return self.codes[wanted], None
        found = self._others.get(wanted) or self._others.get(_plain(_NUMBER.sub(" ", wanted))) or set()
        if len(found) == 1:
            return next(iter(found)), None
        return None, AMBIGUOUS if found else UNKNOWN


@cache
def headings() -> Mapping[str, Any]:
    """Load the words by which a column is recognised."""
    return tomllib.loads((resources("forms") / "protocols" / "headings.toml").read_text("utf-8"))


def known_by(code: str, *labels: str) -> Field:
    """Make a field with its labels' words beside those of forms/protocols/headings.toml."""
    words = (code, *labels, *headings()["fields"].get(code, ()))
    return Field(code, tuple(dict.fromkeys(_plain(word) for word in words if word)))


def guess_header(rows: Sequence[Sequence[str]], fields: Sequence[Field]) -> int:
    """Guess which of the first rows is the heading: the one in which most columns are recognised."""
    scores = [len(guess_columns(row, fields)) for row in rows[:_SEARCHED]]
    return scores.index(max(scores)) if scores else 0


def guess_columns(heading: Sequence[str], fields: Sequence[Field]) -> dict[int, str]:
    """Guess each column's field by its heading; a field is given once, to the column that names it best."""
    words = [(STATION, word) for word in headings()[STATION]]
    words += [(field.code, word) for field in fields for word in field.words]
    fits = []
    for column, cell in enumerate(heading):
        text = f" {_plain(cell)} "
        for code, word in words:
            # A short word must stand alone: "за" is no part of "заявлений".
            if text.strip() == word or (f" {word} " if len(word) < 5 else f" {word}") in text:
                fits.append((text.strip() == word, len(word), -column, code))
    found: dict[int, str] = {}
    for _, _, column, code in sorted(fits, reverse=True):
        if -column not in found and code not in found.values():
            found[-column] = code
    return dict(sorted(found.items()))


def table_map(header: int, columns: Mapping[int, str], known: Iterable[str]) -> TableMap:
    """Make a map of columns that a person confirmed; raises MapInvalid for one without a station or with a doubt."""
    known = set(known)
    times = Counter(columns.values())
    for code, number in times.items():
        if number > 1:
            raise MapInvalid("stands for two columns", place=code)
        if code != STATION and code not in known:
            raise MapInvalid("is no field of the results protocol", place=code)
    if STATION not in times:
        raise MapInvalid("say which column names the station", place=STATION)
    if len(times) < 2:
        raise MapInvalid("say which columns hold the protocol's fields", place="map")
    fields = {column: code for column, code in columns.items() if code != STATION}
    return TableMap(header, next(column for column, code in columns.items() if code == STATION), fields)


def read_table(rows: Sequence[Sequence[str]], asked: TableMap, stations: Stations) -> Table:
    """Read the rows below the heading; a row without station and numbers is nothing, one of totals stands apart."""
    total = {_plain(word) for word in headings()["total"]}
    found: list[Row] = []
    totals: list[Row] = []
    seen: set[str] = set()
    for line, row in enumerate(rows[asked.header + 1 :], asked.header + 2):
        station = _at(row, asked.station).strip()
        cells = {field: read_cell(_at(row, column)) for column, field in asked.fields.items()}
        empty = all(cell.value is None and not cell.unreadable for cell in cells.values())
        if (not station and empty) or _numbering(row):
            continue
        if _plain(station).rstrip(" :") in total or (not station and {_plain(cell) for cell in row} & total):
            totals.append(Row(line, station, None, cells))
            continue
        location, why = stations.find(station)
        if location is not None and location in seen:
            why = DOUBLED
        seen |= {location} if location else set()
        found.append(Row(line, station, location, cells, why))
    return Table(tuple(found), tuple(totals))


def changes(table: Table, before: Table | None) -> tuple[dict[int, str], list[str]]:
    """Say of each row (by its line) whether it is new, changed or the same, and which stations stood there before."""
    old: dict[tuple[str, int], dict[str, str]] = {}
    for key, row in _keyed(before.rows if before else ()):
        old[key] = {field: cell.text.strip() for field, cell in row.cells.items()}
    said, left = {}, dict(old)
    for key, row in _keyed(table.rows):
        now = {field: cell.text.strip() for field, cell in row.cells.items()}
        was = left.pop(key, None)
        said[row.line] = NEW if was is None else SAME if was == now else CHANGED
    return said, [station for station, _ in left]


def _keyed(rows: Iterable[Row]) -> Iterator[tuple[tuple[str, int], Row]]:
    times: Counter[str] = Counter()
    for row in rows:
        name = row.location or row.station
        yield (name, times[name]), row
        times[name] += 1


def to_json(table: Table) -> dict[str, Any]:
    """Write a table as it is kept: every cell as printed, with its reading."""
    return {"rows": [_row_json(row) for row in table.rows], "totals": [_row_json(row) for row in table.totals]}


def from_json(kept: Mapping[str, Any]) -> Table:
    """Read what to_json wrote."""
    return Table(*(tuple(_row_read(row) for row in kept.get(name, ())) for name in ("rows", "totals")))


def _row_json(row: Row) -> dict[str, Any]:
    cells = {field: [cell.text, cell.value, cell.note] for field, cell in row.cells.items()}
    return {"line": row.line, "station": row.station, "location": row.location, "why": row.why, "cells": cells}


def _row_read(row: Mapping[str, Any]) -> Row:
    cells = {field: Cell(*cell) for field, cell in row["cells"].items()}
    return Row(row["line"], row["station"], row["location"], cells, row["why"])


def _numbering(row: Sequence[str]) -> bool:
    """Tell the line under a heading that only numbers the columns: 1, 2, 3 …"""
    filled = [cell.strip() for cell in row if cell.strip()]
    return len(filled) > 2 and filled == [str(place) for place in range(1, len(filled) + 1)]


def _at(row: Sequence[str], column: int) -> str:
    return row[column] if column < len(row) else ""


def _plain(text: str) -> str:
    return " ".join(re.sub(r"[\s«»\"“”()]+", " ", text.casefold().replace("ё", "е")).split())
