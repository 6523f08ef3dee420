"""A mission's register of locations, and its teams."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable, Sequence
from itertools import islice
from typing import Final
from weakref import WeakKeyDictionary

import orjson
from sqlalchemy import ColumnElement, and_, delete, func, insert, not_, or_, select
from sqlalchemy.orm import Session

from observer_kit.missions.model import Location, Team
from observer_kit.storage import chain, missions
from observer_kit.storage import tables as t
from observer_kit.storage.engine import Store, store_of
from observer_kit.storage.location_rows import hashed, location_of, row_of
from observer_kit.trust.chain import content_hash

_CHUNK = 2000
_EDITIONS: Final[WeakKeyDictionary[Store, dict[tuple[object, ...], tuple[str, int]]]] = WeakKeyDictionary()


def replace(tx: Session, mission: str, locations: Iterable[Location], by: str | None = None) -> int:
    """Put this register in place of the old one, in a stream; gives the number of locations."""
    chain.lock(tx)
    missions.touch(tx, mission)
    tx.execute(delete(t.Location).where(t.Location.mission == mission))
    digest, count = hashlib.sha256(), 0
    stream = iter(locations)
    while chunk := list(islice(stream, _CHUNK)):
        rows = [row_of(mission, count + place, location) for place, location in enumerate(chunk)]
        digest.update(orjson.dumps([hashed(row) for row in rows], option=orjson.OPT_SORT_KEYS))
        tx.connection().execute(insert(t.Location.__table__), rows)  # type: ignore[arg-type]
        count += len(rows)
    chain.append(tx, "register", mission, digest.hexdigest(), mission, by)
    return count


def content(tx: Session, mission: str) -> str:
    """Hash the register as it is stored now, in the way in which the chain keeps it."""
    query = select(*t.Location.__table__.columns).where(t.Location.mission == mission).order_by(t.Location.position)
    digest, stream = hashlib.sha256(), iter(tx.execute(query.execution_options(yield_per=_CHUNK)))
    while chunk := [hashed(row._asdict()) for row in islice(stream, _CHUNK)]:
        digest.update(orjson.dumps(chunk, option=orjson.OPT_SORT_KEYS))
    return digest.hexdigest()


def get(tx: Session, mission: str, code: str) -> Location | None:
    """Give the location of this code, or None."""
    row = tx.scalar(select(t.Location).where(t.Location.mission == mission, t.Location.code == code))
    return None if row is None else location_of(row)


def find(
    tx: Session,
    mission: str,
    *,
    kind: str | None = None,
    region: str | None = None,
    search: str | None = None,
    visited: bool = False,
    limit: int | None = None,
) -> list[Location]:
    """Give the locations that fit, in the register's order.

    `search` looks in codes, numbers and names; `visited` leaves those that some submission is of.
    """
    query = select(t.Location).where(*_fits(mission, kind, region)).order_by(t.Location.position)
    if search:
        query = query.where(t.Location.search.contains(search.casefold(), autoescape=True))
    if visited:
        query = query.where(t.Location.code.in_(select(t.Submission.location).where(t.Submission.mission == mission)))
    return [location_of(row) for row in tx.scalars(query.limit(limit))]


def numbered(tx: Session, mission: str, number: str) -> list[Location]:
    """Give the locations of exactly this number, in the register's order; regions may each have one."""
    query = select(t.Location).where(t.Location.mission == mission, t.Location.number == number)
    return [location_of(row) for row in tx.scalars(query.order_by(t.Location.position))]


def some(tx: Session, mission: str, codes: Collection[str]) -> dict[str, Location]:
    """Give those of these locations that the register has, by code."""
    found: dict[str, Location] = {}
    wanted = iter(sorted(codes))
    while chunk := list(islice(wanted, 500)):
        query = select(t.Location).where(t.Location.mission == mission, t.Location.code.in_(chunk))
        found |= {row.code: location_of(row) for row in tx.scalars(query)}
    return found


def kinds(tx: Session, mission: str, codes: Collection[str]) -> dict[str, str]:
    """Give the kinds of these locations; one that the register does not have is left out."""
    found: dict[str, str] = {}
    wanted = iter(sorted(codes))
    while chunk := list(islice(wanted, 500)):
        query = select(t.Location.code, t.Location.kind).where(t.Location.mission == mission)
        found |= {row.code: row.kind for row in tx.execute(query.where(t.Location.code.in_(chunk)))}
    return found


def page(tx: Session, mission: str, kinds: Sequence[str], after: int, limit: int) -> list[tuple[int, Location]]:
    """Give the next locations of these kinds, each with its position in the register; `after` is -1 at first."""
    query = (
        select(t.Location)
        .where(t.Location.mission == mission, t.Location.position > after, t.Location.kind.in_(kinds))
        .order_by(t.Location.position)
        .limit(limit)
    )
    return [(row.position, location_of(row)) for row in tx.scalars(query)]


