"""What a comparison of printed figures found, put into one sentence: both places, both numbers, what lies between."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Final

from observer_kit.missions.phrases import SHARE, Phrase
from observer_kit.missions.printed import PrintedFigure

CONTRADICTION: Final = "contradiction"
ROUNDING: Final = "rounding"
NO_CONTRADICTION: Final = "no_contradiction"
AGREES: Final = "agrees"
STATES: Final = (CONTRADICTION, ROUNDING, NO_CONTRADICTION, AGREES)

MOST_TOLD: Final = 4
"""How many numbers a sentence names; the finding has them all."""


@dataclass(frozen=True, slots=True)
class Printed:
    """One number of a finding, and where it stands."""

    document: str
    locator: str
    text: str


@dataclass(frozen=True, slots=True)
class Finding:
    """What one comparison says; `difference` is left less right in words, None where nothing was taken away."""

    name: str
    state: str
    says: str
    printed: tuple[Printed, ...]
    difference: str | None = None


Side = tuple[PrintedFigure, Phrase]
"""A printed figure, and which of its numbers is meant."""


def finding(name: str, state: str, says: str, *sides: Side, difference: str | None = None) -> Finding:
    """Put both places, both numbers and what was found into one sentence."""
    if len(sides) == 2 and difference is None and state in (CONTRADICTION, ROUNDING):
        first, second = sides[0][1], sides[1][1]
        difference = shown(first.nominal - second.nominal, first.kind, apart=True)
        says = f"{difference} apart{', ' if says else ''}{says}"
    told, before = [], ("", "")
    for figure, phrase in sides[:MOST_TOLD]:
        place = (figure.document, figure.locator)
        told.append(_told(figure, phrase, before))
        before = place
    more = f"; and {len(sides) - MOST_TOLD} more" if len(sides) > MOST_TOLD else ""
    return Finding(
        name, state, f"{'; '.join(told)}{more}: {says}.",
        tuple(printed(figure, phrase) for figure, phrase in sides), difference,
    )  # fmt: skip


def _told(figure: PrintedFigure, phrase: Phrase, before: tuple[str, str]) -> str:
    """Say where a number stands, unless that was just said, and what it is: “one of five” (20 per cent)."""
    if phrase.kind == SHARE and not phrase.malformed:
        plain = phrase.text.replace(".", "").replace(",", "").isdigit()
        quoted = phrase.text if phrase.text[:1].isdigit() and " of " in phrase.text else f"“{phrase.text}”"
        read = phrase.worked_out and figure.base and not figure.base_printed
        base = f"; the base, {figure.base}, is not printed there" if read else ""
        text = f"{phrase.text} per cent" if plain else f"{quoted} ({shown(phrase.nominal, SHARE)}{base})"
    else:
        text = phrase.text if phrase.text.replace(",", "").isdigit() else f"“{phrase.text}”"
    named = figure.unit != "none" and phrase.kind != SHARE and not phrase.noun and phrase in figure.numbers
    unit = f" [{figure.unit}]" if named else ""
    if before == (figure.document, figure.locator):
        return text + unit
    return f"{figure.locator if before[0] == figure.document else where(figure)}: {text}{unit}"


def where(figure: PrintedFigure) -> str:
    """Name the place in which a figure stands."""
    return f"{figure.document}, {figure.locator}" if figure.locator else figure.document


def printed(figure: PrintedFigure, phrase: Phrase) -> Printed:
    """Give one of a figure's numbers with its place."""
    return Printed(figure.document, figure.locator, phrase.text)


def shown(value: Fraction, kind: str, *, apart: bool = False) -> str:
    """Write a number for a sentence: 9,200,298 or 15.89 per cent; a difference of shares in percentage points."""
    if kind != SHARE:
        number = abs(value) if apart else value
        return f"{int(number):,}" if number.denominator == 1 else f"{float(number):,.2f}"
    points = float(100 * (abs(value) if apart else value))
    text = f"{points:.3f}" if apart and points < 0.01 else f"{points:.2f}"
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return f"{text} percentage points" if apart else f"{text} per cent"
