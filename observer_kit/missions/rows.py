"""Rows of a mission's CSV files, each cell with its place, so that an error can point at it.

UTF-8 with or without a byte order mark; comma or semicolon, as the heading
shows; lines that begin with # are remarks. Rows come one at a time: a register
of 100,000 stations is never held.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date, time
from pathlib import Path
from typing import Final, TypeVar

from observer_kit.errors import MissionInvalid

LONGEST_CELL: Final = 10_000
LARGEST: Final = 2_147_483_647
"""What a column of whole numbers holds on either database."""
_UNREADABLE: Final = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
T = TypeVar("T")


class Row:
    """One row: its cells by column, and where it stands."""

    def __init__(self, cells: Mapping[str, str], file: str, line: int) -> None:
        self.cells = cells
        self.file = file
        self.line = line

    def refuse(self, column: str, expected: str) -> MissionInvalid:
        """Make the error that names file, line, column, what is expected and what stands there."""
        found = self.cells.get(column, "")
        said = f"expected {expected}, found {found[:60]!r}" if found else f"expected {expected}, found nothing"
        return MissionInvalid(said, place=f"{self.file}, line {self.line}, column {column}")

    def text(self, column: str) -> str | None:
        """Give the cell, or None when it is empty."""
        return self.cells.get(column) or None

    def needed(self, column: str, expected: str) -> str:
        """Give a cell that may not be empty."""
        found = self.text(column)
        if found is None:
            raise self.refuse(column, expected)
        return found

    def choice(self, column: str, allowed: Sequence[str]) -> str | None:
        """Give a cell that is empty or one of the allowed words."""
        found = self.text(column)
        if found is not None and found not in allowed:
            raise self.refuse(column, "one of " + ", ".join(allowed) + " (or nothing)")
        return found

    def whole(self, column: str) -> int | None:
        """Give a whole number from 0, or None when the cell is empty."""
        found = self.text(column)
        if found is None:
            return None
        if not (found.isascii() and found.isdecimal()) or len(found) > 10 or int(found) > LARGEST:
            raise self.refuse(column, f"a whole number without spaces or marks (at most {LARGEST})")
        return int(found)

    def clock(self, column: str) -> time | None:
        """Give a time of day as HH:MM, or None when the cell is empty."""
        return self._iso(column, time.fromisoformat, "a time as HH:MM", 5)

    def day(self, column: str) -> date | None:
        """Give a day as YYYY-MM-DD, or None when the cell is empty."""
        return self._iso(column, date.fromisoformat, "a day as YYYY-MM-DD", 10)

    def truth(self, column: str) -> bool:
        """Read true or false; an empty cell is false."""
        return self.choice(column, ("true", "false")) == "true"

    def _iso(self, column: str, read: Callable[[str], T], expected: str, length: int) -> T | None:
        found = self.text(column)
        if found is None:
            return None
        try:
            if len(found) != length:
                raise ValueError(found)
            return read(found)
        except ValueError:
            raise self.refuse(column, expected) from None


def read_rows(path: Path, required: Sequence[str], optional: Sequence[str] = ()) -> Iterator[Row]:
    """Go through a CSV file row by row; raises MissionInvalid for a wrong heading, encoding or number of cells."""
    if not path.is_file():
        raise MissionInvalid("this file is missing from the mission's folder", place=path.name)
    reader = None
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            first = next((line for line in file if not line.startswith("#")), "")
            file.seek(0)
            reader = csv.reader(file, delimiter=";" if first.count(";") > first.count(",") else ",", strict=True)
            spoken = (cells for cells in reader if any(cell.strip() for cell in cells) and cells[0][:1] != "#")
            heading = [name.strip() for name in next(spoken, [])]
            _check_heading(f"{path.name}, line {max(reader.line_num, 1)}", heading, required, optional)
            for cells in spoken:
                if len(cells) != len(heading):
                    raise MissionInvalid(
                        f"expected {len(heading)} cells as in the heading, found {len(cells)}",
                        place=f"{path.name}, line {reader.line_num}",
                    )
                row = Row(dict(zip(heading, map(str.strip, cells), strict=True)), path.name, reader.line_num)
                for column, cell in row.cells.items():
                    if len(cell) > LONGEST_CELL or _UNREADABLE.search(cell):
                        raise row.refuse(column, f"readable text of at most {LONGEST_CELL} characters")
                yield row
    except UnicodeDecodeError as error:
        found = f"expected UTF-8, found byte {error.object[error.start]:#04x}"
        raise MissionInvalid(found, place=f"{path.name}, line {_undecodable(path)}") from None
    except csv.Error as error:
        line = reader.line_num if reader is not None else 1
        raise MissionInvalid(f"expected CSV: {error}", place=f"{path.name}, line {line}") from None


def _undecodable(path: Path) -> int:
    """Give the number of the first line that is no UTF-8."""
    with path.open("rb") as file:
        for number, line in enumerate(file, 1):
            try:
                line.decode()
            except UnicodeDecodeError:
                return number
    return 1


def _check_heading(place: str, heading: Sequence[str], required: Sequence[str], optional: Sequence[str]) -> None:
    for name in required:
        if name not in heading:
            raise MissionInvalid(f"expected a column {name!r} in the heading", place=place)
    for name in heading:
        if name not in (*required, *optional):
            raise MissionInvalid(
                f"column {name!r} is not one of {', '.join((*required, *optional))}", place=f"{place}, column {name}"
            )
        if heading.count(name) > 1:
            raise MissionInvalid("this column stands twice", place=f"{place}, column {name}")
