"""The register: every location of a mission, read in a stream and checked before anything is stored.

Two passes over the file: the first checks each row and remembers only codes
and their parents; the second gives the locations one by one. So a bad row on
line 99,999 is found before the first is stored, and 100,000 rows cost the
memory of their codes.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import time
from functools import cache
from pathlib import Path
from typing import Final
from zoneinfo import ZoneInfo

from observer_kit.errors import MissionInvalid
from observer_kit.missions.model import Location
from observer_kit.missions.rows import Row, read_rows

KINDS: Final = ("country", "region", "district", "polling_station", "commission")
SPECIAL: Final = ("military", "medical", "rest_home", "detention", "abroad", "remote")
SETTINGS: Final = ("urban", "rural")
COLUMNS: Final = (
    "code", "kind", "name", "parent", "reports_to", "number", "special", "setting", "opens", "closes", "voters",
    "zone", "made_up", "name_ru", "name_kk",
)  # fmt: skip
LONGEST_CODE: Final = 40


@cache
def known_zone(name: str) -> bool:
    """Say whether this is a time zone of the IANA database."""
    try:
        ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        return False
    return True


class Register:
    """One locations.csv; go through it as often as needed."""

    def __init__(self, path: Path, zone: str, opens: time | None = None, closes: time | None = None) -> None:
        self.path = path
        self.zone = zone
        self.opens = opens
        self.closes = closes
        self._above: dict[str, tuple[str, str | None]] | None = None

    def check(self) -> int:
        """Check every row and every reference between rows; give the number of locations."""
        if self._above is None:
            above: dict[str, tuple[str, str | None]] = {}
            referring: list[tuple[int, str, str]] = []
            for row in self._rows():
                location = self._read(row)
                if location.code in above:
                    raise row.refuse("code", "a code that stands only once")
                above[location.code] = (location.kind, location.parent)
                # A reference upwards is settled at once in an ordered file; only the others are kept.
                for column, code in (("parent", location.parent), ("reports_to", location.reports_to)):
                    if code is not None and code not in above:
                        referring.append((row.line, column, code))
            for line, column, code in referring:
                if code not in above:
                    raise self._refuse(line, column, f"expected the code of another location, found {code!r}")
            self._check_kinds(above)
            self._above = above
        if not self._above:
            raise MissionInvalid("expected at least one location", place=self.path.name)
        return len(self._above)

    def kind(self, code: str) -> str | None:
        """Give the kind of the location of this code, or None when there is none."""
        self.check()
        return (self._above or {}).get(code, (None, None))[0]

    def __iter__(self) -> Iterator[Location]:
        self.check()
        regions: dict[str | None, str | None] = {None: None}
        for row in self._rows():
            location = self._read(row)
            yield replace(location, region=self._region(location.code, regions))

    def _rows(self) -> Iterator[Row]:
        return read_rows(self.path, COLUMNS[:3], COLUMNS[3:])

    def _refuse(self, line: int, column: str, said: str) -> MissionInvalid:
        return MissionInvalid(said, place=f"{self.path.name}, line {line}, column {column}")

    def _read(self, row: Row) -> Location:
        code = row.needed("code", "a code")
        if len(code) > LONGEST_CODE or not all(sign.isalnum() or sign in "-_." for sign in code):
            raise row.refuse("code", f"letters, digits, - _ . (at most {LONGEST_CODE})")
        kind = row.choice("kind", KINDS)
        if kind is None:
            raise row.refuse("kind", "one of " + ", ".join(KINDS))
        zone = row.text("zone") or self.zone
        if not known_zone(zone):
            raise row.refuse("zone", "an IANA time zone such as Asia/Almaty")
        for column in ("parent", "reports_to"):
            if row.text(column) == code:
                raise row.refuse(column, "the code of another location")
        station = kind == "polling_station"
        opens = row.clock("opens") or (self.opens if station else None)
        closes = row.clock("closes") or (self.closes if station else None)
        if opens is not None and closes is not None and closes <= opens:
            raise row.refuse("closes", f"a time after {opens:%H:%M}, when the place opens")
        return Location(
            code=code,
            kind=kind,
            name=row.needed("name", "a name"),
            parent=row.text("parent"),
            reports_to=row.text("reports_to"),
            number=row.text("number"),
            special=row.choice("special", SPECIAL),
            setting=row.choice("setting", SETTINGS),
            opens=opens,
            closes=closes,
            voters=row.whole("voters"),
            zone=zone,
            made_up=row.truth("made_up"),
            name_ru=row.text("name_ru"),
            name_kk=row.text("name_kk"),
        )

    def _check_kinds(self, above: dict[str, tuple[str, str | None]]) -> None:
        for row in self._rows():
            code, parent, commission = row.cells["code"], row.text("parent"), row.text("reports_to")
            if commission is not None and above[commission][0] != "commission":
                raise row.refuse("reports_to", "the code of a commission")
            if parent is not None and above[parent][0] not in ("country", "region", "district"):
                raise row.refuse("parent", "the code of a country, region or district")
            steps = 0
            while parent is not None:
                parent, steps = above[parent][1], steps + 1
                if parent == code or steps > 10:
                    raise row.refuse("parent", "a territory that does not lie in itself")

    def _region(self, code: str, found: dict[str | None, str | None]) -> str | None:
        """Give the region a location lies in: itself, or the nearest above."""
        above = self._above or {}
        kind, parent = above[code]
        if kind == "region":
            return code
        if parent not in found:
            found[parent] = self._region(str(parent), found)
        return found[parent]
