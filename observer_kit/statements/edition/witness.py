"""What a database says of a statement: whether it issued it, what became of it, what it counts then and now."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

from observer_kit.statements.edition import compared
from observer_kit.statements.edition.findings import NOTED, RIGHT, UNCHECKED, WRONG, Finding, Say
from observer_kit.statements.model import Figure

ISSUED: Final = ("published", "corrected", "withdrawn")
_MOST: Final = 20
"""Figures of today that are told one by one."""


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
    """What a database says of the statement: faults of its chain (code and row), when the head that the statement
    names was made ("" for one it does not know), the figures recounted.

    `figures` is None where it has not kept what they were counted from.
    `issue` is the version that this very file is; `today` are the figures
    counted now, where they rest on other reports than the statement's.
    `knows_mission` is False where nothing of this can be asked.
    """

    mission: str
    faults: tuple[tuple[str, str], ...] = ()
    head_at: str = ""
    figures: Mapping[str, Figure] | None = None
    knows_mission: bool = True
    issue: Issue | None = None
    today: Mapping[str, Figure] | None = None


def standing(manifest: Mapping[str, Any], database: Database | None, say: Say) -> Iterator[Finding]:
    """Say whether the version in hand still stands; a draft never did."""
    if manifest["state"] not in ISSUED:
        return
    if database is None or not database.knows_mission:
        yield Finding("standing", UNCHECKED, say("standing_unasked"))
    elif database.issue is None:
        yield Finding("standing", WRONG, say("standing_unknown"))
    elif database.issue.by is None:
        issue = database.issue
        yield Finding("standing", RIGHT, say("standing_in_force", version=issue.version, at=_moment(issue.at)))
    else:
        issue = database.issue
        fate = "standing_withdrawn" if issue.withdrawn else "standing_corrected"
        told = say(fate, version=issue.version, by=issue.by, at=_moment(issue.since or issue.at))
        yield Finding("standing", NOTED, say("because", told=told, reason=issue.reason) if issue.reason else told)


def _moment(at: datetime) -> str:
    return f"{at.astimezone(UTC):%Y-%m-%d %H:%M}"


def stored(rows: Mapping[str, Mapping[str, str]], database: Database | None, say: Say) -> Iterator[Finding]:
    """Hold the attached figures against those of the database, then and now."""
    if database is None:
        yield Finding("database", UNCHECKED, say("no_data"))
        return
    if database.figures is None:
        known = database.knows_mission
        why = say("database_moved_on") if known else say("database_no_mission", mission=database.mission)
        yield Finding("database", UNCHECKED, why)
    else:
        messages = list(compared.recount(rows, database.figures, say, whole=True))
        for message in messages:
            yield Finding("database", WRONG, message)
        if not messages:
            yield Finding("database", RIGHT, say("database_right", n=len(rows)))
    if database.today is not None:
        yield from _today(rows, database.today, say)


def _today(rows: Mapping[str, Mapping[str, str]], figures: Mapping[str, Figure], say: Say) -> Iterator[Finding]:
    """Tell which figures the database counts otherwise by now: no fault of a statement, and news to its reader."""
    moved = list(compared.moved(rows, figures, say))
    for message in moved[:_MOST]:
        yield Finding("today", NOTED, message)
    if len(moved) > _MOST:
        yield Finding("today", NOTED, say("today_more", n=len(moved) - _MOST))
    if not moved:
        yield Finding("today", RIGHT, say("today_same"))


def chain(manifest: Mapping[str, Any], database: Database | None, say: Say) -> Finding:
    """Say whether the head of the audit chain that the statement names stands in the database's chain."""
    head = str(manifest.get("chain_head", ""))[:16]
    if database is None:
        return Finding("audit chain", UNCHECKED, say("chain_unasked", head=head))
    if database.faults:
        code, row = database.faults[0]
        return Finding("audit chain", WRONG, say("chain_not_whole", fault=say(code, row=row)))
    if not database.head_at:
        return Finding("audit chain", WRONG, say("chain_unknown", head=head))
    return Finding("audit chain", RIGHT, say("chain_right", at=database.head_at))
