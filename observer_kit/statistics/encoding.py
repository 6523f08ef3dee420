"""Answers into codes, block by block: what is read is written down as a small number and let go at once."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice, repeat
from operator import itemgetter
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from observer_kit.checklists.model import NOT_APPLICABLE, NOT_OBSERVED, Checklist, Question
from observer_kit.collection.model import Report
from observer_kit.statistics.columns import (
    ANSWERED,
    APPLIES_NOT,
    DIMENSIONS,
    MISSING,
    NOT_ASKED,
    NUMBERS,
    OBSERVED_NOT,
    ONE_OF,
    PROBLEM,
    Codes,
    Column,
    Columns,
)
from observer_kit.statistics.factors import Factor, numbered

Answers = Mapping[str, Any]
_ABSENT: Final = object()
_STATE_OF: Final[Mapping[Any, int]] = {
    _ABSENT: NOT_ASKED, None: MISSING, "": MISSING, NOT_APPLICABLE: APPLIES_NOT, NOT_OBSERVED: OBSERVED_NOT,
}  # fmt: skip
_OPEN: Final = -1
_SHUT: Final = 255
"""The same in one byte: a column of fewer codes is written byte by byte."""
_ANY_ANSWER: Final = bytes([*range(_SHUT), ANSWERED])
_BLOCK: Final = 5000


@dataclass(frozen=True, slots=True)
class Block:
    """Some reports: their dimensions by name, their answers, and their places in the order of receipt."""

    dimensions: Mapping[str, Sequence[Any]]
    answers: Sequence[Answers]
    sequence: Sequence[int] = ()


@dataclass(slots=True)
class _Numbered:
    """Values numbered as they are met."""

    met: dict[Any, int] = field(default_factory=dict)
    pieces: list[npt.NDArray[np.int32]] = field(default_factory=list)

    def add(self, values: Iterable[Any]) -> None:
        """Take in one block's values."""
        met = self.met
        self.pieces.append(np.array([met.setdefault(value, len(met)) for value in values], dtype=np.int32))

    def factor(self) -> Factor[Any]:
        """Give them as a factor, in ascending order."""
        return numbered(self.met, _whole(self.pieces, np.int32))


class _Asked:
    """One question over all blocks."""

    def __init__(self, question: Question, former: Iterable[str]) -> None:
        self.question = question
        self.former = list(former)
        self.values = _Numbered()
        self.pieces: list[npt.NDArray[Any]] = []
        choices = (*question.codes, *self.former) if question.type in ONE_OF else ()
        self.places: dict[Any, int] = {**{code: ANSWERED + n for n, code in enumerate(choices)}, **_STATE_OF}
        self._made: dict[tuple[str, ...], tuple[str, ...]] = {}

    def add(self, values: Sequence[Any]) -> None:
        """Take in one block's answers to this question."""
        type, get = self.question.type, self.places.get
        if len(self.places) >= _SHUT or (type in ONE_OF and not self._listed(values)):
            self._add_one_by_one(values)
            return
        try:
            raw = bytes(map(get, values, repeat(_SHUT)))
        except TypeError:  # a problem, or several choices at once
            raw = bytes(_code(value, get, _SHUT) for value in values)
        if type in NUMBERS or type == "select_multiple":
            codes = bytearray(raw)
            self._close(values, codes, _SHUT)
            raw = bytes(codes)
        elif type not in ONE_OF:
            raw = raw.translate(_ANY_ANSWER)
        self.pieces.append(np.frombuffer(raw, dtype=np.uint8))

    def _listed(self, values: Sequence[Any]) -> bool:
        """Tell whether every answer is a state or a known choice: so it is but after a change of the checklist."""
        places = self.places
        try:
            return places.keys() >= set(values)
        except TypeError:
            return False

    def _add_one_by_one(self, values: Sequence[Any]) -> None:
        codes = [_code(value, self.places.get, _OPEN) for value in values]
        self._close(values, codes, _OPEN)
        self.pieces.append(np.array(codes, dtype=np.uint16))

    def _close(self, values: Sequence[Any], codes: list[int] | bytearray, left: int) -> None:
        """Give what is no state and no known choice its code: an answer, or one of another question of this name."""
        type = self.question.type
        if type in ONE_OF or not (type in NUMBERS or type == "select_multiple"):
            for row, code in enumerate(codes):
                if code == left:
                    codes[row] = self._unlisted(values[row]) if type in ONE_OF else ANSWERED
            return
        held: list[Any] = [None] * len(values)
        for row, code in enumerate(codes):
            if code == left:
                held[row] = _number(values[row]) if type in NUMBERS else self._several(values[row])
                codes[row] = NOT_ASKED if held[row] is None else ANSWERED
        self.values.add(held)

    def _several(self, value: Any) -> tuple[str, ...] | None:
        if not isinstance(value, list | tuple):
            return None
        key = tuple(value)
        if key not in self._made:
            self.former += [code for code in key if code not in self.question.codes and code not in self.former]
            offered = (*self.question.codes, *self.former)
            self._made[key] = tuple(code for code in offered if code in key)
        return self._made[key]

    def _unlisted(self, value: Any) -> int:
        """Keep a choice that no known version offers as an answer of its own."""
        if not isinstance(value, str):
            return NOT_ASKED
        self.former.append(value)
        self.places[value] = code = ANSWERED + len(self.question.codes) + len(self.former) - 1
        return code

    def column(self) -> Column:
        """Give the whole column."""
        choices = len(self.question.codes) + len(self.former) if self.question.type in ONE_OF else 0
        codes: Codes = _whole(self.pieces, np.uint16).astype(np.min_scalar_type(ANSWERED + max(choices - 1, 0)))
        self.pieces.clear()
        held = self.question.type in NUMBERS, self.question.type == "select_multiple"
        factor = self.values.factor() if any(held) else None
        former = tuple(self.former) if self.question.type not in NUMBERS else ()
        return Column(self.question, codes, factor if held[0] else None, factor if held[1] else None, former)


