"""Answers in a stream for the statistics: block by block with their dimensions, and what changed since."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any, Final

import orjson
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from observer_kit.storage import standing
from observer_kit.storage import tables as t
from observer_kit.storage.chain import QUIET
from observer_kit.storage.filters import Filters, conditions

BLOCK: Final = 500
MOVING: Final = frozenset({"register", "mission", "deployment"})
"""Events after which every report may lie elsewhere."""
NAMING: Final = frozenset({"intake", "review"})
"""Events that name the submission that they move."""
MOST: Final = 20_000
"""Events after which reading all anew is quicker than following each."""
_AT_ONCE: Final = 500

Reading = tuple[dict[str, list[Any]], list[Mapping[str, Any]], list[int]]
"""Dimensions by name, answers, and places in the order of receipt: a list each, as long as the block."""


@dataclass(frozen=True, slots=True)
class Stands:
    """Where one submission stands: its place in the order of receipt, its state and review."""

    sequence: int
    state: str
    review: str


def blocks(
    tx: Session,
    mission: str,
    checklist: str,
    *,
    counted: bool = True,
    sequences: Sequence[int] | None = None,
) -> Iterator[Reading]:
    """Read the reports that count (or, without answers, those that do not), all or those of these places."""
    at = _places(tx, mission, None) if sequences is None else {}
    nowhere = (None, None, None, None)
    columns: list[Any] = [
        t.Submission.sequence, t.Submission.version, t.Submission.location, t.Submission.setting, t.Submission.team,
        t.Submission.hour, t.Standing.review, t.Standing.state,
    ]  # fmt: skip
    if counted:
        columns.append(t.Submission.answers)
    state = t.Standing.state == standing.COUNTED if counted else t.Standing.state != standing.COUNTED
    query = (
        select(*columns)
        .join(t.Standing, t.Standing.submission == t.Submission.id)
        .where(t.Submission.mission == mission, t.Submission.checklist == checklist, state)
        .order_by(t.Submission.sequence)
    )
    for some in _chunks(sequences):
        chosen = query if some is None else query.where(t.Submission.sequence.in_(some))
        for part in tx.execute(chosen.execution_options(yield_per=BLOCK)).partitions():
            order, version, location, setting, team, hour, review, stand, *rest = zip(*part, strict=True)
            if sequences is not None:
                at = _places(tx, mission, sorted({code for code in location if code is not None}))
            known = [at.get(code, nowhere) for code in location]
            dimensions = {
                "region": [each[0] for each in known],
                "setting": [own or each[1] for own, each in zip(setting, known, strict=True)],
                "special": [each[2] for each in known],
                "kind": [each[3] for each in known],
                "team": list(team), "hour": list(hour), "review": list(review), "location": list(location),
                "version": list(version), "state": list(stand),
            }  # fmt: skip
            answers = list(map(orjson.loads, rest[0])) if rest else [{}] * len(order)
            yield dimensions, answers, list(order)


def _places(
    tx: Session, mission: str, codes: Sequence[str] | None
) -> dict[str | None, tuple[str | None, str | None, str | None, str | None]]:
    """Say of each location, or of these, its region, setting, special kind and kind."""
    query = select(t.Location.code, t.Location.region, t.Location.setting, t.Location.special, t.Location.kind).where(
        t.Location.mission == mission
    )
    return {
        row[0]: (row[1], row[2], row[3], row[4])
        for some in _chunks(codes)
        for row in tx.execute(query if some is None else query.where(t.Location.code.in_(some)))
    }


def changed(tx: Session, mission: str, checklist: str, since: int) -> tuple[list[Stands], bool] | None:
    """Tell where the submissions stand that any event since then touched; None where all must be read anew.

    An event that names a submission touches every report of its visit: of
    them another may count now. The second value says whether nothing else can
    have moved.
    """
    events = tx.execute(
        select(t.Chain.kind, t.Chain.subject)
        .where(t.Chain.mission == mission, t.Chain.sequence > since, t.Chain.kind.not_in(QUIET))
        .limit(MOST + 1)
    ).all()
    kinds = {kind for kind, _ in events}
    if len(events) > MOST or kinds & MOVING or ("publication", checklist) in {(kind, name) for kind, name in events}:
        return None
    visits: set[str] = set()
    for some in _chunks(sorted({subject for _, subject in events})):
        visits.update(tx.scalars(select(t.Submission.visit).where(t.Submission.id.in_(some or ()))))
    found: list[Stands] = []
    for some in _chunks(sorted(visits)):
        query = (
            select(t.Submission.sequence, t.Standing.state, t.Standing.review)
            .join(t.Standing, t.Standing.submission == t.Submission.id)
            .where(
                t.Submission.mission == mission, t.Submission.checklist == checklist,
                t.Submission.visit.in_(some or ()),
            )
        )  # fmt: skip
        found += [Stands(*row) for row in tx.execute(query)]
    return found, kinds <= NAMING


def counts(tx: Session, mission: str, checklist: str) -> tuple[int, int]:
    """Give how many submissions of a checklist count, and how many do not."""
    query = select(t.Standing.state, func.count()).where(
        t.Standing.mission == mission, t.Standing.checklist == checklist
    )
    found: dict[str, int] = {row[0]: row[1] for row in tx.execute(query.group_by(t.Standing.state))}
    inside = found.pop(standing.COUNTED, 0)
    return inside, sum(found.values())


def meant(tx: Session, mission: str, filters: Filters) -> list[int]:
    """Give the places of the submissions that fit filters which no column knows."""
    query = (
        select(t.Submission.sequence)
        .join(t.Standing, t.Standing.submission == t.Submission.id)
        .outerjoin(t.Location, _AT_LOCATION)
        .where(*conditions(mission, filters, tx.get_bind().dialect.name), t.Standing.state == standing.COUNTED)
    )
    return list(tx.scalars(query))


_AT_LOCATION: Final = (t.Location.mission == t.Submission.mission) & (t.Location.code == t.Submission.location)


def _chunks(wanted: Collection[Any] | None) -> Iterator[list[Any] | None]:
    """Give what is wanted in pieces that one statement can hold; once None where all is wanted."""
    if wanted is None:
        yield None
        return
    going = iter(wanted)
    while some := list(islice(going, _AT_ONCE)):
        yield some
