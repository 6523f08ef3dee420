"""Which submissions are meant: one set of filters for tables, lists and figures."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Text, and_, case, cast, column, false, func, literal, or_, select
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

from observer_kit import clock
from observer_kit.checklists.model import NOT_APPLICABLE, NOT_OBSERVED
from observer_kit.storage import standing
from observer_kit.storage import tables as t

ANSWERED, MISSING, PROBLEM, NOT_ASKED, ASKED = "answered", "missing", "problem", "not_asked", "asked"

region = t.Location.region
setting: ColumnElement[str | None] = func.coalesce(t.Submission.setting, t.Location.setting)
"""What the observers saw comes before what the register says."""


@dataclass(frozen=True, slots=True)
class Filters:
    """All that is given must fit; `question` and `answer` lead from a number to its submissions.

    `version` is one of a checklist, or several with commas between them.
    `answer` is a code, a number as text, or answered, missing, problem,
    not_applicable, not_observed, asked, not_asked, or several of these with
    commas between them. `counted` True leaves only
    those that count, False only those that do not. `since` is the moment of
    receipt, `upto` the place in the chain of the last one received.
    """

    checklist: str | None = None
    region: str | None = None
    setting: str | None = None
    team: str | None = None
    hour: int | None = None
    location: str | None = None
    review: str | None = None
    state: str | None = None
    counted: bool | None = None
    with_problems: bool = False
    with_findings: bool = False
    question: str | None = None
    answer: str | None = None
    since: datetime | None = None
    search: str | None = None
    version: str | None = None
    upto: int | None = None


def conditions(mission: str, filters: Filters, dialect: str) -> list[ColumnElement[bool]]:
    """Give the filters as conditions over submissions joined with their standing and location."""
    found: list[ColumnElement[bool]] = [t.Submission.mission == mission]
    equal: tuple[tuple[Any, object], ...] = (
        (t.Submission.checklist, filters.checklist), (region, filters.region), (setting, filters.setting),
        (t.Submission.team, filters.team), (t.Submission.hour, filters.hour),
        (t.Submission.location, filters.location), (t.Standing.review, filters.review),
        (t.Standing.state, filters.state),
    )  # fmt: skip
    found += [column == value for column, value in equal if value is not None]
    if filters.version is not None:
        found.append(t.Submission.version.in_(filters.version.split(",")))
    if filters.counted is not None:
        counts = t.Standing.state == standing.COUNTED
        found.append(counts if filters.counted else t.Standing.state != standing.COUNTED)
    if filters.with_problems:
        found.append(t.Submission.problem_count > 0)
    if filters.with_findings:
        found.append(t.Submission.finding_count > 0)
    if filters.since is not None:
        found.append(t.Submission.received >= clock.stamp(filters.since))
    if filters.upto is not None:
        found.append(t.Submission.sequence <= filters.upto)
    if filters.search:
        wanted = filters.search.casefold()
        found.append(
            or_(
                t.Submission.search.contains(wanted, autoescape=True),
                t.Location.search.contains(wanted, autoescape=True),
                t.Submission.id == wanted,
            )
        )
    if filters.question is not None:
        answers = (filters.answer or ASKED).split(",")
        found.append(or_(*(_answer(filters.question, answer, dialect) for answer in answers)))
    return found


def _answer(question: str, answer: str, dialect: str) -> ColumnElement[bool]:
    """Tell whether a submission's answer to this question is of this kind, in the database's own JSON functions.

    A question that repeats is there as name[0], name[1] …, and its parts
    together have one state, as the statistics see it.
    """
    if '"' in question:
        return false()  # no question has such a name, and SQLite's paths can't say it
    kind, text, picked = _single(question, answer, dialect)
    first, _, _ = _single(f"{question}[0]", answer, dialect)
    non_answers = text.in_((NOT_APPLICABLE, NOT_OBSERVED))
    if answer == NOT_ASKED:
        return and_(kind.is_(None), first.is_(None))
    if answer == ASKED:
        return or_(kind.is_not(None), first.is_not(None))
    if answer == MISSING:
        fits: ColumnElement[bool] = kind == "null"
    elif answer == PROBLEM:
        fits = kind == "object"
    elif answer == ANSWERED:
        fits = and_(kind.not_in(("null", "object")), ~non_answers)
    else:
        fits = case((kind == "array", picked), else_=and_(kind != "object", text == answer))
    repeated = and_(first.is_not(None), _parts(question, answer, dialect))
    return case((kind.is_not(None), fits), else_=repeated)


def _single(question: str, answer: str, dialect: str) -> tuple[ColumnElement[Any], ...]:
    """Give the JSON type of an answer, the answer as text, and whether it is a list that holds the one wanted."""
    if dialect == "postgresql":
        found = cast(t.Submission.answers, JSONB)[question]
        return func.jsonb_typeof(found), found.astext, found.contains(func.to_jsonb(cast(literal(answer), Text)))
    path = f'$."{question}"'
    found = func.json_extract(t.Submission.answers, path)
    return func.json_type(t.Submission.answers, path), cast(found, Text), func.instr(found, f'"{answer}"') > 0


def _parts(question: str, answer: str, dialect: str) -> ColumnElement[bool]:
    """Tell whether the parts of a repeated question have this state together, or one of them this answer."""
    if dialect == "postgresql":
        part = func.jsonb_each(cast(t.Submission.answers, JSONB)).table_valued("key", column("value", JSONB))
        kind: ColumnElement[Any] = func.jsonb_typeof(part.c.value)
        text: ColumnElement[Any] = part.c.value.op("#>>")(cast(literal("{}"), ARRAY(Text)))
    else:
        part = func.json_each(t.Submission.answers).table_valued("key", "value", "type")
        kind, text = part.c.type, cast(part.c.value, Text)
    prefix = f"{question}["

    def any_is(condition: ColumnElement[bool]) -> ColumnElement[bool]:
        query = select(literal(1)).select_from(part).where(func.substr(part.c.key, 1, len(prefix)) == prefix, condition)
        return query.correlate(t.Submission).exists()

    unreadable, blank = any_is(kind == "object"), any_is(kind == "null")
    unseen, counts = any_is(text == NOT_OBSERVED), any_is(text != NOT_APPLICABLE)
    if answer == PROBLEM:
        return unreadable
    if answer == MISSING:
        return and_(blank, ~unreadable)
    if answer == NOT_OBSERVED:
        return and_(unseen, ~blank, ~unreadable)
    if answer == NOT_APPLICABLE:
        return and_(~counts, ~blank)
    if answer == ANSWERED:
        return and_(counts, ~unseen, ~blank, ~unreadable)
    return any_is(and_(kind != "object", text == answer))
