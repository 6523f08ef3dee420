"""Two teams at one station, question by question: where they agree, and where they differ."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from observer_kit.statistics.columns import ANSWERED, Column, Columns
from observer_kit.statistics.factors import Mask

Rows = npt.NDArray[np.intp]
NEXT: Final = 3
"""Of up to four teams at one station every two are held together; the pairs of a hundred would say no more."""


@dataclass(frozen=True, slots=True)
class Agreement:
    """Of the pairs of teams that both answered a question, those that answered otherwise; no pair is None, not 0."""

    question: str
    pairs: int
    compared: int
    differ: int

    @property
    def share(self) -> float | None:
        """Give the part that differs; None where no two teams answered."""
        return self.differ / self.compared if self.compared else None


@dataclass(frozen=True, slots=True)
class Difference:
    """One station where two teams answered a question otherwise: each team with its answer."""

    question: str
    location: str
    teams: tuple[str, str]
    answers: tuple[Any, Any]


def pairs(columns: Columns, where: Mapping[str, Any] | None = None) -> tuple[Rows, Rows]:
    """Pair the reports of different teams at one station; of each team there the one received last.

    Where more than a few teams were, each is held against the next ones, not against all.
    """
    places, teams = columns.dimensions["location"], columns.dimensions["team"]
    mask = columns.select(where or {}) & (places.codes < places.known) & (teams.codes < teams.known)
    rows = np.flatnonzero(mask)
    key = places.codes[rows].astype(np.int64) * max(len(teams.values), 1) + teams.codes[rows]
    order = np.lexsort((rows, key))
    last = np.r_[key[order][1:] != key[order][:-1], True] if len(order) else np.zeros(0, dtype=bool)
    kept = rows[order][last]
    at = places.codes[kept]
    one: list[Rows] = []
    other: list[Rows] = []
    for step in range(1, min(len(kept), NEXT + 1)):
        same = np.flatnonzero(at[step:] == at[:-step])
        if not len(same):
            break  # sorted by station: none is farther apart
        one.append(kept[same])
        other.append(kept[same + step])
    empty = np.zeros(0, dtype=np.intp)
    return (np.concatenate(one), np.concatenate(other)) if one else (empty, empty)


def agreements(columns: Columns, where: Mapping[str, Any] | None = None) -> list[Agreement]:
    """Hold both teams' answers together, the question in which most differ first; texts and places are left out."""
    one, other = pairs(columns, where)
    found = []
    for name, column in columns.columns.items():
        if not _comparable(column):
            continue
        both, differ = _held(column, one, other)
        found.append(Agreement(name, len(one), int(both.sum()), int(differ.sum())))
    return sorted(found, key=lambda each: (-(each.share if each.share is not None else -1), -each.compared))


def differences(columns: Columns, question: str, where: Mapping[str, Any] | None = None) -> list[Difference]:
    """Name every station where two teams answered this question otherwise, in the register's order."""
    column = columns.columns[question]
    if not _comparable(column):
        return []
    one, other = pairs(columns, where)
    places, teams = columns.dimensions["location"], columns.dimensions["team"]
    _, differ = _held(column, one, other)
    return [
        Difference(
            question,
            str(places.values[places.codes[first]]),
            (str(teams.values[teams.codes[first]]), str(teams.values[teams.codes[second]])),
            (_answer(column, first), _answer(column, second)),
        )
        for first, second in zip(one[differ].tolist(), other[differ].tolist(), strict=True)
    ]


def _comparable(column: Column) -> bool:
    return bool(column.choices) or column.numbers is not None or column.several is not None


def _held(column: Column, one: Rows, other: Rows) -> tuple[Mask, Mask]:
    codes = column.codes
    both: Mask = (codes[one] >= ANSWERED) & (codes[other] >= ANSWERED)
    given: npt.NDArray[Any] = codes
    if column.numbers is not None:
        given = column.numbers.codes
    elif column.several is not None:
        given = column.several.codes
    return both, both & (given[one] != given[other])


def _answer(column: Column, row: int) -> Any:
    if column.numbers is not None:
        return column.numbers.values[column.numbers.codes[row]]
    if column.several is not None:
        return column.several.values[column.several.codes[row]]
    return column.choices[int(column.codes[row]) - ANSWERED]
