"""Answers as columns: one small code per report and question, so that any filter costs the same.

The states of an answer come first and are the same in every column; the
choices follow in the checklist's order. Nothing is ever guessed from a blank.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from observer_kit.checklists.model import NOT_APPLICABLE, NOT_OBSERVED, Checklist, Question
from observer_kit.collection.model import Report

NOT_ASKED: Final = 0
MISSING: Final = 1
APPLIES_NOT: Final = 2
OBSERVED_NOT: Final = 3
PROBLEM: Final = 4
ANSWERED: Final = 5  # and above: the choices; numbers and texts have this one code
STATES: Final = ("not_asked", "missing", "not_applicable", "not_observed", "problems")

DIMENSIONS: Final = ("region", "setting", "special", "team", "hour", "review", "kind", "location")

Codes = npt.NDArray[np.uint8]
Mask = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Column:
    """One question's answers: `codes` per report, and beside them numbers or, for several choices, a mask of each."""

    question: Question
    codes: Codes
    numbers: npt.NDArray[np.float64] | None = None
    several: Mapping[str, Mask] | None = None


@dataclass(frozen=True, slots=True)
class Columns:
    """All reports of one checklist, column by column."""

    checklist: str
    reports: tuple[Report, ...]
    columns: Mapping[str, Column]
    dimensions: Mapping[str, npt.NDArray[np.object_]]

    def select(self, where: Mapping[str, Any]) -> Mask:
        """Mark the reports whose dimensions have these values; raises KeyError for an unknown dimension."""
        mask = np.ones(len(self.reports), dtype=bool)
        for name, value in where.items():
            mask &= self.dimensions[name] == value
        return mask


def _state(value: Any) -> int | None:
    if value is None or value == "" or value == []:
        return MISSING
    if isinstance(value, Mapping):
        return PROBLEM
    if value == NOT_APPLICABLE:
        return APPLIES_NOT
    if value == NOT_OBSERVED:
        return OBSERVED_NOT
    return None


def _repeated(question: Question, answers: Mapping[str, Any]) -> Any:
    """Fold name[0], name[1] … into one value: the sum of what is filled, missing when any is blank."""
    values: list[Any] = []
    while (name := f"{question.name}[{len(values)}]") in answers:
        values.append(answers[name])
    if not values:
        return answers.get(question.name, _ABSENT)
    states = {_state(value) for value in values}
    for state, value in ((PROBLEM, {"problem": "in_a_part"}), (MISSING, None)):
        if state in states:
            return value
    numbers = [value for value in values if isinstance(value, int | float)]
    return sum(numbers) if len(numbers) == len(values) else values[0]


_ABSENT: Final = object()


def _column(question: Question, reports: Sequence[Report]) -> Column:
    places = {code: ANSWERED + index for index, code in enumerate(question.codes)}
    codes = np.zeros(len(reports), dtype=np.uint8)
    numeric = question.type in ("integer", "decimal")
    numbers = np.full(len(reports), np.nan) if numeric else None
    several = (
        {code: np.zeros(len(reports), dtype=bool) for code in question.codes}
        if question.type == "select_multiple"
        else None
    )
    for row, report in enumerate(reports):
        answers = report.answers
        value = _repeated(question, answers) if question.repeat else answers.get(question.name, _ABSENT)
        if value is _ABSENT:
            continue
        state = _state(value)
        if state is not None:
            codes[row] = state
        elif several is not None:
            codes[row] = ANSWERED
            for code in value:
                if code in several:
                    several[code][row] = True
        elif numbers is not None:
            codes[row] = ANSWERED
            numbers[row] = value
        else:
            # A choice that this version no longer has is still an answer of the version that asked it.
            codes[row] = places.get(value, ANSWERED + len(places))
    return Column(question, codes, numbers, several)


def build(reports: Iterable[Report], checklist: Checklist) -> Columns:
    """Turn the reports of one checklist into columns; a question that a report's version lacks is not asked there."""
    rows = tuple(report for report in reports if report.checklist == checklist.name)
    columns = {question.name: _column(question, rows) for question in checklist.questions() if question.type != "note"}
    dimensions = {name: np.array([getattr(report, name) for report in rows], dtype=object) for name in DIMENSIONS}
    return Columns(checklist.name, rows, columns, dimensions)
