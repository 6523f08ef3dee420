"""A checklist's rules, compiled once per version, and the names that its questions may have in a payload."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from observer_kit.checklists.expressions import Expression, compile_expression
from observer_kit.checklists.model import NOT_APPLICABLE, NOT_OBSERVED, Checklist, Question
from observer_kit.collection.values import Check, check_of

MOST_REPEATS: Final = 500
_INDEXED: Final = re.compile(r"([A-Za-z][A-Za-z0-9_]*)\[(0|[1-9][0-9]{0,3})\]")
"""One way to write an index: `name[7]`, never `name[07]` or with other digits."""


@dataclass(frozen=True, slots=True)
class CompiledRule:
    """One question's rule: how its answer is read, what stands for no answer, when it is asked, what it must fulfil."""

    question: Question
    check: Check
    allowed: frozenset[str]
    relevant: Expression | None
    constraint: Expression | None


@dataclass(frozen=True, slots=True)
class Judge:
    """A checklist's rules, compiled."""

    checklist: Checklist
    rules: tuple[CompiledRule, ...]
    names: frozenset[str]
    used: Mapping[str, str]  # questions that some expression looks at, with their types


_JUDGES: Final[dict[str, Judge]] = {}
_MOST_JUDGES: Final = 256


def judge_of(checklist: Checklist) -> Judge:
    """Compile a checklist's rules, once per version; raises ExpressionInvalid."""
    if checklist.version not in _JUDGES:
        if len(_JUDGES) >= _MOST_JUDGES:
            _JUDGES.clear()
        _JUDGES[checklist.version] = _compile(checklist)
    return _JUDGES[checklist.version]


def _compile(checklist: Checklist) -> Judge:
    types = {q.name: q.type for q in checklist.questions()}
    codes = {q.name: q.codes for q in checklist.questions() if q.codes}
    rules, used = [], dict[str, str]()
    for question in checklist.questions():
        if question.type == "note":
            continue
        place = f"{checklist.name}, {question.name}"
        relevant = compile_expression(question.relevant, types, place, codes=codes) if question.relevant else None
        constraint = (
            compile_expression(
                question.constraint,
                types,
                place,
                self_type=question.type,
                codes={**codes, ".": question.codes} if question.codes else codes,
            )
            if question.constraint
            else None
        )
        for expression in (relevant, constraint):
            if expression is not None:
                used |= expression.uses
        offered = [NOT_APPLICABLE] * question.not_applicable + [NOT_OBSERVED] * question.not_observed
        rules.append(CompiledRule(question, check_of(question), frozenset(offered), relevant, constraint))
    return Judge(checklist, tuple(rules), frozenset(rule.question.name for rule in rules), used)


def belongs(name: str, compiled: Judge) -> bool:
    """Tell whether a name belongs to a question, asked or hidden."""
    if name in compiled.names:
        return not compiled.checklist.question(name).repeat
    matched = _INDEXED.fullmatch(name)
    if not matched or matched[1] not in compiled.names:
        return False
    question = compiled.checklist.question(matched[1])
    most = len(question.choices) if question.repeat and question.choices else MOST_REPEATS
    return bool(question.repeat) and int(matched[2]) < most


def repeats_of(given: Mapping[str, Any]) -> dict[str, int]:
    """Count the repeats of each indexed name: one more than its highest index."""
    found: dict[str, int] = {}
    for name in given:
        if name[-1:] == "]" and (matched := _INDEXED.fullmatch(name)):
            found[matched[1]] = min(max(found.get(matched[1], 0), int(matched[2]) + 1), MOST_REPEATS)
    return found


def parts_of(question: Question, count: int) -> tuple[str, ...]:
    """Name the parts of a question that repeats: its choices, or as many as were given and one at least."""
    if question.repeat and question.choices:
        count = len(question.choices)
    return tuple(f"{question.name}[{index}]" for index in range(max(count, 1)))
