"""Statements and their way to publication: drafted, approved by a second person, published, never changed after."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from observer_kit import clock
from observer_kit.errors import NotFound
from observer_kit.storage import chain, figure_notes, office_acts, section_texts
from observer_kit.storage import statement_tables as s
from observer_kit.storage.said import words_of
from observer_kit.trust.chain import content_hash

NEW, CORRECTS, WITHDRAWS = "new", "corrects", "withdraws"
DRAFT, ASKED, APPROVED, RETURNED, DROPPED, PUBLISHED = "draft", "asked", "approved", "returned", "dropped", "published"
RESUMED: Final = "resumed"
LONGEST_NOTE: Final = 2000


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a draft's way."""

    act: str
    digest: str
    acknowledged: tuple[str, ...]
    note: str
    by: str | None
    at: datetime


@dataclass(frozen=True, slots=True)
class StoredStatement:
    """A statement as it stands; `state` follows from its steps and from what was published."""

    id: str
    mission: str
    series: str
    style: str
    language: str
    act: str  # new | corrects | withdraws
    of: int | None
    reason: str
    by: str | None
    at: datetime
    snapshot: str
    state: str
    changed: datetime
    steps: tuple[Step, ...]

    @property
    def open(self) -> bool:
        """Tell whether its words may still change."""
        return self.state not in (PUBLISHED, DROPPED)

    @property
    def last(self) -> Step | None:
        """Give the latest step."""
        return self.steps[-1] if self.steps else None


def create(
    tx: Session, mission: str, *, style: str, language: str, snapshot: str, texts: Iterable[tuple[str, str]],
    by: str | None, act: str = NEW, of: int | None = None, series: str | None = None, reason: str = "",
) -> str:  # fmt: skip
    """Begin a statement from a data set with the first text of its sections; gives its id."""
    chain.lock(tx)
    id = clock.new_id()
    office_acts.add(
        tx, "statement", id, mission, by, id=id, series=series or id, style=style, language=language,
        act=act, of=of, reason=reason,
    )  # fmt: skip
    rest_on(tx, mission, id, snapshot, by)
    section_texts.begin(tx, mission, id, texts, by)
    return id


def rest_on(tx: Session, mission: str, statement: str, snapshot: str, by: str | None) -> None:
    """Let a draft rest on this data set from now on."""
    office_acts.add(tx, "statement_snapshot", statement, mission, by, statement=statement, snapshot=snapshot)


def get(tx: Session, mission: str, id: str) -> StoredStatement:
    """Give a statement; raises NotFound."""
    found = _read(tx, mission, id)
    if not found:
        raise NotFound(f"no statement {id!r} in mission {mission!r}")
    return found[0]


def all(tx: Session, mission: str) -> list[StoredStatement]:
    """Give the mission's statements, those touched last first."""
    return sorted(_read(tx, mission), key=lambda each: each.changed, reverse=True)


def step(
    tx: Session, statement: StoredStatement, act: str, by: str | None, *,
    digest: str = "", acknowledged: Sequence[str] = (), note: str = "",
) -> None:  # fmt: skip
    """Go one step; raises Conflict for a note that is too long."""
    note = words_of(note, LONGEST_NOTE, "note")
    office_acts.add(
        tx, "statement_step", statement.id, statement.mission, by,
        statement=statement.id, act=act, digest=digest, acknowledged=sorted(acknowledged), note=note,
    )  # fmt: skip


def digest(tx: Session, statement: StoredStatement) -> str:
    """Say exactly what a draft would print: its text, its data set, its style, and which stations may be named."""
    parts = [statement.id, statement.snapshot, statement.style, statement.language, statement.act, statement.reason]
    for section, stands in sorted(section_texts.standing(tx, statement.id).items()):
        parts += [section, stands.head.text]
    for figure, note in sorted(figure_notes.latest(tx, statement.mission).items()):
        parts += [figure, note.act]
    return content_hash(*parts)


def _read(tx: Session, mission: str, id: str | None = None) -> list[StoredStatement]:
    query = select(s.Statement).where(s.Statement.mission == mission)
    if id is not None:
        query = query.where(s.Statement.id == id)
    rows = list(tx.scalars(query.order_by(s.Statement.sequence)))
    ids = [row.id for row in rows]
    snapshots: dict[str, tuple[str, datetime]] = {}
    mine = s.StatementSnapshot.statement.in_(ids)
    for each in tx.scalars(select(s.StatementSnapshot).where(mine).order_by(s.StatementSnapshot.sequence)):
        snapshots[each.statement] = (each.snapshot, each.at)
    steps: dict[str, list[Step]] = {each: [] for each in ids}
    for one in tx.scalars(select(s.Step).where(s.Step.statement.in_(ids)).order_by(s.Step.sequence)):
        steps[one.statement].append(Step(one.act, one.digest, tuple(one.acknowledged), one.note, one.by, one.at))
    released = tx.execute(select(s.Release.statement, s.Release.at).where(s.Release.statement.in_(ids)))
    published = {row.statement: row.at for row in released}
    last = select(s.SectionText.statement, func.max(s.SectionText.at).label("last")).where(
        s.SectionText.statement.in_(ids)
    )
    written = {row.statement: row.last for row in tx.execute(last.group_by(s.SectionText.statement))}
    return [_statement(row, snapshots[row.id], steps[row.id], published.get(row.id), written) for row in rows]


def _statement(
    row: Any, snapshot: tuple[str, datetime], steps: list[Step], published: datetime | None, written: dict[str, Any]
) -> StoredStatement:
    moments = [row.at, snapshot[1], *(each.at for each in steps[-1:])]
    moments += [each for each in (published, written.get(row.id)) if each is not None]
    last = steps[-1].act if steps else DRAFT
    state = PUBLISHED if published else DRAFT if last == RESUMED else last
    return StoredStatement(
        row.id, row.mission, row.series, row.style, row.language, row.act, row.of, row.reason, row.by, row.at,
        snapshot[0], state, max(moments), tuple(steps),
    )  # fmt: skip
