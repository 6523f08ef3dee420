"""What every paper says of its mission: whose it is, when it was made, and what must be said of a rebuild."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from observer_kit.missions.model import Location, Mission
from observer_kit.web.speech import language, moment, tell, text


def notice_of(mission: Mission) -> str | None:
    """Give the sentence that stands on every page of a rebuild."""
    organisation = mission.issued_by(language())
    return tell("doors.reconstruction", organisation=organisation) if organisation else None


def head_of(mission: Mission) -> dict[str, Any]:
    """Give the mission's names and its notice, as every paper takes them."""
    return {"mission": text(mission.name), "organisation": mission.organisation, "notice": notice_of(mission)}


def moment_of(at: datetime, mission: Mission) -> str:
    """Write a moment on the mission's own clock, and name the clock."""
    return f"{moment(at, mission.zone)} ({mission.zone})"


def place_name(place: Location | None, code: str | None = None, typed: str | None = None) -> str:
    """Name a place by number and name, without saying either twice; one without a name says that it has none."""
    if place is None:
        said = (typed or "").strip() or (code or "").strip()
        return said or tell("desk.no_location")
    name = place.called(language()).strip() or tell("paper.no_name")
    number = place.number or place.code
    return name if numbered(name, number) else f"{number} · {name}"


def numbered(name: str, number: str | None) -> bool:
    """Say whether a name tells a place's number: "Station 12" does not tell 1."""
    return number is not None and re.search(rf"(?<!\w){re.escape(number)}(?!\w)", name) is not None


def zone_of(place: Location | None, mission: Mission) -> str:
    """Give the zone of a place, else the mission's; one that no clock knows is the mission's too."""
    zone = place.zone if place else mission.zone
    try:
        ZoneInfo(zone)
    except (KeyError, ValueError, OSError):
        return mission.zone
    return zone
