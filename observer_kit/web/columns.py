"""A checklist's columns, kept from one page to the next until something happens in its mission."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any, Final
from weakref import WeakKeyDictionary

from sqlalchemy.orm import Session

from observer_kit.checklists.model import Checklist
from observer_kit.statistics import Columns, build
from observer_kit.storage import chain, submissions
from observer_kit.storage.submissions import Filters

_DIMENSIONS: Final = ("region", "setting", "team", "hour", "location", "review")
_kept: WeakKeyDictionary[Any, dict[tuple[str, str], tuple[int, str, Columns]]] = WeakKeyDictionary()
"""By database, mission and checklist: the mission's revision, the checklist's version, and the columns."""


def columns_of(tx: Session, mission: str, checklist: Checklist) -> Columns:
    """Give the columns of the reports that count; call it while reading, not within a change that may be undone."""
    kept = _kept.setdefault(tx.get_bind(), {})
    # Asked before the reports are: what arrives in between is then read again, never missed.
    revision = chain.revision(tx, mission)
    before = kept.get((mission, checklist.name))
    if before is not None and before[:2] == (revision, checklist.version):
        return before[2]
    columns = build(submissions.reports(tx, mission, checklist.name), checklist)
    kept[mission, checklist.name] = (revision, checklist.version, columns)
    return columns


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
