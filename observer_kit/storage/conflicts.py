"""Reports of the same thing: two corrections of one report, two teams at one place, one team twice at one place."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import and_, func, select
from sqlalchemy.orm import Session, aliased

from observer_kit.storage import standing
from observer_kit.storage import tables as t

CORRECTIONS, TEAMS, TWICE = "corrections", "teams", "twice"
KINDS: Final = (CORRECTIONS, TEAMS, TWICE)


@dataclass(frozen=True, slots=True)
class Conflict:
    """Submissions that speak of the same; `about` is the report that two corrections name, else the location."""

    kind: str
    checklist: str
    about: str
    submissions: tuple[str, ...]


def corrections(tx: Session, mission: str) -> list[Conflict]:
    """Give the reports that two corrections want to replace, while neither of the two is excluded or in quarantine."""
    old, new, stands = aliased(t.Submission), aliased(t.Submission), aliased(t.Standing)
    query = (
        select(old.checklist, old.id, new.id)
        .join(new, and_(new.supersedes == old.id, new.visit == old.visit, new.checklist == old.checklist))
        .join(stands, stands.submission == new.id)
        .outerjoin(t.Device, t.Device.id == new.device)
        .where(
            old.mission == mission,
            new.mission == mission,
            stands.state.in_((standing.COUNTED, standing.SUPERSEDED)),
            (new.device == old.device) | (t.Device.kind == "desk"),
        )
        .order_by(new.sequence)
    )
    found: dict[tuple[str, str], list[str]] = {}
    for checklist, about, id in tx.execute(query):
        found.setdefault((checklist, about), []).append(id)
    return [
        Conflict(CORRECTIONS, checklist, about, tuple(ids)) for (checklist, about), ids in found.items() if len(ids) > 1
    ]


def at_one_place(
    tx: Session, mission: str, kind: str, checklists: Sequence[str], limit: int, offset: int = 0
) -> tuple[int, list[Conflict]]:
    """Count and give the places from which reports of one checklist count twice: of two teams, or of one.

    `checklists` are those looked at: of voting, several visits to a place are the ordinary case.
    """
    teams = func.count(t.Submission.team.distinct())
    place: Sequence[Any] = (t.Submission.checklist, t.Submission.location)
    key: Sequence[Any] = place if kind == TEAMS else (*place, t.Submission.team)
    where = (
        t.Submission.mission == mission,
        t.Standing.state == standing.COUNTED,
        t.Submission.location.is_not(None),
        t.Submission.checklist.in_(checklists),
    )
    grouped = (
        select(*key)
        .join(t.Standing, t.Standing.submission == t.Submission.id)
        .where(*where)
        .group_by(*key)
        .having(teams > 1 if kind == TEAMS else func.count() > 1)
    )
    total = tx.scalar(select(func.count()).select_from(grouped.subquery())) or 0
    found = []
    for row in tx.execute(grouped.order_by(func.max(t.Submission.sequence).desc()).limit(limit).offset(offset)).all():
        # Where no team is named, IS NULL: another team's report there is none of these.
        same = [column == value for column, value in zip(key, row, strict=True)]
        ids = (
            select(t.Submission.id)
            .join(t.Standing, t.Standing.submission == t.Submission.id)
            .where(*where, *same)
            .order_by(t.Submission.sequence)
            .limit(12)
        )
        found.append(Conflict(kind, row[0], row[1], tuple(tx.scalars(ids))))
    return total, found
