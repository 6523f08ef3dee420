"""What a database says of a statement: whether it issued it, what became of it, what it counts then and now."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

from observer_kit.statements.edition import compared
from observer_kit.statements.model import Figure

RIGHT, WRONG, UNCHECKED, NOTED = "right", "wrong", "not checked", "to note"
_ISSUED: Final = ("published", "corrected", "withdrawn")
_MOST: Final = 20
"""Figures of today that are told one by one."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing looked at: `check` names it, `state` is right, wrong, not checked or to note, `message` says it."""

    check: str
    state: str
    message: str


@dataclass(frozen=True, slots=True)
class Issue:
    """A published version as the database has it, and the later one that took its place."""

    version: int
    at: datetime
    by: int | None = None
    withdrawn: bool = False
    since: datetime | None = None
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Database:
    """What a database says of the statement: faults of its chain, whether it knows the head, the figures recounted.

    `why` says in words why the figures were not counted there. `issue` is the
    version that this very file is; `today` are the figures counted now, where
    they rest on other reports than the statement's. `knows_mission` is False
    where nothing of this can be asked; `head_at` says when the head was made.
    """

    faults: tuple[str, ...] = ()
    knows_head: bool = False
    figures: Mapping[str, Figure] | None = None
    why: str = ""
    knows_mission: bool = True
    issue: Issue | None = None
    today: Mapping[str, Figure] | None = None
    head_at: str = ""


def standing(manifest: Mapping[str, Any], database: Database | None) -> Iterator[Finding]:
    """Say whether the version in hand still stands; a draft never did."""
    if manifest["state"] not in _ISSUED:
        return
    if database is None or not database.knows_mission:
        told = "no data folder that knows the mission was given to ask whether it was corrected or withdrawn since"
        yield Finding("standing", UNCHECKED, told)
    elif database.issue is None:
        told = "it says that it was published, and the database has published no such file"
        yield Finding("standing", WRONG, told)
    elif database.issue.by is None:
        issue = database.issue
        yield Finding("standing", RIGHT, f"published as version {issue.version} on {_moment(issue.at)}, and in force")
    else:
        issue = database.issue
        act = "withdrawn" if issue.withdrawn else "corrected"
        since = f" on {_moment(issue.since)}" if issue.since else ""
        why = f": {issue.reason}" if issue.reason else ""
        yield Finding("standing", NOTED, f"version {issue.version} was {act} by version {issue.by}{since}{why}")


def _moment(at: datetime) -> str:
    return f"{at.astimezone(UTC):%Y-%m-%d %H:%M} UTC"


def stored(rows: Mapping[str, Mapping[str, str]], database: Database | None) -> Iterator[Finding]:
    """Hold the attached figures against those of the database, then and now."""
    if database is None:
        yield Finding("database", UNCHECKED, "no data folder was given")
        return
    if database.figures is None:
        yield Finding("database", UNCHECKED, database.why)
    else:
        messages = list(compared.recount(rows, database.figures, whole=True))
        for message in messages:
            yield Finding("database", WRONG, message)
        if not messages:
            yield Finding("database", RIGHT, f"{len(rows)} figures are those that the database counts")
    if database.today is not None:
        yield from _today(rows, database.today)


def _today(rows: Mapping[str, Mapping[str, str]], figures: Mapping[str, Figure]) -> Iterator[Finding]:
    """Tell which figures the database counts otherwise by now: no fault of a statement, and news to its reader."""
    moved = list(compared.moved(rows, figures))
    for message in moved[:_MOST]:
        yield Finding("today", NOTED, message)
    if len(moved) > _MOST:
        yield Finding("today", NOTED, f"and {len(moved) - _MOST} more figures that the database counts otherwise now")
    if not moved:
        yield Finding("today", RIGHT, "other reports count by now, and every figure is the same")


def chain(manifest: Mapping[str, Any], database: Database | None) -> Finding:
    """Say whether the head of the audit chain that the statement names stands in the database's chain."""
    head = str(manifest.get("chain_head", ""))
    if database is None:
        told = f"its head then was {head[:16]}…; no data folder was given to find it in"
        return Finding("audit chain", UNCHECKED, told)
    if database.faults:
        return Finding("audit chain", WRONG, f"the database's chain is broken: {database.faults[0]}")
    if not database.knows_head:
        return Finding("audit chain", WRONG, f"the head {head[:16]}… is not in the database's chain")
    when = f", made {database.head_at}" if database.head_at else ""
    return Finding("audit chain", RIGHT, f"whole, and the statement's head stands in it{when}")
