"""Evidence → rows that name no one: enough to count the figures again, and not one answer more.

One row for each submission, in the order of the rows' own content, so that the
order tells nothing of place or time. Only the questions that figures count,
only as codes, and only the dimensions that figures filter by. No station, team,
time, text or number stands in a row: how many voters a list held would name the
station.

A row is no report: each question's answers are put in order by themselves,
within the groups that its own figures are filtered by. Nearly every report of a
long checklist is the only one of its kind; whoever knew two answers of a
station (one stands in a footnote) would read the others beside them.

A group of fewer than the mission's small cell loses its dimension, and a
checklist with fewer rows than that is left out whole.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from observer_kit.checklists.model import NOT_APPLICABLE, NOT_OBSERVED, Question
from observer_kit.statements.figures import Evidence
from observer_kit.statements.model import Definition
from observer_kit.statistics.columns import ONE_OF

FORMAT: Final = "observer-kit de-identified snapshot, 1"
DIMENSIONS: Final = ("kind", "special", "setting", "region")
"""In the order in which they are given up where a group of several is too small."""
WITHHELD: Final = "*"
_CODED: Final = (*ONE_OF, "select_multiple")
UNREADABLE: Final = "!"
_ANOTHER: Final = "+"
"""An answer that no version known here offers: counted, and not written out, for it may be anyone's words."""

Rows = list[list[Any]]


def can_be_counted(definition: Definition, evidence: Evidence) -> bool:
    """Tell whether rows of codes are enough for this figure."""
    if definition.measure == "rule":
        names = (definition.checklist or "").split("+")
        return all(name in evidence.checklists for name in names) and set(definition.where) <= set(DIMENSIONS)
    if definition.measure not in ("answers", "reports") or not set(definition.where) <= set(DIMENSIONS):
        return False
    if definition.measure == "reports":
        return True
    checklist = evidence.checklists.get(definition.checklist or "")
    asked = {question.name: question for question in checklist.questions()} if checklist else {}
    question = asked.get(definition.question or "")
    return question is not None and question.type in _CODED


def written(definitions: Iterable[Definition], evidence: Evidence, small_cell: int, about: Mapping[str, Any]) -> bytes:
    """Write the rows as JSON, the same each time: keys and rows in order."""
    wanted = [each for each in definitions if can_be_counted(each, evidence)]
    names = sorted({name for each in wanted for name in (each.checklist or "").split("+") if name})
    parts = {
        name: _checklist(name, wanted, evidence, small_cell)
        for name in names
        if name in evidence.checklists and evidence.reports.get(name)
    }
    document = {"format": FORMAT, **about, "small_cell": small_cell, "withheld_mark": WITHHELD, "checklists": parts}
    return (json.dumps(document, ensure_ascii=False, sort_keys=True, separators=(",", ":")) + "\n").encode()


def _checklist(name: str, wanted: Sequence[Definition], evidence: Evidence, small_cell: int) -> dict[str, Any]:
    mine = [each for each in wanted if name in (each.checklist or "").split("+")]
    checklist = evidence.checklists[name]
    asked = {question.name: question for question in checklist.questions()}
    questions = sorted({each.question for each in mine if each.measure == "answers" and each.question in asked})
    rules = sorted(
        {rule for each in mine if each.measure == "rule" for rule in (each.question, each.within) if rule is not None}
    )
    dimensions = [each for each in DIMENSIONS if any(each in definition.where for definition in mine)]
    reports = evidence.reports[name]
    described = {
        "stage": checklist.stage,
        "event": checklist.event,
        "reports": len(reports),
        "dimensions": dimensions,
        "questions": [{"name": each, "type": asked[each].type, "codes": list(asked[each].codes)} for each in questions],
        "rules": rules,
    }
    if len(reports) < small_cell:
        return {**described, "withheld": {"rows": len(reports)}, "rows": []}
    keys = [[getattr(report, each) for each in dimensions] for report in reports]
    given_up = _withhold(keys, dimensions, small_cell)
    order = sorted(range(len(keys)), key=lambda row: json.dumps(keys[row]))
    columns = [
        _apart(
            [_code(report.answers, asked[question], mine) for report in reports],
            _groups(keys, dimensions, (each for each in mine if each.question == question)),
            order,
        )
        for question in questions
    ]
    states = [[evidence.rules.get(report.id, {}).get(rule, "not_computable") for rule in rules] for report in reports]
    failed = _apart(states, _groups(keys, dimensions, (each for each in mine if each.measure == "rule")), order)
    rows = [[*keys[row], *answers, *rest] for row, rest, *answers in zip(order, failed, *columns, strict=True)]
    return {**described, "withheld": given_up, "rows": sorted(rows, key=json.dumps)}


