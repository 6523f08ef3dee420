"""Answers as columns: one small code per report and question, so that any filter costs the same.

The states of an answer come first and are the same in every column; the
choices follow in the checklist's order. Nothing is ever guessed from a blank.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from observer_kit.checklists.model import Checklist, Question
from observer_kit.statistics.factors import Factor, Mask

NOT_ASKED: Final = 0
MISSING: Final = 1
APPLIES_NOT: Final = 2
OBSERVED_NOT: Final = 3
PROBLEM: Final = 4
ANSWERED: Final = 5  # and above: the choices; numbers, texts and several choices at once have this one code

DIMENSIONS: Final = ("region", "setting", "special", "team", "hour", "review", "kind", "location", "version")
ONE_OF: Final = ("yes_no", "rating", "select_one")
NUMBERS: Final = ("integer", "decimal")

Codes = npt.NDArray[np.uint8 | np.uint16]
"""One byte per answer; a column of more than 250 choices, and only that column, takes two."""


@dataclass(frozen=True, slots=True, eq=False)
class Column:
    """One question's answers: `codes` per report, and beside them its numbers or the choices made together.

    `numbers` is there for integer and decimal, `several` for select_multiple;
    both hold None for a report whose answer is not one.
    """

    question: Question
    codes: Codes
    numbers: Factor[float] | None = None
    several: Factor[tuple[str, ...]] | None = None
    former: tuple[str, ...] = ()  # choices of other versions that this one no longer offers

    @property
    def offered(self) -> tuple[str, ...]:
        """Name every choice of this version, then those of others."""
        return self.question.codes + self.former

    @property
    def choices(self) -> tuple[str, ...]:
        """Name the choices that `codes` tells apart, in the order of their codes."""
        return self.offered if self.question.type in ONE_OF else ()

    @property
    def answered(self) -> Mask:
        """Mark the reports that answered."""
        return self.codes >= ANSWERED

    def holds(self, counted: Collection[str]) -> Mask:
        """Mark the reports whose answer is, or has among it, one of these choices."""
        if self.several is not None:
            met = np.array([not set(counted).isdisjoint(made or ()) for made in self.several.values], dtype=bool)
            return met[self.several.codes]
        return np.isin(self.codes, [ANSWERED + place for place, code in enumerate(self.choices) if code in counted])

    def total(self, mask: Mask) -> float:
        """Add up the numbers of these reports; nothing to add is 0."""
        if self.numbers is None:
            return 0.0
        times = np.bincount(self.numbers.codes[mask], minlength=len(self.numbers.values))
        return sum(value * int(count) for value, count in zip(self.numbers.values, times, strict=True) if value)


@dataclass(frozen=True, slots=True, eq=False)
class Columns:
    """All reports of one checklist that count, in the order of receipt; every column and dimension has `size` places.

    `columns` has the questions of the version that is asked now; `earlier`
    those that only other versions asked, or asked as another type. `outside`
    are the reports that do not count, without their answers: only their
    dimensions, with their `state`. `sequence` is each report's place in the
    order of receipt, where the reports came from storage.
    """

    checklist: str
    size: int
    columns: Mapping[str, Column]
    dimensions: Mapping[str, Factor[Any]]
    earlier: Mapping[str, Column] = field(default_factory=dict)
    versions: tuple[Checklist, ...] = ()
    sequence: npt.NDArray[np.int64] | None = None
    outside: Columns | None = None

    def __post_init__(self) -> None:
        """Refuse columns of different lengths: they could not be of the same reports."""
        lengths = {len(column.codes) for column in (*self.columns.values(), *self.earlier.values())}
        lengths |= {len(dimension.codes) for dimension in self.dimensions.values()}
        if lengths - {self.size}:
            raise ValueError(f"columns of {sorted(lengths)} places for {self.size} reports")

    def select(self, where: Mapping[str, Any]) -> Mask:
        """Mark the reports whose dimensions have these values; raises KeyError for an unknown dimension."""
        mask = np.ones(self.size, dtype=bool)
        for name, value in where.items():
            mask &= self.dimensions[name].equal(value)
        return mask

    def stations(self, mask: Mask) -> tuple[str, ...]:
        """Name the different stations of these reports, in order."""
        places = self.dimensions["location"]
        met = np.bincount(places.codes[mask], minlength=len(places.values))
        return tuple(str(places.values[place]) for place in np.flatnonzero(met[: places.known]))
