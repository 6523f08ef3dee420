"""What phones say of themselves before the day: the latest word of each, which came the way a report comes.

The word travels as an envelope: made, hashed, signed and, where the mission
seals, sealed by the very code that makes reports, and answered with a receipt
which the phone checks with the key it pinned. So its arrival proves the whole
road. It names the checklist PROBE, which no mission can publish, and is kept
in a table of its own: it never becomes a submission, and the intake refuses it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any, Final

from sqlalchemy import delete, insert, select
from sqlalchemy.orm import Session

from observer_kit import clock
from observer_kit.collection.envelope import check_hash, read_envelope, read_payload
from observer_kit.collection.model import Envelope
from observer_kit.errors import DeviceUnknown, MissionMismatch, ReadinessMalformed, SignatureNotOfDevice, TooLarge
from observer_kit.missions.readiness import Readiness, read_report
from observer_kit.storage import chain
from observer_kit.storage import tables as t
from observer_kit.storage.engine import store_of
from observer_kit.trust import keys, receipts, sealing, signatures
from observer_kit.trust.chain import content_hash
from observer_kit.trust.model import Device, Receipt

PROBE: Final = "readiness.probe"
"""In place of a checklist's name; a checklist's own name holds no dot."""
LONGEST: Final = 6000
"""Characters of a payload, sealed or open."""


def take(tx: Session, device: Device, raw: Any) -> Receipt:
    """Keep what a phone says of itself and give the receipt for it.

    Raises DeviceUnknown for a withdrawn device, SignatureNotOfDevice for an
    envelope that its key did not sign, NotOpened for one that was sealed to
    another key, TooLarge, EnvelopeMalformed and ReadinessMalformed.
    """
    if device.revoked is not None:
        raise DeviceUnknown("this device was withdrawn")
    envelope = _read(raw, device)
    received = clock.now()
    payload = envelope.payload
    if envelope.sealed is not None:
        key = keys.mission_key(store_of(tx).config, device.mission)
        payload = sealing.open_payload(key, envelope.sealed, envelope.id, payload)
    values = read_payload(replace(envelope, payload=payload))
    read_report(values)
    said = {
        "report": values,
        "clock": (clock.read_stamp(envelope.clock) - received).total_seconds(),
        "sealed": envelope.sealed is not None,
    }
    chain.lock(tx)
    tx.execute(delete(t.Readiness).where(t.Readiness.device == device.id))
    tx.execute(insert(t.Readiness).values(device=device.id, mission=device.mission, at=received, report=said))
    # The receipt is a report's in every part: id and hash, the moment, the row of the chain.
    sequence = chain.append(tx, "readiness", envelope.id, content_hash(device.id, envelope.hash), device.mission)
    return receipts.issue(store_of(tx).receipt_key, envelope.id, envelope.hash, clock.stamp(received), sequence)


def all(tx: Session, mission: str) -> dict[str, Readiness]:
    """Give the latest word of each of the mission's phones, by device."""
    query = select(t.Readiness.device, t.Readiness.at, t.Readiness.report)
    rows = tx.execute(query.where(t.Readiness.mission == mission))
    return {row.device: _readiness(row.at, row.report) for row in rows}


def _readiness(at: datetime, said: Mapping[str, Any]) -> Readiness:
    return Readiness(at, read_report(said["report"]), said["clock"], said["sealed"])


def _read(raw: Any, device: Device) -> Envelope:
    payload = raw.get("payload") if isinstance(raw, Mapping) else None
    if isinstance(payload, str) and len(payload) > LONGEST:
        raise TooLarge(f"a phone says of itself at most {LONGEST} characters", most=LONGEST)
    envelope = read_envelope(raw)
    check_hash(envelope)
    if envelope.checklist != PROBE:
        raise ReadinessMalformed(f"expected {PROBE!r}: reports go to the intake", place="checklist")
    if envelope.mission != device.mission:
        raise MissionMismatch(f"this device belongs to mission {device.mission!r}, not {envelope.mission!r}")
    signed = envelope.signature is not None and device.public_key is not None
    if envelope.device != device.id or not signed or not _verified(envelope, device):
        raise SignatureNotOfDevice("not signed by the device whose token came with it")
    return envelope


def _verified(envelope: Envelope, device: Device) -> bool:
    return signatures.verify(device.public_key or "", envelope.signed_bytes(), envelope.signature or "")
