"""What may be said of a figure: by which base, as which fraction, and when "no" or "all" may stand.

Rules (statement practice of the missions the kit was made from): the base is
always named; under 30 only counts; from 30 to 99 a per cent with its count;
from 100 a whole per cent; an absolute only when nothing is missing, nothing
unobserved, and the question was asked in every report. The bases lie in
statistics.rounding, for the screen too; text.saying finds the words.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final

from observer_kit.missions.model import Location
from observer_kit.statements.model import Figure
from observer_kit.statistics.rounding import stands_as, whole_percent
from observer_kit.words import collated


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


RATINGS: Final = frozenset(("very_good", "good", "neutral", "bad", "very_bad"))


def is_rated_in_part(figure: Figure) -> bool:
    """Tell whether a rating's base is smaller than its reports, because some of them gave no rating."""
    definition = figure.definition
    rating = definition.base == "answered" and bool(definition.counted) and RATINGS.issuperset(definition.counted)
    return rating and bool(against_absolute(figure))


def able(figure: Figure) -> int:
    """Count the reports that could observe a thing: those of the base without the ones that hold no answer to it."""
    base, definition = figure.denominator or 0, figure.definition
    if definition.measure != "answers" or definition.base == "answered" or definition.of:
        return base
    silent = [figure.missing, figure.not_observed, figure.not_applicable, figure.problems]
    if definition.base == "reports":
        silent.append(figure.not_asked)
    return max(base - sum(number or 0 for number in silent), 0)


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
        region = regions.get(location.region or "", "–")
        by_region.setdefault(region, []).append(location.number or location.called(language))

    def by_name(pair: tuple[str, list[str]]) -> tuple[Any, ...]:
        return collated(pair[0], language)

    return [(region, sorted(codes, key=_natural)) for region, codes in sorted(by_region.items(), key=by_name)]


def _natural(code: str) -> tuple[int, str]:
    return (int(code), "") if code.isdigit() else (10**9, code)
