"""A moment gone by as a person asks for it: in an address, or on the command line."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Final
from zoneinfo import ZoneInfo

from observer_kit.errors import KitError

_EARLIEST: Final = 1900
_LATEST: Final = 9000


class MomentUnreadable(KitError):
    """A moment that is none."""

    code = "moment_unreadable"


def moment_at(text: str, zone: str, place: str) -> datetime:
    """Read a moment, on the mission's own clock unless it says another; raises MomentUnreadable."""
    try:
        read = datetime.fromisoformat(text)
        moment = (read if read.tzinfo else read.replace(tzinfo=ZoneInfo(zone))).astimezone(UTC)
    except (ValueError, OverflowError):
        moment = None
    if moment is None or not _EARLIEST <= moment.year <= _LATEST:
        raise MomentUnreadable(f"expected a moment as 2026-11-22T09:00, found {text[:40]!r}", place=place)
    return moment
