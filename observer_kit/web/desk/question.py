"""One question group by group, each version of it apart, with its pictures and what a sample says of all stations."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from flask import Response, render_template, request, url_for

from observer_kit.checklists.model import Checklist, Question
from observer_kit.missions.model import Mission
from observer_kit.statements.pictures import Picture
from observer_kit.statistics import Tally
from observer_kit.statistics.cases import cases_of
from observer_kit.statistics.model import Inferred
from observer_kit.storage import register
from observer_kit.storage.filters import Filters
from observer_kit.web import numbers
from observer_kit.web.access import READERS, audience, store
from observer_kit.web.access import mission as this_mission
from observer_kit.web.desk import bp
from observer_kit.web.desk.filters import GROUPING, narrowing, query, read_filters
from observer_kit.web.desk.pictured import Group, pictures_of
from observer_kit.web.desk.questions import export, group_label, printed_for, question_ever
from observer_kit.web.desk.sorting import Sorting, sorting
from observer_kit.web.speech import region_name, tell
from observer_kit.web.telling.rows import Cell, Row, row_keys, row_of

if TYPE_CHECKING:
    from sqlalchemy.orm import Session


@dataclass(frozen=True, slots=True)
class View:
    """One question, or one version of it: its groups and all together, and what the sample says."""

    total: Group
    groups: list[Group]
    order: Sorting
    pictures: list[Picture]
    link: Mapping[str, str]
    answers: list[tuple[Cell, Inferred]]


@bp.get("/questions/<checklist>/<name>")
@audience(*READERS)
def question(mission: str, checklist: str, name: str) -> str | Response:
    """Show one question by region, setting, hour, team or review, with its documented procedure."""
    found = this_mission()
    by = request.args.get("by", "region")
    if by not in GROUPING:
        by = "region"
    if request.args.get("format"):
        return export(mission, checklist, request.args["format"], name, by)
    filters = read_filters(checklist=checklist, question=None, answer=None)
    with store().reading() as tx:
        asked = numbers.checklist_named(tx, mission, checklist)
        wanted = question_ever(tx, mission, asked, name)
        counted = _counted(tx, found, asked, wanted, filters, by)
        regions, teams = register.regions(tx, mission), register.teams(tx, mission)
    where = narrowing(filters)
    names = {each.code: region_name(each) for each in regions}
    views = [
        _view(found, asked, wanted, each, by, where, query(filters), names, place)
        for place, each in enumerate(counted)
    ]  # fmt: skip
    return render_template(
        "desk/question.html",
        mission=found,
        checklist=asked,
        question=wanted,
        by=by,
        views=views,
        apart=len(views) > 1 or views[0].total.row.asked is not None,
        inferred=found.sampling is not None,
        filters=filters,
        where=where,
        link=query(filters),
        regions=regions,
        teams=teams,
    )


@dataclass(frozen=True, slots=True)
class _Counted:
    """What was counted of one version, with the interval of its cases in each group where a sample allows one."""

    whole: Tally
    groups: list[Tally]
    asked: Mapping[str, numbers.Asked]
    of_groups: list[Inferred | None]
    of_whole: Inferred | None
    of_answers: Mapping[str, Inferred]


def _counted(
    tx: Session, found: Mission, asked: Checklist, wanted: Question, filters: Filters, by: str
) -> list[_Counted]:
    """Count a question once, or once for each version where its choices changed."""
    code, name = found.code, wanted.name
    wholes = numbers.tallies(tx, code, asked, filters=filters, question=name, apart=True)
    if not wholes:  # nothing fits the filters
        wholes = numbers.tallies(tx, code, asked, filters=filters, question=name)
    groups = numbers.tallies(tx, code, asked, filters=filters, question=name, by=by, apart=True)
    then = numbers.asked_then(tx, code, asked, wholes)
    cases = cases_of(wanted)

    def says(rows: list[Tally], of: str | None, shares: Mapping[str, tuple[str, ...]] | None) -> Any:
        if found.sampling is None or not rows:
            return [{} for _ in rows]
        if any(row.version for row in rows):
            return [dict.fromkeys(shares or row.counts, Inferred(None, None, None, None, "versions")) for row in rows]
        try:
            return numbers.intervals(tx, found, asked, rows, filters=filters, by=of, shares=shares)
        except numbers.FilterNotInferred:
            return [dict.fromkeys(shares or row.counts, Inferred(None, None, None, None, "filter")) for row in rows]

    of_cases = {"cases": cases} if cases else {}
    counted = []
    for whole in wholes:
        mine = [row for row in groups if row.version == whole.version]
        told = says([whole], None, of_cases)[0].get("cases")
        answers = says([whole], None, None)[0] if wanted.codes else {}
        counted.append(
            _Counted(whole, mine, then, [each.get("cases") for each in says(mine, by, of_cases)], told, answers)
        )
    return counted


def _view(
    found: Mission, asked: Checklist, wanted: Question, counted: _Counted, by: str, where: Mapping[str, Any],
    link: Mapping[str, str], names: Mapping[str, str], place: int,
) -> View:  # fmt: skip
    """Set out what was counted, with its pictures."""
    groups = [
        Group(
            group_label(by, each.group, names),
            each.group,
            row_of(wanted, each, printed_for(found, asked, {**where, by: each.group}), counted.asked),
            inferred,
        )
        for each, inferred in zip(counted.groups, counted.of_groups, strict=True)
    ]
    whole = row_of(wanted, counted.whole, printed_for(found, asked, where), counted.asked)
    order = sorting(
        {"label": lambda group: group.label, **{key: _of_row(take) for key, take in row_keys(whole.question).items()}},
        f"v{place}" if place else "",
    )
    here = {**link, "version": whole.asked.versions} if whole.asked else link

    def address(group: str | None, answer: str) -> str:
        within = {} if group is None else {by: group}
        about = {"counted": "1", "question": wanted.name, "answer": answer}
        values: dict[str, Any] = {"mission": found.code, **here, **within, **about}
        return url_for("desk.submissions", **values)

    return View(
        Group(tell("desk.all_together"), None, whole, counted.of_whole),
        order.sorted(groups),
        order,
        pictures_of(found, whole.question, by, whole, groups, address),
        here,
        [(cell, counted.of_answers[cell.answer]) for cell in whole.answers if cell.answer in counted.of_answers],
    )


def _of_row(key: Callable[[Row], Any]) -> Callable[[Group], Any]:
    return lambda group: key(group.row)
