"""Other people's tables as rows of text: CSV of any usual encoding and separator, XLSX, XLS and ODS workbooks."""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any, Final

from observer_kit.errors import KitError, TooLarge

LARGEST: Final = 30_000_000
"""Bytes of one file; unpacked, a workbook may have ten times as many."""
MOST_ROWS: Final = 100_000
MOST_COLUMNS: Final = 400
LONGEST_CELL: Final = 10_000
ENCODINGS: Final = ("utf-8", "utf-16", "kz1048", "cp1251", "cp1252")
SEPARATORS: Final = (";", "\t", ",", "|")


class TableUnreadable(KitError):
    """A file is no table that can be read, or not the sheet or encoding that was named."""

    code = "table_unreadable"


@dataclass(frozen=True, slots=True)
class Sheet:
    """One sheet's rows as text; of a CSV also how it was read."""

    name: str
    rows: Sequence[Sequence[str]]
    encoding: str | None = None
    separator: str | None = None


def read_sheets(name: str, content: bytes, *, encoding: str | None = None, separator: str | None = None) -> list[Sheet]:
    """Read every sheet of a file; encoding and separator of a CSV are found out unless they are named.

    Raises TableUnreadable naming the place, and TooLarge.
    """
    if len(content) > LARGEST:
        raise TooLarge(f"a table of at most {LARGEST // 1_000_000} MB", place=name)
    if not content.strip():
        raise TableUnreadable("this file is empty", place=name)
    if content[:4] == b"PK\x03\x04" or content[:8] == b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1":
        return _workbook(name, content)
    return [_csv(name, content, encoding, separator)]


def _workbook(name: str, content: bytes) -> list[Sheet]:
    from python_calamine import CalamineError, PasswordError, load_workbook

    try:
        if content[:2] == b"PK":
            with zipfile.ZipFile(io.BytesIO(content)) as packed:
                if sum(each.file_size for each in packed.infolist()) > 10 * LARGEST:
                    raise TooLarge("unpacked, this workbook is too large", place=name)
        book = load_workbook(io.BytesIO(content))
        found = []
        for title in book.sheet_names:
            sheet = book.get_sheet_by_name(title)
            if sheet.total_height > MOST_ROWS or sheet.total_width > MOST_COLUMNS:
                most = f"at most {MOST_ROWS} rows and {MOST_COLUMNS} columns"
                raise TooLarge(most, place=f"{name}, sheet {title}")
            rows = sheet.to_python(skip_empty_area=False)
            found.append(Sheet(title, [[_text(cell) for cell in row] for row in rows]))
    except PasswordError:
        raise TableUnreadable("this workbook is locked by a password", place=name) from None
    except (CalamineError, zipfile.BadZipFile, ValueError, OSError) as error:
        raise TableUnreadable(f"is no workbook that can be read: {error}", place=name) from None
    if not found:
        raise TableUnreadable("this workbook has no sheet", place=name)
    return found


def _text(cell: Any) -> str:
    """Write a workbook's cell as a person sees it: a whole number without a point."""
    if isinstance(cell, bool):
        return "TRUE" if cell else "FALSE"
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() and abs(cell) < 1e15 else repr(cell)
    if isinstance(cell, datetime | date | time | timedelta):
        return cell.isoformat() if not isinstance(cell, timedelta) else str(cell)
    return _clean(str(cell))


def _clean(text: str) -> str:
    return "".join(letter if letter >= " " or letter in "\t\n" else "\ufffd" for letter in text)[:LONGEST_CELL]


def _csv(name: str, content: bytes, encoding: str | None, separator: str | None) -> Sheet:
    if encoding is not None and encoding not in ENCODINGS:
        raise TableUnreadable(f"expected one of {', '.join(ENCODINGS)}, found {encoding!r}", place=f"{name}, encoding")
    if separator is not None and separator not in SEPARATORS:
        raise TableUnreadable(f"expected one of ; , | or a tab, found {separator!r}", place=f"{name}, separator")
    encoding = encoding or _encoding(content)
    try:
        text = content.decode("utf-8-sig" if encoding == "utf-8" else encoding)
    except UnicodeError as error:
        at = error.start if isinstance(error, UnicodeDecodeError) else 0
        line = content.count(b"\n", 0, at) + 1
        raise TableUnreadable(f"is not {encoding}", place=f"{name}, line {line}") from None
    if "\x00" in text:
        line = text.count("\n", 0, text.index("\x00")) + 1
        raise TableUnreadable("this is no text", place=f"{name}, line {line}")
    separator = separator or _separator(text)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator)
    rows: list[list[str]] = []
    try:
        for row in reader:
            if len(rows) >= MOST_ROWS or len(row) > MOST_COLUMNS:
                most = f"at most {MOST_ROWS} rows and {MOST_COLUMNS} columns"
                raise TooLarge(most, place=f"{name}, line {reader.line_num}")
            rows.append([_clean(cell) for cell in row])
    except csv.Error as error:
        raise TableUnreadable(f"is no CSV: {error}", place=f"{name}, line {reader.line_num}") from None
    return Sheet(name, rows, encoding, separator)


def _encoding(content: bytes) -> str:
    """Find out the encoding: by its mark, else UTF-8 where it is that, else Kazakhstan's eight bits."""
    if content[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return "utf-16"
    try:
        content.decode("utf-8")
    except UnicodeDecodeError:
        return "kz1048"  # the same as cp1251 in every Russian letter
    return "utf-8"


def _separator(text: str) -> str:
    """Find out the separator: the one that gives most lines the same number of cells, more than one."""
    lines = [line for line in text.splitlines()[:50] if line.strip()]

    def score(sign: str) -> tuple[int, int]:
        widths = [len(row) for row in csv.reader(lines, delimiter=sign)]
        widest = max(widths, key=widths.count, default=1)
        return (0, 0) if widest < 2 else (widths.count(widest), widest)

    return max(SEPARATORS, key=score)
