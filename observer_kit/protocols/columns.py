"""Many results protocols against their rules at once: the same results as `reconcile`, counted on columns.

A column holds one number for each protocol; two numbers that no protocol can
hold stand for what is blank and what the observer could not see.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from observer_kit.checklists.model import NOT_APPLICABLE, NOT_OBSERVED
from observer_kit.protocols.reconcile import FAIL, NOT_COMPUTABLE, PASS, RuleResult, bucket_of
from observer_kit.protocols.rules import Rule

Numbers = npt.NDArray[np.int64]
STATES: Final = (PASS, FAIL, NOT_COMPUTABLE)
_PASS, _FAIL, _UNKNOWN = range(3)
_BLANK: Final = -(2**62)
_UNSEEN: Final = _BLANK + 1
_NONE: Final = _BLANK
_ABSENT: Final = object()
MOST_REPEATS: Final = 500
"""More than a protocol ever has: a judged one has no more members or candidates than the intake takes."""


@dataclass(slots=True)
class Judged:
    """One rule over all protocols: the code of its state, both sides and the signed difference (None as `_NONE`)."""

    state: npt.NDArray[np.int8]
    left: Numbers
    right: Numbers
    difference: Numbers

    def count(self, state: str, among: npt.NDArray[np.bool_] | None = None) -> int:
        """Count the protocols in this state."""
        found = self.state == STATES.index(state)
        return int(np.count_nonzero(found if among is None else found & among))

    def result(self, rule: str, place: int) -> RuleResult:
        """Give one protocol's result."""
        left, right, difference = (
            None if column[place] == _NONE else int(column[place])
            for column in (self.left, self.right, self.difference)
        )
        return RuleResult(rule, STATES[self.state[place]], left, right, difference)


class Reconciled:
    """Every rule of every protocol, in the order in which they were handed over."""

    def __init__(self, rules: Iterable[Rule], judged: Mapping[str, Judged], size: int) -> None:
        self.rules = tuple(rules)
        self.judged = judged
        self.size = size

    def of(self, place: int) -> list[RuleResult]:
        """Give one protocol's results, as `reconcile` does."""
        return [self.judged[rule.id].result(rule.id, place) for rule in self.rules]

    def all(self) -> Iterator[list[RuleResult]]:
        """Give every protocol's results in turn."""
        columns = [self._results(rule.id) for rule in self.rules]
        return map(list, zip(*columns, strict=True)) if columns else iter([[] for _ in range(self.size)])

    def _results(self, rule: str) -> Iterator[RuleResult]:
        judged = self.judged[rule]
        sides = (column.tolist() for column in (judged.state, judged.left, judged.right, judged.difference))
        for state, left, right, difference in zip(*sides, strict=True):
            yield RuleResult(
                rule,
                STATES[state],
                None if left == _NONE else left,
                None if right == _NONE else right,
                None if difference == _NONE else difference,
            )

    def failing(self) -> npt.NDArray[np.bool_]:
        """Say of each protocol whether any rule fails."""
        found = np.zeros(self.size, bool)
        for each in self.judged.values():
            found |= each.state == _FAIL
        return found

    def in_state(self, rule: str, state: str) -> npt.NDArray[np.int64]:
        """Give the places of the protocols of which a rule says this."""
        return np.flatnonzero(self.judged[rule].state == STATES.index(state))

    def buckets(self, rule: str, among: npt.NDArray[np.bool_] | None = None) -> dict[str, int]:
        """Count the failing protocols by the size of their difference."""
        judged = self.judged[rule]
        chosen = judged.state == _FAIL
        found: dict[str, int] = {}
        for place in np.flatnonzero(chosen if among is None else chosen & among):
            one = judged.result(rule, int(place))
            if (name := bucket_of(one.left, one.right, one.difference)) is not None:
                found[name] = found.get(name, 0) + 1
        return found


def reconcile_all(protocols: Iterable[Mapping[str, Any]], rules: Iterable[Rule]) -> Reconciled:
    """Hold the judged answers of many protocols against every rule."""
    rules = tuple(rules)
    columns = _Columns(rules, protocols)
    judged = {rule.id: _KINDS[rule.kind](rule, columns) for rule in rules}
    return Reconciled(rules, judged, columns.size)


class _Columns:
    """The fields that the rules name; a repeated one as its sum, its number, its blanks and its largest."""

    def __init__(self, rules: tuple[Rule, ...], protocols: Iterable[Mapping[str, Any]]) -> None:
        references = {name for rule in rules if rule.kind != "stated" for name in _references(rule)}
        plain = sorted(name for name in references if not name.endswith("[*]"))
        repeated = sorted(name for name in references if name.endswith("[*]"))
        said = sorted({_statement(each)[0] for rule in rules if rule.kind == "stated" for each in rule.left})
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
                there = column > _UNSEEN
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
                blank += column <= _UNSEEN
                unseen += column == _UNSEEN
        return number, blank, unseen

    def largest(self, references: Iterable[str]) -> tuple[Numbers, npt.NDArray[np.bool_]]:
        """Give the largest of the parts, and say where there are parts and each is a number."""
        largest, number = np.full(self.size, _NONE, np.int64), np.zeros(self.size, np.int64)
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
                known &= column > _UNSEEN
                largest = np.maximum(largest, column)
        return largest, known & (number > 0)


