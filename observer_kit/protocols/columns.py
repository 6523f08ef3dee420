"""Many results protocols against their rules at once: the same results as `reconcile`, counted on columns."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from observer_kit.protocols.fields import NONE, Fields, Numbers, statement
from observer_kit.protocols.reconcile import FAIL, NOT_COMPUTABLE, PASS, RuleResult, bucket_of
from observer_kit.protocols.rules import Rule, by_kind

STATES: Final = (PASS, FAIL, NOT_COMPUTABLE)
_PASS, _FAIL, _UNKNOWN = range(3)


@dataclass(slots=True)
class Judged:
    """One rule over all protocols: the code of its state, both sides and the signed difference (None as `NONE`)."""

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
            None if column[place] == NONE else int(column[place]) for column in (self.left, self.right, self.difference)
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
                None if left == NONE else left,
                None if right == NONE else right,
                None if difference == NONE else difference,
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
    columns = Fields(rules, protocols)
    judged = {rule.id: _KINDS[rule.kind](rule, columns) for rule in rules}
    return Reconciled(rules, judged, columns.size)


def _sides(rule: Rule, columns: Fields) -> tuple[Numbers, Numbers, npt.NDArray[np.bool_], Judged]:
    left, left_known = columns.total(rule.left)
    right, right_known = columns.total(rule.right)
    known = left_known & right_known
    judged = Judged(
        np.full(columns.size, _UNKNOWN, np.int8),
        np.where(left_known, left, NONE),
        np.where(right_known, right, NONE),
        np.where(known, left - right, NONE),
    )
    return left, right, known, judged


def _equal(rule: Rule, columns: Fields) -> Judged:
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


def _ordered(rule: Rule, columns: Fields) -> Judged:
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


def _shares(rule: Rule, columns: Fields) -> Judged:
    largest, parts_known = columns.largest(rule.left)
    whole, whole_known = columns.total(rule.right)
    known = parts_known & whole_known & (whole != 0)
    none = np.full(columns.size, NONE, np.int64)
    return Judged(
        _state(known, ~(largest > whole * (rule.tolerance or 1))),
        np.where(known, largest, NONE),
        np.where(whole_known, whole, NONE),
        none,
    )


def _filled(rule: Rule, columns: Fields) -> Judged:
    number, missing, unseen = columns.filled(rule.left)
    blank = missing - unseen
    # What the observer could not read says nothing of what the commission wrote.
    unknown = (unseen > 0) & (blank == 0)
    left = np.where(unknown, number - unseen, number - blank)
    return Judged(_state(~unknown, blank == 0), left, number, np.where(unknown, NONE, -blank))


def _stated(rule: Rule, columns: Fields) -> Judged:
    wrong, unknown = np.zeros(columns.size, np.int64), np.zeros(columns.size, np.int64)
    for said in rule.left:
        name, expected, negated = statement(said)
        words = columns.words[name]
        unknown += np.fromiter((word is None for word in words), bool, columns.size)
        wrong += np.fromiter((word is not None and (word == expected) == negated for word in words), bool, columns.size)
    number = np.full(columns.size, len(rule.left), np.int64)
    open = (unknown > 0) & (wrong == 0)
    left = np.where(open, number - unknown, number - wrong)
    return Judged(_state(~open, wrong == 0), left, number, np.where(open, NONE, -wrong))


def _readable(_rule: Rule, columns: Fields) -> Judged:
    wrong = columns.unreadable
    every = np.ones(columns.size, bool)
    return Judged(_state(every, wrong == 0), columns.asked - wrong, columns.asked, -wrong)


def _state(known: npt.NDArray[np.bool_], holds: npt.NDArray[np.bool_]) -> npt.NDArray[np.int8]:
    return np.where(known, np.where(holds, _PASS, _FAIL), _UNKNOWN).astype(np.int8)


_KINDS: Final = by_kind(_equal, _ordered, _shares, _filled, _stated, _readable)
