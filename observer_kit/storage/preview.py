"""What would become of envelopes if they were taken in: judged by the same reception, and nothing is stored."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import select

from observer_kit.collection.model import HEADER
from observer_kit.errors import EnvelopeConflict
from observer_kit.storage import tables as t
from observer_kit.storage.engine import Store
from observer_kit.storage.judged import Judged
from observer_kit.storage.reception import Reception
from observer_kit.trust.model import Device

Result = dict[str, Any]
_PIECE = 200


def preview(store: Store, envelopes: Sequence[Any], device: Device) -> list[Result]:
    """Give one {id, status, …} for each: new, set_aside (with why), known, conflict, or malformed with its error.

    The second of two envelopes under one id is known, or a conflict, as it would be.
    """
    reception = Reception(store)
    revision = reception.revision()
    found: list[Result] = []
    met: dict[str, tuple[Any, ...]] = {}
    for start in range(0, len(envelopes), _PIECE):
        opened = reception.open(envelopes[start : start + _PIECE], device, revision, False)
        met.update(_stored(store, {one.envelope.id for one in opened if isinstance(one, Judged)} - met.keys()))
        found += [_status(one, met) if isinstance(one, Judged) else one for one in opened]
    return found


def _stored(store: Store, ids: set[str]) -> dict[str, tuple[Any, ...]]:
    query = select(*(getattr(t.Envelope, name) for name in HEADER)).where(t.Envelope.id.in_(ids))
    with store.reading() as tx:
        return {row.id: tuple(row) for row in tx.execute(query)}


def _status(judged: Judged, met: dict[str, tuple[Any, ...]]) -> Result:
    envelope = judged.envelope
    header = tuple(getattr(envelope, name) for name in HEADER)
    result: Result = {
        "id": envelope.id, "checklist": envelope.checklist, "location": judged.row["location"],
        "location_name": judged.row["location_name"], "team": judged.row["team"],
    }  # fmt: skip
    if envelope.id not in met:
        met[envelope.id] = header
        aside = {"status": "set_aside", "why": judged.quarantine} if judged.quarantine else {"status": "new"}
        return result | aside
    if met[envelope.id] == header:
        return result | {"status": "known"}
    error = EnvelopeConflict("another envelope with this id is already stored")
    return result | {"status": "conflict", "error": error.as_dict()}
