"""What came in since a moment: the cheapest questions a page can ask."""

from __future__ import annotations

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from observer_kit.storage import tables as t
from observer_kit.storage.chain import revision

__all__ = ["revision", "since"]

MOST = 1000
"""Beyond so many new reports a page need not know how many."""


def since(tx: Session, mission: str, sequence: int) -> tuple[int, int]:
    """Count the reports received after this revision, up to MOST, and the incidents among them."""
    new = (
        select(t.Envelope.checklist)
        .where(t.Envelope.sequence > sequence, t.Envelope.mission == mission)
        .limit(MOST)
        .subquery()
    )
    query = select(new.c.checklist, func.count().label("n")).group_by(new.c.checklist)
    grouped: dict[str, int] = {row.checklist: row.n for row in tx.execute(query)}
    return sum(grouped.values()), grouped.get("incident", 0)
