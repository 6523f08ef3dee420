"""The shapes of a mission's regions: kept as its folder brought them, read once for each content."""

from __future__ import annotations

from functools import lru_cache

from sqlalchemy import delete, insert, select
from sqlalchemy.orm import Session

from observer_kit.missions.maps import Shapes, read_shapes
from observer_kit.storage import chain
from observer_kit.storage import desk_tables as d
from observer_kit.trust.chain import content_hash

KIND = "shapes"
"""The kind of the chain's row for a mission's shapes."""


def replace(tx: Session, mission: str, content: str | None, by: str | None = None) -> None:
    """Put these shapes in place of what was there; None takes them away."""
    chain.lock(tx)
    before = tx.scalar(select(d.Shapes.content).where(d.Shapes.mission == mission))
    if before == content:
        return
    tx.execute(delete(d.Shapes).where(d.Shapes.mission == mission))
    if content is not None:
        tx.execute(insert(d.Shapes).values(mission=mission, content=content))
    chain.append(tx, KIND, mission, content_hash(content or ""), mission, by)


def stored_content(tx: Session, mission: str) -> str:
    """Hash the shapes as they are stored now."""
    return content_hash(tx.scalar(select(d.Shapes.content).where(d.Shapes.mission == mission)) or "")


def content(tx: Session, mission: str) -> str | None:
    """Give a mission's shapes as its folder brought them."""
    return tx.scalar(select(d.Shapes.content).where(d.Shapes.mission == mission))


def of(tx: Session, mission: str) -> Shapes | None:
    """Give a mission's shapes; None where it brought none."""
    return read(content(tx, mission))


def read(content: str | None) -> Shapes | None:
    """Read shapes that were stored, once for each content."""
    return None if content is None else _read(content)


@lru_cache(8)
def _read(content: str) -> Shapes:
    return read_shapes(content)
