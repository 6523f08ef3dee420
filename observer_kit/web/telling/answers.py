"""An answer as people read it, with its state, and what the intake thought of it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from observer_kit import clock
from observer_kit.checklists.model import NOT_APPLICABLE, NOT_OBSERVED, Checklist, Question, Section
from observer_kit.collection.model import Finding, Problem, Submission
from observer_kit.statistics.cases import cases_of
from observer_kit.web.speech import day, moment, number, tell, tell_or, text

HEADLINE: Final = 140
"""Letters of an incident in a list."""


@dataclass(frozen=True, slots=True)
class Answer:
    """One line of a submission's page."""

    name: str
    question: Question
    words: str
    state: str  # answered | not_applicable | not_observed | missing | problem | not_asked
    breach: bool
    comment: str
    problems: tuple[Problem, ...]
    findings: tuple[Finding, ...]
    part: str = ""  # of a repeated question: the candidate, or the number in the row


def written(question: Question, value: Any, zone: str = "UTC") -> str:
    """Write a readable answer in the page's language."""
    if isinstance(value, list):
        return ", ".join(written(question, each, zone) for each in value)
    labels = {choice.name: text(choice.label) for choice in question.choices}
    if value in labels:
        return labels[value]
    if question.codes and isinstance(value, str):
        return tell_or(f"desk.answer_{value}", value)
    if question.type == "datetime" and isinstance(value, str):
        try:
            return moment(clock.read_stamp(value), zone)
        except ValueError:
            return value
    if question.type == "date" and isinstance(value, str):
        try:
            return day(date.fromisoformat(value))
        except ValueError:
            return value
    return number(value) if isinstance(value, int | float) else str(value)


def state_of(value: Any) -> str:
    """Name the state of one answer."""
    if value is None or value == "" or value == []:
        return "missing"
    if isinstance(value, Mapping):
        return "problem"
    return str(value) if value in (NOT_APPLICABLE, NOT_OBSERVED) else "answered"


def set_out(checklist: Checklist, judged: Submission, zone: str) -> list[tuple[Section, list[Answer]]]:
    """Put a submission's answers in the order of asking, section by section."""
    return [
        (section, [line for question in section.questions for line in _lines(question, judged, zone)])
        for section in checklist.sections
    ]


def loose(checklist: Checklist, judged: Submission) -> tuple[list[Problem], list[Finding]]:
    """Give the problems and findings that belong to no question of the checklist."""
    names = {question.name for question in checklist.questions()}
    return (
        [each for each in judged.problems if _stem(each.question) not in names],
        [each for each in judged.findings if each.question is None or _stem(each.question) not in names],
    )


def photos_named(asked: Checklist, judged: Submission) -> tuple[str, ...]:
    """Give the hashes that a report's answers name."""
    wanted = {question.name for question in asked.questions() if question.type == "photo"}
    return tuple(_hashes(judged.answers, wanted))


def headline_of(checklist: Checklist, answers: Mapping[str, Any]) -> tuple[str, str]:
    """Choose the words for the list: the first choice answered, and the first text."""
    choice = detail = ""
    for question in checklist.questions():
        value = answers.get(question.name)
        if value in (None, "", []) or isinstance(value, Mapping):
            continue
        if not choice and question.type in ("select_one", "select_multiple") and question.choices:
            choice = written(question, value)
        elif not detail and question.type == "text":
            detail = str(value)
    if not choice and detail:
        choice, detail = detail, ""
    return _short(choice or text(checklist.title)), _short(detail)


def part_of(question: Question, place: int) -> str:
    """Name one part of a repeated question: the mission's own item, or its number from 1."""
    return text(question.choices[place].label) if place < len(question.choices) else str(place + 1)


def _stem(name: str) -> str:
    return name.partition("[")[0]


def _lines(question: Question, judged: Submission, zone: str) -> Iterable[Answer]:
    if question.type == "note":
        return
    names = [question.name]
    if question.repeat:
        names = [name for name in judged.answers if _stem(name) == question.name] or names
    for place, name in enumerate(names):
        value = judged.answers.get(name)
        state = state_of(value) if name in judged.answers else "not_asked"
        yield Answer(
            name=name,
            question=question,
            words=written(question, value, zone) if state == "answered" else tell(f"desk.state_{state}"),
            state=state,
            breach=state == "answered" and bool(question.good) and _is_case(question, value),
            comment=judged.comments.get(name, ""),
            problems=tuple(each for each in judged.problems if each.question == name),
            findings=tuple(each for each in judged.findings if each.question == name),
            part=part_of(question, place) if "[" in name else "",
        )


def _is_case(question: Question, value: Any) -> bool:
    return not isinstance(value, list) and value in cases_of(question)


def _hashes(answers: Mapping[str, Any], wanted: set[str]) -> Iterable[str]:
    for name, value in answers.items():
        if name.partition("[")[0] in wanted and isinstance(value, str):
            yield value


def _short(told: str) -> str:
    """Cut what is too long for the list, and say so."""
    return told if len(told) <= HEADLINE else f"{told[: HEADLINE - 1].rstrip()}…"
