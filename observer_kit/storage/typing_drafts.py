"""What a clerk has begun to type in: kept at the server until it is stored as a report or thrown away.

A draft is nobody's report yet, so it is in no chain; it is its clerk's alone.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import delete, func, insert, select, update
from sqlalchemy.orm import Session

from observer_kit import clock
from observer_kit.errors import Conflict, NotFound
from observer_kit.storage import desk_tables as d
from observer_kit.storage import tables as t

MOST = 200
"""Drafts of one person in one mission."""


@dataclass(frozen=True, slots=True)
class TypingDraft:
    """A report being typed in: the id it will have, the checklist's version, and the form as it stands."""

    id: str
    version: str
    at: datetime
    document: Any


def keep(tx: Session, mission: str, account: str, id: str, version: str, document: Any) -> None:
    """Keep a draft as it stands now; raises NotFound for one of another person, Conflict when there are too many."""
    mine = (d.TypingDraft.id == id, d.TypingDraft.mission == mission, d.TypingDraft.account == account)
    if tx.scalar(select(d.TypingDraft.id).where(*mine)) is not None:
        tx.execute(update(d.TypingDraft).where(*mine).values(version=version, at=clock.now(), document=document))
        return
    if tx.scalar(select(t.Envelope.id).where(t.Envelope.id == id)) is not None:
        return  # it was stored meanwhile: the page's last word comes late
    if tx.scalar(select(d.TypingDraft.id).where(d.TypingDraft.id == id)) is not None:
        raise NotFound(f"no draft {id!r}")
    counted = select(func.count()).where(d.TypingDraft.mission == mission, d.TypingDraft.account == account)
    if (tx.scalar(counted) or 0) >= MOST:
        raise Conflict(f"at most {MOST} drafts: finish or discard some")
    row = {"id": id, "mission": mission, "account": account, "version": version}
    tx.execute(insert(d.TypingDraft).values(**row, at=clock.now(), document=document))


def get(tx: Session, mission: str, account: str, id: str) -> TypingDraft | None:
    """Give this person's draft of this id, or None."""
    return next((each for each in all(tx, mission, account) if each.id == id), None)


def all(tx: Session, mission: str, account: str) -> list[TypingDraft]:
    """Give this person's drafts, the latest first."""
    query = select(d.TypingDraft).where(d.TypingDraft.mission == mission, d.TypingDraft.account == account)
    rows = tx.scalars(query.order_by(d.TypingDraft.at.desc(), d.TypingDraft.id))
    return [TypingDraft(row.id, row.version, row.at, row.document) for row in rows]


def drop(tx: Session, mission: str, account: str, id: str) -> None:
    """Throw a draft away; one that is not there is no fault."""
    tx.execute(
        delete(d.TypingDraft).where(
            d.TypingDraft.id == id, d.TypingDraft.mission == mission, d.TypingDraft.account == account
        )
    )
