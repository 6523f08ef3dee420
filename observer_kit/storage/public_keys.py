"""The public halves of the server's keys, kept for ever."""

from __future__ import annotations

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from observer_kit import clock
from observer_kit.storage import chain, tables
from observer_kit.trust.chain import content_hash
from observer_kit.trust.keys import Key


def get(tx: Session, key: str) -> str | None:
    """Give the public point of this key id."""
    return tx.scalar(select(tables.PublicKey.point).where(tables.PublicKey.id == key))


def add(tx: Session, key: Key, purpose: str, mission: str | None = None) -> None:
    """Register a key's public half, once."""
    chain.lock(tx)
    if get(tx, key.id) is not None:
        return
    tx.execute(
        insert(tables.PublicKey).values(id=key.id, purpose=purpose, mission=mission, point=key.public, made=clock.now())
    )
    chain.append(tx, "key", key.id, content_hash(purpose, key.public), mission=mission)


def all(tx: Session, purpose: str | None = None) -> dict[str, str]:
    """Give every public point by its key's id, the newest first."""
    query = select(tables.PublicKey.id, tables.PublicKey.point).order_by(tables.PublicKey.made.desc())
    if purpose is not None:
        query = query.where(tables.PublicKey.purpose == purpose)
    return {row.id: row.point for row in tx.execute(query)}