def _references(rule: Rule) -> Iterator[str]:
    for reference in (*rule.left, *rule.right, *rule.or_right):
        if reference != "*":
            yield reference.removesuffix("?")


def _statement(said: str) -> tuple[str, str, bool]:
    name, _, expected = said.replace("!=", "=").partition("=")
    return name, expected, "!=" in said


def _missing(value: Any) -> int:
    return _UNSEEN if isinstance(value, str) and value in (NOT_OBSERVED, NOT_APPLICABLE) else _BLANK


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
            unseen += _missing(value) == _UNSEEN
    return sum(known), len(known) + blank, blank, unseen, max(known, default=_NONE)


def _sides(rule: Rule, columns: _Columns) -> tuple[Numbers, Numbers, npt.NDArray[np.bool_], Judged]:
    left, left_known = columns.total(rule.left)
    right, right_known = columns.total(rule.right)
    known = left_known & right_known
    judged = Judged(
        np.full(columns.size, _UNKNOWN, np.int8),
        np.where(left_known, left, _NONE),
        np.where(right_known, right, _NONE),
        np.where(known, left - right, _NONE),
    )
    return left, right, known, judged


def _equal(rule: Rule, columns: _Columns) -> Judged:
    left, right, known, judged = _sides(rule, columns)
    if rule.or_right:
        other, other_known = columns.total(rule.or_right)
        as_good = known & other_known & (other == left)
        right = np.where(as_good, other, right)
        judged.right = np.where(as_good, other, judged.right)
        judged.difference = np.where(as_good, 0, judged.difference)
    holds = np.abs(left - right) <= _slack(rule, right)
    judged.state = _state(known, holds)
    return judged


def _ordered(rule: Rule, columns: _Columns) -> Judged:
    left, right, known, judged = _sides(rule, columns)
    holds = {
        "at_most": left - right <= _slack(rule, right),
        "below": (left < right) | (right == 0),
        "near": np.abs(left - right) <= right * (rule.tolerance or 0),
    }[rule.kind]
    judged.state = _state(known, holds)
    return judged


def _slack(rule: Rule, right: Numbers) -> npt.NDArray[np.float64]:
    return np.maximum(float(rule.ballots), np.abs(right) * (rule.tolerance or 0.0))


def _shares(rule: Rule, columns: _Columns) -> Judged:
    largest, parts_known = columns.largest(rule.left)
    whole, whole_known = columns.total(rule.right)
    known = parts_known & whole_known & (whole != 0)
    none = np.full(columns.size, _NONE, np.int64)
    return Judged(
        _state(known, ~(largest > whole * (rule.tolerance or 1))),
        np.where(known, largest, _NONE),
        np.where(whole_known, whole, _NONE),
        none,
    )


def _filled(rule: Rule, columns: _Columns) -> Judged:
    number, missing, unseen = columns.filled(rule.left)
    blank = missing - unseen
    # What the observer could not read says nothing of what the commission wrote.
    unknown = (unseen > 0) & (blank == 0)
    left = np.where(unknown, number - unseen, number - blank)
    return Judged(_state(~unknown, blank == 0), left, number, np.where(unknown, _NONE, -blank))


def _stated(rule: Rule, columns: _Columns) -> Judged:
    wrong, unknown = np.zeros(columns.size, np.int64), np.zeros(columns.size, np.int64)
    for said in rule.left:
        name, expected, negated = _statement(said)
        words = columns.words[name]
        unknown += np.fromiter((word is None for word in words), bool, columns.size)
        wrong += np.fromiter((word is not None and (word == expected) == negated for word in words), bool, columns.size)
    number = np.full(columns.size, len(rule.left), np.int64)
    open = (unknown > 0) & (wrong == 0)
    left = np.where(open, number - unknown, number - wrong)
    return Judged(_state(~open, wrong == 0), left, number, np.where(open, _NONE, -wrong))


def _readable(_rule: Rule, columns: _Columns) -> Judged:
    wrong = columns.unreadable
    every = np.ones(columns.size, bool)
    return Judged(_state(every, wrong == 0), columns.asked - wrong, columns.asked, -wrong)


def _state(known: npt.NDArray[np.bool_], holds: npt.NDArray[np.bool_]) -> npt.NDArray[np.int8]:
    return np.where(known, np.where(holds, _PASS, _FAIL), _UNKNOWN).astype(np.int8)


_KINDS: Final = {
    "equal": _equal,
    "at_most": _ordered,
    "below": _ordered,
    "near": _ordered,
    "shares": _shares,
    "filled": _filled,
    "stated": _stated,
    "readable": _readable,
}
