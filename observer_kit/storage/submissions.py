"""Submissions as they stand: for statistics, lists and pages. Nothing here writes; the intake does."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import Any, Final

import orjson
from sqlalchemy import and_, case, func, select, text
from sqlalchemy.orm import Session

from observer_kit import clock
from observer_kit.collection.model import HEADER, Envelope, Finding, Problem, Report, Submission
from observer_kit.errors import NotFound
from observer_kit.storage import reviews
from observer_kit.storage import standing as standings
from observer_kit.storage import tables as t
from observer_kit.storage.filters import Filters, conditions, region, setting
from observer_kit.storage.reviews import Review
from observer_kit.trust.model import Receipt

__all__ = [
    "ORDERS", "Counted", "Filters", "Page", "Row", "StoredSubmission",
    "before", "counted", "get", "latest", "page", "reports", "standing", "visit",
]  # fmt: skip

_AT_LOCATION = and_(t.Location.mission == t.Submission.mission, t.Location.code == t.Submission.location)


@dataclass(frozen=True, slots=True)
class Row:
    """One line of a list of submissions."""

    id: str
    sequence: int
    checklist: str
    version: str
    visit: str
    location: str | None
    location_name: str | None  # as typed, when the register does not know it
    place: str | None  # the register's name
    region: str | None
    setting: str | None
    team: str | None
    device: str
    device_kind: str | None
    received: datetime
    arrived: datetime | None
    departed: datetime | None
    hour: int | None
    state: str
    review: str
    successor: str | None
    quarantine: str | None
    problems: int
    findings: tuple[str, ...]  # codes
    via: str  # phoned and paper: typed in at the desk
    place_ru: str | None = None
    place_kk: str | None = None

    def called(self, language: str) -> str | None:
        """Give the register's name of its place in a language; None for a place that it does not know."""
        return {"ru": self.place_ru, "kk": self.place_kk}.get(language) or self.place


@dataclass(frozen=True, slots=True)
class Page:
    """A piece of a list, and how long the whole list is."""

    total: int
    rows: list[Row]


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
        .outerjoin(t.Location, _AT_LOCATION)
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
        .outerjoin(t.Location, _AT_LOCATION)
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


ORDERS: Final = ("received", "checklist", "location", "region", "team", "problems", "findings", "standing")
"""By what a list can be sorted; equals stand with the latest received first."""


def latest(tx: Session, mission: str, limit: int) -> list[Row]:
    """Give the submissions received last."""
    return _rows(tx, [t.Submission.mission == mission], 0, limit)


def before(tx: Session, mission: str, filters: Filters, sequence: int | None, limit: int) -> list[Row]:
    """Give the next submissions that fit, received before this one: to go through them all, piece by piece."""
    found = conditions(mission, filters, tx.get_bind().dialect.name)
    if sequence is not None:
        found.append(t.Submission.sequence < sequence)
    return _rows(tx, found, 0, limit)


def page(
    tx: Session,
    mission: str,
    filters: Filters,
    offset: int = 0,
    limit: int = 50,
    *,
    order: str = "received",
    down: bool = True,
) -> Page:
    """Give a piece of the list of all submissions that fit, the latest received first unless asked otherwise."""
    found = conditions(mission, filters, tx.get_bind().dialect.name)
    return Page(_total(tx, filters, found), _rows(tx, found, offset, limit, _ordered(order, down)))


def _total(tx: Session, filters: Filters, found: list[Any]) -> int:
    """Count what fits; a table that no filter asks is left out, for each submission has one line in it."""
    query = select(func.count()).select_from(t.Submission)
    if any(each is not None for each in (filters.state, filters.review, filters.counted)):
        query = query.join(t.Standing, t.Standing.submission == t.Submission.id)
    if filters.search or filters.region is not None or filters.setting is not None:
        query = query.outerjoin(t.Location, _AT_LOCATION)
    return tx.scalar(query.where(*found)) or 0


def _ordered(order: str, down: bool) -> list[Any]:
    """Give what a list is sorted by; a list has one order for equals, so that its pages fit together."""
    keys: dict[str, Any] = {
        "received": t.Submission.sequence,
        "checklist": t.Submission.checklist,
        "location": func.coalesce(t.Location.name, t.Submission.location_name, t.Submission.location, ""),
        "region": func.coalesce(region, ""),
        "team": func.coalesce(t.Submission.team, ""),
        "problems": t.Submission.problem_count,
        "findings": t.Submission.finding_count,
        "standing": t.Standing.state + t.Standing.review,
    }
    key = keys.get(order, t.Submission.sequence)
    first = key.desc() if down else key.asc()
    return [first] if key is t.Submission.sequence else [first, t.Submission.sequence.desc()]


