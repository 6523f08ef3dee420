"""A number in the characters of its source: what it writes, or why it can't be read. Nothing is corrected."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

BLANK = "blank"
DASH = "dash"
GROUPED = "grouped"
MARKED = "grouped_by_mark"
MALFORMED = "malformed"
DECIMAL = "decimal"
NEGATIVE = "negative"
TOO_LARGE = "too_large"
WORDS = "words"
NOTES: Final = (BLANK, DASH, GROUPED, MARKED, MALFORMED, DECIMAL, NEGATIVE, TOO_LARGE, WORDS)
UNREADABLE: Final = frozenset({MALFORMED, DECIMAL, NEGATIVE, TOO_LARGE, WORDS})
"""There are characters, and they are no number of ballots."""

LARGEST: Final = 2_147_483_647
_SPACES: Final = " \u00a0\u2007\u2009\u202f"
WELL_FORMED: Final = re.compile(rf"\d{{1,3}}(?:([{_SPACES},.'’])\d{{3}}(?:\1\d{{3}})*)?|\d+", re.ASCII)
"""A whole number as printed: digits, or digits in threes with one sign between them."""

_DASHES: Final = frozenset("-–—−‒")
_MINUS: Final = "-−–"
_DECIMAL: Final = re.compile(rf"[\d{_SPACES}]+[.,]\d+", re.ASCII)
_MARKS: Final = re.compile(rf"[\d{_SPACES},.'’]+", re.ASCII)


@dataclass(frozen=True, slots=True)
class Cell:
    """A printed cell and its reading; `note` says what was remarkable, `value` is None where there is no number."""

    text: str
    value: int | None
    note: str | None = None

    @property
    def unreadable(self) -> bool:
        """Tell whether something stands there that is no number of ballots."""
        return self.note in UNREADABLE


def read_cell(text: str) -> Cell:
    """Read one cell: "1 234" is a number that is grouped, "1,6970" is malformed, "" is blank and never 0."""
    tidy = text.strip(_SPACES + "\t\r\n")
    if not tidy:
        return Cell(text, None, BLANK)
    if set(tidy) <= _DASHES:
        return Cell(text, None, DASH)
    if tidy[0] in _MINUS and WELL_FORMED.fullmatch(tidy[1:].lstrip(_SPACES)):
        return Cell(text, None, NEGATIVE)
    if not (found := WELL_FORMED.fullmatch(tidy)):
        # A comma or point with one or two digits after it is a decimal; anything else breaks the groups of three.
        if _DECIMAL.fullmatch(tidy) and len(re.split(r"[.,]", tidy)[1]) <= 2:
            return Cell(text, None, DECIMAL)
        return Cell(text, None, MALFORMED if _MARKS.fullmatch(tidy) else WORDS)
    value = int(re.sub(r"\D", "", tidy))
    if value > LARGEST:
        return Cell(text, None, TOO_LARGE)
    sign = found[1]
    return Cell(text, value, None if sign is None else GROUPED if sign in _SPACES else MARKED)


def read_printed(text: str) -> int | None:
    """Give the whole number that these characters write; None for what is not well formed, as "1,6970"."""
    tidy = text.strip()
    return int(re.sub(r"\D", "", tidy)) if WELL_FORMED.fullmatch(tidy) else None
