"""What a clerk keys in from paper or from a voice: times as they are said, read on the day of the mission.

"745", "7:45", "7.45" and "0745" are a quarter to eight. A count goes on past
midnight: "0:40" is then the next day's, and so is "24:40" or "0:40+1" anywhere.
What can't be read stays as it was typed, for the rules to refuse.
"""

from __future__ import annotations

import re
from datetime import date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

_TIME: Final = re.compile(r"([0-9]{1,2})(?:[:.\-h]?([0-9]{2}))\s*(\+1)?")
_HOUR: Final = re.compile(r"([0-9]{1,2})(\+1)?")
_DAY: Final = re.compile(r"([0-9]{1,2})[./]([0-9]{1,2})(?:[./]([0-9]{4}))?\.?")
SMALL_HOURS: Final = time(6)
"""Before this hour a report of what follows the close speaks of the next day, unless the station opens earlier."""


def read_time(text: str, day: date, after_close: bool = False) -> str:
    """Give a time of day as a local ISO date and minute, or the text back."""
    typed = text.strip()
    found = _TIME.fullmatch(typed) or _HOUR.fullmatch(typed)
    if found is None:
        return text
    groups = found.groups()
    hour, minute, next_day = int(groups[0]), int(groups[1] or 0) if len(groups) == 3 else 0, groups[-1] is not None
    if hour > 47 or minute > 59:
        return text
    past_midnight = after_close and time(hour % 24, minute) < SMALL_HOURS and hour < 24
    on = day + timedelta(days=(hour // 24) + (next_day or past_midnight))
    return f"{on:%Y-%m-%d}T{hour % 24:02d}:{minute:02d}"


def say_time(text: str, day: date) -> str:
    """Write a local ISO minute as it is keyed in on this day; anything else as it is."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return text
    if len(text) < len("2026-11-22T07:00"):
        return text
    if moment.date() == day:
        return f"{moment:%H:%M}"
    return f"{moment:%H:%M}+1" if moment.date() == day + timedelta(days=1) else f"{moment:%Y-%m-%d %H:%M}"


def read_day(text: str, day: date) -> str:
    """Give a date as ISO from "22.11" or "22.11.2026" (of the year of the mission), or the text back."""
    found = _DAY.fullmatch(text.strip())
    if found is None:
        return text
    try:
        return date(int(found[3] or day.year), int(found[2]), int(found[1])).isoformat()
    except ValueError:
        return text


def local_minute(stamp: str, zone: str) -> str:
    """Give a stored moment as the local ISO minute of a station's zone; anything else as it is."""
    try:
        return f"{datetime.fromisoformat(stamp).astimezone(ZoneInfo(zone)):%Y-%m-%dT%H:%M}"
    except (ValueError, OverflowError):
        return stamp
