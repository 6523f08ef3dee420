"""How a figure is said in a style: number words, bases, and when "no" or "all" may stand.

Rules (statement practice of the missions the kit was made from): the base is
always named; under 30 only counts; from 30 to 99 a per cent with its count;
from 100 a whole per cent; an absolute only when nothing is missing, nothing
unobserved, and the question was asked in every report.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from babel.numbers import format_decimal

from observer_kit.statements.model import Figure
from observer_kit.statistics.rounding import edge, stands_as, whole_percent

NUMBER_WORDS: Final[Mapping[str, tuple[str, ...]]] = {
    "en": ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"),
}
PER_CENT: Final = {"en": "per cent"}
_EDGES: Final = {"en": {"under_1": "less than 1", "over_99": "over 99"}}


def number(value: int, language: str = "en", *, as_word: bool = False) -> str:
    """Write a whole number with the language's own grouping; under ten as a word where asked."""
    words = NUMBER_WORDS.get(language, ())
    if as_word and 0 < value < len(words):
        return words[value]
    return format_decimal(value, locale=language)


def bare_percent(figure: Figure, language: str = "en") -> str:
    """Say a share as a whole per cent, whatever its base: for a source that prints no more than that."""
    whole = whole_percent(figure.numerator, figure.denominator)
    if whole is None:
        raise ValueError(f"{figure.definition.id} has no share")
    near = edge(figure.numerator, figure.denominator)
    return f"{_EDGES[language][near] if near else whole} {PER_CENT[language]}"


def percent(figure: Figure, language: str = "en") -> str:
    """Say a share by the size of its base: counts alone, a per cent with its count, or a per cent."""
    numerator, denominator = figure.numerator, figure.denominator
    if numerator is None or not denominator:
        raise ValueError(f"{figure.definition.id} has no share")
    counts = f"{number(numerator, language)} of {number(denominator, language)}"
    allowed = stands_as(denominator)
    if allowed == "counts":
        return counts
    said = bare_percent(figure, language)
    return f"{said} ({counts})" if allowed == "both" else said


def is_complete(figure: Figure) -> bool:
    """Tell whether nothing was missing, unobserved, unreadable or left unasked, so that an absolute may stand."""
    if figure.definition.measure == "diary":
        return True  # the diary is the mission's own record: what it does not hold did not reach the mission
    parts = (figure.missing, figure.not_observed, figure.not_asked, figure.problems)
    return figure.denominator is not None and not any(parts)


def seen(figure: Figure, one: str, many: str, language: str = "en") -> str:
    """Say in how many cases something was seen; nothing seen becomes "no …" only under the guard for absolutes."""
    value = figure.numerator
    if value is None:
        raise ValueError(f"{figure.definition.id} was not counted")
    if value == 0:
        if is_complete(figure):
            return f"no {one}"
        able = number(figure.denominator or 0, language)
        return f"none of the {able} reports that could observe it"
    return f"{number(value, language, as_word=True)} {one if value == 1 else many}"
