"""Opening what was received: whom it is of, whether it can be trusted, and the judge's word on its answers."""

from __future__ import annotations

import logging
from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, Final

from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from observer_kit import clock
from observer_kit.checklists.model import Checklist
from observer_kit.collection.envelope import read_payload
from observer_kit.collection.judge import Context, judge
from observer_kit.collection.model import Envelope, Finding, Submission
from observer_kit.config import Config
from observer_kit.errors import (
    ChecklistUnknown,
    EnvelopeMalformed,
    KitError,
    NotOpened,
    SignatureNotOfDevice,
    StorageFault,
)
from observer_kit.missions.model import Location, Mission
from observer_kit.storage import checklists, devices, missions, register
from observer_kit.storage.engine import store_of
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


@dataclass(slots=True)
class Kept:
    """What the intake keeps of a mission in memory, for as long as the revision stays."""

    revision: int
    mission: Mission
    teams: frozenset[str]
    key: Key | None = None  # opens what is sealed to the mission; read when the first sealed envelope comes
    checklists: dict[str, Checklist] = field(default_factory=dict)
    locations: OrderedDict[str, Location] = field(default_factory=OrderedDict)


def unopened(quarantine: str | None, findings: Sequence[Finding]) -> bool:
    """Tell whether a sealed envelope could not be opened when it came."""
    return quarantine == _NOT_OPENED or any(each.code in _WHY.values() for each in findings)


def judge_again(tx: Session, envelope: Envelope, received: str, *, opens: bool) -> Submission:
    """Open and judge a stored envelope anew, as on the day it was received; raises KitError.

    One that need not open, for it did not then, is given without answers when it still does not.
    """
    kept = keep(tx, envelope.mission, 0)
    known = devices.some(tx, {envelope.device})
    opening = Opening(lambda: tx, kept, store_of(tx).config, None, known, False, clock.read_stamp(received))
    checklist = opening.checklist(envelope)
    try:
        return opening.judge(envelope, checklist)[0]
    except NotOpened as error:
        if opens:
            raise
        return _unopened(envelope, error)


def keep(tx: Session, mission: str, revision: int) -> Kept:
    """Read what is kept of a mission."""
    teams = frozenset(team.code for team in register.teams(tx, mission))
    return Kept(revision, missions.get(tx, mission), teams)


class Opening:
    """Where the envelopes of one request are opened."""

    def __init__(
        self,
        tx: Callable[[], Session],
        kept: Kept,
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
            return refused(envelope.id, error)
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


def refused(id: str | None, error: KitError) -> Result:
    """Say with its coded error that an envelope is refused."""
    return {"id": id, "status": "malformed", "error": error.as_dict()}
