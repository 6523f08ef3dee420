"""The part of the reports that is counted, split into groups: one pass over a column counts all groups at once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from observer_kit.statistics.columns import Codes, Columns
from observer_kit.statistics.factors import Factor, Mask, Places

_DENSE: Final = 4_000_000
"""Above so many cells the empty ones would cost more than sorting the reports does."""

_BYTE: Final = 256
"""Pairs of codes that one byte tells apart."""

_WORD: Final = 65_536
"""Cells that two bytes tell apart."""

Whole = npt.NDArray[np.intp]


@dataclass(frozen=True, slots=True, eq=False)
class Part:
    """Groups by label and size; `rows` is None where every report counts, `groups` where there is but one group."""

    labels: tuple[str | None, ...]
    sizes: Whole
    rows: Whole | None
    groups: Whole | None
    _starts: dict[int, npt.NDArray[Any]] = field(default_factory=dict)

    def _picked(self, codes: Codes | Places) -> npt.NDArray[Any]:
        return codes if self.rows is None else codes[self.rows]

    def tables(self, wanted: Sequence[tuple[Codes, int]]) -> list[Whole]:
        """Count each column's codes below its width in each group; two narrow columns share one pass."""
        found: list[Whole] = []
        for place in range(0, len(wanted), 2):
            one, *rest = wanted[place : place + 2]
            if rest and self.groups is not None and one[1] * rest[0][1] <= _BYTE:
                found += self._pair(*one, *rest[0])
            else:
                found += [self._table(self._picked(codes), width) for codes, width in (one, *rest)]
        return found

    def _pair(self, one: Codes, width: int, other: Codes, wide: int) -> list[Whole]:
        both = self._table(self._picked(one) * np.uint8(wide) + self._picked(other), width * wide)
        cells = both.reshape(len(self.labels), width, wide)
        return [cells.sum(axis=2), cells.sum(axis=1)]

    def _table(self, keys: npt.NDArray[Any], width: int) -> Whole:
        keys = self._located(keys, width)
        return np.bincount(keys, minlength=len(self.labels) * width).reshape(len(self.labels), width)

    def _located(self, picked: npt.NDArray[Any], width: int) -> npt.NDArray[Any]:
        """Give each report its place among as many cells for each group."""
        if self.groups is None:
            return picked
        if width not in self._starts:  # most questions have the same width
            # Two bytes are added up several at a time; what needs more is counted from whole words anyway.
            cells = len(self.labels) * width
            kind = np.min_scalar_type(cells - 1) if cells <= _WORD else np.dtype(np.intp)
            self._starts[width] = (self.groups * width).astype(kind)
        starts = self._starts[width]
        found = picked.astype(starts.dtype)
        found += starts
        return found

    def spread(self, factor: Factor[Any]) -> tuple[Whole, Whole, Whole]:
        """Give group, place and count for each value that occurs in a group, ascending; None is left out."""
        width, groups = max(len(factor.values), 1), len(self.labels)
        keys = self._located(self._picked(factor.codes), width)
        if groups * width <= _DENSE:
            every = np.bincount(keys, minlength=groups * width)
            every.reshape(groups, width)[:, factor.known :] = 0
            met = np.flatnonzero(every != 0)  # several times as fast as of the numbers themselves
            times = every[met]
        else:
            met, times = np.unique(keys, return_counts=True)
            known = met % width < factor.known
            met, times = met[known], times[known]
        edges = np.searchsorted(met, np.arange(groups + 1) * width)
        group = np.repeat(np.arange(groups), np.diff(edges))
        return group, met - group * width, times

    def different(self, factor: Factor[Any]) -> Whole:
        """Count the different values in each group; None is none."""
        groups, width = len(self.labels), len(factor.values)
        if groups * width > _DENSE:
            return np.bincount(self.spread(factor)[0], minlength=groups)
        met = np.zeros(groups * width, dtype=bool)
        met[self._located(self._picked(factor.codes), width)] = True
        counted: Whole = np.count_nonzero(met.reshape(groups, width)[:, : factor.known], axis=1)
        return counted


def part_of(columns: Columns, by: str | None, where: Mapping[str, Any], only: Mask | None = None) -> Part:
    """Take the reports that the filter lets through, group by group of those that have any; None stands last."""
    mask = columns.select(where) if where else only
    rows = None if mask is None else np.flatnonzero(mask if only is None else mask & only)
    size = columns.size if rows is None else len(rows)
    if by is None:
        return Part((None,), np.array([size]), rows, None)
    factor = columns.dimensions[by]
    codes = factor.codes if rows is None else factor.codes[rows]
    sizes = np.bincount(codes, minlength=len(factor.values))
    present = np.flatnonzero(sizes)
    renumbered = np.zeros(len(sizes), dtype=np.intp)
    renumbered[present] = np.arange(len(present))
    values = [factor.values[place] for place in present]
    labels = tuple(None if value is None else str(value) for value in values)
    return Part(labels, sizes[present], rows, renumbered[codes] if len(labels) > 1 else None)
