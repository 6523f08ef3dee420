"""What was seen: every question of a checklist over any part of the reports, each number with its submissions."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any, Final

from flask import Response, render_template, request

from observer_kit.checklists.model import Checklist, Question
from observer_kit.errors import NotFound
from observer_kit.missions.model import Mission
from observer_kit.statistics.rounding import stands_as
from observer_kit.storage import checklists, register
from observer_kit.web import numbers
from observer_kit.web.access import READERS, audience, store
from observer_kit.web.access import mission as this_mission
from observer_kit.web.desk import bp
from observer_kit.web.desk.filters import narrowing, query, read_filters
from observer_kit.web.desk.sorting import sorting
from observer_kit.web.downloads import download
from observer_kit.web.speech import language, region_name, share, tell, tell_or, text
from observer_kit.web.telling.marks import Printed, printed_in
from observer_kit.web.telling.rows import Row, row_keys, row_of, table

if TYPE_CHECKING:
    from sqlalchemy.orm import Session


def printed_for(mission: Mission, checklist: Checklist, where: Any) -> Printed:
    """Find the printed cells of one checklist under these filters."""
    codes = {question.name: frozenset(question.codes) for question in checklist.questions()}
    return printed_in(mission, checklist.name, where, codes)


@bp.get("/questions/<checklist>")
@audience(*READERS)
def questions(mission: str, checklist: str) -> str | Response:
    """Show every question of a checklist, breaches first; one whose choices changed once for each of its versions."""
    if request.args.get("format"):
        return export(mission, checklist, request.args["format"])
    found = this_mission()
    filters = read_filters(checklist=checklist, question=None, answer=None)
    with store().reading() as tx:
        current = numbers.in_order(checklists.current(tx, mission))
        asked = numbers.checklist_named(tx, mission, checklist)
        counted = numbers.tallies(tx, mission, asked, filters=filters, apart=True)
        then = numbers.asked_then(tx, mission, asked, counted)
        regions, teams = register.regions(tx, mission), register.teams(tx, mission)
    where = narrowing(filters)
    printed = printed_for(found, asked, where)
    orders = {part: sorting(row_keys(), part) for part in ("breach", "seen", "number", "other")}
    whole = next((row for row in counted if row.version is None), None)
    return render_template(
        "desk/questions.html",
        mission=found,
        checklist=asked,
        current=current,
        parts={part: orders[part].sorted(rows) for part, rows in table(asked, counted, printed, then).items()},
        orders=orders,
        printed=printed,
        reports=whole.reports if whole else 0,
        stations=whole.stations if whole else 0,
        filters=filters,
        where=where,
        link=query(filters),
        regions=regions,
        teams=teams,
    )


@bp.get("/questions/<checklist>.csv")
@audience(*READERS)
def questions_csv(mission: str, checklist: str) -> Response:
    """Give the table of a checklist as CSV, with the same filters."""
    return export(mission, checklist, "csv")


HEAD: Final = (
    "question", "label", "version", "answer", "count", "base", "percent", "share",
    "not_applicable", "not_observed", "missing", "problems", "not_asked", "reports", "stations",
)  # fmt: skip


def export(mission: str, checklist: str, format: str, name: str = "", by: str | None = None) -> Response:
    """Give every question of a checklist, or one question group by group, as a file: nothing rounded."""
    found = this_mission()
    filters = read_filters(checklist=checklist, question=None, answer=None)
    with store().reading() as tx:
        asked = numbers.checklist_named(tx, mission, checklist)
        wanted = question_ever(tx, mission, asked, name).name if name else None
        counted = numbers.tallies(tx, mission, asked, filters=filters, question=wanted, by=by, apart=True)
        then = numbers.asked_then(tx, mission, asked, counted)
        regions = {each.code: region_name(each) for each in register.regions(tx, mission)}
    where = narrowing(filters)
    questions = {each.question.name: each.question for each in then.values()}
    questions |= {question.name: question for question in asked.questions()}
    rows = [
        row_of(
            questions[each.question], each, printed_for(found, asked, {**where, by: each.group} if by else where), then
        )
        for each in counted
    ]
    lines = (
        ((group_label(by, row.group, regions), *line) if by else line) for row in rows for line in _lines(found, row)
    )
    head = (*((tell(f"desk.by_{by}"),) if by else ()), *HEAD)
    head = (*head, "note", "reconstruction") if found.reconstruction else head
    title = "-".join(filter(None, (mission, checklist, name, by)))
    return download(f"reconstruction-{title}" if found.reconstruction else title, format, head, lines)


def _lines(mission: Mission, row: Row) -> Iterator[tuple[object, ...]]:
    """Write one line per answer: numbers as numbers, and the share as its base allows."""
    states = [cell.count for cell in row.states]
    notice = tell("doors.reconstruction", organisation=mission.issued_by(language())) if mission.reconstruction else ""
    for cell in row.answers or (row.base,):
        base = row.base.count if row.answers else None
        percent = round(100 * cell.count / base, 4) if base and stands_as(base) != "counts" else None
        line = (
            row.question.name, text(row.question.label), row.asked.versions if row.asked else None,
            cell.answer if row.answers else None, cell.count, row.base.count, percent,
            share(cell.count, base).replace("\u00a0", " ") if base else None, *states, row.not_asked, row.reports,
            row.stations,
        )  # fmt: skip
        yield (*line, None if cell.printed else tell("desk.made_up"), notice) if mission.reconstruction else line


def group_label(by: str, group: str | None, regions: Mapping[str, str]) -> str:
    """Name a group in words."""
    if group is None:
        return tell("desk.not_known")
    if by == "hour":
        return f"{int(group):02d}:00–{int(group):02d}:59"
    return regions.get(group, group) if by == "region" else tell_or(f"desk.{by}_{group}", group)


def question_ever(tx: Session, mission: str, checklist: Checklist, name: str) -> Question:
    """Find a question in the checklist as it is asked now, else in the latest version that asked it."""
    for each in (checklist, *reversed(checklists.versions(tx, mission, checklist.name))):
        for found in each.questions():
            if found.name == name and found.type != "note":
                return found
    raise NotFound(f"{checklist.name} asks no question {name!r}")
