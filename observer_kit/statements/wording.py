"""How a figure is said in a style: number words, bases, and when "no" or "all" may stand.

Rules (statement practice of the missions the kit was made from): the base is
always named; under 30 only counts; from 30 to 99 a per cent with its count;
from 100 a whole per cent; an absolute only when nothing is missing, nothing
unobserved, and the question was asked in every report.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final

from babel.numbers import format_decimal

from observer_kit.missions.model import Location
from observer_kit.statements.model import Figure
from observer_kit.statistics.rounding import edge, stands_as, whole_percent
from observer_kit.words import collated

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


def against_absolute(figure: Figure) -> Mapping[str, int]:
    """Give what stands against "all" and "none": how many reports lack an answer, by the kind of lack.

    Where it did not apply, nobody looked: those reports are no part of a base
    of answers, and the places behind it are not all that were visited.
    """
    if figure.definition.measure == "diary":
        return {}  # the diary is the mission's own record: what it does not hold did not reach the mission
    parts = {
        "missing": figure.missing,
        "not_observed": figure.not_observed,
        "not_asked": figure.not_asked,
        "unreadable": figure.problems,
        "not_applicable": figure.not_applicable if figure.definition.base == "answered" else None,
    }
    return {name: number for name, number in parts.items() if number}


def is_complete(figure: Figure) -> bool:
    """Tell whether nothing was missing, unobserved, unreadable or left unasked, so that an absolute may stand."""
    if figure.definition.measure == "diary":
        return True
    return figure.denominator is not None and not against_absolute(figure)


FRACTIONS: Final = ((1, 2), (1, 3), (1, 4), (1, 5), (1, 6), (1, 7), (1, 8), (1, 9), (1, 10), (2, 3), (3, 4))


def fraction(figure: Figure) -> tuple[int, int] | None:
    """Give the plain fraction that this share is: on a base for per cents when both round to the same whole
    per cent, on a smaller one only when it is the very number; None where no fraction may stand."""
    numerator, denominator = figure.numerator, figure.denominator
    if not numerator or not denominator:
        return None
    exact = [(a, b) for a, b in FRACTIONS if numerator * b == denominator * a]
    if exact or stands_as(denominator) == "counts":
        return exact[0] if exact else None
    whole = whole_percent(numerator, denominator)
    return next(((a, b) for a, b in FRACTIONS if whole_percent(a, b) == whole), None)


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


def speaks(figure: Figure) -> bool:
    """Tell whether there is anything to say of a figure; reports that never came are nothing to speak of."""
    if figure.definition.measure in ("reports", "stations"):
        return bool(figure.numerator)
    return figure.numerator is not None


def printable(figures: Iterable[Figure], *, reconstruction: bool) -> dict[str, Figure]:
    """Give the figures by name that may be printed; in a reconstruction not those that no source prints."""
    return {figure.definition.name: figure for figure in figures if figure.definition.printed or not reconstruction}


def named_stations(
    figure: Figure,
    locations: Mapping[str, Location],
    regions: Mapping[str, str],
    *,
    reconstruction: bool,
    language: str = "en",
) -> list[tuple[str, list[str]]]:
    """Give the stations behind a figure, region by region; none where they are withheld, or made up for a rebuild."""
    if not figure.definition.footnote:
        return []
    by_region: dict[str, list[str]] = {}
    for code in figure.stations:
        location = locations.get(code)
        if location is None or (reconstruction and location.made_up):
            continue
        by_region.setdefault(regions.get(location.region or "", "–"), []).append(location.number or location.name)

    def by_name(pair: tuple[str, list[str]]) -> tuple[Any, ...]:
        return collated(pair[0], language)

    return [(region, sorted(codes, key=_natural)) for region, codes in sorted(by_region.items(), key=by_name)]


def _natural(code: str) -> tuple[int, str]:
    return (int(code), "") if code.isdigit() else (10**9, code)
