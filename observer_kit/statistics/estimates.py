"""Ratios estimated from a designed sample, with the standard error that its design gives them.

A share, a mean and a turnout are all one ratio of two totals. Its variance is
linearised (Taylor), between the clusters of each stratum, each stratum with
its own finite population: C.-E. Särndal, B. Swensson, J. Wretman, Model
Assisted Survey Sampling (1992), sections 5.5 to 5.7; W. G. Cochran, Sampling
Techniques (3rd ed. 1977), sections 6.3 and 11.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass, field
from math import sqrt
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.special import stdtr, stdtrit

from observer_kit.statistics.intervals import Interval

Numbers = npt.NDArray[np.float64]
Groups = tuple[npt.NDArray[np.intp], npt.NDArray[np.intp], list[Hashable]]


@dataclass(frozen=True, slots=True)
class Estimate:
    """A ratio with its standard error and interval, or, where that can't be computed, the reason.

    `degrees` are clusters less strata, from which the interval's width follows.
    """

    value: float | None
    error: float | None
    interval: Interval | None
    degrees: int
    reason: str | None = None  # nothing_answered | stratum_of_one | no_degrees


@dataclass(frozen=True, slots=True, eq=False)
class Design:
    """How the reports were drawn: one place for each report in every column.

    `weights` are the inverse of each report's chance to be drawn (or in
    proportion to it); `strata` and `clusters` name where each lies (None: one
    stratum, every report its own cluster); `populations` says how many
    clusters each stratum has in all (a stratum that is not named there is
    taken as endless). Raises ValueError for columns of different lengths, a
    weight that is not above 0, and a stratum smaller than its sample.
    """

    weights: Numbers
    strata: Sequence[Hashable] | None = None
    clusters: Sequence[Hashable] | None = None
    populations: Mapping[Any, int] | None = None
    _numbered: list[Groups] = field(default_factory=list, init=False, repr=False)

    def __post_init__(self) -> None:
        """Refuse what is no design."""
        size = len(self.weights)
        if any(len(column) != size for column in (self.strata, self.clusters) if column is not None):
            raise ValueError("strata, clusters and weights of different lengths")
        if size and not (np.isfinite(self.weights).all() and (self.weights > 0).all()):
            raise ValueError("a design weight is above 0: a report that could not be drawn is not in the sample")

    def groups(self) -> Groups:
        """Number each report's cluster and each cluster's stratum, once; name the strata."""
        if not self._numbered:
            self._numbered.append(self._groups())
        return self._numbered[0]

    @property
    def complete(self) -> bool:
        """Say whether every cluster of every stratum is in the sample, so that nothing is left to estimate."""
        _, of_cluster, strata = self.groups()
        sizes = np.bincount(of_cluster, minlength=len(strata)).tolist()
        return all(_seen(stratum, size, self.populations) == 1 for stratum, size in zip(strata, sizes, strict=True))

    def clusters_of(self, mask: npt.NDArray[np.bool_]) -> int:
        """Count the different clusters of these reports."""
        return len(np.unique(self.groups()[0][mask]))

    def _groups(self) -> Groups:
        size = len(self.weights)
        strata = self.strata if self.strata is not None else [None] * size
        clusters = self.clusters if self.clusters is not None else range(size)
        names: dict[Hashable, int] = {}
        places: dict[tuple[Hashable, Hashable], int] = {}
        of_report = np.fromiter(
            (places.setdefault(pair, len(places)) for pair in zip(strata, clusters, strict=True)), np.intp, size
        )
        of_cluster = np.fromiter((names.setdefault(stratum, len(names)) for stratum, _ in places), np.intp, len(places))
        return of_report, of_cluster, list(names)


@dataclass(frozen=True, slots=True)
class Contrast:
    """How far two parts of a sample lie apart: the difference of their ratios, and how rare it would be by chance."""

    difference: float | None
    p: float | None
    reason: str | None = None


def ratio(y: Numbers, x: Numbers, design: Design, *, level: float = 0.95) -> Estimate:
    """Estimate Σy/Σx over the population; reports outside a domain have y = x = 0.

    All reports of the sample stand in `y` and `x`, those of other domains
    too: how many fell into this one is part of the uncertainty.
    """
    weights = design.weights
    below = float(weights @ x)
    if not below > 0:
        return Estimate(None, None, None, _spread(design, np.zeros(len(weights)))[1], "nothing_answered")
    value = float(weights @ y) / below
    variance, degrees = _spread(design, weights * (y - value * x) / below)
    if isinstance(variance, str):
        return Estimate(value, None, None, degrees, variance)
    error = sqrt(variance)
    half = float(stdtrit(degrees, (1 + level) / 2)) * error if error else 0.0
    return Estimate(value, error, Interval(value - half, value + half, level), degrees)


def contrast(y: Numbers, x: Numbers, here: npt.NDArray[np.bool_], design: Design) -> Contrast:
    """Hold the ratio of one part against that of all the rest, with the error that both would have were they one.

    Pooled under the null, so that a part without a single case is not taken
    for certain; two-sided, by Student's t with the design's degrees.
    """
    weights = design.weights
    inside, outside = float(weights[here] @ x[here]), float(weights[~here] @ x[~here])
    if not (inside > 0 and outside > 0):
        return Contrast(None, None, "nothing_answered")
    apart = float(weights[here] @ y[here]) / inside - float(weights[~here] @ y[~here]) / outside
    whole = float(weights @ y) / (inside + outside)
    residual = weights * (y - whole * x)
    variance, degrees = _spread(design, np.where(here, residual / inside, -residual / outside))
    if isinstance(variance, str):
        return Contrast(apart, None, variance)
    if not variance:
        return Contrast(apart, None, "no_variation")
    return Contrast(apart, float(2 * stdtr(degrees, -abs(apart) / sqrt(variance))))


def _spread(design: Design, values: Numbers) -> tuple[float | str, int]:
    """Give the variance of the total of these values over the clusters of each stratum, or why there is none."""
    of_report, of_cluster, strata = design.groups()
    degrees = len(of_cluster) - len(strata)
    sizes = np.bincount(of_cluster, minlength=len(strata))
    totals = np.bincount(of_report, values, minlength=len(of_cluster))
    variance = 0.0
    for place, stratum in enumerate(strata):
        size = int(sizes[place])
        seen = _seen(stratum, size, design.populations)
        if seen == 1:
            continue  # every cluster of this stratum was observed: nothing in it is estimated
        if size < 2:
            return "stratum_of_one", degrees
        ours = totals[of_cluster == place]
        variance += (1 - seen) * size / (size - 1) * float(((ours - ours.mean()) ** 2).sum())
    if degrees < 1 and variance:
        return "no_degrees", degrees
    return variance, degrees


def _seen(stratum: Hashable, size: int, populations: Mapping[Any, int] | None) -> float:
    """Give the part of a stratum's clusters that the sample holds."""
    whole = (populations or {}).get(stratum)
    if whole is None:
        return 0.0
    if whole < size:
        raise ValueError(f"stratum {stratum!r}: {size} sampled of {whole}")
    return size / whole
