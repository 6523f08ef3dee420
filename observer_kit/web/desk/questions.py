"""What was seen: every question of a checklist over any part of the reports, each number with its submissions."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping
from typing import Any

from flask import Response, render_template, request

from observer_kit.checklists.model import Checklist, Question
from observer_kit.errors import NotFound
from observer_kit.missions.model import Mission
from observer_kit.storage import checklists, register
from observer_kit.storage.submissions import Filters
from observer_kit.web import numbers
from observer_kit.web.access import READERS, audience, store
from observer_kit.web.access import mission as this_mission
from observer_kit.web.desk import bp
from observer_kit.web.desk.filters import GROUPING, narrowing, query, read_filters
from observer_kit.web.desk.marks import Printed, printed_in
from observer_kit.web.desk.rows import Row, row_of, table
from observer_kit.web.speech import language, tell, tell_or, text


def printed_for(mission: Mission, checklist: Checklist, where: Any) -> Printed:
    """Find the printed cells of one checklist under these filters."""
    codes = {question.name: frozenset(question.codes) for question in checklist.questions()}
    return printed_in(mission, checklist.name, where, codes)


@bp.get("/questions/<checklist>")
@audience(*READERS)
def questions(mission: str, checklist: str) -> str:
    """Show every question of a checklist, breaches first."""
    found = this_mission()
    filters = read_filters(checklist=checklist, question=None, answer=None)
    with store().reading() as tx:
        current = numbers.in_order(checklists.current(tx, mission))
        asked = numbers.checklist_named(tx, mission, checklist)
        counted = numbers.tallies(tx, mission, asked, filters=filters)
        regions, teams = register.regions(tx, mission), register.teams(tx, mission)
    where = narrowing(filters)
    printed = printed_for(found, asked, where)
    return render_template(
        "desk/questions.html",
        mission=found,
        checklist=asked,
        current=current,
        parts=table(asked, counted, printed),
        printed=printed,
        reports=counted[0].reports if counted else 0,
        stations=counted[0].stations if counted else 0,
        filters=filters,
        where=where,
        link=query(filters),
        regions=regions,
        teams=teams,
    )


@bp.get("/questions/<checklist>/<name>")
@audience(*READERS)
def question(mission: str, checklist: str, name: str) -> str:
    """Show one question by region, setting, hour, team or review, with its documented procedure."""
    found = this_mission()
    by = request.args.get("by", "region")
    if by not in GROUPING:
        by = "region"
    filters = read_filters(checklist=checklist, question=None, answer=None)
    with store().reading() as tx:
        asked = numbers.checklist_named(tx, mission, checklist)
        wanted = _question(asked, name)
        whole = numbers.tallies(tx, mission, asked, filters=filters, question=name)
        groups = numbers.tallies(tx, mission, asked, filters=filters, question=name, by=by)
        regions, teams = register.regions(tx, mission), register.teams(tx, mission)
    where = narrowing(filters)
    names = {each.code: each.name for each in regions}
    return render_template(
        "desk/question.html",
        mission=found,
        checklist=asked,
        question=wanted,
        by=by,
        whole=row_of(wanted, whole[0], printed_for(found, asked, where)),
        groups=[
            (
                _group_label(by, each.group, names),
                each.group,
                row_of(wanted, each, printed_for(found, asked, {**where, by: each.group})),
            )
            for each in groups
        ],
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
    found = this_mission()
    filters = read_filters(checklist=checklist, question=None, answer=None)
    with store().reading() as tx:
        asked = numbers.checklist_named(tx, mission, checklist)
        counted = numbers.tallies(tx, mission, asked, filters=filters)
    parts = table(asked, counted, printed_for(found, asked, narrowing(filters)))
    rows = [row for part in parts.values() for row in part]
    name = f"{mission}-{checklist}.csv" if not found.reconstruction else f"reconstruction-{mission}-{checklist}.csv"
    return Response(
        "".join(_lines(found, rows, filters)),
        mimetype="text/csv",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )


HEAD = (
    "question", "label", "answer", "count", "base", "percent",
    "not_applicable", "not_observed", "missing", "problems", "not_asked", "reports", "stations",
)  # fmt: skip


def _lines(mission: Mission, rows: list[Row], filters: Filters) -> Iterator[str]:
    """Write one line per question and answer; numbers as numbers, nothing rounded."""
    buffer = io.StringIO()
    writer = csv.writer(buffer)
    extra = ("note", "reconstruction") if mission.reconstruction else ()
    writer.writerow((*HEAD, *extra))
    notice = tell("doors.reconstruction", organisation=mission.issued_by(language())) if mission.reconstruction else ""
    for row in rows:
        states = [cell.count for cell in row.states]
        for cell in row.answers or (row.base,):
            share = round(100 * cell.count / row.base.count, 4) if row.answers and row.base.count else ""
            line = [
                row.question.name, text(row.question.label), cell.answer if row.answers else "", cell.count,
                row.base.count, share, *states, row.not_asked, row.reports, row.stations,
            ]  # fmt: skip
            if mission.reconstruction:
                line += ["" if cell.printed else tell("desk.made_up"), notice]
            writer.writerow(line)
    yield buffer.getvalue()


def _group_label(by: str, group: str | None, regions: Mapping[str, str]) -> str:
    """Name a group in words."""
    if group is None:
        return tell("desk.not_known")
    if by == "hour":
        return f"{int(group):02d}:00–{int(group):02d}:59"
    return regions.get(group, group) if by == "region" else tell_or(f"desk.{by}_{group}", group)


def _question(checklist: Checklist, name: str) -> Question:
    try:
        return checklist.question(name)
    except KeyError:
        raise NotFound(f"{checklist.name} asks no question {name!r}") from None
