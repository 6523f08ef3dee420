"""Values as small numbers: each distinct value is kept once, and every report has the place of its own."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

import numpy as np
import numpy.typing as npt

Value = TypeVar("Value")
Places = npt.NDArray[np.unsignedinteger[Any]]
Mask = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True, eq=False)
class Factor(Generic[Value]):
    """`codes` gives for each report the place of its value in `values`, which ascend; None stands last."""

    codes: Places
    values: tuple[Value | None, ...]

    @property
    def known(self) -> int:
        """Count the distinct values, None left out: their places are those below this number."""
        return len(self.values) - (bool(self.values) and self.values[-1] is None)

    def equal(self, value: object) -> Mask:
        """Mark the reports that have this value."""
        place = next((place for place, each in enumerate(self.values) if each == value), len(self.values))
        mask: Mask = self.codes == place
        return mask


def factorise(values: Iterable[Value | None]) -> Factor[Value]:
    """Number the distinct values in ascending order, in as few bytes as their count needs."""
    met: dict[Any, int] = {}
    return numbered(met, np.array([met.setdefault(value, len(met)) for value in values], dtype=np.intp))


def numbered(met: Mapping[Any, int], places: npt.NDArray[Any]) -> Factor[Any]:
    """Bring values that were numbered as they were met into ascending order."""
    ordered = ascending(met)
    table = np.empty(len(met), dtype=np.min_scalar_type(max(len(met) - 1, 0)))
    table[[met[value] for value in ordered]] = np.arange(len(met))
    return Factor(table[places], tuple(ordered))


def ascending(values: Iterable[Any]) -> list[Any]:
    """Order values as factors have them; None last."""
    return sorted(values, key=lambda value: (value is None, str(type(value)), value))
