"""Rows out as CSV and XLSX, in a stream: no limit of rows, and no cell that a spreadsheet would run.

CSV for people begins with a byte-order mark, without which Excel takes
Cyrillic for something else; CSV for programs has none. A text that Excel,
Calc or Sheets would take for a formula gets an apostrophe before it in CSV;
XLSX says of each cell that it is text, so that there nothing is changed.
"""

from __future__ import annotations

import csv
import io
import re
import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from math import isfinite
from typing import IO, Any, Final

import orjson

from observer_kit import clock

BOM: Final = "\ufeff".encode()
SHEET_ROWS: Final = 1_048_576
"""Rows of one sheet, its head among them; what is more goes on in the next sheet."""
CELL: Final = 32_767
"""UTF-16 units that a cell of XLSX holds; a longer text is cut there and says so."""
CUT: Final = " […]"
EXACT: Final = 10**15
"""A spreadsheet keeps fifteen digits of a number; a longer one is written as text."""
_PIECE: Final = 64 * 1024
_FORMULA: Final = re.compile(r"[\s\x00-\x1f\u200b\ufeff]*[=+\-@\uff1d\uff0b\uff0d\uff20\u2212]|[\t\r\n]")
_NUMBER: Final = re.compile(r"[+-]?\d+(?:[.,]\d+)?\Z", re.ASCII)


def harmless(text: str) -> str:
    """Put an apostrophe before a text that a spreadsheet would run as a formula; a plain number may stay."""
    return "'" + text if _FORMULA.match(text) and not _NUMBER.match(text) else text


def cell(value: object) -> str | int | float | None:
    """Give a value as text or number; nothing known stays None, and a moment is in UTC."""
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return value if isfinite(value) else None
    if isinstance(value, datetime) and value.tzinfo is not None:
        return clock.stamp(value)
    if isinstance(value, Mapping | list | tuple):
        return orjson.dumps(value).decode()
    return str(value)


def csv_pieces(head: Sequence[str], rows: Iterable[Sequence[object]], *, mark: bool = True) -> Iterator[bytes]:
    """Write rows as CSV, piece by piece of some 64 KiB; `mark` is for people, who open it in a spreadsheet."""
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow([harmless(each) for each in head])
    begun = False
    for row in rows:
        writer.writerow([_plain(value) for value in row])
        if out.tell() >= _PIECE:
            yield BOM * (mark and not begun) + _taken(out)
            begun = True
    yield BOM * (mark and not begun) + _taken(out)


def _plain(value: object) -> object:
    if value is None or type(value) is int:
        return value
    made = cell(value)
    return harmless(made) if isinstance(made, str) else made


def _taken(out: io.StringIO) -> bytes:
    text = out.getvalue()
    out.seek(0)
    out.truncate()
    return text.encode("utf-8", "replace")


def write_xlsx(out: IO[bytes], head: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """Write rows as a workbook, row by row through temporary files, so that memory does not grow with them."""
    from xlsxwriter import Workbook  # only who asks for a workbook pays for it

    with tempfile.TemporaryDirectory(prefix="observer-kit-") as folder:
        options = {
            "constant_memory": True, "tmpdir": folder,
            "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False,
        }  # fmt: skip
        book = Workbook(out, options)
        book.use_zip64()  # a million reports are four gigabytes before they are packed; what is smaller stays as it is
        try:
            _fill(book, head, rows)
        finally:
            book.close()  # after a fault too: nobody reads it then, but its files are put away


def _fill(book: Any, head: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    bold = book.add_format({"bold": True})
    sheet, line = _sheet(book, head, bold), 1
    for row in rows:
        if line == SHEET_ROWS:
            sheet, line = _sheet(book, head, bold), 1
        for place, value in enumerate(row):
            if value is not None:
                _write(sheet, line, place, cell(value))
        line += 1


def _sheet(book: Any, head: Sequence[str], bold: Any) -> Any:
    sheet = book.add_worksheet()
    sheet.freeze_panes(1, 0)
    for place, name in enumerate(head):
        sheet.write_string(0, place, name, bold)
    return sheet


def _write(sheet: Any, line: int, place: int, value: str | int | float | None) -> None:
    if value is None or value == "":
        return
    if isinstance(value, str):
        sheet.write_string(line, place, _fitting(value))
    elif abs(value) >= EXACT:
        sheet.write_string(line, place, str(value))
    else:
        sheet.write_number(line, place, value)


def _fitting(text: str) -> str:
    if len(text) <= CELL and text.isascii():  # as most codes and moments are
        return text
    units = text.encode("utf-16-le", "replace")
    if len(units) <= 2 * CELL:
        return units.decode("utf-16-le")
    return units[: 2 * (CELL - len(CUT))].decode("utf-16-le", "ignore") + CUT