def visit(tx: Session, mission: str, visit: str) -> list[Row]:
    """Give every submission of one visit, the latest received first."""
    return _rows(tx, [t.Submission.mission == mission, t.Submission.visit == visit], 0, 1000)


def row(tx: Session, mission: str, id: str) -> Row:
    """Give one submission's line; raises NotFound."""
    found = _rows(tx, [t.Submission.mission == mission, t.Submission.id == id], 0, 1)
    if not found:
        raise NotFound(f"no submission {id!r} in mission {mission!r}")
    return found[0]


def some(tx: Session, mission: str, ids: Sequence[str]) -> dict[str, Row]:
    """Give the lines of those of these submissions that are the mission's, by id."""
    found: dict[str, Row] = {}
    wanted = iter(ids)
    while chunk := list(islice(wanted, 500)):
        fits = [t.Submission.mission == mission, t.Submission.id.in_(chunk)]
        found |= {each.id: each for each in _rows(tx, fits, 0, len(chunk))}
    return found


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
        row=_rows(tx, [t.Submission.id == id], 0, 1)[0],
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
    return _moment(tx.scalar(query))


def submission_of(row: t.Submission) -> Submission:
    """Give a stored submission in the words of the collection room."""
    return Submission(
        id=row.id, mission=row.mission, checklist=row.checklist, version=row.version, visit=row.visit,
        supersedes=row.supersedes, device=row.device, team=row.team, location=row.location,
        location_name=row.location_name, clock=clock.read_stamp(row.clock), arrived=_moment(row.arrived),
        departed=_moment(row.departed), answers=orjson.loads(row.answers), comments=orjson.loads(row.comments),
        problems=tuple(Problem(**problem) for problem in orjson.loads(row.problems)),
        findings=tuple(Finding(**finding) for finding in orjson.loads(row.findings)),
    )  # fmt: skip


def envelope_of(row: t.Envelope) -> Envelope:
    """Give a stored envelope as it was sent."""
    header = {name: getattr(row, name) for name in HEADER}
    return Envelope(**header, signature=row.signature, payload=row.payload)


def _rows(
    tx: Session, found: list[Any], offset: int, limit: int, order: Sequence[Any] = (t.Submission.sequence.desc(),)
) -> list[Row]:
    query = (
        select(
            t.Submission.id, t.Submission.sequence, t.Submission.checklist, t.Submission.version, t.Submission.visit,
            t.Submission.location, t.Submission.location_name, t.Location.name.label("place"),
            t.Location.name_ru.label("place_ru"), t.Location.name_kk.label("place_kk"),
            region.label("region"), setting.label("setting"), t.Submission.team, t.Submission.device,
            t.Device.kind.label("device_kind"), t.Submission.received, t.Submission.arrived, t.Submission.departed,
            t.Submission.hour, t.Standing.state, t.Standing.review, t.Standing.successor, t.Envelope.quarantine,
            t.Submission.problem_count.label("problems"), t.Submission.findings, t.Envelope.via,
        )
        .join(t.Standing, t.Standing.submission == t.Submission.id)
        .join(t.Envelope, t.Envelope.id == t.Submission.id)
        .outerjoin(t.Device, t.Device.id == t.Submission.device)
        .outerjoin(t.Location, _AT_LOCATION)
        .where(*found)
        .order_by(*order)
        .offset(offset)
        .limit(limit)
    )  # fmt: skip
    return [_row(row._asdict()) for row in tx.execute(query)]


def _row(values: dict[str, Any]) -> Row:
    for name in ("received", "arrived", "departed"):
        values[name] = _moment(values[name])
    values["findings"] = tuple(finding["code"] for finding in orjson.loads(values["findings"]))
    return Row(**values)


def _moment(text: str | None) -> datetime | None:
    return None if text is None else clock.read_stamp(text)


def mission_of(tx: Session, id: str) -> str:
    """Give the code of the mission that a submission belongs to; raises NotFound."""
    mission = tx.scalar(select(t.Submission.mission).where(t.Submission.id == id))
    if mission is None:
        raise NotFound(f"no submission {id!r}")
    return mission
