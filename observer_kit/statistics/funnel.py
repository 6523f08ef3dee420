"""How far a share may lie from the whole by chance alone, at each base: the limits of a funnel plot.

D. J. Spiegelhalter, Funnel plots for comparing institutional performance,
Statistics in Medicine 24 (2005), 1185: exact binomial limits at 95 and 99.8
per cent. They stand on whole numbers of cases, not between them as in its
appendix, so that past a limit lies no more than the part it names.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt
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
    return many_limits([share], [base])[0]


def many_limits(shares: Sequence[float], bases: Sequence[int]) -> list[Limits]:
    """Give the limits of many parts at once, each around its own share; raises ValueError as `limits` does."""
    if any(not 0 <= share <= 1 or base < 1 for share, base in zip(shares, bases, strict=True)):
        raise ValueError("no limits around what is no share, or at no base")
    around, at = np.array(shares, dtype=np.float64), np.array(bases, dtype=np.int64)
    tails = ((1 - INNER) / 2, (1 + INNER) / 2, (1 - OUTER) / 2, (1 + OUTER) / 2)
    lines = [_quantile(tail, at, around).tolist() for tail in tails]
    return [Limits(*each) for each in zip(bases, *lines, strict=True)]


def _quantile(tail: float, base: npt.NDArray[np.int64], share: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    found: npt.NDArray[np.float64] = np.asarray(binom.ppf(tail, base, share), dtype=np.float64) / base
    return np.where((share == 0) | (share == 1), share, found)
