"""What people decided about submissions: every decision is kept, the latest counts."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import islice
from typing import Final

from sqlalchemy import func, insert, select
from sqlalchemy.orm import Session

from observer_kit import clock
from observer_kit.errors import Conflict, NotFound
from observer_kit.storage import chain, standing
from observer_kit.storage import tables as t
from observer_kit.storage.families import Family
from observer_kit.storage.said import one_of
from observer_kit.trust.chain import content_hash

MOST: Final = 1000
"""Submissions that one act decides about at once."""


@dataclass(frozen=True, slots=True)
class Review:
    """One decision."""

    submission: str
    state: str  # received | queried | verified | excluded
    reason: str
    by: str | None
    at: datetime


@dataclass(frozen=True, slots=True)
class Outlook:
    """What a decision would do to one submission: its review and its standing before and after.

    `why` says why it can't be decided about (None where it can): `same`, it
    stands so already; `gone`, it is none of the mission's; `decided`, somebody
    decided since it was looked at. `chosen` is False for one that was not
    chosen and whose standing would change with another's.
    """

    submission: str
    review: str
    to_review: str
    state: str
    to_state: str
    why: str | None = None
    chosen: bool = True


def add(tx: Session, mission: str, submission_id: str, state: str, reason: str, by: str | None) -> Review:
    """Decide about a submission; raises NotFound, and Conflict for an exclusion without a reason."""
    chain.lock(tx)
    _check(state, reason.strip())
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


def undo(tx: Session, mission: str, submission_id: str, reason: str, by: str | None) -> Review:
    """Go back to what was decided before the latest decision, by a decision of its own; raises Conflict without one."""
    chain.lock(tx)
    every = of(tx, submission_id)
    if not every:
        raise Conflict("nothing has been decided about this submission")
    before = every[-2] if len(every) > 1 else None
    if before is None:
        return add(tx, mission, submission_id, standing.RECEIVED, reason, by)
    return add(tx, mission, submission_id, before.state, reason.strip() or before.reason, by)


def outlook(
    tx: Session, mission: str, submissions: Sequence[str], state: str, seen: int | None = None
) -> list[Outlook]:
    """Tell what deciding so about these submissions would change, here and in what they correct; nothing is stored.

    `seen` is the chain's head when the preview was shown: whatever was decided after it is left alone.
    """
    found: dict[str, Outlook] = {}
    families: dict[standing.Key, set[str]] = {}
    later = _decided_after(tx, submissions, seen)
    for id in dict.fromkeys(submissions):
        key = standing.key_of(tx, id)
        if key is None or key[0] != mission:
            found[id] = Outlook(id, "", "", "", "", "gone")
            continue
        families.setdefault(key, set()).add(id)
    for key, chosen in families.items():
        family = standing.family(tx, key)
        now = family.places()
        changed = {
            id for id in chosen if now[id][1] != state and id not in later
        }  # fmt: skip
        for id in changed:
            family.members[id] = replace(family.members[id], review=state)
        then = Family(family.members.values()).places()
        for id, (was, review, _) in now.items():
            to, to_review, _ = then[id]
            if id in chosen:
                why = None if id in changed else ("decided" if id in later else "same")
                found[id] = Outlook(id, review, to_review, was, to, why)
            elif was != to:
                found[id] = Outlook(id, review, to_review, was, to, None, chosen=False)
    order = {id: place for place, id in enumerate(submissions)}
    return sorted(found.values(), key=lambda each: order.get(each.submission, len(order)))


def add_many(
    tx: Session, mission: str, submissions: Sequence[str], state: str, reason: str, by: str | None, seen: int | None
) -> list[Outlook]:
    """Decide the same about many submissions in this transaction; gives what was done and what was left alone.

    Raises Conflict for a state that is none, an exclusion without a reason, or too many at once.
    """
    chain.lock(tx)
    reason = reason.strip()
    _check(state, reason)
    if len(submissions) > MOST:
        raise Conflict(f"at most {MOST} submissions at once", place="many")
    done = outlook(tx, mission, submissions, state, seen)
    fitting = [each.submission for each in done if each.why is None and each.chosen]
    sequence, previous = chain.head(tx)
    at = clock.now()
    links, rows = [], []
    for id in fitting:
        review = Review(id, state, reason, by, at)
        link = chain.make(sequence + 1, clock.stamp(at), "review", mission, id, by, content(review), previous)
        sequence, previous = link.sequence, link.hash
        links.append(link)
        rows.append({"sequence": sequence, "mission": mission, "submission": id,
                     "state": state, "reason": reason, "by": by, "at": at})  # fmt: skip
    if links:
        chain.append_links(tx, links)
        tx.execute(insert(t.Review), rows)
        for key in dict.fromkeys(standing.key_of(tx, id) for id in fitting):
            if key is not None:
                standing.settle(tx, key)
    return done


def _decided_after(tx: Session, submissions: Iterable[str], seen: int | None) -> set[str]:
    """Name those about which somebody decided after this row of the chain."""
    if seen is None:
        return set()
    found: set[str] = set()
    wanted = iter(submissions)
    while some := list(islice(wanted, 500)):
        latest = select(t.Review.submission).where(t.Review.submission.in_(some))
        found |= set(tx.scalars(latest.group_by(t.Review.submission).having(func.max(t.Review.sequence) > seen)))
    return found


def _check(state: str, reason: str) -> None:
    if one_of(state, standing.REVIEWS, "state") == standing.EXCLUDED and not reason:
        raise Conflict("an exclusion needs a reason", place="reason")


def of(tx: Session, submission_id: str) -> list[Review]:
    """Give every decision about a submission, the oldest first."""
    query = select(t.Review).where(t.Review.submission == submission_id).order_by(t.Review.sequence)
    return [Review(row.submission, row.state, row.reason, row.by, row.at) for row in tx.scalars(query)]


def content(review: Review) -> str:
    """Give the hash under which the chain keeps a decision."""
    return content_hash(review.submission, review.state, review.reason, review.by or "", clock.stamp(review.at))
