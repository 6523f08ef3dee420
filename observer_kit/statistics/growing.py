"""Columns that go on: what arrived is put behind, what no longer counts is taken out, and nothing old is read again.

Every change gives new columns, so that who still counts from the old ones is
not disturbed.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, Final, TypeVar

import numpy as np
import numpy.typing as npt

from observer_kit.statistics.columns import ANSWERED, ONE_OF, Column, Columns
from observer_kit.statistics.factors import Factor, ascending

Array = TypeVar("Array", bound=npt.NDArray[Any])
_FEW: Final = 200
"""So many rows are cut out piece by piece; more are left out by a mask."""


class _Change:
    """Which rows go, and where those that come belong: in the order of receipt."""

    def __init__(self, old: Columns, new: Columns, gone: npt.NDArray[np.intp]) -> None:
        self.gone = gone
        self._size = old.size
        self._order: npt.NDArray[np.intp] | None = None
        if old.sequence is not None and new.sequence is not None:
            sequence = self.over(old.sequence, new.sequence)
            if len(sequence) > 1 and np.any(sequence[1:] < sequence[:-1]):
                self._order = np.argsort(sequence, kind="stable")

    def over(self, old: npt.NDArray[Any], new: npt.NDArray[Any]) -> npt.NDArray[Any]:
        """Give one array without its rows that go and with those that come."""
        together = np.concatenate([*self._kept(old), new])
        return together if self._order is None else together[self._order]

    def _kept(self, old: npt.NDArray[Any]) -> list[npt.NDArray[Any]]:
        if not len(self.gone):
            return [old]
        if len(self.gone) > _FEW:
            return [np.delete(old, self.gone)]
        edges = [-1, *self.gone.tolist(), self._size]
        return [old[low + 1 : high] for low, high in zip(edges, edges[1:], strict=False)]


def grown(old: Columns, new: Columns, gone: npt.NDArray[np.intp]) -> Columns:
    """Give the old columns without these rows (ascending) and with the new ones, made for the same checklist."""
    change = _Change(old, new, gone)
    sequence = None
    if old.sequence is not None and new.sequence is not None:
        sequence = change.over(old.sequence, new.sequence)
    return replace(
        old,
        size=old.size - len(gone) + new.size,
        columns=_columns(old.columns, new.columns, change),
        earlier=_columns(old.earlier, new.earlier, change),
        dimensions={name: _factor(each, new.dimensions[name], change) for name, each in old.dimensions.items()},
        sequence=sequence,
    )


def _columns(old: Mapping[str, Column], new: Mapping[str, Column], change: _Change) -> dict[str, Column]:
    return {name: _column(each, new[name], change) for name, each in old.items()}


def _column(old: Column, new: Column, change: _Change) -> Column:
    former = old.former + tuple(code for code in new.former if code not in old.former)
    codes = new.codes
    if old.question.type in ONE_OF and new.former != former[: len(new.former)]:
        own = len(old.question.codes)
        place = [*range(ANSWERED + own), *(ANSWERED + own + former.index(code) for code in new.former)]
        codes = np.array(place, dtype=np.uint16)[codes]
    most = ANSWERED + max((len(old.question.codes) + len(former) if old.question.type in ONE_OF else 0) - 1, 0)
    together = change.over(old.codes, codes).astype(np.min_scalar_type(most), copy=False)
    numbers, several = old.numbers, old.several
    if numbers is not None and new.numbers is not None:
        numbers = _factor(numbers, new.numbers, change)
    if several is not None and new.several is not None:
        several = _factor(several, new.several, change)
    return Column(old.question, together, numbers, several, former)


def _factor(old: Factor[Any], new: Factor[Any], change: _Change) -> Factor[Any]:
    """Join two factors; where the new one has values that the old one has not, all are numbered anew."""
    place = {value: number for number, value in enumerate(old.values)}
    fresh = [value for value in new.values if value not in place]
    codes = old.codes
    values: Sequence[Any] = old.values
    if fresh:
        values = ascending([*old.values, *fresh])
        place = {value: number for number, value in enumerate(values)}
        codes = _table([place[value] for value in old.values], len(values))[codes] if len(old.values) else codes
    fitting = np.min_scalar_type(max(len(values) - 1, 0))
    added = _table([place[value] for value in new.values], len(values))[new.codes] if new.values else new.codes
    together = change.over(codes.astype(fitting, copy=False), added.astype(fitting, copy=False))
    return _met(Factor(together, tuple(values)), np.unique(codes[change.gone]))


def _met(factor: Factor[Any], doubtful: npt.NDArray[Any]) -> Factor[Any]:
    """Leave out the values that went with their last row: a factor names only what occurs."""
    lost = doubtful[~np.isin(doubtful, factor.codes)]
    if not len(lost):
        return factor
    kept = np.ones(len(factor.values), dtype=bool)
    kept[lost] = False
    values = tuple(value for value, stays in zip(factor.values, kept.tolist(), strict=True) if stays)
    places = (np.cumsum(kept) - kept).astype(np.min_scalar_type(max(len(values) - 1, 0)))
    return Factor(places[factor.codes], values)


def _table(places: list[int], size: int) -> npt.NDArray[Any]:
    return np.array(places, dtype=np.min_scalar_type(max(size - 1, 0)))
