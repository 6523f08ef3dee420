"""Workbooks read in a process of their own: five kilobytes can ask for more memory than there is, and that ends it.

A cell at the far corner of a sheet makes its reader set out every cell before
it. Python is not asked first: the process dies, and the server must not.
"""

from __future__ import annotations

import io
import subprocess
import sys
from contextlib import suppress
from datetime import date, datetime, time, timedelta
from typing import Any, Final

import orjson

from observer_kit.errors import KitError, TooLarge

MOST_ROWS: Final = 100_000
MOST_COLUMNS: Final = 400
MOST_CELLS: Final = 4_000_000
"""Cells of one file, the empty ones too."""
LONGEST_CELL: Final = 10_000
MEMORY: Final = 2_000_000_000
"""Bytes that reading one workbook may take, where the system can say so."""
SECONDS: Final = 60


class TableUnreadable(KitError):
    """A file is no table that can be read, or not the sheet or encoding that was named."""

    code = "table_unreadable"


def read_workbook(name: str, content: bytes) -> list[tuple[str, list[list[str]]]]:
    """Give every sheet's name and rows; raises TableUnreadable and TooLarge, naming the file."""
    with suppress(subprocess.TimeoutExpired):
        done = subprocess.run(
            [sys.executable, "-m", "observer_kit.exchange.workbooks"],
            input=content, capture_output=True, timeout=SECONDS, check=False,
        )  # fmt: skip
        if done.returncode == 0:
            found = orjson.loads(done.stdout)
            if why := found.get("large"):
                raise TooLarge(why["said"], place=f"{name}{why['where']}")
            if why := found.get("unreadable"):
                raise TableUnreadable(why, place=name)
            return [(title, rows) for title, rows in found["sheets"]]
    raise TooLarge("unpacked, this workbook is too large", place=name)


def clean(text: str) -> str:
    """Give a cell's text without control characters, and no longer than a cell may be."""
    return "".join(letter if letter >= " " or letter in "\t\n" else "\ufffd" for letter in text)[:LONGEST_CELL]


def _read(content: bytes) -> dict[str, Any]:
    from python_calamine import CalamineError, PasswordError, load_workbook

    cells, found = 0, []
    try:
        book = load_workbook(io.BytesIO(content))
        for title in book.sheet_names:
            sheet = book.get_sheet_by_name(title)
            cells += sheet.total_height * sheet.total_width
            if sheet.total_height > MOST_ROWS or sheet.total_width > MOST_COLUMNS:
                most = f"at most {MOST_ROWS} rows and {MOST_COLUMNS} columns"
                return {"large": {"said": most, "where": f", sheet {title}"}}
            if cells > MOST_CELLS:
                return {"large": {"said": f"at most {MOST_CELLS} cells", "where": f", sheet {title}"}}
            found.append((title, [list(map(_text, row)) for row in sheet.to_python(skip_empty_area=False)]))
    except PasswordError:
        return {"unreadable": "this workbook is locked by a password"}
    except (CalamineError, ValueError, OSError) as error:
        return {"unreadable": f"is no workbook that can be read: {error}"}
    return {"sheets": found} if found else {"unreadable": "this workbook has no sheet"}


def _text(cell: Any) -> str:
    """Write a workbook's cell as a person sees it: a whole number without a point."""
    if isinstance(cell, bool):
        return "TRUE" if cell else "FALSE"
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() and abs(cell) < 1e15 else repr(cell)
    if isinstance(cell, datetime | date | time | timedelta):
        return cell.isoformat() if not isinstance(cell, timedelta) else str(cell)
    return clean(str(cell))


def _main() -> None:
    with suppress(ImportError, ValueError, OSError):  # not every system has limits
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    found = _read(sys.stdin.buffer.read())
    sys.stdout.buffer.write(orjson.dumps(found))


if __name__ == "__main__":
    _main()
