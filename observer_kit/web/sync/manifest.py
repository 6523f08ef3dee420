"""What a phone is told of its mission: the same bytes, and the same ETag, until something in it changes."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any, Final

from sqlalchemy.orm import Session

from observer_kit.checklists.model import Text
from observer_kit.config import Config
from observer_kit.missions.conduct import conduct_of
from observer_kit.missions.maps import region_names
from observer_kit.missions.model import Location, Mission
from observer_kit.storage import checklists, missions, public_keys, register
from observer_kit.trust import hubs, keys
from observer_kit.trust.keys import Key
from observer_kit.trust.model import Device
from observer_kit.trust.signatures import as_jwk

KINDS: Final = ("polling_station", "commission")
MOST_PLACES: Final = 2000
"""Places that a manifest carries; a mission with more sends its whole register apart (see places.py)."""


def build(tx: Session, device: Device, config: Config) -> dict[str, Any]:
    """Gather mission, team, the stations and commissions where the team works, and the checklists asked now."""
    mission = missions.get(tx, device.mission)
    team = next((each for each in register.teams(tx, mission.code) if each.code == device.team), None)
    region = team.region if team else None
    revision, count = register.edition(tx, mission.code, KINDS)
    near = [
        place
        for kind in KINDS
        for place in register.find(tx, mission.code, kind=kind, region=region, limit=MOST_PLACES + 1)
    ]
    places = near if len(near) <= MOST_PLACES else []
    return {
        "mission": _mission(mission),
        "team": None if team is None else {"code": team.code, "name": shortest(team.names), "region": team.region},
        "locations": [_location(place) for place in places],
        "regions": [
            {"code": each.code, "name": shortest(region_names(each))} for each in register.regions(tx, mission.code)
        ],
        "register": {"revision": revision, "count": count} if count > MOST_PLACES else None,
        "checklists": [
            {
                "name": each.name, "stage": each.stage, "event": each.event, "length": each.length,
                "version": each.version, "title": each.title,
            }
            for each in checklists.current(tx, mission.code).values()
        ],
        "keys": receipt_keys(tx),
        "hubs": [hubs.vouch(config, each) for each in mission.policy.hubs],
        "policy": asdict(mission.policy),
        "seal_key": seal_key(mission, config),
        "mission_key": mission_key(mission, config),
        "conduct": asdict(conduct_of(mission)),
        "demo": config.demo,
    }  # fmt: skip


def shortest(names: Text) -> Text | str:
    """Give the names of a place, or the one name that is the same in every language: most places have no more."""
    return names if len(set(names.values())) > 1 else names["en"]


def receipt_keys(tx: Session) -> list[dict[str, Any]]:
    """Give the public halves of every key that signed a receipt, for the phone to pin."""
    return [
        {"id": id, "public_key": point, "jwk": as_jwk(point)} for id, point in public_keys.all(tx, "receipt").items()
    ]


def seal_key(mission: Mission, config: Config) -> dict[str, str] | None:
    """Give the key to which this mission's phones seal what they finish; None where they do not."""
    return mission_key(mission, config) if mission.policy.seal else None


def mission_key(mission: Mission, config: Config) -> dict[str, str]:
    """Give the key to which a file is sealed that a phone hands over; every mission has one."""
    key = keys.mission_key(config, mission.code)
    return {"id": key.id, "public_key": key.public}


def receipt_key(key: Key) -> dict[str, Any]:
    """Give the public half of the key that signs receipts now."""
    return {"id": key.id, "jwk": key.jwk()}


def _mission(mission: Mission) -> dict[str, Any]:
    return {
        "code": mission.code, "name": mission.name, "organisation": mission.organisation,
        "event": mission.event, "event_name": mission.event_name, "day": mission.day, "country": mission.country,
        "zone": mission.zone, "languages": mission.languages, "emergency": mission.emergency,
        "reconstruction": mission.reconstruction, "issuer": mission.issuer,
        "candidates": [asdict(each) for each in mission.candidates],
        "options": [asdict(each) for each in mission.options], "parties": [asdict(each) for each in mission.parties],
    }  # fmt: skip


def _location(location: Location) -> dict[str, Any]:
    return {
        "code": location.code, "kind": location.kind, "number": location.number,
        "name": shortest(location.names),
        "region": location.region, "special": location.special, "setting": location.setting,
        "opens": location.opens, "closes": location.closes, "zone": location.zone, "made_up": location.made_up,
    }  # fmt: skip
