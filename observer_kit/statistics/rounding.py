"""How a share is written down: the one home of rounding, for screen, export and paper.

Rules: whole per cent for what observers saw, half up, from the integers once;
a share above 0 is never written as 0 and one below 100 never as 100; two
decimals for official results.
"""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal

LEAST_FOR_PERCENT = 30
"""Below this base a share is written as counts only: "6 of 24"."""


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
