"""The intake's reading part: envelope by envelope, from what was sent to what can be stored."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import ExitStack
from typing import Any

from sqlalchemy.orm import Session

from observer_kit import clock
from observer_kit.collection.envelope import check_hash, read_envelope
from observer_kit.collection.model import Envelope
from observer_kit.errors import DeviceUnknown, EnvelopeMalformed, KitError, MissionMismatch
from observer_kit.storage import devices, missions
from observer_kit.storage.engine import Store
from observer_kit.storage.judged import Judged
from observer_kit.storage.opening import Kept, Opening, Result, keep, refused
from observer_kit.trust.model import Device

_HOLDERS_KEPT = 20_000


class Reception:
    """Opens envelopes: reads, checks hash and signature, judges the answers."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._missions: dict[str, Kept] = {}
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
                kept = self._missions[device.mission] = keep(tx(), device.mission, revision)
            known = {device.id: device, **(devices.some(tx(), senders) if senders else {})}
            opening = Opening(tx, kept, self._store.config, device, known, accept_unsigned, clock.now())
            return [opening.take(one) if isinstance(one, Envelope) else one for one in read]


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
        return refused(named if isinstance(named, str) else None, error)
    return envelope
