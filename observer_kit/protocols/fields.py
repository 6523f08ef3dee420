"""The fields of many results protocols as columns: what the rules name, and what of it is no number.

A column holds one number for each protocol; two numbers that no protocol can
hold stand for what is blank and what the observer could not see.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from observer_kit.checklists.model import NOT_APPLICABLE, NOT_OBSERVED
from observer_kit.protocols.rules import Rule

Numbers = npt.NDArray[np.int64]
BLANK: Final = -(2**62)
UNSEEN: Final = BLANK + 1
NONE: Final = BLANK
"""No number: of a sum that can't be made."""
_ABSENT: Final = object()
MOST_REPEATS: Final = 500
"""More than a protocol ever has: a judged one has no more members or candidates than the intake takes."""


class Fields:
    """The fields that the rules name; a repeated one as its sum, its number, its blanks and its largest."""

    def __init__(self, rules: tuple[Rule, ...], protocols: Iterable[Mapping[str, Any]]) -> None:
        references = {name for rule in rules if rule.kind != "stated" for name in _references(rule)}
        plain = sorted(name for name in references if not name.endswith("[*]"))
        repeated = sorted(name for name in references if name.endswith("[*]"))
        said = sorted({statement(each)[0] for rule in rules if rule.kind == "stated" for each in rule.left})
        numbers: dict[str, list[int]] = {name: [] for name in plain}
        counted: dict[str, list[tuple[int, int, int, int, int]]] = {name: [] for name in repeated}
        self.words: dict[str, list[str | None]] = {name: [] for name in said}
        asked: list[int] = []
        unreadable: list[int] = []
        fixed = [(name, numbers[name].append) for name in plain]
        groups = [(_Names(name.removesuffix("[*]")), counted[name].append) for name in repeated]
        spoken = [(name, self.words[name].append) for name in said]
        for answers in protocols:
            get = answers.get
            for name, add in fixed:
                value = get(name)
                add(value if type(value) is int else _missing(value))
            for names, keep in groups:
                keep(_group(get, names))
            for name, note in spoken:
                value = get(name)
                note(value if isinstance(value, str) and value not in (NOT_OBSERVED, NOT_APPLICABLE) else None)
            asked.append(len(answers))
            unreadable.append([*map(type, answers.values())].count(dict))
        self.size = len(asked)
        self.asked, self.unreadable = np.array(asked, np.int64), np.array(unreadable, np.int64)
        self._plain = {name: np.array(found, np.int64) for name, found in numbers.items()}
        self._groups = {name: np.array(found, np.int64).reshape(-1, 5) for name, found in counted.items()}

    def total(self, references: Iterable[str]) -> tuple[Numbers, npt.NDArray[np.bool_]]:
        """Add up what the references name, and say where it can be added up."""
        total, known = np.zeros(self.size, np.int64), np.ones(self.size, bool)
        for reference in references:
            name, optional = reference.removesuffix("?"), reference.endswith("?")
            if name.endswith("[*]"):
                group = self._groups[name]
                total += group[:, 0]
                if not optional:
                    known &= (group[:, 1] > 0) & (group[:, 2] == 0)
            else:
                column = self._plain[name]
                there = column > UNSEEN
                total += np.where(there, column, 0)
                if not optional:
                    known &= there
        return total, known

    def filled(self, references: Iterable[str]) -> tuple[Numbers, Numbers, Numbers]:
        """Count what the references name: all of it, what is no number, and what of that was not to be seen."""
        number, blank, unseen = (np.zeros(self.size, np.int64) for _ in range(3))
        for reference in references:
            name = reference.removesuffix("?")
            if name.endswith("[*]"):
                group = self._groups[name]
                number += np.maximum(group[:, 1], 1)
                blank += np.where(group[:, 1] == 0, 1, group[:, 2])
                unseen += group[:, 3]
            else:
                column = self._plain[name]
                number += 1
                blank += column <= UNSEEN
                unseen += column == UNSEEN
        return number, blank, unseen

    def largest(self, references: Iterable[str]) -> tuple[Numbers, npt.NDArray[np.bool_]]:
        """Give the largest of the parts, and say where there are parts and each is a number."""
        largest, number = np.full(self.size, NONE, np.int64), np.zeros(self.size, np.int64)
        known = np.ones(self.size, bool)
        for reference in references:
            name = reference.removesuffix("?")
            if name.endswith("[*]"):
                group = self._groups[name]
                number += group[:, 1]
                known &= group[:, 2] == 0
                largest = np.maximum(largest, group[:, 4])
            else:
                column = self._plain[name]
                number += 1
                known &= column > UNSEEN
                largest = np.maximum(largest, column)
        return largest, known & (number > 0)


def _references(rule: Rule) -> Iterator[str]:
    for reference in (*rule.left, *rule.right, *rule.or_right):
        if reference != "*":
            yield reference.removesuffix("?")


def statement(said: str) -> tuple[str, str, bool]:
    """Take a statement of a "stated" rule apart: the field, the answer, and whether it must be another."""
    name, _, expected = said.replace("!=", "=").partition("=")
    return name, expected, "!=" in said


def _missing(value: Any) -> int:
    return UNSEEN if isinstance(value, str) and value in (NOT_OBSERVED, NOT_APPLICABLE) else BLANK


class _Names(list[str]):
    """The names of a repeated field's answers, made once."""

    def __init__(self, stem: str) -> None:
        super().__init__(f"{stem}[{place}]" for place in range(MOST_REPEATS))


def _group(get: Callable[[str, Any], Any], names: _Names) -> tuple[int, int, int, int, int]:
    """Give a repeated field's sum, number, blanks, those that were not to be seen, and its largest."""
    known, blank, unseen = [], 0, 0
    for name in names:
        value = get(name, _ABSENT)
        if type(value) is int:
            known.append(value)
        elif value is _ABSENT:
            break
        else:
            blank += 1
            unseen += _missing(value) == UNSEEN
    return sum(known), len(known) + blank, blank, unseen, max(known, default=NONE)
