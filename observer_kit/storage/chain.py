"""The audit chain in the database: one row for every event that matters, in the same transaction as the act."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, Final

from sqlalchemy import Connection, insert, select, text
from sqlalchemy.orm import Session

from observer_kit import clock
from observer_kit.errors import StorageFault
from observer_kit.storage.tables import Chain
from observer_kit.trust.chain import GENESIS, Link, link_hash, walk
from observer_kit.trust.model import Fault

_LOCK = 0x0B5E56
QUIET: Final = frozenset((
    "snapshot", "statement", "statement_snapshot", "section_text", "remark", "statement_step", "release",
    "figure_note", "translation", "export",
))  # fmt: skip
"""Acts of the office, and what left the house: they say something of the numbers and move none, and are thousands."""
_HEAD = select(Chain.sequence, Chain.hash).order_by(Chain.sequence.desc()).limit(1)
_INSERT = insert(Chain.__table__)  # type: ignore[arg-type]  # the Core insert, without the ORM's bulk machinery


def lock(tx: Session) -> None:
    """Wait for the turn to append; on SQLite, atomic() has already waited."""
    lock_connection(tx.connection())


def lock_connection(connection: Connection) -> None:
    """Do the same without a session."""
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _LOCK})


def head(tx: Session) -> tuple[int, str]:
    """Give the last row's sequence and hash (0 and sixty-four zeros before the first)."""
    row = tx.connection().execute(_HEAD).first()
    return (row.sequence, row.hash) if row else (0, GENESIS)


def append(
    tx: Session, kind: str, subject: str, content_hash: str, mission: str | None = None, by: str | None = None
) -> int:
    """Append one row and give its sequence; `content_hash` is the hash of what the act stored."""
    lock(tx)
    sequence, previous = head(tx)
    at = clock.stamp(clock.now())
    link = make(sequence + 1, at, kind, mission, subject, by, content_hash, previous)
    append_links(tx, [link])
    return link.sequence


def make(
    sequence: int, at: str, kind: str, mission: str | None, subject: str, by: str | None, content: str, previous: str
) -> Link:
    """Make a row; refuses a line break in a field, which would let two rows share a hash."""
    if "\n" in f"{kind}{mission or ''}{subject}{by or ''}":
        raise StorageFault("a chain row's field can't hold a line break")
    return Link(
        sequence, at, kind, mission, subject, by, content, previous,
        link_hash(sequence, at, kind, mission, subject, by, content, previous),
    )  # fmt: skip


def append_links(tx: Session, links: Sequence[Link]) -> None:
    """Store rows that follow each other and the head."""
    tx.connection().execute(_INSERT, [row(link) for link in links])


def row(link: Link) -> dict[str, Any]:
    """Give the row of a link."""
    return {
        "sequence": link.sequence, "at": link.at, "kind": link.kind, "mission": link.mission, "subject": link.subject,
        "by": link.by, "content": link.content, "previous": link.previous, "hash": link.hash,
    }  # fmt: skip


def links(tx: Session, *, kind: str | None = None, mission: str | None = None) -> Iterator[Link]:
    """Go along the chain from its first row."""
    query = select(
        Chain.sequence, Chain.at, Chain.kind, Chain.mission, Chain.subject,
        Chain.by, Chain.content, Chain.previous, Chain.hash,
    ).order_by(Chain.sequence)  # fmt: skip
    if kind is not None:
        query = query.where(Chain.kind == kind)
    if mission is not None:
        query = query.where(Chain.mission == mission)
    for row in tx.execute(query.execution_options(yield_per=2000)):
        yield Link(*row)


def verify(tx: Session) -> list[Fault]:
    """Walk the whole chain and give every fault in it."""
    return list(walk(links(tx)))


def revision(tx: Session, mission: str) -> int:
    """Give the number of this mission's latest event that may move a number: what was computed at it still holds."""
    query = select(Chain.sequence).where(Chain.mission == mission, Chain.kind.not_in(QUIET))
    return tx.scalar(query.order_by(Chain.sequence.desc()).limit(1)) or 0
