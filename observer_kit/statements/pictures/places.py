"""A map without tiles: a mission's own shapes, or its regions as squares laid out like the country."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from observer_kit.missions.maps import Grid, Shapes
from observer_kit.statements.pictures.canvas import STEPS, Canvas, Sheet, wide
from observer_kit.statements.pictures.model import Picture, Share, cases_of, number, percent_of, table_of
from observer_kit.words import words

_NICE: Final = (0.01, 0.02, 0.03, 0.05, 0.1, 0.15, 0.2)
_GAP: Final = 3.0
_NEAR: Final = 0.4
"""Points of a shape nearer than this, in units of the picture, are one."""


def tiles(
    title: str, note: str, shares: Sequence[Share], language: str, place: Grid | Shapes, *, counts: bool = False
) -> Picture:  # fmt: skip
    """Draw each region's share where it lies: darker for more, the number and its base written on it.

    Regions join by `Share.code`. `counts` writes the number of cases itself
    and colours by their share of the base (reports of a register's stations).
    A share with a link is one on the picture too.
    """
    say = words(language)
    head = (say("charts.region"), say("charts.cases"), say("charts.base"), say("charts.percent"))
    ordered = tuple(sorted(shares, key=lambda each: each.label))
    top = max((each.part or 0 for each in ordered), default=0)
    step = next((step for step in _NICE if step * STEPS >= top), _NICE[-1])
    plot: Tiles | Map
    if isinstance(place, Shapes):
        plot = Map(ordered, place, step, counts, language, say("charts.no_data"))
    else:
        plot = Tiles(ordered, place, step, counts, language, say("charts.no_data"))
    return Picture(title, note, head, table_of(ordered, language), plot)


def _tint(share: Share | None, step: float) -> int | None:
    """Give the step of a share, from 1; None where there is no data."""
    if share is None or share.part is None:
        return None
    return min(STEPS, int(share.part / step + 1e-9) + 1)


def _said(share: Share, language: str, counts: bool) -> str:
    if share.part is None:
        return "–"
    return number(share.cases, language) if counts else percent_of(share) or number(share.cases, language)


def _legend(canvas: Canvas, y: float, step: float, no_data: str) -> None:
    """Name the steps below the map, in per cent of the base."""
    size, x = canvas.sheet.size * 0.92, 0.0
    for tint in range(1, STEPS + 1):
        first, last = round(100 * step * (tint - 1)), round(100 * step * tint)
        said = f"{first}–{last} %" if tint < STEPS else f"≥ {first} %"
        canvas.rect(x, y - size * 0.5, size, size, f"t{tint}", "soft", 0.4)
        canvas.text(x + size * 1.3, y, said, ink="soft", size=size)
        x += size * 1.3 + wide(said, size) + size * 0.7
        if x > canvas.width - size * 6:
            x, y = 0.0, y + size * 1.5
    canvas.rect(x, y - size * 0.5, size, size, None, "soft", 0.8)
    canvas.text(x + size * 1.3, y, no_data, ink="soft", size=size)


@dataclass(frozen=True, slots=True)
class Tiles:
    """A grid of squares, one for each region."""

    shares: tuple[Share, ...]
    grid: Grid
    step: float
    counts: bool
    language: str
    no_data: str

    def _edge(self, sheet: Sheet) -> float:
        return min(sheet.width / max(self.grid.columns, 1), sheet.size * 6)

    def height(self, sheet: Sheet) -> float:
        """Give the height of the rows and the legend."""
        return self._edge(sheet) * self.grid.rows + sheet.row * (2.4 if sheet.slim else 1.4)

    def draw(self, canvas: Canvas) -> None:
        """Draw a square for each region of the grid: its short name, the share, the base."""
        edge, sheet = self._edge(canvas.sheet), canvas.sheet
        known: Mapping[str, Share] = {each.code: each for each in self.shares}
        for tile in self.grid.tiles:
            share = known.get(tile.code)
            x, y = tile.column * edge, tile.row * edge
            self._tile(canvas, x, y, edge - _GAP, tile.short.get(self.language) or tile.code, share)
        _legend(canvas, edge * self.grid.rows + sheet.row * 0.7, self.step, self.no_data)

    def _tile(self, canvas: Canvas, x: float, y: float, edge: float, short: str, share: Share | None) -> None:
        tint = _tint(share, self.step)
        ink = f"on{tint}" if tint else "soft"
        canvas.rect(x, y, edge, edge, f"t{tint}" if tint else None, None if tint else "soft")
        small, big = min(edge * 0.21, canvas.sheet.size * 0.85), min(edge * 0.27, canvas.sheet.size * 1.25)
        small = min(small, edge * 0.92 / (max(len(short), 3) * 0.62))
        middle = x + edge / 2
        canvas.text(middle, y + edge * 0.2, short, ink=ink, anchor="middle", size=small)
        if share is None:
            return
        said = _said(share, self.language, self.counts)
        canvas.text(middle, y + edge * 0.51, said, ink=ink, anchor="middle", size=big, bold=True)
        if share.base is not None:
            base = words(self.language)("charts.of_base", base=number(share.base, self.language))
            fits = min(small, edge * 0.92 / (max(len(base), 3) * 0.6))
            canvas.text(middle, y + edge * 0.81, base, ink=ink, anchor="middle", size=fits)
        if share.link:
            label = f"{share.label}: {cases_of(share, self.language)}"
            canvas.link(x, y, edge, edge, share.link, label)


@dataclass(frozen=True, slots=True)
class Map:
    """A mission's own shapes, on an equirectangular projection."""

    shares: tuple[Share, ...]
    shapes: Shapes
    step: float
    counts: bool
    language: str
    no_data: str

    def _scale(self, sheet: Sheet) -> tuple[float, float, float, float]:
        """Give the units per degree across and up, and the west and north ends."""
        west, south, east, north = self.shapes.bounds
        shrink = math.cos(math.radians((south + north) / 2)) or 1e-6
        across = sheet.width / max((east - west), 1e-6)
        up = across / shrink
        tall = (north - south) * up
        most = sheet.width * 0.75
        if tall > most:
            across, up = across * most / tall, up * most / tall
        return across, up, west, north

    def height(self, sheet: Sheet) -> float:
        """Give the height of the shapes and the legend."""
        _, south, _, north = self.shapes.bounds
        return (north - south) * self._scale(sheet)[1] + sheet.row * (2.4 if sheet.slim else 1.6)

    def draw(self, canvas: Canvas) -> None:
        """Draw every shape, and on those large enough the share."""
        across, up, west, north = self._scale(canvas.sheet)
        known: Mapping[str, Share] = {each.code: each for each in self.shares}
        texts = []
        for code, rings in self.shapes.regions:
            share = known.get(code)
            tint = _tint(share, self.step)
            drawn = [
                points for ring in rings
                if len(points := list(_thinned([((x - west) * across, (north - y) * up) for x, y in ring]))) > 2
            ]  # fmt: skip
            for points in drawn:
                canvas.shape(points, f"t{tint}" if tint else None, "soft")
            if share is not None and drawn:
                texts.append((share, f"on{tint}" if tint else "soft", max(drawn, key=lambda ring: abs(_area(ring)))))
        for share, ink, ring in texts:
            self._text(canvas, share, ink, ring)
        _legend(canvas, self.height(canvas.sheet) - canvas.sheet.row * 0.9, self.step, self.no_data)

    def _text(self, canvas: Canvas, share: Share, ink: str, ring: list[tuple[float, float]]) -> None:
        size = canvas.sheet.size * 0.92
        said = _said(share, self.language, self.counts)
        xs = [x for x, _ in ring]
        x, y = _centre(ring)
        if max(xs) - min(xs) > wide(said, size) and abs(_area(ring)) > size * size * 4:
            canvas.text(x, y, said, ink=ink, anchor="middle", size=size, bold=True)
        if share.link:
            edge = size * 1.8
            canvas.link(x - edge / 2, y - edge / 2, edge, edge, share.link,
                        f"{share.label}: {cases_of(share, self.language)}")  # fmt: skip


def _thinned(points: Sequence[tuple[float, float]]) -> Iterator[tuple[float, float]]:
    last: tuple[float, float] | None = None
    for point in points:
        if last is None or math.dist(point, last) >= _NEAR:
            yield point
            last = point


def _area(ring: Sequence[tuple[float, float]]) -> float:
    pairs = zip(ring, (*ring[1:], ring[0]), strict=True)
    return sum(x * v - u * y for (x, y), (u, v) in pairs) / 2


def _centre(ring: Sequence[tuple[float, float]]) -> tuple[float, float]:
    """Give a shape's centre of mass, or the mean of its points where it has no area."""
    area = _area(ring)
    if abs(area) < 1e-6:
        return sum(x for x, _ in ring) / len(ring), sum(y for _, y in ring) / len(ring)
    pairs = list(zip(ring, (*ring[1:], ring[0]), strict=True))
    x = sum((x + u) * (x * v - u * y) for (x, y), (u, v) in pairs) / (6 * area)
    y = sum((y + v) * (x * v - u * y) for (x, y), (u, v) in pairs) / (6 * area)
    return x, y
