"""A results protocol held against its rules. Nothing is corrected, and a blank is never a zero."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from observer_kit.checklists.model import NOT_APPLICABLE, NOT_OBSERVED
from observer_kit.protocols.rules import Rule, by_kind, load_rules

PASS, FAIL, NOT_COMPUTABLE = "pass", "fail", "not_computable"
BUCKETS: Final = ("0", "1-5", "6-20", "over_20")


@dataclass(frozen=True, slots=True)
class RuleResult:
    """What one rule says of one protocol: pass, fail with its signed difference (left - right), or not_computable."""

    rule: str
    state: str
    left: int | None = None
    right: int | None = None
    difference: int | None = None

    @property
    def bucket(self) -> str | None:
        """Name the size of a difference: 0, 1-5, 6-20, over_20 ballots (or over 1 % of them)."""
        return bucket_of(self.left, self.right, self.difference)


def bucket_of(left: int | None, right: int | None, difference: int | None) -> str | None:
    """Name the size of a difference; None where there is none to be had."""
    if difference is None:
        return None
    size = abs(difference)
    if size == 0:
        return BUCKETS[0]
    if size > 20 or (right and size * 100 > max(left or 0, right)):
        return BUCKETS[3]
    return BUCKETS[1] if size <= 5 else BUCKETS[2]


def values_of(answers: Mapping[str, Any], reference: str) -> list[int | None]:
    """Give the numbers a reference names, None for each that is blank, unreadable or unobserved."""
    return [_number(answers.get(name)) for name in _names(answers, reference)]


def _names(answers: Mapping[str, Any], reference: str) -> list[str]:
    name = reference.removesuffix("?")
    if not name.endswith("[*]"):
        return [name]
    name = name.removesuffix("[*]")
    names: list[str] = []
    while f"{name}[{len(names)}]" in answers:
        names.append(f"{name}[{len(names)}]")
    return names


def _number(value: Any) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def _sum(answers: Mapping[str, Any], references: Iterable[str]) -> int | None:
    total = 0
    for reference in references:
        values = values_of(answers, reference)
        if reference.endswith("?"):
            values = [value for value in values if value is not None]
        elif not values or None in values:
            return None
        total += sum(value for value in values if value is not None)
    return total


def _equal(rule: Rule, answers: Mapping[str, Any]) -> RuleResult:
    left, right = _sum(answers, rule.left), _sum(answers, rule.right)
    if left is None or right is None:
        return RuleResult(rule.id, NOT_COMPUTABLE, left, right)
    other = _sum(answers, rule.or_right) if rule.or_right else None
    if other == left:
        right = other
    holds = abs(left - right) <= slack(rule, right)
    return RuleResult(rule.id, PASS if holds else FAIL, left, right, left - right)


def slack(rule: Rule, right: int) -> float:
    """Give by how much the sides may differ: the mission's ballots, or its share of the right side if that is more."""
    return max(rule.ballots, abs(right) * (rule.tolerance or 0))


def _ordered(rule: Rule, answers: Mapping[str, Any]) -> RuleResult:
    left, right = _sum(answers, rule.left), _sum(answers, rule.right)
    if left is None or right is None:
        return RuleResult(rule.id, NOT_COMPUTABLE, left, right)
    holds = {
        "at_most": left - right <= slack(rule, right),
        "below": left < right or right == 0,
        "near": abs(left - right) <= right * (rule.tolerance or 0),
    }[rule.kind]
    return RuleResult(rule.id, PASS if holds else FAIL, left, right, left - right)


def _shares(rule: Rule, answers: Mapping[str, Any]) -> RuleResult:
    parts = [value for reference in rule.left for value in values_of(answers, reference)]
    whole = _sum(answers, rule.right)
    known = [value for value in parts if value is not None]
    if not parts or len(known) < len(parts) or not whole:
        return RuleResult(rule.id, NOT_COMPUTABLE, None, whole)
    largest = max(known)
    return RuleResult(rule.id, FAIL if largest > whole * (rule.tolerance or 1) else PASS, largest, whole)


def _filled(rule: Rule, answers: Mapping[str, Any]) -> RuleResult:
    values = [value for reference in rule.left for value in (values_of(answers, reference) or [None])]
    names = [name for reference in rule.left for name in _names(answers, reference)]
    unseen = sum(answers.get(name) in (NOT_OBSERVED, NOT_APPLICABLE) for name in names)
    blank = values.count(None) - unseen
    if unseen and not blank:  # what the observer could not read says nothing of what the commission wrote
        return RuleResult(rule.id, NOT_COMPUTABLE, len(values) - unseen, len(values))
    return RuleResult(rule.id, FAIL if blank else PASS, len(values) - blank, len(values), -blank)


def _stated(rule: Rule, answers: Mapping[str, Any]) -> RuleResult:
    wrong = unknown = 0
    for statement in rule.left:
        name, _, expected = statement.replace("!=", "=").partition("=")
        given = answers.get(name)
        if not isinstance(given, str) or given in (NOT_OBSERVED, NOT_APPLICABLE):
            unknown += 1
        elif (given == expected) == ("!=" in statement):
            wrong += 1
    right = len(rule.left)
    if unknown and not wrong:
        return RuleResult(rule.id, NOT_COMPUTABLE, right - unknown, right)
    return RuleResult(rule.id, FAIL if wrong else PASS, right - wrong, right, -wrong)


def _readable(rule: Rule, answers: Mapping[str, Any]) -> RuleResult:
    unreadable = sum(isinstance(value, Mapping) for value in answers.values())
    return RuleResult(rule.id, FAIL if unreadable else PASS, len(answers) - unreadable, len(answers), -unreadable)


_KINDS: Final = by_kind(_equal, _ordered, _shares, _filled, _stated, _readable)


def reconcile(answers: Mapping[str, Any], event: str, rules: Iterable[Rule] | None = None) -> list[RuleResult]:
    """Hold a protocol's judged answers against every rule of its kind of event."""
    return [_KINDS[rule.kind](rule, answers) for rule in (rules if rules is not None else load_rules(event))]
