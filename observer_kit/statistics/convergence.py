"""A quick count as its protocols come in: the estimate and its margin after so many of them.

Turnout and vote shares are ratios of totals, not means of the stations'
shares: see `estimates`. What the first protocols say is what the nearest and
smallest stations say; the count is read where its margin has settled.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from observer_kit.missions.model import Sampling
from observer_kit.statistics.designs import design_of
from observer_kit.statistics.estimates import Estimate, Numbers, ratio
from observer_kit.statistics.factors import Mask

STEPS: Final = 24
"""A chart shows no more."""


@dataclass(frozen=True, slots=True)
class Station:
    """One protocol of the sample, in the order of arrival: its numbers (None: not there) and where it lies."""

    numbers: Mapping[str, float | None]
    stratum: str | None = None
    cluster: str | None = None


@dataclass(frozen=True, slots=True)
class Count:
    """A ratio after `at` protocols; `used` of them have both of its numbers, the others are left out and said."""

    at: int
    used: int
    above: float
    below: float
    estimate: Estimate


def converge(
    stations: Sequence[Station], above: Sequence[str], below: Sequence[str], sampling: Sampling, *, steps: int = STEPS
) -> list[Count]:
    """Estimate Σ(above) / Σ(below) after every so many protocols, the last step after all of them.

    A protocol that lacks one of the numbers counts for neither sum, so that
    what can't be read is never taken for 0.
    """
    y, x = (_summed(stations, names) for names in (above, below))
    whole = np.isfinite(y) & np.isfinite(x)
    y, x = np.where(whole, y, 0.0), np.where(whole, x, 0.0)
    return [_count(stations, y, x, whole, at, sampling) for at in _places(len(stations), steps)]


def _places(size: int, steps: int) -> list[int]:
    """Choose after which protocols to look: evenly, the last of all in any case."""
    if not size:
        return []
    return sorted({max(1, round(size * step / steps)) for step in range(1, steps + 1)})


def _summed(stations: Sequence[Station], names: Sequence[str]) -> Numbers:
    rows = [[station.numbers.get(name) for name in names] for station in stations]
    return np.array([np.nan if None in row else sum(value or 0 for value in row) for row in rows], dtype=np.float64)


def _count(stations: Sequence[Station], y: Numbers, x: Numbers, whole: Mask, at: int, sampling: Sampling) -> Count:
    used, above, below = int(whole[:at].sum()), float(y[:at].sum()), float(x[:at].sum())
    came = stations[:at]
    strata = [each.stratum for each in came] if sampling.strata is not None else None
    clusters = [each.cluster for each in came] if sampling.clusters is not None else None
    design = design_of(sampling, at, strata, clusters)
    if isinstance(design, str):
        return Count(at, used, above, below, Estimate(None, None, None, 0, design))
    return Count(at, used, above, below, ratio(y[:at], x[:at], design))
