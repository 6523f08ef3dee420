"""One question's answers into codes: what is read is written down as a small number and let go at once."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import repeat
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from observer_kit.checklists.model import NOT_APPLICABLE, NOT_OBSERVED, Question
from observer_kit.statistics.columns import (
    ANSWERED,
    APPLIES_NOT,
    MISSING,
    NOT_ASKED,
    NUMBERS,
    OBSERVED_NOT,
    ONE_OF,
    PROBLEM,
    Codes,
    Column,
)
from observer_kit.statistics.factors import Factor, numbered

Answers = Mapping[str, Any]
ABSENT: Final = object()
STATE_OF: Final[Mapping[Any, int]] = {
    ABSENT: NOT_ASKED, None: MISSING, "": MISSING, NOT_APPLICABLE: APPLIES_NOT, NOT_OBSERVED: OBSERVED_NOT,
}  # fmt: skip
OPEN: Final = -1
_SHUT: Final = 255
"""The same in one byte: a column of fewer codes is written byte by byte."""
_ANY_ANSWER: Final = bytes([*range(_SHUT), ANSWERED])


@dataclass(slots=True)
class Numbered:
    """Values numbered as they are met."""

    met: dict[Any, int] = field(default_factory=dict)
    pieces: list[npt.NDArray[np.int32]] = field(default_factory=list)

    def add(self, values: Iterable[Any]) -> None:
        """Take in one block's values."""
        met = self.met
        self.pieces.append(np.array([met.setdefault(value, len(met)) for value in values], dtype=np.int32))

    def factor(self) -> Factor[Any]:
        """Give them as a factor, in ascending order."""
        return numbered(self.met, whole(self.pieces, np.int32))


class Coded:
    """One question over all blocks."""

    def __init__(self, question: Question, former: Iterable[str]) -> None:
        self.question = question
        self.former = list(former)
        self.values = Numbered()
        self.pieces: list[npt.NDArray[Any]] = []
        choices = (*question.codes, *self.former) if question.type in ONE_OF else ()
        self.places: dict[Any, int] = {**{code: ANSWERED + n for n, code in enumerate(choices)}, **STATE_OF}
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
            raw = bytes(code_of(value, get, _SHUT) for value in values)
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
        codes = [code_of(value, self.places.get, OPEN) for value in values]
        self._close(values, codes, OPEN)
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
        codes: Codes = whole(self.pieces, np.uint16).astype(np.min_scalar_type(ANSWERED + max(choices - 1, 0)))
        self.pieces.clear()
        held = self.question.type in NUMBERS, self.question.type == "select_multiple"
        factor = self.values.factor() if any(held) else None
        former = tuple(self.former) if self.question.type not in NUMBERS else ()
        return Column(self.question, codes, factor if held[0] else None, factor if held[1] else None, former)


def code_of(value: Any, get: Any, left: int) -> int:
    """Look an answer's code up; one that can't be looked up is a problem, or left to be read."""
    try:
        code: int = get(value, left)
    except TypeError:
        return PROBLEM if isinstance(value, Mapping) else left if value else MISSING
    return code


def _number(value: Any) -> float | None:
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else None


def whole(pieces: Sequence[npt.NDArray[Any]], type: Any) -> npt.NDArray[Any]:
    """Put the pieces of all blocks together."""
    return np.concatenate(pieces) if pieces else np.zeros(0, dtype=type)