def _groups(keys: Rows, dimensions: Sequence[str], figures: Iterable[Definition]) -> list[tuple[Any, ...]]:
    """Give each row the group in which these figures must find its answer: what they filter by, and no more."""
    wanted = {name for each in figures for name in each.where}
    places = [place for place, name in enumerate(dimensions) if name in wanted]
    return [tuple(row[place] for place in places) for row in keys]


def _apart(answers: Sequence[Any], groups: Sequence[tuple[Any, ...]], order: Sequence[int]) -> list[Any]:
    """Hand the answers of each group out anew, sorted, to its rows in this order, which tells nothing of reports."""
    kept: dict[tuple[Any, ...], list[Any]] = {}
    for group, answer in zip(groups, answers, strict=True):
        kept.setdefault(group, []).append(answer)
    following = {group: iter(sorted(found, key=json.dumps)) for group, found in kept.items()}
    return [next(following[groups[row]]) for row in order]


def _withhold(keys: Rows, dimensions: Sequence[str], small_cell: int) -> dict[str, int]:
    """Take the dimension from groups that are too small; gives how many rows lost each.

    What is taken makes a group of its own, and if that is too small the next
    smallest joins it, of the same place in the other dimensions: else it could
    be told by what is left.
    """
    for place in range(len(dimensions)):
        _hide(keys, [place], small_cell, [(row[place],) for row in keys], [()] * len(keys))
    for place in range(len(dimensions) - 1):
        rest = [tuple(row[place + 1 :]) for row in keys]
        _hide(keys, range(place + 1), small_cell, [tuple(row[place:]) for row in keys], rest)
    lost = {name: sum(row[place] == WITHHELD for row in keys) for place, name in enumerate(dimensions)}
    return {name: count for name, count in sorted(lost.items()) if count}


def _hide(
    keys: Rows,
    places: Sequence[int],
    small_cell: int,
    groups: Sequence[tuple[Any, ...]],
    within: Sequence[tuple[Any, ...]],
) -> None:
    """Withhold these places of the rows whose group is too small, and of more in the same `within` to hide them."""
    sizes = Counter(groups)
    met: dict[tuple[Any, ...], set[tuple[Any, ...]]] = {}
    for group, whole in zip(groups, within, strict=True):
        met.setdefault(whole, set()).add(group)
    taken: set[tuple[Any, ...]] = set()
    for found in met.values():
        by_size = sorted(found, key=lambda group: (sizes[group], json.dumps(group)))
        small = [group for group in by_size if sizes[group] < small_cell or WITHHELD in group[:1]]
        if sum(sizes[group] for group in small) < small_cell:
            small += [group for group in by_size if group not in small][:1] if small else []
        taken.update(small)
    for row, group in zip(keys, groups, strict=True):
        if group in taken:
            for place in places:
                row[place] = WITHHELD


def _code(answers: Mapping[str, Any], question: Question, figures: Iterable[Definition]) -> Any:
    """Write one answer: its code or codes; "" left blank, "!" unreadable, "+" of no list, null not asked."""
    if question.name not in answers:
        return None
    value = answers[question.name]
    if value is None or value == "":
        return ""
    if isinstance(value, Mapping):
        return UNREADABLE
    known = {*question.codes, NOT_APPLICABLE, NOT_OBSERVED, *(code for each in figures for code in each.counted)}
    if isinstance(value, list | tuple):
        return sorted({each if each in known else _ANOTHER for each in value})
    if not isinstance(value, str):
        return None
    return value if value in known else _ANOTHER
