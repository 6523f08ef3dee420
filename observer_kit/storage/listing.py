"""Submissions line by line, as lists show them: filtered, sorted, piece by piece."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import Any, Final

import orjson
from sqlalchemy import and_, func, select
from sqlalchemy.orm import Session

from observer_kit import clock
from observer_kit.errors import NotFound
from observer_kit.storage import tables as t
from observer_kit.storage.filters import Filters, conditions, region, setting

AT_LOCATION = and_(t.Location.mission == t.Submission.mission, t.Location.code == t.Submission.location)


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


ORDERS: Final = ("received", "checklist", "location", "region", "team", "problems", "findings", "standing")
"""By what a list can be sorted; equals stand with the latest received first."""


def latest(tx: Session, mission: str, limit: int) -> list[Row]:
    """Give the submissions received last."""
    return rows(tx, [t.Submission.mission == mission], 0, limit)


def before(tx: Session, mission: str, filters: Filters, sequence: int | None, limit: int) -> list[Row]:
    """Give the next submissions that fit, received before this one: to go through them all, piece by piece."""
    found = conditions(mission, filters, tx.get_bind().dialect.name)
    if sequence is not None:
        found.append(t.Submission.sequence < sequence)
    return rows(tx, found, 0, limit)


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
    return Page(_total(tx, filters, found), rows(tx, found, offset, limit, _ordered(order, down)))


def _total(tx: Session, filters: Filters, found: list[Any]) -> int:
    """Count what fits; a table that no filter asks is left out, for each submission has one line in it."""
    query = select(func.count()).select_from(t.Submission)
    if any(each is not None for each in (filters.state, filters.review, filters.counted)):
        query = query.join(t.Standing, t.Standing.submission == t.Submission.id)
    if filters.search or filters.region is not None or filters.setting is not None:
        query = query.outerjoin(t.Location, AT_LOCATION)
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
    return rows(tx, [t.Submission.mission == mission, t.Submission.visit == visit], 0, 1000)


def row(tx: Session, mission: str, id: str) -> Row:
    """Give one submission's line; raises NotFound."""
    found = rows(tx, [t.Submission.mission == mission, t.Submission.id == id], 0, 1)
    if not found:
        raise NotFound(f"no submission {id!r} in mission {mission!r}")
    return found[0]


def some(tx: Session, mission: str, ids: Sequence[str]) -> dict[str, Row]:
    """Give the lines of those of these submissions that are the mission's, by id."""
    found: dict[str, Row] = {}
    wanted = iter(ids)
    while chunk := list(islice(wanted, 500)):
        fits = [t.Submission.mission == mission, t.Submission.id.in_(chunk)]
        found |= {each.id: each for each in rows(tx, fits, 0, len(chunk))}
    return found


def rows(
    tx: Session, found: list[Any], offset: int, limit: int, order: Sequence[Any] = (t.Submission.sequence.desc(),)
) -> list[Row]:
    """Give the lines that fulfil all these conditions, the latest received first unless ordered otherwise."""
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
        .outerjoin(t.Location, AT_LOCATION)
        .where(*found)
        .order_by(*order)
        .offset(offset)
        .limit(limit)
    )  # fmt: skip
    return [_row(row._asdict()) for row in tx.execute(query)]


def _row(values: dict[str, Any]) -> Row:
    for name in ("received", "arrived", "departed"):
        values[name] = stamp_of(values[name])
    values["findings"] = tuple(finding["code"] for finding in orjson.loads(values["findings"]))
    return Row(**values)


def stamp_of(text: str | None) -> datetime | None:
    """Read a stored moment; None where there is none."""
    return None if text is None else clock.read_stamp(text)
