"""Submissions out as rows: one column for each question of any version, an answer's states told apart.

In a table for people a cell is the answer, `not_applicable`, `not_observed`,
`missing` (asked and left blank), `problem: …`, or empty where it was not asked.
Several choices stand with a space between them, as XLSForm has it; the parts
of a question that repeats as a JSON list.

A question that is named like one of the columns about a submission (`region`)
has its column under `q_region`, so that no file has two columns of one name.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Final

import orjson

from observer_kit.checklists.model import NOT_APPLICABLE, NOT_OBSERVED, Checklist, Question
from observer_kit.storage.whole import ABOUT, Told

COMMENTS: Final = "comments"
RECONSTRUCTION: Final = "reconstruction"
PREFIX: Final = "q_"
MISSING: Final = "missing"
_ABSENT: Final = object()


def questions(versions: Sequence[Checklist]) -> list[Question]:
    """Name every question that any version asks: the latest version's first, in its order; notes are none."""
    found: dict[str, Question] = {}
    for version in reversed(versions):
        for question in version.questions():
            if question.type != "note":
                found.setdefault(question.name, question)
    return list(found.values())


def columns(asked: Sequence[Question]) -> dict[str, str]:
    """Name the column of each question: by its own name, unless that says something of every submission."""
    taken = {*ABOUT, COMMENTS, RECONSTRUCTION}
    names = {question.name for question in asked}
    found: dict[str, str] = {}
    for name in (question.name for question in asked):
        column = name
        while column in taken or (column != name and column in names):
            column = f"{PREFIX}{column}"
        found[name] = column
        taken.add(column)
    return found


def head(asked: Sequence[Question], marks: Mapping[str, str]) -> list[str]:
    """Name the columns of a table for people; `marks` are cells that every row carries at its end."""
    return [*ABOUT, *columns(asked).values(), COMMENTS, *marks]


def rows(blocks: Iterable[Sequence[Told]], asked: Sequence[Question], marks: Mapping[str, str]) -> Iterator[list[Any]]:
    """Write each submission as one row of a table for people."""
    names = [(question.name, bool(question.repeat)) for question in asked]
    tail = list(marks.values())
    for block in blocks:
        for about, answers, comments in block:
            row = list(about.values())
            for name, repeats in names:
                value = answers.get(name, _ABSENT)
                if value is _ABSENT and repeats:
                    value = repeated(name, answers)
                row.append(value if type(value) is str and value else _said(value))
            row.append("\n".join(f"{name}: {text}" for name, text in comments.items()))
            yield row + tail


def repeated(name: str, answers: Mapping[str, Any]) -> Any:
    """Gather name[0], name[1] … into one list."""
    found: list[Any] = []
    while (part := f"{name}[{len(found)}]") in answers:
        found.append(answers[part])
    return {"parts": found} if found else _ABSENT


def _said(value: Any) -> Any:
    if value is _ABSENT:
        return None
    if value is None or value == "" or value == []:
        return MISSING
    if isinstance(value, Mapping):
        if "parts" in value:
            return orjson.dumps(value["parts"]).decode()
        return f"problem: {value.get('problem', '')}"
    return " ".join(map(str, value)) if isinstance(value, list | tuple) else value


def state_and_value(value: Any) -> tuple[str, Any]:
    """Take an answer apart into its state and, where it was answered, its value."""
    if value is _ABSENT:
        return "not_asked", None
    if value is None or value == "" or value == []:
        return MISSING, None
    if value in (NOT_APPLICABLE, NOT_OBSERVED):
        return str(value), None
    if isinstance(value, Mapping) and "parts" not in value:
        return "problem", None
    return "answered", _said(value)


def answer_of(question: Question, answers: Mapping[str, Any]) -> tuple[str, Any]:
    """Give the state and the value of one answer."""
    value = answers.get(question.name, _ABSENT)
    return state_and_value(repeated(question.name, answers) if value is _ABSENT and question.repeat else value)
