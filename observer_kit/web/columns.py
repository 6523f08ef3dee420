"""A checklist's columns, kept from one page to the next and extended by what happened since."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from threading import Lock
from typing import Any, Final
from weakref import WeakKeyDictionary

import numpy as np
from sqlalchemy.orm import Session

from observer_kit.checklists.model import Checklist
from observer_kit.statistics import Columns
from observer_kit.statistics.columns import DIMENSIONS
from observer_kit.statistics.encoding import Block, encode
from observer_kit.statistics.factors import Mask
from observer_kit.statistics.growing import grown
from observer_kit.storage import answers, chain, checklists
from observer_kit.storage.answers import Reading, Stands
from observer_kit.storage.filters import Filters
from observer_kit.storage.standing import COUNTED

_DIMENSIONS: Final = ("region", "setting", "team", "hour", "location", "review")
OUTSIDE: Final = (*DIMENSIONS, "state")


@dataclass(slots=True)
class _Kept:
    """One checklist's columns, as of a revision of the mission; only one thread at a time brings them up to date."""

    turn: Lock = field(default_factory=Lock)
    revision: int = -1
    version: str = ""
    columns: Columns | None = None


_kept: WeakKeyDictionary[Any, dict[tuple[str, str], _Kept]] = WeakKeyDictionary()
"""By database, then by mission and checklist."""
_making: Final = Lock()


def columns_of(tx: Session, mission: str, checklist: Checklist) -> Columns:
    """Give the columns of the reports that count; call it while reading, not within a change that may be undone."""
    with _making:
        mine = _kept.setdefault(tx.get_bind(), {}).setdefault((mission, checklist.name), _Kept())
    with mine.turn:
        # Asked before the reports are: what arrives in between is then read again, never missed.
        revision = chain.revision(tx, mission)
        fits = mine.columns is not None and mine.version == checklist.version
        if mine.columns is not None and fits and revision <= mine.revision:
            return mine.columns
        extended = None
        if mine.columns is not None and fits:
            extended = _extended(tx, mission, checklist, mine.columns, mine.revision)
        columns = extended or _read(tx, mission, checklist)
        mine.revision, mine.version, mine.columns = revision, checklist.version, columns
        return columns


def drop(tx: Session, mission: str, checklist: str) -> None:
    """Forget what is kept of a checklist, so that it is read anew."""
    with _making:
        _kept.get(tx.get_bind(), {}).pop((mission, checklist), None)


def only(columns: Columns, tx: Session, mission: str, filters: Filters) -> Mask:
    """Mark the reports that filters mean which only the database can tell."""
    places = np.array(answers.meant(tx, mission, filters), dtype=np.int64)
    marked: Mask = np.isin(columns.sequence, places) if columns.sequence is not None else np.zeros(0, dtype=bool)
    return marked


def _read(tx: Session, mission: str, checklist: Checklist) -> Columns:
    every = checklists.versions(tx, mission, checklist.name)
    # The one that is asked now comes last, even where it was published before another.
    versions = (*(each for each in every if each.version != checklist.version), checklist)
    return _encoded(tx, mission, checklist, versions, None)


def _encoded(
    tx: Session,
    mission: str,
    checklist: Checklist,
    versions: Sequence[Checklist],
    wanted: tuple[Sequence[int], Sequence[int]] | None,
) -> Columns:
    """Read all, or the wanted of those that count and of those that do not."""
    inside, outside = wanted or (None, None)
    name = checklist.name
    counted = encode(_blocks(answers.blocks(tx, mission, name, sequences=inside)), checklist, versions)
    rest = _blocks(answers.blocks(tx, mission, name, counted=False, sequences=outside))
    return replace(counted, outside=encode(rest, checklist, versions, dimensions=OUTSIDE, answers=False))


def _blocks(readings: Iterable[Reading]) -> Iterator[Block]:
    for reading in readings:
        yield Block(*reading)


def _extended(tx: Session, mission: str, checklist: Checklist, old: Columns, since: int) -> Columns | None:
    """Put in what arrived and take out what no longer counts; None where all must be read anew."""
    found = answers.changed(tx, mission, checklist.name, since)
    if found is None or old.outside is None:
        return None
    changes, sure = found
    gone_in, come_in = _moved(old, [each for each in changes if each.state == COUNTED], changes)
    gone_out, come_out = _moved(old.outside, [each for each in changes if each.state != COUNTED], changes)
    columns = old
    if any(map(len, (gone_in, come_in, gone_out, come_out))):
        new = _encoded(tx, mission, checklist, old.versions, (come_in, come_out))
        outside = grown(old.outside, new.outside or old.outside, gone_out)
        columns = replace(grown(old, new, gone_in), outside=outside)
    stands = (columns.size, columns.outside.size if columns.outside else 0)
    # Whatever moved without naming what it moved is found out here, and read anew.
    return columns if sure or stands == answers.counts(tx, mission, checklist.name) else None


def _moved(columns: Columns, belong: Sequence[Stands], changes: Sequence[Stands]) -> tuple[Any, list[int]]:
    """Give the rows that no longer belong into these columns, and the places of the reports that now do."""
    sequence = columns.sequence if columns.sequence is not None else np.zeros(0, dtype=np.int64)
    touched = np.array(sorted(each.sequence for each in changes), dtype=np.int64)
    rows = np.searchsorted(sequence, touched)
    rows = rows[rows < len(sequence)]
    rows = rows[np.isin(sequence[rows], touched)]
    names = ("review", "state") if "state" in columns.dimensions else ("review",)
    held = {
        int(sequence[row]): tuple(
            columns.dimensions[name].values[columns.dimensions[name].codes[row]] for name in names
        )
        for row in rows
    }
    right = {each.sequence: tuple(getattr(each, name) for name in names) for each in belong}
    stay = {place for place, stands in held.items() if right.get(place) == stands}
    gone = np.array([row for row in np.unique(rows) if int(sequence[row]) not in stay], dtype=np.intp)
    return gone, sorted(right.keys() - stay)


def dimensions_of(filters: Filters | None) -> Mapping[str, Any] | None:
    """Say the filters as values of dimensions; None where only the database can tell which reports are meant."""
    given = {
        name: value
        for name, value in asdict(filters or Filters()).items()
        if value is not None and (value is not False or name == "counted")
    }
    if given.pop("counted", True) is False:
        return None
    rest = given.keys() - {*_DIMENSIONS, "checklist"}
    return None if rest else {name: given[name] for name in _DIMENSIONS if name in given}
