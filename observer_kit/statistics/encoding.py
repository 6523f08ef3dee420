"""Reports into columns, block by block, one block held at a time."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from operator import itemgetter
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from observer_kit.checklists.model import NOT_APPLICABLE, NOT_OBSERVED, Checklist, Question
from observer_kit.collection.model import Report
from observer_kit.statistics.coding import ABSENT, OPEN, STATE_OF, Answers, Coded, Numbered, code_of, whole
from observer_kit.statistics.columns import DIMENSIONS, MISSING, NUMBERS, OBSERVED_NOT, ONE_OF, PROBLEM, Columns

_BLOCK: Final = 5000


@dataclass(frozen=True, slots=True)
class Block:
    """Some reports: their dimensions by name, their answers, and their places in the order of receipt."""

    dimensions: Mapping[str, Sequence[Any]]
    answers: Sequence[Answers]
    sequence: Sequence[int] = ()


class _Across:
    """Answers turned from one line for each report to one for each question."""

    def __init__(self, questions: Sequence[Question]) -> None:
        self._repeats = [(place, each.name) for place, each in enumerate(questions) if each.repeat]
        self._blank = {each.name: ABSENT for each in questions}
        self._names = [each.name for each in questions]
        self._pick: Callable[[Answers], tuple[Any, ...]] = (
            itemgetter(*self._names) if len(questions) > 1 else lambda each: tuple(each[name] for name in self._names)
        )

    def of(self, answers: Sequence[Answers]) -> list[Sequence[Any]]:
        """Give the answers to each question, `ABSENT` where it was not asked."""
        try:
            picked = [self._pick(each) for each in answers]
        except KeyError:  # somebody was not asked everything
            picked = [self._pick({**self._blank, **each}) for each in answers]
        found: list[Sequence[Any]] = [*zip(*picked, strict=True)] or [()] * len(self._names)
        for place, name in self._repeats:
            found[place] = [_repeated(name, each) for each in answers]
        return found


def build(reports: Iterable[Report], checklist: Checklist, versions: Sequence[Checklist] = ()) -> Columns:
    """Turn the reports of one checklist into columns; a question that a report's version lacks is not asked there."""
    fitting = (report for report in reports if report.checklist == checklist.name)
    return encode(_blocks(fitting), checklist, versions)


def _blocks(reports: Iterable[Report]) -> Iterable[Block]:
    going = iter(reports)
    while some := list(islice(going, _BLOCK)):
        yield Block(
            {name: [getattr(report, name) for report in some] for name in DIMENSIONS},
            [report.answers for report in some],
        )


def encode(
    blocks: Iterable[Block],
    checklist: Checklist,
    versions: Sequence[Checklist] = (),
    *,
    dimensions: Sequence[str] = DIMENSIONS,
    answers: bool = True,
) -> Columns:
    """Turn blocks of reports into columns, holding one block at a time; `versions` are all that were ever asked."""
    versions = tuple(versions) or (checklist,)
    asked = {q.name: Coded(q, _former(q, versions)) for q in checklist.questions() if q.type != "note" and answers}
    earlier = {key: Coded(q, _former(q, versions)) for key, q in _earlier(checklist, versions).items() if answers}
    groups = {name: Numbered() for name in dimensions}
    sequences: list[npt.NDArray[np.int64]] = []
    size = 0
    across = _Across([one.question for one in (*asked.values(), *earlier.values())])
    for block in blocks:
        size += len(block.answers)
        sequences.append(np.array(block.sequence, dtype=np.int64))
        for name, group in groups.items():
            group.add(block.dimensions[name])
        for one, values in zip((*asked.values(), *earlier.values()), across.of(block.answers), strict=True):
            one.add(values)
    sequence = whole(sequences, np.int64)
    return Columns(
        checklist.name,
        size,
        {name: one.column() for name, one in asked.items()},
        {name: group.factor() for name, group in groups.items()},
        {name: one.column() for name, one in earlier.items()},
        versions,
        sequence if len(sequence) == size else None,
    )


def kind_of_answer(question: Question) -> str:
    """Say with which other questions of its name its answers can stand in one column."""
    if question.type in ONE_OF:
        return "one_of"
    return "number" if question.type in NUMBERS else question.type


def _former(question: Question, versions: Iterable[Checklist]) -> list[str]:
    """Name the choices that other versions of this question offer beside its own."""
    if question.type in NUMBERS:
        return []
    found: dict[str, None] = {}
    for version in versions:
        for each in version.questions():
            if each.name == question.name and kind_of_answer(each) == kind_of_answer(question):
                found.update(dict.fromkeys(code for code in each.codes if code not in question.codes))
    return list(found)


def _earlier(checklist: Checklist, versions: Iterable[Checklist]) -> dict[str, Question]:
    """Find what only other versions ask, or ask as another type: the latest of each."""
    now = {question.name: kind_of_answer(question) for question in checklist.questions()}
    found: dict[str, Question] = {}
    for version in versions:
        for each in version.questions():
            if each.type != "note" and now.get(each.name) != kind_of_answer(each):
                found[each.name if each.name not in now else f"{each.name}:{kind_of_answer(each)}"] = each
    return found


def _repeated(name: str, answers: Answers) -> Any:
    """Fold name[0], name[1] … into one value: the sum of the parts that apply, known only when every one of them is."""
    values: list[Any] = []
    while (part := f"{name}[{len(values)}]") in answers:
        values.append(answers[part])
    if not values:
        return answers.get(name, ABSENT)
    states = {code_of(value, STATE_OF.get, OPEN) for value in values}
    for state, value in ((PROBLEM, {"problem": "in_a_part"}), (MISSING, None), (OBSERVED_NOT, NOT_OBSERVED)):
        if state in states:
            return value
    parts = [value for value in values if value != NOT_APPLICABLE]
    if not parts:
        return NOT_APPLICABLE
    return sum(parts) if all(isinstance(value, int | float) for value in parts) else parts[0]
