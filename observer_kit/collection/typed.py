"""What a person types into a form, read as an answer's value; what can't be read stays as it was typed.

Digits are ASCII. A whole number may be grouped in threes by spaces or commas
("1 234", "1,234"); "1,6970" is neither a number nor guessed at. A decimal
takes a point or a comma.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime
from typing import Any, Final
from zoneinfo import ZoneInfo

_SPACES: Final = " \u00a0\u202f\u2009"
_INTEGER: Final = re.compile(rf"-?(?:[0-9]+|[0-9]{{1,3}}(?:[{_SPACES}][0-9]{{3}})+|[0-9]{{1,3}}(?:,[0-9]{{3}})+)")
_DECIMAL: Final = re.compile(rf"-?(?:[0-9]+|[0-9]{{1,3}}(?:[{_SPACES}][0-9]{{3}})+)(?:[.,][0-9]+)?")
_GROUPING: Final = re.compile(rf"[{_SPACES}]")
_LONGEST: Final = 40
_PLACE: Final = re.compile(r"\s*(-?[0-9]+(?:\.[0-9]+)?)[\s,;]+(-?[0-9]+(?:\.[0-9]+)?)\s*")


def read_integer(text: str) -> Any:
    """Read a whole number, or give the text back."""
    digits = text.strip()
    if len(digits) > _LONGEST or not _INTEGER.fullmatch(digits):
        return text
    return int(_GROUPING.sub("", digits).replace(",", ""))


def read_decimal(text: str) -> Any:
    """Read a number with a decimal point or comma, or give the text back; a whole one stays whole."""
    digits = text.strip()
    if len(digits) > _LONGEST or not _DECIMAL.fullmatch(digits):
        return text
    plain = _GROUPING.sub("", digits).replace(",", ".")
    return float(plain) if "." in plain else int(plain)


def read_moment(text: str, zone: str) -> Any:
    """Read a local date and time of the station's zone as ISO 8601 with its offset, or give the text back."""
    try:
        moment = datetime.fromisoformat(text.strip())
    except ValueError:
        return text
    if len(text.strip()) < len("2026-11-22T07:00"):  # a date alone is not a moment
        return text
    return (moment if moment.tzinfo else moment.replace(tzinfo=ZoneInfo(zone))).isoformat()


def read_place(text: str) -> Any:
    """Read "latitude longitude" as two numbers, or give the text back."""
    found = _PLACE.fullmatch(text)
    return [float(found[1]), float(found[2])] if found else text


READERS: Final[dict[str, Callable[[str], Any]]] = {
    "integer": read_integer,
    "decimal": read_decimal,
    "geopoint": read_place,
    "date": str.strip,
    "photo": str.strip,
}
"""How a typed answer of each type is read; a text as it is, a moment by the zone of its station."""
