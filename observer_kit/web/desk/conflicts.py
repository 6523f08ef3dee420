"""Reports of the same thing, found and set side by side: two corrections, two teams at one place, one team twice."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from flask import render_template, request
from sqlalchemy.orm import Session

from observer_kit.checklists.model import Checklist
from observer_kit.storage import accounts, checklists, conflicts, listing, register, submissions
from observer_kit.storage.conflicts import Conflict
from observer_kit.storage.submissions import StoredSubmission
from observer_kit.web import numbers
from observer_kit.web.access import READERS, audience, may, store
from observer_kit.web.access import mission as this_mission
from observer_kit.web.columns import columns_of
from observer_kit.web.desk import bp
from observer_kit.web.desk.filters import REVIEWS, page_number
from observer_kit.web.telling.answers import Answer, set_out

PER_PAGE: Final = 50
MOST_BESIDE: Final = 4
MANY: Final = ("voting", "incident")
"""Stages of which several reports from one place are the ordinary case: looked at only when asked for."""


@dataclass(frozen=True, slots=True)
class Beside:
    """One question over the submissions that stand side by side; None where one of them was not asked it."""

    section: str
    answer: Answer
    cells: tuple[Answer | None, ...]

    @property
    def differs(self) -> bool:
        """Tell whether the submissions do not all say the same."""
        return len({(cell.state, cell.words) if cell else None for cell in self.cells}) > 1


@bp.get("/conflicts", endpoint="conflicts")
@audience(*READERS)
def conflict_list(mission: str) -> str:
    """List what speaks of the same thing: first the corrections of which one must be chosen."""
    page = page_number()
    offset = (page - 1) * PER_PAGE
    with store().reading() as tx:
        current = numbers.in_order(checklists.current(tx, mission))
        twofold, shown = conflicts.corrections(tx, mission, PER_PAGE, offset)
        wanted = request.args.get("checklist", "")
        once = [each for each in current.values() if each.stage not in MANY]
        found = {
            kind: at_one_place(tx, mission, kind, [current[wanted]] if wanted in current else once, PER_PAGE, offset)
            for kind in (conflicts.TEAMS, conflicts.TWICE)
        }
        ids = [id for each in shown for id in each.submissions]
        ids += [id for _, some in found.values() for each in some for id in each.submissions]
        rows = listing.some(tx, mission, ids)
    parts = [(conflicts.CORRECTIONS, twofold, shown)]
    parts += [(kind, total, some) for kind, (total, some) in found.items()]
    return render_template(
        "desk/conflicts.html",
        mission=this_mission(),
        parts=parts,
        rows=rows,
        page=page,
        per_page=PER_PAGE,
        current={name: each for name, each in current.items() if each.stage != "incident"},
        wanted=wanted,
        longest=max(total for _, total, _ in parts),
        beside=MOST_BESIDE,
    )


@bp.get("/beside")
@audience(*READERS)
def beside(mission: str) -> str:
    """Set up to four submissions side by side, question by question."""
    ids = list(dict.fromkeys(request.args.getlist("id")))[:MOST_BESIDE]
    with store().reading() as tx:
        stored = [submissions.get(tx, mission, id) for id in ids]
        asked = {each.row.version: checklists.get(tx, each.row.version) for each in stored}
        zones = _zones(tx, mission, stored)
        people = {each.id: each.name for each in accounts.all(tx)}
    lines = side_by_side([(each, asked[each.row.version], zones[each.row.id]) for each in stored])
    only = request.args.get("all") != "1"
    return render_template(
        "desk/beside.html",
        mission=this_mission(),
        stored=stored,
        titles={version: checklist.title for version, checklist in asked.items()},
        lines=[line for line in lines if line.differs or not only],
        differing=sum(line.differs for line in lines),
        total=len(lines),
        only=only,
        zones=zones,
        people=people,
        ids=ids,
        reviews=REVIEWS,
        writes=may("coordinator", "administrator"),
    )


def at_one_place(
    tx: Session, mission: str, kind: str, asked: Sequence[Checklist], limit: int, offset: int = 0
) -> tuple[int, list[Conflict]]:
    """Count and give the places from which reports of one checklist count twice: of two teams, or of one.

    `asked` are those looked at: of voting, several visits to a place are the
    ordinary case. Found in the columns, so that a million reports are no hindrance.
    """
    from observer_kit.statistics.doubled import one_team_twice, two_teams

    find = two_teams if kind == conflicts.TEAMS else one_team_twice
    every = [(one, checklist.name) for checklist in asked for one in find(columns_of(tx, mission, checklist))]
    every.sort(key=lambda each: -each[0].latest)
    found = []
    for one, name in every[offset : offset + limit]:
        ids = conflicts.reports_at(tx, mission, name, one.location, one.team, any_team=kind == conflicts.TEAMS)
        found.append(Conflict(kind, name, one.location, ids))
    return len(every), found


def side_by_side(found: Sequence[tuple[StoredSubmission, Checklist, str]]) -> list[Beside]:
    """Put the answers of several submissions beside each other, in the order of the first that asks each question."""
    columns: list[dict[str, Answer]] = []
    order: dict[str, tuple[str, Answer]] = {}
    for stored, checklist, zone in found:
        column = {}
        for section, answers in set_out(checklist, stored.submission, zone):
            for answer in answers:
                column[answer.name] = answer
                order.setdefault(answer.name, (section.name, answer))
        columns.append(column)
    return [
        Beside(section, answer, tuple(column.get(name) for column in columns))
        for name, (section, answer) in order.items()
    ]


def _zones(tx: Session, mission: str, stored: Sequence[StoredSubmission]) -> Mapping[str, Any]:
    places = register.some(tx, mission, {each.row.location for each in stored if each.row.location})
    return {
        each.row.id: places[each.row.location].zone if each.row.location in places else this_mission().zone
        for each in stored
    }
