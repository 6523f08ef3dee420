"""Bars to one scale from zero: named amounts, and shares by region with their bases at the right edge."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from observer_kit.statements.pictures.canvas import Canvas, Sheet, wide, wrap
from observer_kit.statements.pictures.model import Picture, Share, cases_of, number, percent_of, table_of
from observer_kit.statements.pictures.stacks import LABEL
from observer_kit.words import words

_SHORT: Final = 5
"""Letters of a label that is short: an hour."""


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar: a label, the value it is drawn to, what is written at its end, and its base; hollow on a small base."""

    label: str
    value: float | None
    text: str
    base: str = ""
    hollow: bool = False
    link: str = ""


def bars(title: str, note: str, rows: Sequence[Bar], head: tuple[str, ...] = ("", "", "")) -> Picture:
    """Draw amounts in the order given."""
    table = tuple((row.label, row.text, row.base) for row in rows)
    return Picture(title, note, head, table, Bars(tuple(rows), max((row.value or 0 for row in rows), default=0)))


def by_region(
    title: str, note: str, shares: Sequence[Share], language: str, whole: Share | None = None
) -> Picture:  # fmt: skip
    """Draw a share for each region, the largest first, its base at the right edge; a line marks the whole.

    A base under 30 shows counts, and its bar is hollow; a region without a base comes last with a dash.
    """
    say = words(language)
    ordered = tuple(sorted(shares, key=lambda each: (each.part is None, -(each.part or 0), each.label)))
    drawn = tuple(
        Bar(
            each.label, each.part, percent_of(each) or number(each.cases, language), cases_of(each, language),
            hollow=each.small, link=each.link,
        )
        for each in ordered
    )  # fmt: skip
    mark = None
    if whole is not None and whole.part is not None:
        mark = (whole.part, f"{whole.label}: {percent_of(whole) or cases_of(whole, language)}")
    top = max((each.part or 0 for each in (*ordered, *([whole] if whole else ()))), default=0)
    rows = table_of((*ordered, *((whole,) if whole else ())), language)
    head = (say("charts.region"), say("charts.cases"), say("charts.base"), say("charts.percent"))
    return Picture(title, note, head, rows, Bars(drawn, top, mark))


@dataclass(frozen=True, slots=True)
class Bars:
    """Single bars with their text at the end and their base at the right edge; `mark` is a line through all."""

    rows: tuple[Bar, ...]
    top: float
    mark: tuple[float, str] | None = None

    def _column(self, sheet: Sheet) -> float:
        """Give the width of the labels' column: on a slim sheet none, unless all of them are short."""
        if not sheet.slim:
            return sheet.width * LABEL
        return sheet.size * 3 if all(len(row.label) <= _SHORT for row in self.rows) else 0.0

    def _places(self, sheet: Sheet) -> Iterator[tuple[Bar, list[str], float, float]]:
        y = sheet.row if self.mark else 0.0
        above = not self._column(sheet)
        for row in self.rows:
            if above:
                lines = wrap(row.label, sheet.width, sheet.size)
                height = sheet.line * len(lines) + sheet.row
            else:
                lines = wrap(row.label, self._column(sheet) - sheet.size, sheet.size)
                height = max(sheet.row, sheet.line * len(lines) + sheet.size * 0.8)
            yield row, lines, y, height
            y += height

    def height(self, sheet: Sheet) -> float:
        """Give the height of all rows."""
        *_, (_, _, y, height) = ((None, None, 0.0, sheet.row), *self._places(sheet))
        return y + height

    def draw(self, canvas: Canvas) -> None:
        """Draw row under row."""
        sheet = canvas.sheet
        left = self._column(sheet)
        texts = max((wide(row.text, sheet.size) for row in self.rows), default=0) + sheet.size
        bases = max((wide(row.base, sheet.size) for row in self.rows), default=0)
        room = sheet.width - left - texts - bases
        scale = room / (self.top or 1)
        for row, lines, y, height in self._places(canvas.sheet):
            middle = y + height / 2 if left else y + height - sheet.row / 2
            if left:
                canvas.lines(left - sheet.size * 0.7, middle, lines, anchor="end")
            else:
                canvas.lines(0, y + sheet.line * len(lines) / 2 + sheet.size * 0.2, lines)
            length = (row.value or 0) * scale
            if row.value is not None:
                self._bar(canvas, row, left, middle, length)
            canvas.text(left + length + sheet.size * 0.5, middle, row.text, bold=row.value is not None)
            if row.base:
                canvas.text(sheet.width, middle, row.base, ink="soft", anchor="end")
        bottom = self.height(sheet)
        canvas.line((left, left), (sheet.row if self.mark else 0, bottom), "soft")
        if self.mark:
            value, said = self.mark
            x = left + value * scale
            canvas.line((x, x), (sheet.row * 0.8, bottom), "ink", 1, (3, 2))
            anchor = "end" if x > sheet.width * 0.7 else "start" if x < sheet.width * 0.3 else "middle"
            canvas.text(x, sheet.row * 0.35, said, anchor=anchor)

    @staticmethod
    def _bar(canvas: Canvas, row: Bar, left: float, middle: float, length: float) -> None:
        thick = canvas.sheet.size * 1.25
        ink: str | None = None if row.hollow else "accent"
        canvas.rect(left, middle - thick / 2, max(length, 0.8), thick, ink, "accent" if row.hollow else None, 1.2)
        if row.link:
            said = f"{row.label}: {row.base or row.text}"
            canvas.link(left, middle - thick / 2, max(length, canvas.sheet.size), thick, row.link, said)