class _Across:
    """Answers turned from one line for each report to one for each question."""

    def __init__(self, questions: Sequence[Question]) -> None:
        self._repeats = [(place, each.name) for place, each in enumerate(questions) if each.repeat]
        self._blank = {each.name: _ABSENT for each in questions}
        self._names = [each.name for each in questions]
        self._pick: Callable[[Answers], tuple[Any, ...]] = (
            itemgetter(*self._names) if len(questions) > 1 else lambda each: tuple(each[name] for name in self._names)
        )

    def of(self, answers: Sequence[Answers]) -> list[Sequence[Any]]:
        """Give the answers to each question, `_ABSENT` where it was not asked."""
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
    asked = {q.name: _Asked(q, _former(q, versions)) for q in checklist.questions() if q.type != "note" and answers}
    earlier = {key: _Asked(q, _former(q, versions)) for key, q in _earlier(checklist, versions).items() if answers}
    groups = {name: _Numbered() for name in dimensions}
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
    sequence = _whole(sequences, np.int64)
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


def _code(value: Any, get: Any, left: int) -> int:
    try:
        code: int = get(value, left)
    except TypeError:
        return PROBLEM if isinstance(value, Mapping) else left if value else MISSING
    return code


def _number(value: Any) -> float | None:
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else None


def _repeated(name: str, answers: Answers) -> Any:
    """Fold name[0], name[1] … into one value: the sum of the parts that apply, known only when every one of them is."""
    values: list[Any] = []
    while (part := f"{name}[{len(values)}]") in answers:
        values.append(answers[part])
    if not values:
        return answers.get(name, _ABSENT)
    states = {_code(value, _STATE_OF.get, _OPEN) for value in values}
    for state, value in ((PROBLEM, {"problem": "in_a_part"}), (MISSING, None), (OBSERVED_NOT, NOT_OBSERVED)):
        if state in states:
            return value
    parts = [value for value in values if value != NOT_APPLICABLE]
    if not parts:
        return NOT_APPLICABLE
    return sum(parts) if all(isinstance(value, int | float) for value in parts) else parts[0]


def _whole(pieces: Sequence[npt.NDArray[Any]], type: Any) -> npt.NDArray[Any]:
    return np.concatenate(pieces) if pieces else np.zeros(0, dtype=type)
