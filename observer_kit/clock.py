"""The only source of time and of random ids, so that tests can be exact."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime


def now() -> datetime:
    """Give the present moment, aware, in UTC."""
    return datetime.now(UTC)


def new_id() -> str:
    """Make a random id (UUID 4, lower case, with hyphens)."""
    return str(uuid.uuid4())


def stamp(moment: datetime) -> str:
    """Write an aware moment as UTC ISO 8601 with milliseconds and a Z.

    Raises ValueError for a moment without a zone: a local time would be read
    as another instant on another machine.
    """
    if moment.tzinfo is None:
        raise ValueError("a moment needs a zone")
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").removesuffix("+00:00") + "Z"


def read_stamp(text: str) -> datetime:
    """Read ISO 8601 with an offset or Z as an aware moment in UTC; raises ValueError without a zone."""
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise ValueError("a moment needs a zone")
    return moment.astimezone(UTC)
