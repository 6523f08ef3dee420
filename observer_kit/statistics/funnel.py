"""How far a share may lie from the whole by chance alone, at each base: the limits of a funnel plot.

D. J. Spiegelhalter, Funnel plots for comparing institutional performance,
Statistics in Medicine 24 (2005), 1185: exact binomial limits at 95 and 99.8
per cent. They stand on whole numbers of cases, not between them as in its
appendix, so that past a limit lies no more than the part it names.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from scipy.stats import binom

INNER: Final = 0.95
OUTER: Final = 0.998


@dataclass(frozen=True, slots=True)
class Limits:
    """Between these shares of 1 lie 95, and 99.8, per cent of bases of this size."""

    base: int
    low: float
    high: float
    outer_low: float
    outer_high: float

    def outside(self, share: float) -> str | None:
        """Say past which limit a share lies: "99.8", "95", or None within both."""
        if not self.outer_low <= share <= self.outer_high:
            return "99.8"
        return None if self.low <= share <= self.high else "95"


def limits(share: float, base: int) -> Limits:
    """Give the limits around the share of the whole at this base; raises ValueError for what is no share or base."""
    if not 0 <= share <= 1 or base < 1:
        raise ValueError(f"no limits around {share} at a base of {base}")
    low, high = (_quantile(tail, base, share) for tail in ((1 - INNER) / 2, (1 + INNER) / 2))
    outer_low, outer_high = (_quantile(tail, base, share) for tail in ((1 - OUTER) / 2, (1 + OUTER) / 2))
    return Limits(base, low, high, outer_low, outer_high)


def _quantile(tail: float, base: int, share: float) -> float:
    return float(share) if share in (0, 1) else float(binom.ppf(tail, base, share)) / base
