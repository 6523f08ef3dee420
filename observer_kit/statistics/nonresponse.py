"""What is not known for want of reports: who is silent, whether the late differ from the early, and what could be.

The bounds suppose nothing of the silent: C. F. Manski, Partial Identification
of Probability Distributions (2003), chapter 1.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from observer_kit.statistics.columns import APPLIES_NOT, NOT_ASKED, Columns
from observer_kit.statistics.factors import Mask
from observer_kit.statistics.intervals import bounds


@dataclass(frozen=True, slots=True)
class Response:
    """Of the stations drawn or expected in one stratum, those heard from; a number that nobody declared is None."""

    stratum: str | None
    expected: int | None
    heard: int

    @property
    def rate(self) -> float | None:
        """Give heard over expected; None where that can't be computed."""
        return self.heard / self.expected if self.expected and self.heard <= self.expected else None


@dataclass(frozen=True, slots=True)
class Halves:
    """One question's cases among the reports that came first and those that came after, each over its own base."""

    question: str
    early: tuple[int, int]
    late: tuple[int, int]

    @property
    def difference(self) -> float | None:
        """Give late less early, in percentage points; None where either answered nothing."""
        if not self.early[1] or not self.late[1]:
            return None
        return 100 * (self.late[0] / self.late[1] - self.early[0] / self.early[1])


@dataclass(frozen=True, slots=True)
class Bounds:
    """The least and the greatest share that the silent and the blank allow; both None where it can't be computed."""

    question: str
    cases: int
    answered: int
    expected: int | None
    low: float | None
    high: float | None


def responses(
    columns: Columns, by: str, expected: Mapping[str, int], planned: Mapping[str, str] | None = None
) -> list[Response]:
    """Give the response of each stratum, the silent ones too; the last row is of stations in none of them.

    `planned` names each expected station with its stratum, where that is
    known: another one that was heard from is then no answer of these.
    """
    if planned:
        came = Counter(planned[code] for code in columns.stations(columns.select({})) if code in planned)
        return [Response(name, expected.get(name), came[name]) for name in sorted({*expected, *came})]
    group, places = columns.dimensions[by], columns.dimensions["location"]
    known, width = places.codes < places.known, max(len(places.values), 1)
    pairs = np.bincount(group.codes[known].astype(np.int64) * width + places.codes[known])
    sizes = np.bincount(np.flatnonzero(pairs) // width, minlength=len(group.values))
    heard = {group.values[place]: int(size) for place, size in enumerate(sizes) if size}
    names = sorted({*expected, *(str(name) for name in heard if name is not None)})
    found = [Response(name, expected.get(name), heard.get(name, 0)) for name in names]
    return found + ([Response(None, None, heard[None])] if None in heard else [])


def halves(columns: Columns, cases: Mapping[str, tuple[str, ...]], where: Mapping[str, Any]) -> list[Halves]:
    """Hold the reports received first against those received after: half and half, in the order of receipt."""
    rows = np.flatnonzero(columns.select(where))
    parts = [np.zeros(columns.size, dtype=bool) for _ in range(2)]
    middle = (len(rows) + 1) // 2
    parts[0][rows[:middle]] = True
    parts[1][rows[middle:]] = True
    found = []
    for name, counted in cases.items():
        column = columns.columns[name]
        met, answered = column.holds(counted), column.answered
        early, late = ((_both(met, part), _both(answered, part)) for part in parts)
        found.append(Halves(name, early, late))
    return found


def worst_cases(columns: Columns, cases: Mapping[str, tuple[str, ...]], expected: int | None) -> list[Bounds]:
    """Bound each share: had every report that is missing, and every blank, said no, or had all said yes."""
    found = []
    for name, counted in cases.items():
        column = columns.columns[name]
        answered_mask = column.answered
        number, answered = int(column.holds(counted).sum()), int(answered_mask.sum())
        # What does not apply there is no answer withheld; blank, unreadable or unseen could have been either.
        unknown = int((~answered_mask & (column.codes != NOT_ASKED) & (column.codes != APPLIES_NOT)).sum())
        within = None
        # More reports than expected: what the silent would add is not known.
        if expected is not None and expected >= columns.size:
            within = bounds(number, answered, answered + unknown + expected - columns.size)
        low, high = within or (None, None)
        found.append(Bounds(name, number, answered, expected, low, high))
    return found


def _both(one: Mask, other: Mask) -> int:
    return int(np.count_nonzero(one & other))
