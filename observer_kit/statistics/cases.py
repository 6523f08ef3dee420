"""Which answers of a question are its cases: what a table counts, compares and bounds."""

from __future__ import annotations

from typing import Final

from observer_kit.checklists.model import Checklist, Question

NEUTRAL: Final = "neutral"


def cases_of(question: Question) -> tuple[str, ...]:
    """Name the answers that a row counts as its cases: those that are not good, else a plain yes."""
    if question.type == "select_multiple":
        return ()
    if question.good:
        return tuple(code for code in question.codes if code not in question.good and code != NEUTRAL)
    return ("yes",) if question.type == "yes_no" else ()


def cases_in(checklist: Checklist) -> dict[str, tuple[str, ...]]:
    """Name the cases of every question that has any, in the order of asking."""
    return {question.name: found for question in checklist.questions() if (found := cases_of(question))}
