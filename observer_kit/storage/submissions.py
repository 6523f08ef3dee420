"""Submissions as they stand: for statistics and pages. Nothing here writes; the intake does."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import orjson
from sqlalchemy import case, func, select, text
from sqlalchemy.orm import Session

from observer_kit import clock
from observer_kit.collection.model import HEADER, Envelope, Finding, Problem, Report, Submission
from observer_kit.errors import NotFound
from observer_kit.storage import reviews
from observer_kit.storage import standing as standings
from observer_kit.storage import tables as t
from observer_kit.storage.filters import Filters, conditions, region, setting
from observer_kit.storage.listing import AT_LOCATION, Row, rows, stamp_of
from observer_kit.storage.reviews import Review
from observer_kit.trust.model import Receipt


@dataclass(frozen=True, slots=True)
class StoredSubmission:
    """Everything known of one submission: as sent, as judged, as it stands."""

    submission: Submission
    envelope: Envelope
    receipt: Receipt
    row: Row
    via: str
    special: str | None
    successors: tuple[str, ...]  # more than one is a conflict for the desk
    foreign: tuple[str, ...]  # corrections that name it, but are of another visit, checklist or device
    reviews: tuple[Review, ...]


@dataclass(frozen=True, slots=True)
class Counted:
    """One submission that counts, without its answers."""

    id: str
    checklist: str
    version: str
    location: str | None
    region: str | None
    team: str | None
    kind: str | None  # of the location; None for one that the register does not have


def counted(tx: Session, mission: str) -> Iterator[Counted]:
    """Go through the submissions that count, in the order of receipt, reading no answers."""
    query = (
        select(
            t.Submission.id, t.Submission.checklist, t.Submission.version, t.Submission.location, region,
            t.Submission.team, t.Location.kind,
        )
        .join(t.Standing, t.Standing.submission == t.Submission.id)
        .outerjoin(t.Location, AT_LOCATION)
        .where(t.Submission.mission == mission, t.Standing.state == standings.COUNTED)
        .order_by(t.Submission.sequence)
        .execution_options(yield_per=1000)
    )  # fmt: skip
    for row in tx.execute(query):
        yield Counted(*row)


def reports(
    tx: Session,
    mission: str,
    checklist: str | None = None,
    *,
    filters: Filters | None = None,
    ids: Collection[str] | None = None,
) -> Iterator[Report]:
    """Go through the submissions that count (not superseded, excluded or in quarantine), in the order of receipt.

    With `ids` those are given, whether or not they count by now: the ones of a frozen data set.
    """
    found = conditions(mission, filters or Filters(), tx.get_bind().dialect.name)
    if ids is None:
        found.append(t.Standing.state == standings.COUNTED)
    if checklist is not None:
        found.append(t.Submission.checklist == checklist)
    query = (
        select(
            t.Submission.id, t.Submission.checklist, t.Submission.version, t.Submission.location,
            region, setting, t.Location.special, t.Submission.team, t.Submission.hour, t.Standing.review,
            t.Submission.answers, t.Submission.comments, t.Location.kind,
        )
        .join(t.Standing, t.Standing.submission == t.Submission.id)
        .outerjoin(t.Location, AT_LOCATION)
        .where(*found)
        .order_by(t.Submission.sequence)
        .execution_options(yield_per=1000)
    )  # fmt: skip
    loads = orjson.loads
    for row in tx.execute(query):
        id, name, version, location, area, urban, special, team, hour, review, answers, comments, kind = row
        if ids is not None and id not in ids:
            continue
        yield Report(
            id, name, version, location, area, urban, special, team, hour, review, loads(answers), loads(comments), kind
        )


def get(tx: Session, mission: str, id: str) -> StoredSubmission:
    """Give one submission with its envelope, receipt and reviews; raises NotFound."""
    sent = tx.get(t.Envelope, id)
    judged = tx.get(t.Submission, id)
    if sent is None or judged is None or judged.mission != mission:
        raise NotFound(f"no submission {id!r} in mission {mission!r}")
    special = select(t.Location.special).where(t.Location.mission == mission, t.Location.code == judged.location)
    return StoredSubmission(
        submission=submission_of(judged),
        envelope=envelope_of(sent),
        receipt=Receipt(sent.id, sent.hash, sent.received, sent.sequence, sent.receipt_key, sent.receipt),
        row=rows(tx, [t.Submission.id == id], 0, 1)[0],
        via=sent.via,
        special=tx.scalar(special),
        successors=tuple(standings.successors(tx, id)),
        foreign=tuple(standings.foreign(tx, id, (mission, judged.checklist, judged.visit), judged.device)),
        reviews=tuple(reviews.of(tx, id)),
    )


def standing(tx: Session, mission: str) -> dict[str, Any]:
    """Count the mission's submissions by their state; problems and findings among those that count."""
    states: dict[str, Any] = dict.fromkeys(standings.STATES, 0)
    counts = t.Standing.state == standings.COUNTED
    grouped = tx.execute(
        select(t.Standing.state, func.count()).where(t.Standing.mission == mission).group_by(t.Standing.state)
    )
    states.update((state, number) for state, number in grouped)
    flags = select(
        func.sum(case((t.Submission.problem_count > 0, 1), else_=0)),
        func.sum(case((t.Submission.finding_count > 0, 1), else_=0)),
    ).join(t.Standing, t.Standing.submission == t.Submission.id)
    # Written as the index has it, so that the database sees that it may use it.
    problems, findings = tx.execute(flags.where(t.Submission.mission == mission, text(f"({t.FLAGGED})"), counts)).one()
    states.update(with_problems=problems or 0, with_findings=findings or 0)
    states.update(
        first=_received(tx, mission, t.Chain.sequence.asc()), last=_received(tx, mission, t.Chain.sequence.desc())
    )
    return states


def _received(tx: Session, mission: str, order: Any) -> datetime | None:
    """Give when the mission's first or last report came, by the chain: its index leads there at once."""
    query = (
        select(t.Envelope.received)
        .join(t.Chain, t.Chain.sequence == t.Envelope.sequence)
        .where(t.Chain.mission == mission)
        .order_by(order)
        .limit(1)
    )
    return stamp_of(tx.scalar(query))


def submission_of(row: t.Submission) -> Submission:
    """Give a stored submission in the words of the collection room."""
    return Submission(
        id=row.id, mission=row.mission, checklist=row.checklist, version=row.version, visit=row.visit,
        supersedes=row.supersedes, device=row.device, team=row.team, location=row.location,
        location_name=row.location_name, clock=clock.read_stamp(row.clock), arrived=stamp_of(row.arrived),
        departed=stamp_of(row.departed), answers=orjson.loads(row.answers), comments=orjson.loads(row.comments),
        problems=tuple(Problem(**problem) for problem in orjson.loads(row.problems)),
        findings=tuple(Finding(**finding) for finding in orjson.loads(row.findings)),
    )  # fmt: skip


def envelope_of(row: t.Envelope) -> Envelope:
    """Give a stored envelope as it was sent."""
    header = {name: getattr(row, name) for name in HEADER}
    return Envelope(**header, signature=row.signature, payload=row.payload)


def mission_of(tx: Session, id: str) -> str:
    """Give the code of the mission that a submission belongs to; raises NotFound."""
    mission = tx.scalar(select(t.Submission.mission).where(t.Submission.id == id))
    if mission is None:
        raise NotFound(f"no submission {id!r}")
    return mission
