"""Whether a submission counts: worked out anew from what was received and reviewed, whenever either changes.

A correction takes the place of what it names when both are of one mission,
checklist and visit, and it comes from the same device or from the desk. It
may arrive first. Of two corrections the first received counts, until a review
excludes it; of all that correct one report, directly or in turn, one counts.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sqlalchemy import and_, bindparam, or_, select, update
from sqlalchemy.orm import Session, aliased

from observer_kit.storage import tables as t
from observer_kit.storage.families import (
    COUNTED,
    EXCLUDED,
    QUARANTINED,
    QUERIED,
    RECEIVED,
    SUPERSEDED,
    VERIFIED,
    Family,
    Member,
)

__all__ = [
    "COUNTED", "EXCLUDED", "QUARANTINED", "QUERIED", "RECEIVED", "REVIEWS", "STATES", "SUPERSEDED", "VERIFIED",
    "Key", "derive", "family", "first", "foreign", "key_of", "settle", "successors",
]  # fmt: skip

STATES = (COUNTED, SUPERSEDED, EXCLUDED, QUARANTINED)
REVIEWS = (RECEIVED, QUERIED, VERIFIED, EXCLUDED)

Key = tuple[str, str, str]
"""Mission, checklist and visit: what a correction shares with what it corrects."""


def key_of(tx: Session, submission: str) -> Key | None:
    """Give a submission's mission, checklist and visit; None for one that is not here."""
    query = select(t.Submission.mission, t.Submission.checklist, t.Submission.visit)
    row = tx.execute(query.where(t.Submission.id == submission)).first()
    return None if row is None else (row.mission, row.checklist, row.visit)


def family(tx: Session, key: Key) -> Family:
    """Give the stored reports of one checklist from one visit."""
    mission, checklist, visit = key
    decided = (
        select(t.Review.state)
        .where(t.Review.submission == t.Submission.id)
        .order_by(t.Review.sequence.desc())
        .limit(1)
        .scalar_subquery()
    )
    query = (
        select(t.Submission.id, t.Submission.supersedes, t.Submission.device, t.Device.kind,
               t.Envelope.quarantine, decided)
        .join(t.Envelope, t.Envelope.id == t.Submission.id)
        .outerjoin(t.Device, t.Device.id == t.Submission.device)
        .where(t.Submission.mission == mission, t.Submission.visit == visit, t.Submission.checklist == checklist)
        .order_by(t.Submission.sequence)
    )  # fmt: skip
    return Family(
        Member(id, supersedes, device, kind == "desk", quarantine is not None, review or RECEIVED)
        for id, supersedes, device, kind, quarantine, review in tx.execute(query)
    )


def derive(
    tx: Session, submission: str, worked_out: dict[Key, dict[str, tuple[str, str, str | None]]]
) -> tuple[str, str, str | None]:
    """Work out a submission's state, its review, and its successor; `worked_out` keeps those of its family."""
    key = key_of(tx, submission)
    if key is None:
        raise KeyError(submission)
    if key not in worked_out:
        worked_out[key] = family(tx, key).places()
    return worked_out[key][submission]


def settle(tx: Session, key: Key) -> None:
    """Bring the standing of all reports of one checklist from one visit up to date."""
    right = family(tx, key).places()
    now = (
        select(t.Standing.submission, t.Standing.state, t.Standing.review, t.Standing.successor)
        .join(t.Submission, t.Submission.id == t.Standing.submission)
        .where(t.Submission.mission == key[0], t.Submission.visit == key[2], t.Submission.checklist == key[1])
    )
    changed = [
        dict(zip(("id", "new_state", "new_review", "new_successor"), (id, *right[id]), strict=True))
        for id, *stands in tx.execute(now)
        if tuple(stands) != right[id]
    ]
    if changed:
        table: Any = t.Standing.__table__
        new: dict[str, Any] = {name: bindparam(f"new_{name}") for name in ("state", "review", "successor")}
        tx.connection().execute(update(table).where(table.c.submission == bindparam("id")).values(new), changed)


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


def foreign(tx: Session, submission: str, key: Key, device: str) -> list[str]:
    """Give the corrections that name a submission of this device, but may not take its place and count beside it."""
    mission, checklist, visit = key
    query = (
        select(t.Submission.id)
        .join(t.Envelope, t.Envelope.id == t.Submission.id)
        .outerjoin(t.Device, and_(t.Device.id == t.Submission.device, t.Device.kind == "desk"))
        .where(
            t.Submission.supersedes == submission,
            t.Envelope.quarantine.is_(None),
            or_(
                t.Submission.mission != mission,
                t.Submission.checklist != checklist,
                t.Submission.visit != visit,
                and_(t.Submission.device != device, t.Device.id.is_(None)),
            ),
        )
        .order_by(t.Submission.sequence)
    )
    return list(tx.scalars(query))
