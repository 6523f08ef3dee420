"""A location as the register's row and back, and a row as the chain keeps it."""

from __future__ import annotations

from datetime import time
from typing import Any, Final

from observer_kit.missions.model import Location
from observer_kit.storage import tables as t


def row_of(mission: str, position: int, location: Location) -> dict[str, Any]:
    """Give the row of a location."""
    words = [location.code, location.number or "", location.name, location.name_ru or "", location.name_kk or ""]
    return {
        "mission": mission, "code": location.code, "position": position, "kind": location.kind,
        "name": location.name, "parent": location.parent, "reports_to": location.reports_to,
        "region": location.region, "number": location.number, "special": location.special,
        "setting": location.setting, "opens": _hour(location.opens), "closes": _hour(location.closes),
        "voters": location.voters, "zone": location.zone, "made_up": location.made_up,
        "name_ru": location.name_ru, "name_kk": location.name_kk,
        "search": "\n".join(words).rstrip("\n").casefold(),
    }  # fmt: skip


def hashed(row: dict[str, Any]) -> dict[str, Any]:
    """Give a row as the chain keeps it: what was added to the tables later stands only where there is any."""
    return {name: value for name, value in row.items() if value is not None or name not in _LATER}


_LATER: Final = ("phone", "name_ru", "name_kk")


def _hour(moment: time | None) -> str | None:
    return None if moment is None else moment.strftime("%H:%M")


def location_of(row: t.Location) -> Location:
    """Give the location of a row."""
    return Location(
        code=row.code, kind=row.kind, name=row.name, parent=row.parent, reports_to=row.reports_to,
        region=row.region, number=row.number, special=row.special, setting=row.setting,
        opens=None if row.opens is None else time.fromisoformat(row.opens),
        closes=None if row.closes is None else time.fromisoformat(row.closes),
        voters=row.voters, zone=row.zone, made_up=row.made_up, name_ru=row.name_ru, name_kk=row.name_kk,
    )  # fmt: skip
