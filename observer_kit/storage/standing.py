"""Whether a submission counts: worked out anew from what was received and reviewed, whenever either changes.

A correction takes the place of what it names when both are of one mission,
checklist and visit, and it comes from the same device or from the desk. It
may arrive first. Of two corrections the first received counts, until a review
excludes it; what a correction chain leaves standing is its last live link.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy import and_, or_, select, update
from sqlalchemy.orm import Session, aliased

from observer_kit.storage import tables as t

COUNTED, SUPERSEDED, EXCLUDED, QUARANTINED = "counted", "superseded", "excluded", "quarantined"
RECEIVED, QUERIED, VERIFIED = "received", "queried", "verified"
STATES = (COUNTED, SUPERSEDED, EXCLUDED, QUARANTINED)
REVIEWS = (RECEIVED, QUERIED, VERIFIED, EXCLUDED)


def derive(tx: Session, submission: str) -> tuple[str, str, str | None]:
    """Work out a submission's state, its review, and the successor that took its place."""
    review = _review(tx, submission)
    if tx.scalar(select(t.Envelope.quarantine).where(t.Envelope.id == submission)) is not None:
        return QUARANTINED, review, None
    if review == EXCLUDED:
        return EXCLUDED, review, None
    successor = next((one for one in successors(tx, submission) if _lives(tx, one, {submission})), None)
    return (SUPERSEDED if successor else COUNTED), review, successor


def settle(tx: Session, submission: str) -> None:
    """Bring the standing of a submission, and of all that it supersedes, up to date."""
    seen: set[str] = set()
    current: str | None = submission
    while current is not None and current not in seen:
        seen.add(current)
        state, review, successor = derive(tx, current)
        tx.execute(
            update(t.Standing)
            .where(t.Standing.submission == current)
            .values(state=state, review=review, successor=successor)
        )
        current = tx.scalar(select(t.Submission.supersedes).where(t.Submission.id == current))


def first(rows: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    """Give the standings with which newly received submissions begin."""
    return [
        {
            "submission": row["id"], "mission": row["mission"], "checklist": row["checklist"],
            "state": QUARANTINED if row["quarantine"] else COUNTED, "review": RECEIVED, "successor": None,
        }
        for row in rows
    ]  # fmt: skip


def successors(tx: Session, submission: str) -> list[str]:
    """Give the corrections that may take a submission's place, the first received first."""
    old, new = aliased(t.Submission), aliased(t.Submission)
    query = (
        select(new.id)
        .join(old, old.id == new.supersedes)
        .outerjoin(t.Device, t.Device.id == new.device)
        .where(
            old.id == submission,
            and_(new.mission == old.mission, new.checklist == old.checklist, new.visit == old.visit),
            or_(new.device == old.device, t.Device.kind == "desk"),
        )
        .order_by(new.sequence)
    )
    return list(tx.scalars(query))


def is_superseded_by_any(tx: Session, submission: str) -> bool:
    """Tell whether a correction of this id, known here or not, has been received."""
    return tx.scalar(select(t.Submission.id).where(t.Submission.supersedes == submission).limit(1)) is not None


def closes_a_circle(tx: Session, submission: str, supersedes: str, pending: Mapping[str, str]) -> bool:
    """Tell whether following what is superseded from here would lead back to this submission.

    `pending` holds the links of the same transaction that are not yet stored.
    """
    seen: set[str] = set()
    current: str | None = supersedes
    while current is not None and current not in seen:
        if current == submission:
            return True
        seen.add(current)
        stored = select(t.Submission.supersedes).where(t.Submission.id == current)
        current = pending.get(current) or tx.scalar(stored)
    return False


def _review(tx: Session, submission: str) -> str:
    query = select(t.Review.state).where(t.Review.submission == submission)
    return tx.scalar(query.order_by(t.Review.sequence.desc()).limit(1)) or RECEIVED


def _lives(tx: Session, submission: str, seen: set[str]) -> bool:
    """Tell whether a correction, or one that corrects it in turn, is neither excluded nor in quarantine."""
    if submission in seen:
        return False
    seen.add(submission)
    quarantined = tx.scalar(select(t.Envelope.quarantine).where(t.Envelope.id == submission)) is not None
    if not quarantined and _review(tx, submission) != EXCLUDED:
        return True
    return any(_lives(tx, one, seen) for one in successors(tx, submission))
