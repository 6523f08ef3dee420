"""Other people's tables as rows of text: CSV of any usual encoding and separator, XLSX, XLS and ODS workbooks."""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from observer_kit.errors import TooLarge
from observer_kit.exchange.workbooks import MOST_CELLS, MOST_COLUMNS, MOST_ROWS, TableUnreadable, clean, read_workbook

__all__ = ["LARGEST", "Sheet", "TableUnreadable", "letter", "read_sheets"]

LARGEST: Final = 30_000_000
"""Bytes of one file; unpacked, a workbook may have ten times as many."""
ENCODINGS: Final = ("utf-8", "utf-16", "kz1048", "cp1251", "cp1252")
SEPARATORS: Final = (";", "\t", ",", "|")


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
    try:
        if content[:2] == b"PK":
            with zipfile.ZipFile(io.BytesIO(content)) as packed:
                if sum(each.file_size for each in packed.infolist()) > 10 * LARGEST:
                    raise TooLarge("unpacked, this workbook is too large", place=name)
    except (zipfile.BadZipFile, ValueError, OSError) as error:
        raise TableUnreadable(f"is no workbook that can be read: {error}", place=name) from None
    return [Sheet(title, rows) for title, rows in read_workbook(name, content)]


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
    cells = 0
    try:
        for row in reader:
            cells += len(row)
            if cells > MOST_CELLS:
                raise TooLarge(f"at most {MOST_CELLS} cells", place=f"{name}, line {reader.line_num}")
            if len(rows) >= MOST_ROWS or len(row) > MOST_COLUMNS:
                most = f"at most {MOST_ROWS} rows and {MOST_COLUMNS} columns"
                raise TooLarge(most, place=f"{name}, line {reader.line_num}")
            rows.append([clean(cell) for cell in row])
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


def letter(column: int) -> str:
    """Name a column as spreadsheets do: A, B … Z, AA."""
    name, rest = "", column + 1
    while rest:
        rest, place = divmod(rest - 1, 26)
        name = chr(65 + place) + name
    return name
