"""Every submission of a checklist in a stream, in the order of receipt: as judged, and as it stands."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

import orjson
from sqlalchemy import and_, select
from sqlalchemy.orm import Session

from observer_kit.storage import tables as t
from observer_kit.storage import typed
from observer_kit.storage.filters import Filters, conditions, region, setting

BLOCK: Final = 1000
ABOUT: Final = (
    "id", "sequence", "received", "checklist", "version", "visit", "supersedes", "device", "team", "location",
    "location_name", "place", "region", "setting", "arrived", "departed", "hour", "state", "review", "successor",
    "quarantine", "problems", "findings", "via", "typed_by",
)  # fmt: skip
"""What is told of each submission before its answers; moments in UTC. `typed_by`: the clerk, where the desk typed."""

Told = tuple[dict[str, Any], dict[str, Any], dict[str, str]]
"""What is known of a submission, its answers and its comments."""


def submissions(
    tx: Session, mission: str, checklist: str, filters: Filters | None = None, *, after: int = 0,
    until: int | None = None, most: int | None = None,
) -> Iterator[list[Told]]:  # fmt: skip
    """Go through all submissions that fit, block by block: also those that do not count, each with its state.

    `after` and `until` are places in the chain, `most` how many are wanted: for
    who reads a piece at a time and holds no transaction between.
    """
    query = (
        select(
            t.Submission.id, t.Submission.sequence, t.Submission.received, t.Submission.checklist,
            t.Submission.version, t.Submission.visit, t.Submission.supersedes, t.Submission.device, t.Submission.team,
            t.Submission.location, t.Submission.location_name, t.Location.name, region, setting, t.Submission.arrived,
            t.Submission.departed, t.Submission.hour, t.Standing.state, t.Standing.review, t.Standing.successor,
            t.Envelope.quarantine, t.Submission.problem_count, t.Submission.findings, t.Envelope.via,
            t.Submission.answers, t.Submission.comments,
        )
        .join(t.Standing, t.Standing.submission == t.Submission.id)
        .join(t.Envelope, t.Envelope.id == t.Submission.id)
        .outerjoin(
            t.Location, and_(t.Location.mission == t.Submission.mission, t.Location.code == t.Submission.location)
        )
        .where(
            *conditions(mission, filters or Filters(), tx.get_bind().dialect.name), t.Submission.checklist == checklist
        )
        .where(t.Submission.sequence > after, *([t.Submission.sequence <= until] if until is not None else ()))
        .order_by(t.Submission.sequence)
        .limit(most)
        .execution_options(yield_per=BLOCK)
    )  # fmt: skip
    loads = orjson.loads
    for part in tx.execute(query).partitions():
        block: list[Told] = []
        keyed = typed.of(tx, [found[0] for found in part if found.via in typed.VIA])
        for found in part:
            row: tuple[Any, ...] = tuple(found)
            clerk = keyed[row[0]].name if row[0] in keyed else None
            about: dict[str, Any] = dict(zip(ABOUT, (*row[:-2], clerk), strict=True))
            if about["findings"] != "[]":
                about["findings"] = " ".join(finding["code"] for finding in loads(about["findings"]))
            else:
                about["findings"] = ""
            block.append((about, loads(row[-2]), loads(row[-1]) if row[-1] != "{}" else {}))
        yield block
