"""How a share is written down: the one home of rounding, for screen, export and paper.

Rules: whole per cent for what observers saw, half up, from the integers once;
a share above 0 is never written as 0 and one below 100 never as 100; two
decimals for official results.
"""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal

LEAST_FOR_PERCENT = 30
"""Below this base a share is written as counts only: "6 of 24"."""


FULL_BASE = 100
"""From this base a per cent may stand without its count."""


def stands_as(denominator: int | None) -> str:
    """Say how a share of this base may be written: "nothing", "counts", "both" (per cent with counts) or "percent"."""
    if not denominator:
        return "nothing"
    if denominator < LEAST_FOR_PERCENT:
        return "counts"
    return "both" if denominator < FULL_BASE else "percent"


def said(numerator: int | None, denominator: int | None, counts: str | None = None) -> str:
    """Write a share as its base allows: "6 of 24", "40 % (12 of 30)", "15 %", or a dash where there is no base.

    `counts` is "6 of 24" in another language.
    """
    counts = counts or f"{numerator} of {denominator}"
    match stands_as(denominator) if numerator is not None else "nothing":
        case "nothing":
            return "–"
        case "counts":
            return counts
        case "both":
            return f"{screen_percent(numerator, denominator)} ({counts})"
        case _:
            return screen_percent(numerator, denominator)


def whole_percent(numerator: int | None, denominator: int | None) -> int | None:
    """Round 100 × numerator / denominator half up to a whole number; None where nothing can be divided."""
    if numerator is None or not denominator:
        return None
    return (200 * numerator + denominator) // (2 * denominator)


def two_decimals(numerator: int | None, denominator: int | None) -> Decimal | None:
    """Round 100 × numerator / denominator half up to two decimals, as official results are printed."""
    if numerator is None or not denominator:
        return None
    return (Decimal(100 * numerator) / Decimal(denominator)).quantize(Decimal("0.01"), ROUND_HALF_UP)


def edge(numerator: int | None, denominator: int | None) -> str | None:
    """Say where the rounded number alone would lie: "under_1", "over_99", or None where it may stand."""
    percent = whole_percent(numerator, denominator)
    if percent is None or numerator is None or denominator is None:
        return None
    if percent == 0 and numerator > 0:
        return "under_1"
    if percent == 100 and numerator < denominator:
        return "over_99"
    return None


def screen_percent(numerator: int | None, denominator: int | None) -> str:
    """Write a share for a table: "15 %", "< 1 %", "> 99 %", or a dash where there is no base."""
    percent = whole_percent(numerator, denominator)
    if percent is None:
        return "–"
    match edge(numerator, denominator):
        case "under_1":
            return "< 1 %"
        case "over_99":
            return "> 99 %"
        case _:
            return f"{percent} %"
