"""A tally as a row of the desk's table: which answers are the cases, what they are a share of, what leads where."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from observer_kit.checklists.model import Checklist, Question, Text
from observer_kit.statistics import Tally
from observer_kit.statistics.cases import cases_of
from observer_kit.statistics.rounding import stands_as
from observer_kit.web.numbers import Asked, then
from observer_kit.web.speech import text
from observer_kit.web.telling.marks import Printed

RATING_STEPS: Final = ("very_good", "good", "neutral", "bad", "very_bad")
NON_ANSWERS: Final = ("not_applicable", "not_observed", "missing", "problem")


@dataclass(frozen=True, slots=True)
class Cell:
    """One number of the table, the answer that leads to its submissions, and whether a source prints it."""

    count: int
    answer: str
    printed: bool = True
    label: Text | None = None


@dataclass(frozen=True, slots=True)
class Row:
    """One question over one group of reports; `cases` is None for a question that has no cases to count."""

    question: Question
    group: str | None
    kind: str  # breach | seen | number | other
    cases: Cell | None
    share_printed: bool
    base: Cell
    total_printed: bool
    answers: tuple[Cell, ...]
    states: tuple[Cell, ...]
    not_asked: int
    numbers: Mapping[str, float | int | None] | None
    reports: int
    stations: int
    reports_printed: bool
    asked: Asked | None = None  # where the row is of one version

    @property
    def weight(self) -> float:
        """Order the table: the larger share of cases first."""
        return self.cases.count / self.base.count if self.cases and self.base.count else -1.0

    @property
    def bar(self) -> float | None:
        """Give the length of the bar in per cent of its scale."""
        return round(100 * self.weight, 1) if self.weight >= 0 else None

    @property
    def behind(self) -> Mapping[str, str]:
        """Say by which answer each of its numbers leads to its reports: the median to the one or two in the middle.

        What was added up within a report stands in no answer: it leads to all that were given.
        """
        told = self.numbers or {}
        given = {"sum": (), "min": ("min",), "median": ("median_low", "median_high"), "max": ("max",)}
        found = {}
        for name, places in given.items():
            values = [told[place] for place in places if told.get(place) is not None]
            written = dict.fromkeys(each for value in values for each in _as_stored(value, self.question.type))
            found[name] = ",".join(written) if written and not self.question.repeat else self.base.answer
        return found

    @property
    def small(self) -> bool:
        """Say whether the base is too small for a per cent."""
        return stands_as(self.base.count) == "counts"


def _as_stored(value: float | int | None, type: str) -> tuple[str, ...]:
    """Write a number as an answer may hold it: a decimal question's 7 may be 7 or 7.0."""
    number = float(value or 0)
    if not number.is_integer():
        return (repr(number),)
    return (str(int(number)),) if type == "integer" else (str(int(number)), repr(number))


def kind_of(question: Question) -> str:
    """Say in which part of the table a question stands."""
    if question.good and question.type != "select_multiple":
        return "breach"
    if question.type in ("integer", "decimal"):
        return "number"  # its choices, if it has any, name the rows that were added up
    return "seen" if question.codes or question.type in ("yes_no", "rating") else "other"


def row_of(question: Question, tally: Tally, printed: Printed, asked: Mapping[str, Asked] | None = None) -> Row:
    """Set one tally out for the table; `asked` has the questions of other versions, as `numbers.asked_then` does."""
    name = question.name
    own = (asked or {}).get(then(name, tally.version))
    question = own.question if own else question
    counted = cases_of(question)
    labels = {choice.name: choice.label for choice in question.choices}
    states = zip(NON_ANSWERS, (tally.not_applicable, tally.not_observed, tally.missing, tally.problems), strict=True)
    return Row(
        question=question,
        group=tally.group,
        kind=kind_of(question),
        cases=Cell(sum(tally.counts.get(code, 0) for code in counted), ",".join(counted), printed.count(name, counted))
        if counted
        else None,
        share_printed=printed.share(name, counted),
        base=Cell(tally.answered, "answered", printed.base(name)),
        total_printed=printed.total(name),
        answers=tuple(
            Cell(tally.counts.get(code, 0), code, printed.count(name, (code,)), labels.get(code))
            for code in question.codes
            if code in tally.counts
        ),
        # No source prints them; a zero beside a printed share says only that nothing was taken away from it.
        states=tuple(
            Cell(count, state, printed.everything or (not count and printed.base(name))) for state, count in states
        ),
        not_asked=tally.not_asked,
        numbers=tally.numbers,
        reports=tally.reports,
        stations=tally.stations,
        reports_printed=printed.reports(),
        asked=own,
    )


def row_keys(question: Question | None = None) -> dict[str, Callable[[Row], Any]]:
    """Say by what a table of rows can be sorted; the answers of one question are columns of their own."""
    keys: dict[str, Callable[[Row], Any]] = {
        "question": lambda row: text(row.question.label),
        "share": lambda row: row.weight if row.weight >= 0 else None,
        "cases": lambda row: row.cases.count if row.cases else None,
        "base": lambda row: row.base.count,
        "stations": lambda row: row.stations,
    }
    for place, state in enumerate(NON_ANSWERS):
        keys[state] = lambda row, place=place: row.states[place].count  # type: ignore[misc]
    for each in ("sum", "min", "median", "max"):
        keys[each] = lambda row, each=each: (row.numbers or {}).get(each)  # type: ignore[misc]
    for code in question.codes if question else ():
        keys[f"answer_{code}"] = lambda row, code=code: next(  # type: ignore[misc]
            (cell.count for cell in row.answers if cell.answer == code), None
        )
    return keys


def table(
    checklist: Checklist, tallies: Iterable[Tally], printed: Printed, asked: Mapping[str, Asked]
) -> dict[str, list[Row]]:
    """Set out a whole checklist: breaches first and the largest share first, the rest in the order of asking."""
    questions = {each.question.name: each.question for each in asked.values()}
    questions |= {question.name: question for question in checklist.questions()}
    parts: dict[str, list[Row]] = {"breach": [], "seen": [], "number": [], "other": []}
    for tally in tallies:
        row = row_of(questions[tally.question], tally, printed, asked)
        parts[row.kind].append(row)
    parts["breach"].sort(key=lambda row: -row.weight)
    return parts
