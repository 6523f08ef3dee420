"""Ask a database what it knows of a statement that somebody brings: chain, versions, the figures then and now."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy.orm import Session

from observer_kit.missions.model import Mission
from observer_kit.statements.edition.witness import Database, Issue
from observer_kit.statements.model import Figure
from observer_kit.storage import chain, releases, snapshots, statements
from observer_kit.web import numbers
from observer_kit.web.frozen_sets import opened


def database_of(tx: Session, mission: Mission | None, manifest: Mapping[str, Any], sha256: str) -> Database:
    """Walk the chain, look for the statement's head in it, for the file, and count the figures of its data set."""
    faults = tuple((fault.kind, fault.place.rpartition(" ")[2]) for fault in chain.verify(tx))
    head = manifest.get("chain_head")
    made = next((link.at for link in chain.links(tx) if link.hash == head), None)
    if mission is None:
        return Database(str(manifest["mission"]), faults, made or "", knows_mission=False)
    identity = manifest["snapshot"].get("identity")
    kept = next((each for each in snapshots.all(tx, mission.code) if each.identity == identity), None)
    today = None
    then: Iterable[Figure] | None = None
    if numbers.snapshot(tx, mission).identity == identity:
        then = numbers.figures(tx, mission)
    else:
        today = _by_name(numbers.figures(tx, mission))
    if kept is not None:
        then = opened(tx, mission.code, kept.id).figures
    return Database(
        mission.code,
        faults,
        made or "",
        None if then is None else _by_name(then),
        issue=issue_of(tx, mission.code, sha256),
        today=today,
    )


def _by_name(figures: Iterable[Figure]) -> dict[str, Figure]:
    return {each.definition.name: each for each in figures}


def issue_of(tx: Session, mission: str, sha256: str) -> Issue | None:
    """Find the published version that is this file, and what took its place; None where no version is."""
    every = releases.all(tx, mission)
    one = next((each for each in every if each.sha256 == sha256), None)
    if one is None:
        return None
    later = next((each for each in every if each.of == one.sequence), None)
    if later is None:
        return Issue(one.version, one.at)
    return Issue(one.version, one.at, later.version, later.act == statements.WITHDRAWS, later.at, later.reason)
