"""What was seen: every question of a checklist over any part of the reports, each number with its submissions."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final

from flask import Response, render_template, request

from observer_kit.checklists.model import Checklist, Question
from observer_kit.errors import NotFound
from observer_kit.missions.model import Mission
from observer_kit.storage import checklists, register
from observer_kit.web import numbers
from observer_kit.web.access import READERS, audience, store
from observer_kit.web.access import mission as this_mission
from observer_kit.web.desk import bp
from observer_kit.web.desk.filters import GROUPING, narrowing, query, read_filters
from observer_kit.web.desk.marks import Printed, printed_in
from observer_kit.web.desk.pictured import Group, pictures_of
from observer_kit.web.desk.rows import Row, row_keys, row_of, table
from observer_kit.web.desk.sorting import sorting
from observer_kit.web.downloads import download
from observer_kit.web.speech import language, region_name, tell, tell_or, text


def printed_for(mission: Mission, checklist: Checklist, where: Any) -> Printed:
    """Find the printed cells of one checklist under these filters."""
    codes = {question.name: frozenset(question.codes) for question in checklist.questions()}
    return printed_in(mission, checklist.name, where, codes)


@bp.get("/questions/<checklist>")
@audience(*READERS)
def questions(mission: str, checklist: str) -> str | Response:
    """Show every question of a checklist, breaches first."""
    if request.args.get("format"):
        return _export(mission, checklist, request.args["format"])
    found = this_mission()
    filters = read_filters(checklist=checklist, question=None, answer=None)
    with store().reading() as tx:
        current = numbers.in_order(checklists.current(tx, mission))
        asked = numbers.checklist_named(tx, mission, checklist)
        counted = numbers.tallies(tx, mission, asked, filters=filters)
        regions, teams = register.regions(tx, mission), register.teams(tx, mission)
    where = narrowing(filters)
    printed = printed_for(found, asked, where)
    orders = {part: sorting(row_keys(), part) for part in ("breach", "seen", "number", "other")}
    return render_template(
        "desk/questions.html",
        mission=found,
        checklist=asked,
        current=current,
        parts={part: orders[part].sorted(rows) for part, rows in table(asked, counted, printed).items()},
        orders=orders,
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
def question(mission: str, checklist: str, name: str) -> str | Response:
    """Show one question by region, setting, hour, team or review, with its documented procedure."""
    found = this_mission()
    by = request.args.get("by", "region")
    if by not in GROUPING:
        by = "region"
    if request.args.get("format"):
        return _export(mission, checklist, request.args["format"], name, by)
    filters = read_filters(checklist=checklist, question=None, answer=None)
    with store().reading() as tx:
        asked = numbers.checklist_named(tx, mission, checklist)
        wanted = _question(asked, name)
        whole = numbers.tallies(tx, mission, asked, filters=filters, question=name)
        groups = numbers.tallies(tx, mission, asked, filters=filters, question=name, by=by)
        regions, teams = register.regions(tx, mission), register.teams(tx, mission)
    where = narrowing(filters)
    names = {each.code: region_name(each) for each in regions}
    groups_shown = [
        Group(
            _group_label(by, each.group, names),
            each.group,
            row_of(wanted, each, printed_for(found, asked, {**where, by: each.group})),
        )
        for each in groups
    ]
    order = sorting(
        {"label": lambda group: group.label, **{name: _of_row(key) for name, key in row_keys(wanted).items()}}
    )
    all_of_it = row_of(wanted, whole[0], printed_for(found, asked, where))
    return render_template(
        "desk/question.html",
        mission=found,
        checklist=asked,
        question=wanted,
        by=by,
        whole=all_of_it,
        groups=order.sorted(groups_shown),
        order=order,
        pictures=pictures_of(found, wanted, by, all_of_it, groups_shown),
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
    return _export(mission, checklist, "csv")


HEAD: Final = (
    "question", "label", "answer", "count", "base", "percent",
    "not_applicable", "not_observed", "missing", "problems", "not_asked", "reports", "stations",
)  # fmt: skip


def _export(mission: str, checklist: str, format: str, name: str = "", by: str | None = None) -> Response:
    """Give every question of a checklist, or one question group by group, as a file: nothing rounded."""
    found = this_mission()
    filters = read_filters(checklist=checklist, question=None, answer=None)
    with store().reading() as tx:
        asked = numbers.checklist_named(tx, mission, checklist)
        wanted = _question(asked, name).name if name else None
        counted = numbers.tallies(tx, mission, asked, filters=filters, question=wanted, by=by)
        regions = {each.code: region_name(each) for each in register.regions(tx, mission)}
    where = narrowing(filters)
    questions = {question.name: question for question in asked.questions()}
    rows = [
        row_of(questions[each.question], each, printed_for(found, asked, {**where, by: each.group} if by else where))
        for each in counted
    ]
    lines = (
        ((_group_label(by, row.group, regions), *line) if by else line) for row in rows for line in _lines(found, row)
    )
    head = (*((tell(f"desk.by_{by}"),) if by else ()), *HEAD)
    head = (*head, "note", "reconstruction") if found.reconstruction else head
    title = "-".join(filter(None, (mission, checklist, name, by)))
    return download(f"reconstruction-{title}" if found.reconstruction else title, format, head, lines)


def _lines(mission: Mission, row: Row) -> Iterator[tuple[object, ...]]:
    """Write one line per answer; numbers as numbers, nothing rounded away."""
    states = [cell.count for cell in row.states]
    notice = tell("doors.reconstruction", organisation=mission.issued_by(language())) if mission.reconstruction else ""
    for cell in row.answers or (row.base,):
        share = round(100 * cell.count / row.base.count, 4) if row.answers and row.base.count else None
        line = (
            row.question.name, text(row.question.label), cell.answer if row.answers else None, cell.count,
            row.base.count, share, *states, row.not_asked, row.reports, row.stations,
        )  # fmt: skip
        yield (*line, None if cell.printed else tell("desk.made_up"), notice) if mission.reconstruction else line


def _of_row(key: Callable[[Row], Any]) -> Callable[[Group], Any]:
    return lambda group: key(group.row)


def _group_label(by: str, group: str | None, regions: Mapping[str, str]) -> str:
    """Name a group in words."""
    if group is None:
        return tell("desk.not_known")
    if by == "hour":
        return f"{int(group):02d}:00–{int(group):02d}:59"
    return regions.get(group, group) if by == "region" else tell_or(f"desk.{by}_{group}", group)


def _question(checklist: Checklist, name: str) -> Question:
    found = next((each for each in checklist.questions() if each.name == name and each.type != "note"), None)
    if found is None:
        raise NotFound(f"{checklist.name} asks no question {name!r}")
    return found
