"""How far a share of a random sample may lie from that of the whole; for other samples nothing here may be asked.

Sources: E. B. Wilson, JASA 22 (1927); C. J. Clopper and E. S. Pearson,
Biometrika 26 (1934); the finite population as in W. G. Cochran, Sampling
Techniques (3rd ed. 1977), section 3.6, by the size of the sample that would
tell as much of an endless one.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import sqrt

from scipy.special import betaincinv, ndtri


@dataclass(frozen=True, slots=True)
class Interval:
    """From `low` to `high`, both shares of 1, at this level."""

    low: float
    high: float
    level: float


def wilson(numerator: float, base: float, *, population: int | None = None, level: float = 0.95) -> Interval | None:
    """Give the Wilson score interval of a share; None where nothing was answered.

    With a population the interval narrows as the sample nears it, and is the
    share itself once everything was seen. Raises ValueError for numbers that
    are no share, or a population smaller than the sample.
    """
    told = _worth(numerator, base, population)
    if told is None:
        return None
    share = numerator / base
    if told == float("inf"):
        return Interval(share, share, level)
    z = float(ndtri((1 + level) / 2))
    middle = (share + z * z / (2 * told)) / (1 + z * z / told)
    half = z * sqrt(share * (1 - share) / told + z * z / (4 * told * told)) / (1 + z * z / told)
    return Interval(
        max(0.0, middle - half) if numerator else 0.0, min(1.0, middle + half) if numerator < base else 1.0, level
    )


def exact(numerator: float, base: float, *, population: int | None = None, level: float = 0.95) -> Interval | None:
    """Give the Clopper-Pearson interval of a share, which is never too narrow; None where nothing was answered.

    Population and errors as for `wilson`.
    """
    told = _worth(numerator, base, population)
    if told is None:
        return None
    share = numerator / base
    if told == float("inf"):
        return Interval(share, share, level)
    tail, met = (1 - level) / 2, share * told
    low = float(betaincinv(met, told - met + 1, tail)) if numerator else 0.0
    high = float(betaincinv(met + 1, told - met, 1 - tail)) if numerator < base else 1.0
    return Interval(low, high, level)


def bounds(numerator: int, answered: int, base: int) -> tuple[float, float] | None:
    """Give the least and the greatest share that the answers still missing allow; None where nothing was asked.

    `base` counts those that should have answered, `answered` those that did:
    had all the others said no, or all said yes.
    """
    if not 0 <= numerator <= answered <= base:
        raise ValueError(f"{numerator} of {answered} answered of {base} can't be")
    return (numerator / base, (numerator + base - answered) / base) if base else None


def _worth(numerator: float, base: float, population: int | None) -> float | None:
    """Give the size of a sample of an endless population that would tell as much; infinite when all was seen."""
    if not 0 <= numerator <= base:
        raise ValueError(f"{numerator} of {base} is no share")
    if population is not None and population < base:
        raise ValueError(f"a sample of {base} from a population of {population}")
    if not base:
        return None
    if population is None:
        return base
    return float("inf") if population == base else base * (population - 1) / (population - base)
