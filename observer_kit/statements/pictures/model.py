"""What a picture is: its words, the table behind it, and a plot that can be drawn on sheets of three sizes."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass
from functools import lru_cache
from typing import Final, Protocol

from babel.numbers import format_decimal
from markupsafe import Markup

from observer_kit.statements.pictures.canvas import Canvas, Sheet, drawing, painted_font
from observer_kit.statistics.rounding import LEAST_FOR_PERCENT, screen_percent
from observer_kit.words import words

SHEETS: Final = {
    "paper": Sheet(460, 8.4),
    "wide": Sheet(720, 13),
    "slim": Sheet(328, 13, slim=True),
}
KEPT: Final = 512
"""Drawn pictures kept in memory; one is some 5 to 20 kB."""
PAINTED: Final = 32
RESOLUTION: Final = 200
"""Dots to the inch of a painted picture, at the width of a paper's text."""


class Plot(Hashable, Protocol):
    """A picture's data with the way to draw it: frozen, so that equal data is drawn once."""

    def height(self, sheet: Sheet) -> float:
        """Give the height that the plot needs on this sheet."""

    def draw(self, canvas: Canvas) -> None:
        """Draw itself."""


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture with its words and the table behind it; `rows` hold the label first, then what `head` names.

    `links` lead from a row to what it was counted from.
    """

    title: str
    note: str
    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    plot: Plot
    links: tuple[str, ...] = ()

    @property
    def description(self) -> str:
        """Say all that the picture shows, for who can't see it."""
        told = (f"{row[0]}: {', '.join(cell for cell in row[1:] if cell)}" for row in self.rows)
        return "; ".join(told)

    def svg(self, sheet: str = "wide") -> Markup:
        """Draw on paper, a wide or a slim screen; the same data gives the same bytes."""
        # A PDF has one text in a picture's place, made of its title.
        title = f"{self.title}: {self.description}" if sheet == "paper" else self.title
        return _drawn(self.plot, sheet, title, self.description)

    def png(self) -> bytes:
        """Paint it as it stands on paper, for what can't hold a drawing; the same data gives the same bytes."""
        return _painted(self.plot)


@lru_cache(PAINTED)
def _painted(plot: Plot) -> bytes:
    size = SHEETS["paper"]
    with drawing(painted_font()):
        canvas = Canvas(size, plot.height(size))
        plot.draw(canvas)
        return canvas.png(RESOLUTION)


@lru_cache(KEPT)
def _drawn(plot: Plot, sheet: str, title: str, description: str) -> Markup:
    size = SHEETS[sheet]
    with drawing():
        canvas = Canvas(size, plot.height(size))
        plot.draw(canvas)
        return canvas.svg(title, description)


@dataclass(frozen=True, slots=True)
class Share:
    """A label with its cases and base; None is no data, never 0. `code` joins a map's region."""

    label: str
    cases: int | None
    base: int | None
    code: str = ""
    link: str = ""

    @property
    def part(self) -> float | None:
        """Give cases over base."""
        return self.cases / self.base if self.cases is not None and self.base else None

    @property
    def small(self) -> bool:
        """Say whether the base is too small for a per cent."""
        return bool(self.base) and (self.base or 0) < LEAST_FOR_PERCENT


def number(value: float | int | None, language: str) -> str:
    """Write a number with the language's grouping; a dash where there is none."""
    if value is None:
        return "–"
    return format_decimal(value, locale=language, format="#,##0.##").replace("\u202f", "\u00a0")


def cases_of(share: Share, language: str) -> str:
    """Write "6 of 24" in the language; a dash where nothing was counted."""
    if share.cases is None or not share.base:
        return "–"
    return words(language)("charts.of", cases=number(share.cases, language), base=number(share.base, language))


def percent_of(share: Share) -> str:
    """Write the share as the rounding rules have it; nothing under the least base for a per cent."""
    return "" if share.small else screen_percent(share.cases, share.base).replace(" ", "\u00a0")


def table_of(shares: tuple[Share, ...], language: str) -> tuple[tuple[str, ...], ...]:
    """Give the table behind a picture of shares: label, cases, base, per cent."""
    return tuple(
        (each.label, number(each.cases, language), number(each.base, language), percent_of(each) or "–")
        for each in shares
    )
