"""The intake's reading part: envelope by envelope, from what was sent to what can be stored."""

from __future__ import annotations

import logging
from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, Final

from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from observer_kit import clock
from observer_kit.checklists.model import Checklist
from observer_kit.collection.envelope import check_hash, read_envelope, read_payload
from observer_kit.collection.judge import Context, judge
from observer_kit.collection.model import Envelope, Finding, Submission
from observer_kit.config import Config
from observer_kit.errors import (
    ChecklistUnknown,
    DeviceUnknown,
    EnvelopeMalformed,
    KitError,
    MissionMismatch,
    NotOpened,
    SignatureNotOfDevice,
    StorageFault,
)
from observer_kit.missions.model import Location, Mission
from observer_kit.storage import checklists, devices, missions, register
from observer_kit.storage.engine import Store, store_of
from observer_kit.storage.judged import Judged, submission_row
from observer_kit.trust import keys, sealing, signatures
from observer_kit.trust.keys import Key
from observer_kit.trust.model import OFFICE_KINDS, Device

Result = dict[str, Any]
_NOT_OPENED: Final = "not_opened"
_WHY: Final = {
    "key_unknown": "sealed_key_unknown",
    "altered": "sealed_altered",
    "not_json": "sealed_not_json",
}
"""Why an envelope could not be opened, as the finding that says so at the desk."""

_log = logging.getLogger(__name__)
_LOCATIONS_KEPT = 20_000
_HOLDERS_KEPT = 20_000


@dataclass(slots=True)
class _Kept:
    """What the intake keeps of a mission in memory, for as long as the revision stays."""

    revision: int
    mission: Mission
    teams: frozenset[str]
    key: Key | None = None  # opens what is sealed to the mission; read when the first sealed envelope comes
    checklists: dict[str, Checklist] = field(default_factory=dict)
    locations: OrderedDict[str, Location] = field(default_factory=OrderedDict)


