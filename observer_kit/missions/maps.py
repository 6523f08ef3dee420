"""Where regions lie: a country's regions as a grid of squares, or a mission's own shapes."""

from __future__ import annotations

import json
import math
import tomllib
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, Final

from observer_kit.checklists.model import Text
from observer_kit.config import resources
from observer_kit.errors import FormsInvalid, KitError
from observer_kit.missions.model import Location

FILE: Final = "regions.geojson"
_ALIKE: Final = 4
"""A transliteration may end otherwise (Kostanai, Kostanay); so many letters tell a country apart."""
LIMIT: Final = 4_000_000
"""A mission's shapes are drawn for a screen: anything larger than this many bytes is to be thinned first."""


class MapInvalid(KitError):
    """The mission's regions.geojson can't be drawn."""

    code = "map_invalid"


@dataclass(frozen=True, slots=True, eq=False)
class Tile:
    """One region of a grid."""

    code: str
    row: int
    column: int
    name: Text
    short: Text


@dataclass(frozen=True, slots=True, eq=False)
class Grid:
    """A country's regions as squares; `drawn_up` is False where nobody laid them out like the country."""

    name: str
    tiles: tuple[Tile, ...]
    drawn_up: bool = True

    @property
    def columns(self) -> int:
        """Count the columns."""
        return max((tile.column for tile in self.tiles), default=-1) + 1

    @property
    def rows(self) -> int:
        """Count the rows."""
        return max((tile.row for tile in self.tiles), default=-1) + 1


@dataclass(frozen=True, slots=True, eq=False)
class Shapes:
    """A mission's own regions: the outer rings of each, as longitude and latitude."""

    regions: tuple[tuple[str, tuple[tuple[tuple[float, float], ...], ...]], ...]

    @property
    def bounds(self) -> tuple[float, float, float, float]:
        """Give west, south, east and north."""
        points = [point for _, rings in self.regions for ring in rings for point in ring]
        xs, ys = [x for x, _ in points], [y for _, y in points]
        return min(xs), min(ys), max(xs), max(ys)


@cache
def grids() -> tuple[Grid, ...]:
    """Load the grids that the kit brings; raises FormsInvalid naming the file."""
    found = []
    for path in sorted((resources("forms") / "maps").glob("*.toml")):
        try:
            document = tomllib.loads(path.read_text("utf-8"))
            tiles = tuple(
                Tile(each["code"], each["row"], each["column"], each["name"], each["short"])
                for each in document["region"]
            )
        except (tomllib.TOMLDecodeError, KeyError, TypeError) as error:
            raise FormsInvalid(str(error), place=f"maps/{path.name}") from None
        found.append(Grid(path.stem, tiles))
    return tuple(found)


def grid_for(names: Mapping[str, str]) -> Grid:
    """Give the grid that has just these regions, else the smallest that has them all, else rows in order of name."""
    return _grid_for(tuple(sorted(names.items())))


@cache
def _grid_for(names: tuple[tuple[str, str], ...]) -> Grid:
    wanted = {code for code, _ in names}
    fitting = [grid for grid in grids() if wanted and wanted <= {tile.code for tile in grid.tiles}]
    if fitting:
        return min(fitting, key=lambda grid: (len(grid.tiles), grid.name))
    return in_order(names)


@cache
def known_name(code: str, name: str) -> Text | None:
    """Give a region's name in every language, where a grid has this code for a region of much the same name."""
    for grid in grids():
        for tile in grid.tiles:
            if tile.code == code and tile.name["en"][:_ALIKE].casefold() == name[:_ALIKE].casefold():
                return tile.name
    return None


def region_names(region: Location) -> Text:
    """Name a region in every language: as the register has it, else as the kit knows it."""
    known = known_name(region.code, region.name) or {}
    return {
        language: known.get(language, own) if own == region.name and language != "en" else own
        for language, own in region.names.items()
    }


def in_order(names: Collection[tuple[str, str]]) -> Grid:
    """Lay regions out by name in rows, where nobody drew up how they lie."""
    across = max(1, min(8, math.ceil(math.sqrt(len(names) * 1.6))))
    tiles = tuple(
        Tile(code, *divmod(place, across), {"en": name}, {"en": name if len(name) <= 9 else code})
        for place, (code, name) in enumerate(sorted(names, key=lambda item: item[1]))
    )
    return Grid("in order", tiles, drawn_up=False)


def read_shapes(source: str | bytes) -> Shapes:
    """Read a GeoJSON FeatureCollection whose features name a region's code; raises MapInvalid naming the feature."""
    if len(source) > LIMIT:
        raise MapInvalid(f"larger than {LIMIT:,} bytes: simplify the shapes first", place=FILE)
    try:
        document = json.loads(source.decode("utf-8-sig") if isinstance(source, bytes) else source)
        features = document["features"]
        if document.get("type") != "FeatureCollection" or not isinstance(features, list):
            raise TypeError
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        raise MapInvalid("not a GeoJSON FeatureCollection", place=FILE) from None
    regions: dict[str, list[tuple[tuple[float, float], ...]]] = {}
    for place, feature in enumerate(features, start=1):
        try:
            code = str(feature["properties"]["code"])
            rings = _outer_rings(feature["geometry"])
        except (KeyError, TypeError, ValueError, IndexError):
            raise MapInvalid(
                "a feature has no code or no polygon in degrees", place=f"{FILE}: feature {place}"
            ) from None
        regions.setdefault(code, []).extend(rings)
    if not regions:
        raise MapInvalid("no feature in it", place=FILE)
    return Shapes(tuple((code, tuple(rings)) for code, rings in sorted(regions.items())))


def _outer_rings(geometry: Mapping[str, Any]) -> list[tuple[tuple[float, float], ...]]:
    """Give the outer ring of every polygon; raises ValueError for anything that is no polygon in degrees."""
    kind, found = geometry["type"], geometry["coordinates"]
    if kind not in ("Polygon", "MultiPolygon"):
        raise ValueError(kind)
    rings = []
    for polygon in [found] if kind == "Polygon" else found:
        ring = tuple((float(point[0]), float(point[1])) for point in polygon[0])
        if len(ring) < 4 or not all(abs(x) <= 180 and abs(y) <= 90 for x, y in ring):
            raise ValueError("not in degrees")
        rings.append(ring)
    return rings
