"""Whether a value can be an answer of a question's type: one check per type, used by the intake and the page's form."""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from datetime import date
from typing import Any, Final

from observer_kit.checklists.model import Question
from observer_kit.clock import read_stamp

Check = Callable[[Any], str | None]
"""Gives None for a possible answer, else the problem's code."""

LARGEST: Final = 2**53 - 1
LONGEST_TEXT: Final = 20_000
_PHOTO: Final = re.compile(r"[0-9a-f]{64}")


def check_of(question: Question) -> Check:
    """Give the check of a question's type, its limits and choices built in."""
    return _CHECKS[question.type](question)


def _one_of(codes: tuple[str, ...]) -> Check:
    allowed = frozenset(codes)

    def check(value: Any) -> str | None:
        return None if isinstance(value, str) and value in allowed else "not_a_choice"

    return check


def _several(question: Question) -> Check:
    allowed = frozenset(question.codes)

    def check(value: Any) -> str | None:
        if not isinstance(value, list) or not all(isinstance(code, str) and code in allowed for code in value):
            return "not_a_choice"
        return "chosen_twice" if len(set(value)) < len(value) else None

    return check


def _integer(question: Question) -> Check:
    low = -LARGEST if question.minimum is None else question.minimum
    high = LARGEST if question.maximum is None else question.maximum

    def check(value: Any) -> str | None:
        if type(value) is not int:  # True is an int to Python, and no count to anyone
            return "not_an_integer"
        return None if low <= value <= high else "out_of_range"

    return check


def _decimal(question: Question) -> Check:
    low = -LARGEST if question.minimum is None else question.minimum
    high = LARGEST if question.maximum is None else question.maximum

    def check(value: Any) -> str | None:
        if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
            return "not_a_number"
        return None if low <= value <= high else "out_of_range"

    return check


def _moment(_: Question) -> Check:
    def check(value: Any) -> str | None:
        try:
            read_stamp(value)
        except (TypeError, ValueError, OverflowError):
            return "not_a_moment"
        return None

    return check


def _date(_: Question) -> Check:
    def check(value: Any) -> str | None:
        try:
            date.fromisoformat(value)
        except (TypeError, ValueError):
            return "not_a_date"
        return None

    return check


def _text(_: Question) -> Check:
    def check(value: Any) -> str | None:
        if not isinstance(value, str):
            return "not_a_text"
        return "too_long" if len(value) > LONGEST_TEXT else None

    return check


def _photo(_: Question) -> Check:
    def check(value: Any) -> str | None:
        return None if isinstance(value, str) and _PHOTO.fullmatch(value) else "not_a_photo"

    return check


def _geopoint(_: Question) -> Check:
    def check(value: Any) -> str | None:
        numbers = isinstance(value, list) and len(value) == 2 and all(type(v) in (int, float) for v in value)
        return None if numbers and abs(value[0]) <= 90 and abs(value[1]) <= 180 else "not_a_place"

    return check


def _nothing(_: Question) -> Check:
    return lambda value: "unknown_question"


_CHECKS: Final[dict[str, Callable[[Question], Check]]] = {
    "yes_no": lambda question: _one_of(question.codes),
    "rating": lambda question: _one_of(question.codes),
    "select_one": lambda question: _one_of(question.codes),
    "select_multiple": _several,
    "integer": _integer,
    "decimal": _decimal,
    "datetime": _moment,
    "date": _date,
    "text": _text,
    "photo": _photo,
    "geopoint": _geopoint,
    "note": _nothing,
}