class Reception:
    """Opens envelopes: reads, checks hash and signature, judges the answers."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._missions: dict[str, _Kept] = {}
        self._holders: dict[str, tuple[Device, int]] = {}

    def revision(self) -> int:
        """Give the number of what missions, registers, checklists and devices are now."""
        with self._store.reading() as tx:
            return tx.scalar(missions.revision_of_all()) or 0

    def device(self, token: str, *, anew: bool = False) -> tuple[Device, int]:
        """Give the device that holds a token, and the revision at which that was so; raises DeviceUnknown."""
        held = None if anew else self._holders.get(token)
        if held is None:
            with self._store.reading() as tx:
                device, revision = devices.by_token(tx, token), tx.scalar(missions.revision_of_all()) or 0
            if device is None:
                raise DeviceUnknown("this device token is not known here")
            if len(self._holders) >= _HOLDERS_KEPT:
                self._holders.clear()
            held = self._holders[token] = device, revision
        return held

    def open(
        self, envelopes: Sequence[Any], device: Device, revision: int, accept_unsigned: bool
    ) -> list[Judged | Result]:
        """Give each envelope judged by what stood at this revision, or the result that refuses it."""
        read = [_read(raw, device) for raw in envelopes]
        senders = {one.device for one in read if isinstance(one, Envelope)} - {device.id}
        with ExitStack() as stack:
            tx = _Lazy(self._store, stack)
            kept = self._missions.get(device.mission)
            if kept is None or kept.revision != revision:
                kept = self._missions[device.mission] = _keep(tx(), device.mission, revision)
            known = {device.id: device, **(devices.some(tx(), senders) if senders else {})}
            opening = _Opening(tx, kept, self._store.config, device, known, accept_unsigned, clock.now())
            return [opening.take(one) if isinstance(one, Envelope) else one for one in read]


def unopened(quarantine: str | None, findings: Sequence[Finding]) -> bool:
    """Tell whether a sealed envelope could not be opened when it came."""
    return quarantine == _NOT_OPENED or any(each.code in _WHY.values() for each in findings)


def judge_again(tx: Session, envelope: Envelope, received: str, *, opens: bool) -> Submission:
    """Open and judge a stored envelope anew, as on the day it was received; raises KitError.

    One that need not open, for it did not then, is given without answers when it still does not.
    """
    kept = _keep(tx, envelope.mission, 0)
    known = devices.some(tx, {envelope.device})
    opening = _Opening(lambda: tx, kept, store_of(tx).config, None, known, False, clock.read_stamp(received))
    checklist = opening.checklist(envelope)
    try:
        return opening.judge(envelope, checklist)[0]
    except NotOpened as error:
        if opens:
            raise
        return _unopened(envelope, error)


def _keep(tx: Session, mission: str, revision: int) -> _Kept:
    teams = frozenset(team.code for team in register.teams(tx, mission))
    return _Kept(revision, missions.get(tx, mission), teams)


class _Lazy:
    """A reading session that is opened when first asked for: most requests find all they need in memory."""

    def __init__(self, store: Store, stack: ExitStack) -> None:
        self._store = store
        self._stack = stack
        self._session: Session | None = None

    def __call__(self) -> Session:
        """Give the session."""
        if self._session is None:
            self._session = self._stack.enter_context(self._store.reading())
        return self._session


class _Opening:
    """Where the envelopes of one request are opened."""

    def __init__(
        self,
        tx: Callable[[], Session],
        kept: _Kept,
        config: Config,
        sender: Device | None,
        known: Mapping[str, Device],
        accept_unsigned: bool,
        received: datetime,
    ) -> None:
        self._tx = tx
        self._kept = kept
        self._config = config
        self._sender = sender
        self._known = known
        self._accept_unsigned = accept_unsigned
        self._received = received

    def take(self, envelope: Envelope) -> Judged | Result:
        """Judge one envelope, or refuse it with a coded error."""
        location: Location | None = None
        try:
            checklist = self.checklist(envelope)
            quarantine, doubt = self._trust(envelope)
            try:
                submission, location = self.judge(envelope, checklist)
            except NotOpened as error:
                quarantine, submission = quarantine or _NOT_OPENED, _unopened(envelope, error)
            row = submission_row(submission, location, self._kept.mission.zone)
        except (SQLAlchemyError, OSError, StorageFault):
            raise  # the database's or a key's trouble is not this envelope's: the phone keeps it and sends again
        except KitError as error:
            return _refused(envelope.id, error)
        except Exception:  # a fault of ours must not keep the report, nor those behind it, on the phone
            _log.exception("envelope %s could not be judged", envelope.id)
            quarantine, doubt, submission = "not_judged", None, _unopened(envelope)
            row = submission_row(submission, None, self._kept.mission.zone)
        maker = self._known.get(envelope.device)
        desk = maker is not None and maker.kind == "desk"
        judged = Judged(envelope, quarantine, row, submission.findings, desk)
        if doubt is not None:
            judged.add_finding(doubt)
        return judged

    def judge(self, envelope: Envelope, checklist: Checklist) -> tuple[Submission, Location | None]:
        """Judge an envelope's answers; gives the location with them when the register knows it."""
        payload = read_payload(envelope) if envelope.sealed is None else self._open(envelope, envelope.sealed)
        maker = self._known.get(envelope.device)
        if maker is not None and maker.team is not None and not payload.get("team"):
            payload["team"] = maker.team
        code, team = payload.get("location"), payload.get("team")
        location = self._location(code) if isinstance(code, str) and code.isprintable() else None
        # A phone's clock is judged by when it could have spoken; the office types in what happened at any time.
        phone = maker is not None and maker.kind not in OFFICE_KINDS
        context = Context(
            received=self._received if phone else None,
            not_before=maker.enrolled if maker is not None and phone else None,
            location_known=location is not None,
            team_known=isinstance(team, str) and team in self._kept.teams,
            device_team=maker.team if maker is not None and phone else None,
        )
        return judge(envelope, payload, checklist, context), location

    def _open(self, envelope: Envelope, sealed: str) -> dict[str, Any]:
        """Read the payload of a sealed envelope; raises NotOpened."""
        kept = self._kept
        if kept.key is None or kept.key.id != sealed:  # it may have been put back from a backup since
            kept.key = keys.mission_key_at_hand(self._config, kept.mission.code)
        payload = sealing.open_payload(kept.key, sealed, envelope.id, envelope.payload)
        try:
            return read_payload(replace(envelope, payload=payload))
        except EnvelopeMalformed as error:
            raise NotOpened(f"what was sealed can't be read: {error.message}", why="not_json") from error

    def checklist(self, envelope: Envelope) -> Checklist:
        """Give the published checklist that an envelope answers; raises ChecklistUnknown."""
        found = self._kept.checklists.get(envelope.version)
        if found is None:
            found = checklists.published(self._tx(), envelope.mission, envelope.version)
            self._kept.checklists[envelope.version] = found
        if found.name != envelope.checklist:
            raise ChecklistUnknown(f"version {envelope.version!r} is of {found.name!r}, not {envelope.checklist!r}")
        return found

    def _trust(self, envelope: Envelope) -> tuple[str | None, str | None]:
        """Say why an envelope is kept apart, and what is to be noted of one that is not."""
        maker = self._known.get(envelope.device)
        if maker is None or maker.mission != envelope.mission:
            return (None, "device_unknown") if self._accept_unsigned else ("device_unknown", None)
        its_own = self._sender is not None and maker.id == self._sender.id
        if maker.revoked is not None and its_own:
            return "device_revoked", None
        doubt = _doubt(envelope, maker)
        if its_own and maker.kind in OFFICE_KINDS:
            doubt = None  # the server's own devices do not sign; only the server itself may speak for them
        excused = doubt == "unsigned" and self._accept_unsigned
        if doubt is not None and not its_own and not excused:
            # Stored, it would stand in the way of the genuine one, which has the same id.
            raise SignatureNotOfDevice("handed in by another, and not signed by the device that it names")
        if maker.revoked is not None:
            return "device_revoked", None
        return (None, doubt) if excused else (doubt, None)

    def _location(self, code: str) -> Location | None:
        kept = self._kept.locations
        if code not in kept:
            found = register.get(self._tx(), self._kept.mission.code, code)
            if found is None:
                return None  # not kept: a stranger could fill the memory with codes that do not exist
            kept[code] = found
            if len(kept) > _LOCATIONS_KEPT:
                kept.popitem(last=False)
        return kept[code]


