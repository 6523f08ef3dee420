"""Reports that the desk typed in: from a voice on the phone or from paper, and by whom.

The clerk stands in the payload itself, under the receipt's hash; how it came
stands in the envelope's `via`, which only the server writes.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import islice
from typing import Any, Final

import orjson
from sqlalchemy import select
from sqlalchemy.orm import Session

from observer_kit.storage import tables as t

SOURCES: Final[Mapping[str, str]] = {"phone": "phoned", "paper": "paper"}
"""What a clerk typed from, and the way (`via`) under which it is stored."""
VIA: Final = tuple(SOURCES.values())


@dataclass(frozen=True, slots=True)
class Typed:
    """Who typed a report in, and from what; `name` as it was on the day."""

    source: str  # phone | paper
    by: str | None
    name: str


def of(tx: Session, submissions: Iterable[str]) -> dict[str, Typed]:
    """Give those of these submissions that the desk typed in, by id."""
    found: dict[str, Typed] = {}
    wanted = iter(submissions)
    while some := list(islice(wanted, 500)):
        query = select(t.Envelope.id, t.Envelope.via, t.Envelope.payload)
        for id, via, payload in tx.execute(query.where(t.Envelope.id.in_(some), t.Envelope.via.in_(VIA))):
            found[id] = _typed(via, payload)
    return found


def latest(tx: Session, mission: str, limit: int) -> dict[str, Typed]:
    """Give the latest reports of the mission that the desk typed in, by id, the last first."""
    query = (
        select(t.Envelope.id, t.Envelope.via, t.Envelope.payload)
        .where(t.Envelope.mission == mission, t.Envelope.via.in_(VIA))
        .order_by(t.Envelope.sequence.desc())
        .limit(limit)
    )
    return {id: _typed(via, payload) for id, via, payload in tx.execute(query)}


def _typed(via: str, payload: str) -> Typed:
    source = next(name for name, way in SOURCES.items() if way == via)
    said: Any = orjson.loads(payload).get("typed")
    said = said if isinstance(said, dict) else {}
    return Typed(source, said.get("by"), str(said.get("name") or "–"))
