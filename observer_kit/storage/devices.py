"""Phones that may send, and the server's own devices."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Final
from weakref import WeakKeyDictionary

from sqlalchemy import func, insert, select, update
from sqlalchemy.orm import Session

from observer_kit import clock
from observer_kit.errors import CodeInvalid, Conflict, HubEnrolsNobody, NotFound
from observer_kit.storage import chain, missions, settings
from observer_kit.storage import tables as t
from observer_kit.storage.engine import Store, store_of
from observer_kit.trust import signatures, tokens
from observer_kit.trust.chain import content_hash
from observer_kit.trust.model import OFFICE_KINDS, Device

CODE_LASTS = timedelta(days=30)
LABEL_LIMIT = 60
HUB_OF = "hub_of"
"""The setting of a mission of which this machine is a hub: its own address."""
COLUMNS = (
    t.Device.id, t.Device.mission, t.Device.team, t.Device.label,
    t.Device.kind, t.Device.public_key, t.Device.enrolled, t.Device.revoked,
)  # fmt: skip
_DEVICE = select(*COLUMNS)
_REPORTED: Final[WeakKeyDictionary[Store, dict[str, tuple[int, dict[str, str]]]]] = WeakKeyDictionary()
"""By database and mission: the last row of the chain that was looked at, and each device's last report until then."""


def enrol_code(tx: Session, mission: str, team: str | None, label: str, by: str | None = None) -> str:
    """Make a one-time code by which one phone joins this team; only its hash is kept."""
    missions.revision(tx, mission)
    if settings.get(tx, mission, HUB_OF) is not None:
        raise HubEnrolsNobody("this machine is a hub, which takes reports in: enrol phones at the mission's own server")
    code, now = tokens.new_code(), clock.now()
    hashed = tokens.hash_code(code)
    tx.execute(
        insert(t.EnrolCode).values(
            code=hashed, mission=mission, team=team, label=label, made=now, expires=now + CODE_LASTS
        )
    )
    chain.append(tx, "enrol_code", hashed, code_content(team, label), mission, by)
    return code


def enrol(tx: Session, code: str, public_key: str | Mapping[str, Any], label: str | None = None) -> tuple[str, str]:
    """Exchange a code and a phone's public key for a device id and its token.

    The same key with the same code is the same phone, which lost the reply: it
    gets its device again, with a fresh token. Raises CodeInvalid for a code
    that is unknown, used by another or too old, and PublicKeyInvalid, which
    leaves the code unused.
    """
    point = signatures.public_key(public_key)
    chain.lock(tx)
    hashed = tokens.hash_code(code)
    row = tx.execute(
        select(
            t.EnrolCode.mission, t.EnrolCode.team, t.EnrolCode.label, t.EnrolCode.expires,
            t.EnrolCode.device, t.Device.public_key, t.Device.revoked,
        )
        .outerjoin(t.Device, t.Device.id == t.EnrolCode.device)
        .where(t.EnrolCode.code == hashed)
    ).first()  # fmt: skip
    used_by_another = row is not None and row.device is not None and (row.public_key != point or row.revoked)
    if row is None or used_by_another or row.expires < clock.now():
        raise CodeInvalid("this code is unknown, was used, or is too old: ask for a new one")
    token = tokens.new_token()
    if row.device is not None:
        tx.execute(update(t.Device).where(t.Device.id == row.device).values(token=tokens.hash_token(token)))
        missions.touch(tx, row.mission)  # so that nobody goes on with the token that was lost
        chain.append(tx, "device_token", row.device, content_hash(row.device), row.mission)
        return row.device, token
    device = clock.new_id()
    _insert(tx, device, row.mission, row.team, label or row.label, "phone", point, tokens.hash_token(token))
    tx.execute(update(t.EnrolCode).where(t.EnrolCode.code == hashed).values(device=device))
    return device, token


def code_content(team: str | None, label: str) -> str:
    """Hash what the chain keeps of an enrolment code."""
    return content_hash(team or "", label)


def content(team: str | None, label: str, kind: str, point: str | None) -> str:
    """Hash what the chain keeps of a device."""
    return content_hash(team or "", label, kind, point or "")


def by_token(tx: Session, token: str) -> Device | None:
    """Give the device that holds this token, revoked or not; None when there is none."""
    row = tx.connection().execute(_DEVICE.where(t.Device.token == tokens.hash_token(token))).first()
    return None if row is None else Device(*row)


