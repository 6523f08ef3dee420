"""Reports of the same thing: two corrections of one report, two teams at one place, one team twice at one place."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import and_, func, select
from sqlalchemy.orm import Session, aliased

from observer_kit.storage import standing
from observer_kit.storage import tables as t

CORRECTIONS, TEAMS, TWICE = "corrections", "teams", "twice"
MOST: Final = 12
"""Reports that are shown of one place."""
KINDS: Final = (CORRECTIONS, TEAMS, TWICE)


@dataclass(frozen=True, slots=True)
class Conflict:
    """Submissions that speak of the same; `about` is the report that two corrections name, else the location."""

    kind: str
    checklist: str
    about: str
    submissions: tuple[str, ...]


def corrections(tx: Session, mission: str, limit: int, offset: int = 0) -> tuple[int, list[Conflict]]:
    """Count and give the reports that two corrections want to replace.

    Neither of the two is excluded or in quarantine; what was received last comes first.
    """
    old, new, stands = aliased(t.Submission), aliased(t.Submission), aliased(t.Standing)

    def follow(query: Any) -> Any:
        """Join corrections with what they correct, from their own few rows."""
        return (
            query.select_from(new)
            .join(old, and_(old.id == new.supersedes, new.visit == old.visit, new.checklist == old.checklist))
            .join(stands, stands.submission == new.id)
            .outerjoin(t.Device, t.Device.id == new.device)
            .where(
                new.supersedes.is_not(None),
                old.mission == mission,
                new.mission == mission,
                stands.state.in_((standing.COUNTED, standing.SUPERSEDED)),
                (new.device == old.device) | (t.Device.kind == "desk"),
            )
        )

    grouped = follow(select(old.checklist, old.id)).group_by(old.checklist, old.id).having(func.count() > 1)
    total = tx.scalar(select(func.count()).select_from(grouped.subquery())) or 0
    page = grouped.order_by(func.max(new.sequence).desc()).limit(limit).offset(offset)
    found: dict[str, tuple[str, list[str]]] = {about: (checklist, []) for checklist, about in tx.execute(page)}
    for about, id in tx.execute(follow(select(old.id, new.id)).where(old.id.in_(found)).order_by(new.sequence)):
        found[about][1].append(id)
    return total, [Conflict(CORRECTIONS, checklist, about, tuple(ids)) for about, (checklist, ids) in found.items()]


def reports_at(
    tx: Session, mission: str, checklist: str, location: str, team: str | None, *, any_team: bool
) -> tuple[str, ...]:
    """Name the reports of a checklist that count from one place, of one team (None: of no named team) or of any."""
    query = (
        select(t.Submission.id)
        .join(t.Standing, t.Standing.submission == t.Submission.id)
        .where(
            t.Submission.mission == mission,
            t.Submission.location == location,
            t.Submission.checklist == checklist,
            t.Standing.state == standing.COUNTED,
        )
    )
    if not any_team:
        # Where no team is named, IS NULL: another team's report there is none of these.
        query = query.where(t.Submission.team == team)
    return tuple(tx.scalars(query.order_by(t.Submission.sequence).limit(MOST)))