def edition(tx: Session, mission: str, kinds: Sequence[str]) -> tuple[str, int]:
    """Name the register's content by the hash that its last replacement left in the chain, and count these kinds.

    Looked up once for each revision of the mission: phones ask at every opening, and the chain is long.
    """
    known = _EDITIONS.setdefault(store_of(tx), {})
    key = (mission, missions.revision(tx, mission), *kinds)
    if key not in known:
        known.clear()
        last = select(t.Chain.content).where(t.Chain.mission == mission, t.Chain.kind == "register")
        content = tx.scalar(last.order_by(t.Chain.sequence.desc()).limit(1))
        known[key] = (content or "", sum(count(tx, mission, kind=kind) for kind in kinds))
    return known[key]


def count(
    tx: Session,
    mission: str,
    *,
    kind: str | None = None,
    special: str | bool | None = None,
    region: str | None = None,
    shifted: bool | None = None,
) -> int:
    """Count locations; `shifted`: hours other than the mission's ordinary ones; `special=True`: any special."""
    query = select(func.count()).select_from(t.Location).where(*_fits(mission, kind, region))
    if isinstance(special, bool):
        query = query.where(t.Location.special.is_not(None) if special else t.Location.special.is_(None))
    elif special is not None:
        query = query.where(t.Location.special == special)
    if shifted is not None:
        usual = _usual_hours(tx, mission, kind)
        query = query.where(t.Location.opens.is_not(None), not_(usual) if shifted else usual)
    return tx.scalar(query) or 0


def reporting_to(tx: Session, mission: str, commission: str) -> list[str]:
    """Name the stations whose protocols this commission receives, in the register's order."""
    query = select(t.Location.code).where(
        t.Location.mission == mission,
        t.Location.kind == "polling_station",
        or_(t.Location.reports_to == commission, t.Location.parent == commission),
    )
    return list(tx.scalars(query.order_by(t.Location.position)))


def regions(tx: Session, mission: str) -> list[Location]:
    """Give the mission's regions in the register's order."""
    return find(tx, mission, kind="region")


def save_teams(tx: Session, mission: str, teams: Iterable[Team], by: str | None = None) -> None:
    """Put these teams in place of the old ones."""
    chain.lock(tx)
    missions.touch(tx, mission)
    tx.execute(delete(t.Team).where(t.Team.mission == mission))
    rows = [
        {
            "mission": mission,
            "code": team.code,
            "position": place,
            "name": team.name,
            "region": team.region,
            "phone": team.phone,
            "name_ru": team.name_ru,
            "name_kk": team.name_kk,
        }  # fmt: skip
        for place, team in enumerate(teams)
    ]
    if rows:
        tx.execute(insert(t.Team), rows)
    chain.append(tx, "teams", mission, teams_content(tx, mission), mission, by)


def teams_content(tx: Session, mission: str) -> str:
    """Hash the teams as they are stored now."""
    query = select(*t.Team.__table__.columns).where(t.Team.mission == mission).order_by(t.Team.position)
    rows = [hashed(row._asdict()) for row in tx.execute(query)]
    return content_hash(orjson.dumps(rows, option=orjson.OPT_SORT_KEYS))


def teams(tx: Session, mission: str) -> list[Team]:
    """Give the mission's teams in their order."""
    query = select(t.Team).where(t.Team.mission == mission).order_by(t.Team.position)
    return [Team(row.code, row.name, row.region, row.phone, row.name_ru, row.name_kk) for row in tx.scalars(query)]


def counts(tx: Session, mission: str, kind: str) -> dict[str | None, int]:
    """Count the locations of a kind in each region."""
    query = select(t.Location.region, func.count().label("n")).where(
        t.Location.mission == mission, t.Location.kind == kind
    )
    return {row.region: row.n for row in tx.execute(query.group_by(t.Location.region))}


def _fits(mission: str, kind: str | None, region: str | None) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = [t.Location.mission == mission]
    if kind is not None:
        conditions.append(t.Location.kind == kind)
    if region is not None:
        conditions.append(t.Location.region == region)
    return conditions


def _usual_hours(tx: Session, mission: str, kind: str | None) -> ColumnElement[bool]:
    ordinary = missions.get(tx, mission)
    opens, closes = ordinary.opens, ordinary.closes
    if opens is None and closes is None:
        hours = (t.Location.opens, t.Location.closes)
        query = select(*hours).where(*_fits(mission, kind, None), t.Location.opens.is_not(None))
        commonest = tx.execute(query.group_by(*hours).order_by(func.count().desc(), *hours).limit(1)).first()
        opens, closes = commonest or (None, None)
    return and_(t.Location.opens.is_not_distinct_from(opens), t.Location.closes.is_not_distinct_from(closes))
