"""Missions as their mission.toml said them."""

from __future__ import annotations

from dataclasses import asdict
from datetime import date
from typing import Any

import orjson
from sqlalchemy import Select, func, insert, select, update
from sqlalchemy.orm import Session

from observer_kit import clock
from observer_kit.errors import MissionUnknown
from observer_kit.missions.model import Conduct, Item, Mission, Policy, Sampling
from observer_kit.storage import chain, public_keys, tables
from observer_kit.storage.engine import store_of
from observer_kit.trust import keys
from observer_kit.trust.chain import content_hash


def save(tx: Session, mission: Mission, by: str | None = None) -> None:
    """Store a mission, or what has changed in it; its key is made with it."""
    chain.lock(tx)
    document = asdict(mission)
    stored = tx.scalar(select(tables.Mission.document).where(tables.Mission.code == mission.code))
    now = clock.now()
    if stored is None:
        tx.execute(insert(tables.Mission).values(code=mission.code, document=document, revision=1, saved=now))
        public_keys.add(tx, keys.mission_key(store_of(tx).config, mission.code), "mission", mission.code)
    elif _mission(stored) == mission:
        return
    else:
        tx.execute(
            update(tables.Mission)
            .where(tables.Mission.code == mission.code)
            .values(document=document, saved=now, revision=tables.Mission.revision + 1)
        )
    chain.append(tx, "mission", mission.code, content(document), mission.code, by)


def content(document: dict[str, Any]) -> str:
    """Hash what the chain keeps of a mission."""
    return content_hash(orjson.dumps(document, option=orjson.OPT_SORT_KEYS))


def get(tx: Session, code: str) -> Mission:
    """Give the mission of this code; raises MissionUnknown."""
    document = tx.scalar(select(tables.Mission.document).where(tables.Mission.code == code))
    if document is None:
        raise MissionUnknown(f"no mission {code!r}")
    return _mission(document)


def all(tx: Session) -> list[Mission]:
    """Give every mission, the latest day first."""
    missions = [_mission(document) for document in tx.scalars(select(tables.Mission.document))]
    return sorted(missions, key=lambda mission: (-mission.day.toordinal(), mission.code))


def document(tx: Session, code: str) -> dict[str, Any]:
    """Give a mission as it is stored; raises MissionUnknown."""
    get(tx, code)
    found: dict[str, Any] = tx.scalar(select(tables.Mission.document).where(tables.Mission.code == code)) or {}
    return found


def read(document: dict[str, Any]) -> Mission:
    """Give the mission that a stored document describes."""
    return _mission(document)


def revision(tx: Session, code: str) -> int:
    """Give the number that grows with the mission's file, register, teams and checklists; raises MissionUnknown."""
    number = tx.scalar(select(tables.Mission.revision).where(tables.Mission.code == code))
    if number is None:
        raise MissionUnknown(f"no mission {code!r}")
    return number


def revision_of_all() -> Select[int | None]:
    """Ask for the number that grows with any mission's: what the intake holds in memory is good for one number."""
    return select(func.sum(tables.Mission.revision))


def touch(tx: Session, code: str) -> None:
    """Tell every process that what it keeps of this mission in memory is old; raises MissionUnknown."""
    revision(tx, code)
    tx.execute(update(tables.Mission).where(tables.Mission.code == code).values(revision=tables.Mission.revision + 1))


def _mission(document: dict[str, Any]) -> Mission:
    values = dict(document)
    values["day"] = date.fromisoformat(values["day"])
    for name in ("candidates", "options", "parties"):
        values[name] = tuple(Item(**item) for item in values[name])
    for name in ("languages", "figures", "emergency"):
        values[name] = tuple(values[name])
    if sampling := values.get("sampling"):
        values["sampling"] = Sampling(**sampling)
    policy = values.get("policy") or {}
    values["policy"] = Policy(**{**policy, "hubs": tuple(policy.get("hubs", ()))})
    conduct = values.get("conduct")
    values["conduct"] = None if conduct is None else Conduct(**conduct)
    return Mission(**values)
