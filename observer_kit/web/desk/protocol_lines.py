"""The lines of the page of protocols: formulas and checks counted over all, and what each protocol breaks."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from observer_kit.collection.model import Report
from observer_kit.protocols import Rule, RuleResult
from observer_kit.protocols.across import Across
from observer_kit.protocols.checks import Check
from observer_kit.protocols.reconcile import BUCKETS, FAIL, NOT_COMPUTABLE, PASS
from observer_kit.protocols.rules import SIDED
from observer_kit.protocols.upward import Finding

SIZES: Final = BUCKETS[1:]
MOST: Final = 200
"""Protocols, rows and results that one page shows; the files hold them all."""


@dataclass(frozen=True, slots=True)
class Protocol:
    """One protocol with the formulas in the state asked for (as a rule: those that do not hold), E before W."""

    report: Report
    place: str
    failing: tuple[RuleResult, ...]


@dataclass(frozen=True, slots=True)
class RuleLine:
    """One formula over all protocols."""

    rule: Rule
    fails: int
    passes: int
    unknown: int
    sizes: tuple[int | None, ...]  # None where a difference is not one of ballots


@dataclass(frozen=True, slots=True)
class CheckLine:
    """One check of several documents, counted; `failing` are its first results that fail."""

    check: Check
    fails: int
    passes: int
    unknown: int
    failing: tuple[Across, ...]
    official: tuple[Finding, ...]


def lines_of(rules: Iterable[Rule], judged: dict[str, list[RuleResult]]) -> list[RuleLine]:
    """Count for each formula the protocols that break it, by size, keep it, or leave it open."""
    states: Counter[tuple[str, str]] = Counter()
    sizes: Counter[tuple[str, str | None]] = Counter()
    for found in judged.values():
        for result in found:
            states[result.rule, result.state] += 1
            if result.state == FAIL:
                sizes[result.rule, result.bucket] += 1
    return [
        RuleLine(
            rule, states[rule.id, FAIL], states[rule.id, PASS], states[rule.id, NOT_COMPUTABLE],
            tuple(sizes[rule.id, size] if rule.kind in SIDED else None for size in SIZES),
        )
        for rule in rules
    ]  # fmt: skip


def is_wanted(result: RuleResult, rule: str | None, size: str | None, state: str = FAIL) -> bool:
    """Tell whether a result is of the rule, size and state asked for."""
    return result.state == state and rule in (None, result.rule) and size in (None, result.bucket)


def lines_of_checks(
    known: Mapping[str, Check], beside: Iterable[Across], official: Iterable[Finding]
) -> list[CheckLine]:
    """Count the checks of several documents; those of official results are of one document against itself."""
    met: dict[str, list[Across]] = {}
    for one in beside:
        met.setdefault(one.rule, []).append(one)
    printed: dict[str, list[Finding]] = {}
    for finding in official:
        printed.setdefault(finding.rule, []).append(finding)
    found = []
    for check in known.values():
        mine, theirs = met.get(check.id, []), printed.get(check.id, [])
        states = Counter([each.state for each in mine] + [each.state for each in theirs])
        found.append(
            CheckLine(
                check, states[FAIL], states[PASS], states[NOT_COMPUTABLE],
                tuple([one for one in mine if one.state == FAIL][:MOST]),
                tuple(one for one in theirs if one.state == FAIL),
            )
        )  # fmt: skip
    return found


def line_of(
    report: Report, found: list[RuleResult], names: dict[str, str], rules: dict[str, Rule], state: str,
    chosen: str | None,
) -> Protocol:  # fmt: skip
    """Give a protocol's line, with the formulas in the state asked for."""
    failing = sorted(
        (each for each in found if each.state == state and (state == FAIL or each.rule == chosen)),
        key=lambda each: rules[each.rule].severity,
    )
    return Protocol(
        report=report,
        place=names.get(report.location or "", report.location or "–"),
        failing=tuple(failing),
    )
