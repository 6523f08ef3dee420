"""A mission with a register and a checklist, and phones that sign envelopes for it."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, field, replace
from datetime import date, time
from typing import Any

from cryptography.hazmat.primitives import hpke
from cryptography.hazmat.primitives.asymmetric import ec

from observer_kit import clock
from observer_kit.checklists.model import Checklist
from observer_kit.checklists.versions import seal
from observer_kit.collection.model import HEADER
from observer_kit.missions.model import Location, Mission, Team
from observer_kit.storage import Store, checklists, devices, missions, register
from observer_kit.trust.keys import Key
from observer_kit.trust.model import Device
from observer_kit.trust.signatures import b64u, point_of, sign
from tests.builders import checklist, question, text

MISSION = "m-2026"


def a_mission(code: str = MISSION, **more: Any) -> Mission:
    values: dict[str, Any] = {
        "code": code, "name": text("Mission"), "event": "election", "event_name": text("Election"),
        "day": date(2026, 11, 22), "organisation": "Observers", "country": text("Country"),
        "zone": "Asia/Almaty", "languages": ("en", "ru", "kk"),
    }  # fmt: skip
    return Mission(**(values | more))


def a_register() -> list[Location]:
    return [
        Location("KZ", "country", "Country", zone="Asia/Almaty"),
        Location("A", "region", "Акмола", parent="KZ", zone="Asia/Almaty"),
        Location("B", "region", "West", parent="KZ", zone="Asia/Aqtau"),
        Location("A-1", "polling_station", "Школа № 1", parent="A", region="A", number="101", zone="Asia/Almaty",
                 opens=time(7), closes=time(20), setting="urban"),
        Location("A-2", "polling_station", "Barracks", parent="A", region="A", number="102", zone="Asia/Almaty",
                 opens=time(6), closes=time(20), special="military"),
        Location("B-1", "polling_station", "Club", parent="B", region="B", number="201", zone="Asia/Aqtau",
                 opens=time(7), closes=time(20), setting="rural"),
        Location("A-C", "commission", "Commission", parent="A", region="A", zone="Asia/Almaty"),
    ]  # fmt: skip


def a_checklist(name: str = "voting", **more: Any) -> Checklist:
    return seal(
        checklist(
            question("arrival", "datetime", not_observed=False),
            question("departure", "datetime", not_observed=False),
            question("env_urban_rural", "select_one", ("urban", "rural"), not_observed=False),
            question("vo_stuffing"),
            question("vo_secrecy_breached"),
            question("vo_reasons", "select_multiple", ("late", "secrecy"), not_observed=False),
            question("vo_boxes", "integer", minimum=0, not_observed=False),
            name=name,
            version="",
            **more,
        )
    )


def replace_title(checklist: Checklist, title: str) -> Checklist:
    """Word a checklist's title anew."""
    return replace(checklist, title=text(title))


def lay_ground(store: Store, asked: Checklist | None = None, code: str = MISSION) -> Checklist:
    """Save a mission with its register, teams and one published checklist."""
    asked = asked or a_checklist()
    with store.atomic() as tx:
        missions.save(tx, a_mission(code))
        register.replace(tx, code, a_register())
        register.save_teams(tx, code, [Team("T1", "Team one", "A"), Team("T2", "Team two", "B")])
        checklists.publish(tx, code, asked)
    return asked


@dataclass
class Phone:
    """An enrolled phone: makes envelopes as static/js/envelope.js does."""

    device: Device
    token: str
    key: ec.EllipticCurvePrivateKey
    checklist: Checklist
    made: list[dict[str, Any]] = field(default_factory=list)

    def envelope(
        self,
        answers: dict[str, Any] | None = None,
        *,
        location: str | None = "A-1",
        sign_it: bool = True,
        seal_to: Key | None = None,
        **header: Any,
    ) -> dict[str, Any]:
        """Make an envelope, sealed where a key is given; what the header's words say replaces the usual."""
        content = {
            "location": location, "location_name": header.pop("location_name", None),
            "team": header.pop("team", self.device.team),
            "answers": answers if answers is not None else {"vo_stuffing": "no"},
            "comments": header.pop("comments", {}), "overrides": {},
        }  # fmt: skip
        payload = header.pop("payload", None) or json.dumps(content, ensure_ascii=False)
        id = header.pop("id", None) or clock.new_id()
        if seal_to is not None:
            payload = seal_payload(seal_to, id, payload.encode())
            header.setdefault("sealed", seal_to.id)
        made = {
            "id": id, "mission": self.device.mission, "checklist": self.checklist.name,
            "version": self.checklist.version, "visit": clock.new_id(), "supersedes": None,
            "device": self.device.id, "clock": clock.stamp(clock.now()),
            "hash": hashlib.sha256(payload.encode()).hexdigest(), "sealed": None, "signature": None, "payload": payload,
        } | header  # fmt: skip
        if sign_it:
            made["signature"] = sign(self.key, "\n".join(made[name] or "" for name in HEADER).encode())
        self.made.append(made)
        return made


def seal_payload(key: Key, id: str, content: bytes) -> str:
    """Seal a payload to a mission's key as static/js/seal.js does."""
    suite = hpke.Suite(hpke.KEM.P256, hpke.KDF.HKDF_SHA256, hpke.AEAD.AES_256_GCM)
    return b64u(suite.encrypt(content, key.private.public_key(), b"observer-kit envelope\n" + id.encode()))


def enrol(store: Store, asked: Checklist, team: str = "T1", code: str = MISSION) -> Phone:
    """Enrol a phone with a new key."""
    key = ec.generate_private_key(ec.SECP256R1())
    with store.atomic() as tx:
        device, token = devices.enrol(tx, devices.enrol_code(tx, code, team, "phone"), b64u(point_of(key.public_key())))
        known = devices.get(tx, device)
    return Phone(known, token, key, asked)