def get(tx: Session, device: str) -> Device:
    """Give the device of this id; raises NotFound."""
    row = tx.execute(_DEVICE.where(t.Device.id == device)).first()
    if row is None:
        raise NotFound(f"no device {device!r}")
    return Device(*row)


def some(tx: Session, ids: set[str]) -> dict[str, Device]:
    """Give those of these devices that are known, by id."""
    rows = tx.connection().execute(_DEVICE.where(t.Device.id.in_(ids)))
    return {row.id: Device(*row) for row in rows}


def all(tx: Session, mission: str) -> list[Device]:
    """Give every device of the mission, in the order of enrolment."""
    rows = tx.execute(_DEVICE.where(t.Device.mission == mission).order_by(t.Device.enrolled, t.Device.id))
    return [Device(*row) for row in rows]


def rename(tx: Session, device: str, label: str, by: str | None) -> None:
    """Give a phone another label; raises NotFound, and Conflict for a label that is none or too long."""
    known = get(tx, device)
    label = label.strip()
    if not label or len(label) > LABEL_LIMIT or not label.isprintable():
        raise Conflict(f"a label is one line of 1 to {LABEL_LIMIT} characters", place="label")
    if label != known.label:
        chain.lock(tx)
        tx.execute(update(t.Device).where(t.Device.id == device).values(label=label))
        missions.touch(tx, known.mission)
        said = content(known.team, label, known.kind, known.public_key)
        chain.append(tx, "device", device, said, known.mission, by)


def heard(tx: Session, mission: str) -> dict[str, datetime]:
    """Give the moment at which the server last took something from each device: a report, a photo, a readiness."""
    found = {device: clock.read_stamp(received) for device, received in _reported(tx, mission).items()}
    for table in (t.Attachment, t.Readiness):
        latest = select(table.device, func.max(table.at)).where(table.mission == mission).group_by(table.device)
        for device, at in tx.execute(latest):
            found[device] = max(at, found.get(device, at))
    return found


def _reported(tx: Session, mission: str) -> dict[str, str]:
    """Give the moment of each device's last report: of a million only those that came since the last question."""
    kept = _REPORTED.setdefault(store_of(tx), {})
    newest = tx.scalar(select(func.max(t.Chain.sequence))) or 0
    last, known = kept.get(mission, (0, {}))
    if newest <= last:
        return known
    query = select(t.Submission.device, func.max(t.Submission.received)).where(
        t.Submission.mission == mission, t.Submission.sequence > last, t.Submission.sequence <= newest
    )
    found = dict(known)  # another thread may be reading the one that is kept
    for device, received in tx.execute(query.group_by(t.Submission.device)):
        found[device] = max(received, found.get(device, ""))
    kept[mission] = newest, found
    return found


def revoke(tx: Session, device: str, by: str | None) -> None:
    """Withdraw a device: what it sends from now on is stored, not counted; raises NotFound."""
    known = get(tx, device)
    if known.revoked is None:
        tx.execute(update(t.Device).where(t.Device.id == device).values(revoked=clock.now()))
        missions.touch(tx, known.mission)
        chain.append(tx, "device_revoked", device, content_hash(device), known.mission, by)


def office(tx: Session, mission: str, kind: str) -> Device:
    """Give the server's own device of this kind (demo, plain, desk, file), which does not sign; made once."""
    if kind not in OFFICE_KINDS:
        raise ValueError(f"{kind!r} is none of {', '.join(OFFICE_KINDS)}")
    query = _DEVICE.where(t.Device.mission == mission, t.Device.kind == kind)
    row = tx.execute(query).first()
    if row is None:
        chain.lock(tx)
        row = tx.execute(query).first()
    if row is not None:
        return Device(*row)
    missions.revision(tx, mission)
    device = clock.new_id()
    _insert(tx, device, mission, None, kind, kind, None, None)
    return get(tx, device)


def _insert(
    tx: Session,
    device: str,
    mission: str,
    team: str | None,
    label: str,
    kind: str,
    point: str | None,
    token: str | None,
) -> None:
    tx.execute(
        insert(t.Device).values(
            id=device, mission=mission, team=team, label=label, kind=kind,
            public_key=point, token=token, enrolled=clock.now(), revoked=None,
        )
    )  # fmt: skip
    chain.append(tx, "device", device, content(team, label, kind, point), mission)
