"""What was handed over by file or code, on its way to the intake: first looked at, then taken in."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

import orjson

from observer_kit import clock
from observer_kit.collection.pictures import check_picture
from observer_kit.config import Config
from observer_kit.errors import CodesMissing, EnvelopeMalformed, KitError, MissionUnknown
from observer_kit.exchange import packing, qr
from observer_kit.exchange.bundle import Broken, Carried, KeyOf, Part, Picture
from observer_kit.storage import attachments, devices, missions
from observer_kit.storage.engine import Store
from observer_kit.storage.intake import Intake
from observer_kit.storage.preview import preview
from observer_kit.trust import keys
from observer_kit.trust.model import Device

BATCH: Final = 200


@dataclass(frozen=True, slots=True)
class Arrival:
    """One thing that came: a report, a photo, or a part of the file that is neither.

    `line` is its place, 0 where it has none; `result` is {id, status, …}, with
    `receipt` once it is stored, or `error`.
    """

    line: int
    kind: str  # report | photo | part
    result: dict[str, Any]

    @property
    def status(self) -> str:
        """Give what became of it, or would."""
        return str(self.result["status"])


Take = Callable[[Sequence[Any]], list[dict[str, Any]]]


def from_codes(texts: Iterable[str]) -> Iterator[Part]:
    """Read the texts of codes, in any order: the reports of every set that is whole, and what is wrong with others."""
    gathered = qr.gather(texts)
    for number, error in gathered.broken:
        yield Broken(number, error)
    for have, count in gathered.missing:
        yield Broken(0, CodesMissing(f"of {count} codes of one report only {have} were read", have=have, of=count))
    for number, (kind, content) in enumerate(gathered.whole, 1):
        try:
            if kind != qr.REPORT:
                raise EnvelopeMalformed("these codes are for a phone: receipts, or a draft")
            yield Carried(number, packing.unpack_envelope(content))
        except KitError as error:
            yield Broken(number, error)


def look(store: Store, mission: str, parts: Iterable[Part]) -> list[Arrival]:
    """Say what would become of each part in this mission; nothing is stored."""
    stranger = Device("-", mission, None, "file", "file", None, clock.now())
    photos: set[str] = set()

    def picture(part: Picture) -> dict[str, Any]:
        announced = part.announced
        if announced.sealed is None:
            check_picture(part.content)
        known = announced.sha256 in photos or attachments.there(store, mission, announced) is not None
        photos.add(announced.sha256)
        return {"id": announced.sha256, "status": "known" if known else "new"}

    return list(_batched(parts, lambda envelopes: preview(store, envelopes, stranger), picture))


def take(
    store: Store, intake: Intake, parts: Iterable[Part], *, via: str, mission: str | None = None,
    accept_unsigned: bool = False,
) -> Iterator[Arrival]:  # fmt: skip
    """Hand each part to the intake; `mission`, where given, is the only one that is taken."""

    def envelopes(some: Sequence[Any]) -> list[dict[str, Any]]:
        return _by_mission(store, intake, some, via, mission, accept_unsigned)

    return _batched(parts, envelopes, lambda part: _keep(store, part, mission))


def receipts(arrivals: Iterable[Arrival]) -> list[dict[str, Any]]:
    """Give the receipts of what is stored, each with whether its report was set aside."""
    return [
        each.result["receipt"] | {"quarantined": each.status == "quarantined"}
        for each in arrivals
        if each.result.get("receipt")
    ]


def receipts_file(found: Sequence[dict[str, Any]]) -> bytes:
    """Write receipts as the file that phones read; nothing in it says what a report holds."""
    return orjson.dumps({"observer_kit": "receipts", "version": 1, "receipts": list(found)}, option=orjson.OPT_INDENT_2)


def mission_keys(store: Store, config: Config) -> KeyOf:
    """Give what finds the key to which a file was sealed, among those of all missions."""
    with store.reading() as tx:
        found = [keys.mission_key_at_hand(config, each.code) for each in missions.all(tx)]
    by_id = {key.id: key for key in found if key is not None}
    return by_id.get


def _batched(parts: Iterable[Part], reports: Take, picture: Callable[[Picture], dict[str, Any]]) -> Iterator[Arrival]:
    waiting: list[Carried] = []
    for part in parts:
        if isinstance(part, Carried):
            waiting.append(part)
            if len(waiting) == BATCH:
                yield from _reports(waiting, reports)
                waiting = []
        elif isinstance(part, Picture):
            try:
                yield Arrival(part.line, "photo", picture(part))
            except KitError as error:
                yield Arrival(part.line, "photo", refused(part.announced.sha256, error))
        else:
            yield Arrival(part.line, "part", refused(part.error.place, part.error))
    yield from _reports(waiting, reports)


def _reports(waiting: Sequence[Carried], reports: Take) -> Iterator[Arrival]:
    results = reports([each.envelope for each in waiting]) if waiting else []
    for each, result in zip(waiting, results, strict=True):
        yield Arrival(each.line, "report", result)


def _by_mission(
    store: Store, intake: Intake, envelopes: Sequence[Any], via: str, only: str | None, accept_unsigned: bool
) -> list[dict[str, Any]]:
    results: dict[int, dict[str, Any]] = {}
    places: dict[str, list[int]] = {}
    for place, envelope in enumerate(envelopes):
        named = envelope.get("mission") if isinstance(envelope, dict) else None
        if only is not None or isinstance(named, str):
            places.setdefault(only or str(named), []).append(place)
        else:
            results[place] = refused(None, EnvelopeMalformed("an envelope is an object with its mission"))
    for mission, here in places.items():
        try:
            with store.atomic() as tx:
                device = devices.office(tx, mission, "file")
        except MissionUnknown as error:
            results.update({place: refused(envelopes[place].get("id"), error) for place in here})
            continue
        taken = intake.receive(
            [envelopes[place] for place in here], device=device, via=via, accept_unsigned=accept_unsigned
        )
        results.update(zip(here, taken, strict=True))
    return [results[place] for place in range(len(envelopes))]


def _keep(store: Store, part: Picture, mission: str | None) -> dict[str, Any]:
    """Store a photo: under the phone that the file names, where that is one of this mission's."""
    wanted, announced = mission or part.mission, part.announced
    if wanted is None:
        raise EnvelopeMalformed("the file does not say of which mission this photo is")
    known = attachments.there(store, wanted, announced)
    with store.atomic() as tx:
        device = devices.office(tx, wanted, "file").id
        named = devices.some(tx, {part.device}) if part.device else {}
    if part.device in named and named[part.device].mission == wanted:
        device = part.device
    kept = attachments.put(store, wanted, device, part.content, announced)
    receipt = attachments.receipt(store, kept)
    return {"id": announced.sha256, "status": "known" if known else "stored", "receipt": receipt.as_dict()}


def refused(id: str | None, error: KitError) -> dict[str, Any]:
    """Give the result of what can't be taken."""
    return {"id": id, "status": "malformed", "error": error.as_dict()}
