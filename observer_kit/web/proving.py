"""Ask a database what it knows of a statement that somebody brings: its chain, and the figures it was made of."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy.orm import Session

from observer_kit.missions.model import Mission
from observer_kit.statements.edition.verify import Database
from observer_kit.storage import chain, snapshots
from observer_kit.web import numbers
from observer_kit.web.frozen_sets import opened


def database_of(tx: Session, mission: Mission | None, manifest: Mapping[str, Any]) -> Database:
    """Walk the chain, look for the statement's head in it, and count the figures of its data set."""
    faults = tuple(f"{fault.place}: {fault.message}" for fault in chain.verify(tx))
    head = manifest.get("chain_head")
    known = any(link.hash == head for link in chain.links(tx))
    if mission is None:
        return Database(faults, known, why=f"the database has no mission {manifest.get('mission')!r}")
    identity = manifest["snapshot"].get("identity")
    then = next((each for each in snapshots.all(tx, mission.code) if each.identity == identity), None)
    if then is not None:
        figures = opened(tx, mission.code, then.id).figures
    elif numbers.snapshot(tx, mission).identity == identity:
        figures = tuple(numbers.figures(tx, mission))
    else:
        why = "the database counts other reports by now, and has not kept the statement's data set"
        return Database(faults, known, why=why)
    return Database(faults, known, {each.definition.name: each for each in figures})
