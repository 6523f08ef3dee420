"""How many reports came from where: by region and hour, from which teams and different locations."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from observer_kit.statistics.columns import Columns
from observer_kit.statistics.factors import Factor, Value


@dataclass(frozen=True, slots=True)
class Reached:
    """Reports of one checklist, and from how many different locations they are; None is an unknown region or hour."""

    reports: int = 0
    locations: frozenset[str] = frozenset()
    by_team: Mapping[str | None, int] = field(default_factory=dict)
    by_region: Mapping[str | None, tuple[int, int]] = field(default_factory=dict)  # reports, different locations
    by_hour: Mapping[int | None, int] = field(default_factory=dict)

    @property
    def teams(self) -> frozenset[str]:
        """Name the teams that reported."""
        return frozenset(team for team in self.by_team if team is not None)

    @property
    def homeless(self) -> int:
        """Count the reports whose region is not known."""
        return self.by_region.get(None, (0, 0))[0]


def reached(columns: Columns) -> Reached:
    """Count the reports of one checklist."""
    region, location = columns.dimensions["region"], columns.dimensions["location"]
    counts = np.bincount(region.codes, minlength=len(region.values)) if columns.size else ()
    known = location.codes < location.known
    pairs = np.unique(np.stack([region.codes[known], location.codes[known]]).astype(np.int64), axis=1)[0]
    distinct = np.bincount(pairs, minlength=len(region.values)) if columns.size else ()
    return Reached(
        reports=columns.size,
        locations=frozenset(_met(location)),
        by_team=_counts(columns.dimensions["team"]),
        by_region={
            value: (int(count), int(places))
            for value, count, places in zip(region.values, counts, distinct, strict=True)
            if count
        },
        by_hour=_counts(columns.dimensions["hour"]),
    )


def _met(factor: Factor[str]) -> list[str]:
    return [str(value) for value in factor.values[: factor.known]]


def _counts(factor: Factor[Value]) -> dict[Value | None, int]:
    met = np.bincount(factor.codes, minlength=len(factor.values)) if len(factor.codes) else ()
    return {value: int(count) for value, count in zip(factor.values, met, strict=True) if count}
