"""What people decided about submissions: every decision is kept, the latest counts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from observer_kit import clock
from observer_kit.errors import Conflict, NotFound
from observer_kit.storage import chain, standing
from observer_kit.storage import tables as t
from observer_kit.trust.chain import content_hash


@dataclass(frozen=True, slots=True)
class Review:
    """One decision."""

    submission: str
    state: str  # received | queried | verified | excluded
    reason: str
    by: str | None
    at: datetime


def add(tx: Session, mission: str, submission_id: str, state: str, reason: str, by: str | None) -> Review:
    """Decide about a submission; raises NotFound, and Conflict for an exclusion without a reason."""
    chain.lock(tx)
    if state not in standing.REVIEWS:
        raise Conflict(f"a review is one of {', '.join(standing.REVIEWS)}, not {state!r}")
    if state == standing.EXCLUDED and not reason.strip():
        raise Conflict("an exclusion needs a reason")
    key = standing.key_of(tx, submission_id)
    if key is None or key[0] != mission:
        raise NotFound(f"no submission {submission_id!r} in mission {mission!r}")
    review = Review(submission_id, state, reason.strip(), by, clock.now())
    sequence = chain.append(tx, "review", submission_id, content(review), mission, by)
    tx.execute(
        insert(t.Review).values(
            sequence=sequence, mission=mission, submission=submission_id,
            state=state, reason=review.reason, by=by, at=review.at,
        )
    )  # fmt: skip
    standing.settle(tx, key)
    return review


def of(tx: Session, submission_id: str) -> list[Review]:
    """Give every decision about a submission, the oldest first."""
    query = select(t.Review).where(t.Review.submission == submission_id).order_by(t.Review.sequence)
    return [Review(row.submission, row.state, row.reason, row.by, row.at) for row in tx.scalars(query)]


def content(review: Review) -> str:
    """Give the hash under which the chain keeps a decision."""
    return content_hash(review.submission, review.state, review.reason, review.by or "", clock.stamp(review.at))
