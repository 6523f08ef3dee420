"""What a hub needs of a mission to take its reports in: from the mission's server into a file, and out of it again."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass, replace
from datetime import time
from typing import Any, Final

from sqlalchemy import insert, select, update
from sqlalchemy.orm import Session

from observer_kit import clock
from observer_kit.checklists.model import Checklist
from observer_kit.checklists.versions import from_json, to_json
from observer_kit.collection.model import HEADER
from observer_kit.config import Config
from observer_kit.errors import HubInvalid, KitError
from observer_kit.missions.model import Location, Mission, Team
from observer_kit.storage import chain, checklists, devices, missions, register, settings
from observer_kit.storage import tables as t
from observer_kit.trust import keys

KIND: Final = "observer-kit hub"
FORMAT: Final = 1


@dataclass(frozen=True, slots=True)
class Packed:
    """A hub's file, read."""

    address: str
    mission: Mission
    locations: list[Location]
    teams: list[Team]
    asked: list[Checklist]
    phones: list[dict[str, Any]]


def pack(tx: Session, config: Config, mission: str, address: str) -> dict[str, Any]:
    """Gather mission, register, teams, every checklist ever asked, and the phones; raises HubInvalid.

    Of a phone's token only the hash goes along, and no key that opens what is
    sealed: a hub takes bytes in and signs for them.
    """
    document = missions.document(tx, mission)
    hubs = missions.read(document).policy.hubs
    if address not in hubs:
        named = ", ".join(hubs) or "none"
        raise HubInvalid(
            f"not among the hubs in [policy] of mission.toml ({named}): add it, import again", place=address
        )
    columns = t.Device.__table__.columns
    phones = tx.execute(select(*columns).where(t.Device.mission == mission, t.Device.token.is_not(None)))
    return {
        "kind": KIND, "format": FORMAT, "made": clock.stamp(clock.now()), "address": address,
        "key": keys.hub_key(config, address).pem().decode(),
        "mission": document,
        "locations": [asdict(each) for each in register.find(tx, mission)],
        "teams": [asdict(replace(each, phone=None)) for each in register.teams(tx, mission)],  # a hub calls nobody
        "checklists": [to_json(each).decode() for each in _checklists(tx, mission)],
        "phones": [dict(row._mapping) for row in phones.all()],
    }  # fmt: skip


def read(packed: dict[str, Any]) -> Packed:
    """Read what `pack` gathered; raises HubInvalid."""
    try:
        return Packed(
            address=str(packed["address"]),
            mission=missions.read(packed["mission"]),
            locations=[_location(each) for each in packed["locations"]],
            teams=[Team(**each) for each in packed["teams"]],
            asked=[from_json(each.encode()) for each in packed["checklists"]],
            phones=[_phone(each) for each in packed["phones"]],
        )
    except (KeyError, TypeError, ValueError, AttributeError, KitError) as fault:
        raise HubInvalid(f"the file is not as a server writes it: {fault}") from None


def unpack(tx: Session, packed: Packed) -> None:
    """Put a mission into a hub, or what has changed in it since the last time."""
    code = packed.mission.code
    missions.save(tx, packed.mission)
    if register.find(tx, code) != packed.locations:
        register.replace(tx, code, packed.locations)
    if register.teams(tx, code) != packed.teams:
        register.save_teams(tx, code, packed.teams)
    current = {each.name: each.version for each in checklists.current(tx, code).values()}
    last = {each.name: each.version for each in packed.asked}
    for each in packed.asked:
        if current.get(each.name) != last[each.name]:
            checklists.publish(tx, code, each)
    for phone in packed.phones:
        _bring(tx, code, phone)
    if settings.get(tx, code, devices.HUB_OF) != packed.address:
        settings.put(tx, code, devices.HUB_OF, packed.address, None)


def envelopes(tx: Session, mission: str) -> Iterator[dict[str, Any]]:
    """Give every envelope of the mission with its bytes as they came, in the order of arrival."""
    columns = [t.Envelope.id, *(getattr(t.Envelope, name) for name in HEADER if name != "id")]
    query = select(*columns, t.Envelope.signature, t.Envelope.payload).where(t.Envelope.mission == mission)
    for row in tx.execute(query.order_by(t.Envelope.sequence).execution_options(yield_per=500)):
        yield dict(row._mapping)


def _checklists(tx: Session, mission: str) -> list[Checklist]:
    """Give every version that drafts may still be of, the current one of each name last."""
    current = checklists.current(tx, mission)
    older = [each for name in current for each in checklists.versions(tx, mission, name)]
    return [*(each for each in older if each.version != current[each.name].version), *current.values()]


def _bring(tx: Session, mission: str, phone: dict[str, Any]) -> None:
    """Make a phone known here under its own id, or bring it up to what the server knows now."""
    known = tx.execute(select(t.Device).where(t.Device.id == phone["id"])).scalar()
    if known is not None and known.mission != mission:
        raise HubInvalid("a phone of this number belongs to another mission here", place=phone["id"])
    changing = {name: phone[name] for name in ("team", "label", "kind", "public_key")}
    said = devices.content(*changing.values())
    if known is None:
        fixed = {name: phone[name] for name in ("id", "token", "enrolled")}
        tx.execute(insert(t.Device).values(mission=mission, revoked=None, **fixed, **changing))
    elif (known.token, *(getattr(known, name) for name in changing)) == (phone["token"], *changing.values()):
        said = ""
    else:
        tx.execute(update(t.Device).where(t.Device.id == phone["id"]).values(token=phone["token"], **changing))
        missions.touch(tx, mission)
    if said:
        chain.append(tx, "device", phone["id"], said, mission, None)
    if phone["revoked"] is not None and (known is None or known.revoked is None):
        devices.revoke(tx, phone["id"], None)


def _phone(row: dict[str, Any]) -> dict[str, Any]:
    """Read a phone: every value is text, or None where it may be."""
    named = {name: row[name] for name in ("id", "team", "label", "kind", "public_key", "token", "revoked")}
    if not all(isinstance(each, str | None) for each in named.values()) or None in (row["id"], row["token"]):
        raise ValueError(f"phone {row['id']!r}")
    return {**named, "enrolled": clock.read_stamp(row["enrolled"])}


def _location(row: dict[str, Any]) -> Location:
    hours = {name: None if row[name] is None else time.fromisoformat(row[name]) for name in ("opens", "closes")}
    return Location(**{**row, **hours})
