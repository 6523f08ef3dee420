"""Answers into codes, block by block: what is read is written down as a small number and let go at once."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
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
        self.pieces: list[npt.NDArray[np.uint16]] = []
        choices = (*question.codes, *self.former) if question.type in ONE_OF else ()
        self.places: dict[Any, int] = {**{code: ANSWERED + n for n, code in enumerate(choices)}, **_STATE_OF}
        self._made: dict[tuple[str, ...], tuple[str, ...]] = {}

    def add(self, answers: Sequence[Answers]) -> None:
        """Take in one block's answers."""
        name, get = self.question.name, self.places.get
        if self.question.repeat:
            values = [_repeated(name, each) for each in answers]
        else:
            values = [each.get(name, _ABSENT) for each in answers]
        try:
            codes = [get(value, _OPEN) for value in values]
        except TypeError:  # a problem, or several choices at once
            codes = [_code(value, get) for value in values]
        if _OPEN in codes or self.question.type in NUMBERS or self.question.type == "select_multiple":
            self._close(values, codes)
        self.pieces.append(np.array(codes, dtype=np.uint16))

    def _close(self, values: list[Any], codes: list[int]) -> None:
        """Give what is no state and no known choice its code: an answer, or one of another question of this name."""
        type = self.question.type
        if type in NUMBERS:
            held: list[Any] = [None] * len(values)
            for row, code in enumerate(codes):
                if code == _OPEN:
                    value = values[row]
                    if isinstance(value, int | float) and not isinstance(value, bool):
                        codes[row], held[row] = ANSWERED, float(value)
                    else:
                        codes[row] = NOT_ASKED
            self.values.add(held)
        elif type == "select_multiple":
            held = [None] * len(values)
            for row, code in enumerate(codes):
                if code == _OPEN:
                    made = self._several(values[row])
                    codes[row], held[row] = (NOT_ASKED if made is None else ANSWERED), made
            self.values.add(held)
        elif type in ONE_OF:
            for row, code in enumerate(codes):
                if code == _OPEN:
                    codes[row] = self._unlisted(values[row])
        else:
            codes[:] = [ANSWERED if code == _OPEN else code for code in codes]

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
    for block in blocks:
        size += len(block.answers)
        sequences.append(np.array(block.sequence, dtype=np.int64))
        for name, group in groups.items():
            group.add(block.dimensions[name])
        for one in (*asked.values(), *earlier.values()):
            one.add(block.answers)
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


def _code(value: Any, get: Any) -> int:
    try:
        code: int = get(value, _OPEN)
    except TypeError:
        return PROBLEM if isinstance(value, Mapping) else _OPEN if value else MISSING
    return code


def _repeated(name: str, answers: Answers) -> Any:
    """Fold name[0], name[1] … into one value: the sum of the parts that apply, known only when every one of them is."""
    values: list[Any] = []
    while (part := f"{name}[{len(values)}]") in answers:
        values.append(answers[part])
    if not values:
        return answers.get(name, _ABSENT)
    states = {_code(value, _STATE_OF.get) for value in values}
    for state, value in ((PROBLEM, {"problem": "in_a_part"}), (MISSING, None), (OBSERVED_NOT, NOT_OBSERVED)):
        if state in states:
            return value
    parts = [value for value in values if value != NOT_APPLICABLE]
    if not parts:
        return NOT_APPLICABLE
    return sum(parts) if all(isinstance(value, int | float) for value in parts) else parts[0]


def _whole(pieces: Sequence[npt.NDArray[Any]], type: Any) -> npt.NDArray[Any]:
    return np.concatenate(pieces) if pieces else np.zeros(0, dtype=type)
