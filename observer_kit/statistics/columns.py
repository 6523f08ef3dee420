"""Answers as columns: one small code per report and question, so that any filter costs the same.

The states of an answer come first and are the same in every column; the
choices follow in the checklist's order. Nothing is ever guessed from a blank.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from observer_kit.checklists.model import NOT_APPLICABLE, NOT_OBSERVED, Checklist, Question
from observer_kit.collection.model import Report
from observer_kit.statistics.factors import Factor, Mask, factorise

NOT_ASKED: Final = 0
MISSING: Final = 1
APPLIES_NOT: Final = 2
OBSERVED_NOT: Final = 3
PROBLEM: Final = 4
ANSWERED: Final = 5  # and above: the choices; numbers, texts and several choices at once have this one code

DIMENSIONS: Final = ("region", "setting", "special", "team", "hour", "review", "kind", "location")
_ONE_OF: Final = ("yes_no", "rating", "select_one")
_NUMBERS: Final = ("integer", "decimal")
_TYPED: Final = frozenset((*_ONE_OF, *_NUMBERS, "select_multiple"))

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
    former: tuple[str, ...] = ()  # choices that were made in another version and that this one no longer offers

    @property
    def offered(self) -> tuple[str, ...]:
        """Name every choice of this version, then those of others that were made."""
        return self.question.codes + self.former

    @property
    def choices(self) -> tuple[str, ...]:
        """Name the choices that `codes` tells apart, in the order of their codes."""
        return self.offered if self.question.type in _ONE_OF else ()

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
    """All reports of one checklist, column by column; every column and dimension has `size` places."""

    checklist: str
    size: int
    columns: Mapping[str, Column]
    dimensions: Mapping[str, Factor[Any]]

    def __post_init__(self) -> None:
        """Refuse columns of different lengths: they could not be of the same reports."""
        lengths = {len(column.codes) for column in self.columns.values()}
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


_ABSENT: Final = object()
_STATE_OF: Final[Mapping[Any, int]] = {
    _ABSENT: NOT_ASKED, None: MISSING, "": MISSING, NOT_APPLICABLE: APPLIES_NOT, NOT_OBSERVED: OBSERVED_NOT,
}  # fmt: skip


def _place(value: Any, places: Mapping[Any, int], other: int) -> int:
    try:
        return places.get(value, other)
    except TypeError:  # not hashable: a problem, or several choices at once
        return PROBLEM if isinstance(value, Mapping) else ANSWERED if value else MISSING


def _repeated(question: Question, answers: Mapping[str, Any]) -> Any:
    """Fold name[0], name[1] … into one value: the sum of the parts that apply, known only when every one of them is."""
    values: list[Any] = []
    while (name := f"{question.name}[{len(values)}]") in answers:
        values.append(answers[name])
    if not values:
        return answers.get(question.name, _ABSENT)
    states = {_place(value, _STATE_OF, ANSWERED) for value in values}
    for state, value in ((PROBLEM, {"problem": "in_a_part"}), (MISSING, None), (OBSERVED_NOT, NOT_OBSERVED)):
        if state in states:
            return value
    parts = [value for value in values if value != NOT_APPLICABLE]
    if not parts:
        return NOT_APPLICABLE
    return sum(parts) if all(isinstance(value, int | float) for value in parts) else parts[0]


def _fits(value: Any, type: str) -> bool:
    """Tell whether an answer is one of this type: another version may have asked a question of this name otherwise."""
    if type in _NUMBERS:
        return isinstance(value, int | float) and not isinstance(value, bool)
    return isinstance(value, list | tuple) if type == "select_multiple" else isinstance(value, str)


def _column(question: Question, reports: Sequence[Report]) -> Column:
    if question.repeat:
        values = [_repeated(question, report.answers) for report in reports]
    else:
        name = question.name
        values = [report.answers.get(name, _ABSENT) for report in reports]
    several = question.type == "select_multiple"
    choices = question.codes if question.type in _ONE_OF else ()
    other = ANSWERED + len(choices)
    places = {**{code: ANSWERED + place for place, code in enumerate(choices)}, **_STATE_OF}
    codes = [_place(value, places, other) for value in values]
    former: dict[str, int] = {}
    if question.type in _TYPED:
        for row, (value, code) in enumerate(zip(values, codes, strict=True)):
            if code < ANSWERED or (choices and code < other and isinstance(value, str)):
                continue
            if not _fits(value, question.type):
                codes[row] = NOT_ASKED  # a question of this name, but not this question
            elif choices:
                # A choice that this version no longer has is still an answer of the version that asked it.
                codes[row] = other + former.setdefault(value, len(former))
            elif several:
                former.update((code, 0) for code in value if code not in question.codes)
    column = np.array(codes, dtype=np.min_scalar_type(max(other, other + len(former) - 1)))
    if question.type in _NUMBERS:
        given = zip(values, codes, strict=True)
        return Column(question, column, numbers=factorise(float(v) if code >= ANSWERED else None for v, code in given))
    if several:
        offered = question.codes + tuple(former)
        given = zip(values, codes, strict=True)
        made = (tuple(c for c in offered if c in v) if code >= ANSWERED else None for v, code in given)
        return Column(question, column, several=factorise(made), former=tuple(former))
    return Column(question, column, former=tuple(former))


def build(reports: Iterable[Report], checklist: Checklist) -> Columns:
    """Turn the reports of one checklist into columns; a question that a report's version lacks is not asked there."""
    rows = tuple(report for report in reports if report.checklist == checklist.name)
    columns = {question.name: _column(question, rows) for question in checklist.questions() if question.type != "note"}
    dimensions = {name: factorise([getattr(report, name) for report in rows]) for name in DIMENSIONS}
    return Columns(checklist.name, len(rows), columns, dimensions)