def _read(raw: Any, device: Device) -> Envelope | Result:
    try:
        envelope = read_envelope(raw)
        check_hash(envelope)
        if "\x00" in envelope.payload:
            raise EnvelopeMalformed("the payload holds a NUL character", place="payload")
        if envelope.mission != device.mission:
            raise MissionMismatch(f"this device belongs to mission {device.mission!r}, not {envelope.mission!r}")
    except KitError as error:
        named = raw.get("id") if isinstance(raw, dict) else None
        return _refused(named if isinstance(named, str) else None, error)
    return envelope


def _doubt(envelope: Envelope, maker: Device) -> str | None:
    if envelope.signature is None or maker.public_key is None:
        return "unsigned"
    known = signatures.verify(maker.public_key, envelope.signed_bytes(), envelope.signature)
    return None if known else "signature_invalid"


def _unopened(envelope: Envelope, error: NotOpened | None = None) -> Submission:
    why = () if error is None else (Finding(_WHY[error.detail["why"]]),)
    return Submission(
        id=envelope.id, mission=envelope.mission, checklist=envelope.checklist, version=envelope.version,
        visit=envelope.visit, supersedes=envelope.supersedes, device=envelope.device, team=None, location=None,
        location_name=None, clock=clock.read_stamp(envelope.clock), arrived=None, departed=None,
        answers={}, comments={}, findings=why,
    )  # fmt: skip


def _refused(id: str | None, error: KitError) -> Result:
    return {"id": id, "status": "malformed", "error": error.as_dict()}
