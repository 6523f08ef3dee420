"""Prove that nothing was lost or altered: chain, references, hashes, receipts, judged answers, standing."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sqlalchemy import Table, and_, literal, not_, or_, select, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session, aliased

from observer_kit.checklists.versions import from_json, seal
from observer_kit.errors import KitError
from observer_kit.storage import (
    aggregation,
    calls,
    chain,
    check_received,
    ground,
    handlings,
    kept_files,
    notes,
    office_acts,
    releases,
    standing,
)
from observer_kit.storage import desk_tables as d
from observer_kit.storage import reviews as review_room
from observer_kit.storage import tables as t
from observer_kit.storage.engine import Store
from observer_kit.trust.chain import content_hash
from observer_kit.trust.model import Fault


def check(store: Store) -> list[Fault]:
    """Give every fault; an empty list is the proof."""
    found: list[Fault] = []
    for part in _PARTS:
        try:
            with store.reading() as tx:
                found += part(tx)
        except DBAPIError as error:
            what = (part.__doc__ or "").rstrip(".")
            found.append(Fault("database_damaged", "database", f"could not be read ({what}): {error.orig}"))
    return found


def _triggers(tx: Session) -> Iterator[Fault]:
    """The triggers that keep rows as they are must be there."""
    if tx.get_bind().dialect.name == "postgresql":
        query = text("SELECT tgname FROM pg_trigger WHERE NOT tgisinternal AND tgenabled = 'O'")
    else:
        query = text("SELECT name FROM sqlite_master WHERE type = 'trigger'")
    present = set(tx.scalars(query))
    for table in t.APPEND_ONLY:
        for act in ("update", "delete"):
            if f"{table}_no_{act}" not in present:
                yield Fault("trigger_missing", f"table {table}", f"nothing refuses {act} any more")


def _file(tx: Session) -> Iterator[Fault]:
    """SQLite's own look at its pages and indexes."""
    if tx.get_bind().dialect.name == "sqlite":
        for line in tx.scalars(text("PRAGMA integrity_check(20)")):
            if line != "ok":
                yield Fault("database_damaged", "SQLite", str(line))


def _references(tx: Session) -> Iterator[Fault]:
    """Every foreign key must find its row, also where the database was told not to look."""
    for table in t.Base.metadata.sorted_tables:
        for key in table.foreign_key_constraints:
            referred = key.referred_table.alias()
            pairs = [(element.parent, referred.c[element.column.name]) for element in key.elements]
            found = select(literal(1)).where(and_(*(mine == theirs for mine, theirs in pairs)))
            query = select(*_primary(table)).where(
                and_(*(mine.is_not(None) for mine, _ in pairs)), not_(found.correlate(table).exists())
            )
            for row in tx.execute(query.limit(100)):
                place = f"{table.name} {', '.join(str(value) for value in row)}"
                columns = ", ".join(mine.name for mine, _ in pairs)
                yield Fault("reference_broken", place, f"{columns} names no row of {key.referred_table.name}")


def _primary(table: Table) -> list[Any]:
    return list(table.primary_key.columns)


def _chain(tx: Session) -> Iterator[Fault]:
    """The audit chain must be whole."""
    yield from chain.verify(tx)


def _kept(tx: Session) -> Iterator[Fault]:
    """What the chain says was stored must be there."""
    for kind, key in (
        ("intake", t.Envelope.sequence),
        ("review", t.Review.sequence),
        ("setting", t.Setting.sequence),
        ("publication", t.Publication.sequence),
        (calls.KIND, d.Call.sequence),
        (notes.KIND, d.Note.sequence),
        (aggregation.IMPORT, d.TableImport.sequence),
        (handlings.KIND, d.Handling.sequence),
    ):
        query = select(t.Chain.sequence, t.Chain.subject).where(t.Chain.kind == kind)
        for row in tx.execute(query.where(not_(select(literal(1)).where(key == t.Chain.sequence).exists()))):
            yield Fault("row_missing", f"{kind} {row.subject}", f"chain row {row.sequence} has nothing stored under it")
    parts = {"judged submission": t.Submission.id == t.Envelope.id, "standing": t.Standing.submission == t.Envelope.id}
    for what, same in parts.items():
        for id in tx.scalars(select(t.Envelope.id).where(not_(select(literal(1)).where(same).exists()))):
            yield Fault("row_missing", f"submission {id}", f"its envelope has no {what}")


def _reviews(tx: Session) -> Iterator[Fault]:
    """Every decision as the chain knows it."""
    for row, recorded in tx.execute(
        select(t.Review, t.Chain.content).join(t.Chain, t.Chain.sequence == t.Review.sequence)
    ):
        decision = review_room.Review(row.submission, row.state, row.reason, row.by, row.at)
        if review_room.content(decision) != recorded:
            yield Fault("review_altered", f"review of {row.submission}", "is not as it was decided")


def _calls_and_notes(tx: Session) -> Iterator[Fault]:
    """Every call and every note as the chain knows it."""
    for call, recorded in tx.execute(
        select(d.Call, t.Chain.content).join(t.Chain, t.Chain.sequence == d.Call.sequence)
    ):
        if calls.content(calls.read(call)) != recorded:
            yield Fault("call_altered", f"call to {call.team}", "is not as it was logged")
    for note, recorded in tx.execute(
        select(d.Note, t.Chain.content).join(t.Chain, t.Chain.sequence == d.Note.sequence)
    ):
        if notes.content(notes.read(note)) != recorded:
            yield Fault("note_altered", f"note on {note.submission}", "is not as it was written")


def _handlings(tx: Session) -> Iterator[Fault]:
    """Every step with an incident as the chain knows it."""
    query = select(d.Handling, t.Chain.content).join(t.Chain, t.Chain.sequence == d.Handling.sequence)
    for step, recorded in tx.execute(query):
        if handlings.content(handlings.read(step)) != recorded:
            yield Fault("handling_altered", f"incident {step.submission}", "is not as it was logged")


def _checklists(tx: Session) -> Iterator[Fault]:
    """Every published checklist must still be of its version."""
    for row in tx.scalars(select(t.Checklist)):
        try:
            intact = seal(from_json(row.content)).version == row.version
        except KitError:
            intact = False
        if not intact:
            yield Fault("checklist_altered", f"checklist {row.name} {row.version[:12]}", "is not as it was published")
    for publication, recorded in tx.execute(
        select(t.Publication, t.Chain.content).join(t.Chain, t.Chain.sequence == t.Publication.sequence)
    ):
        if content_hash(publication.name, publication.version) != recorded:
            yield Fault("publication_altered", f"checklist {publication.name}", "another version was published")


def _standings(tx: Session) -> Iterator[Fault]:
    """Whether a submission counts must follow from what was received and reviewed."""
    newer = aliased(t.Submission)
    touched = or_(
        t.Envelope.quarantine.is_not(None),
        select(t.Review).where(t.Review.submission == t.Standing.submission).exists(),
        select(newer).where(newer.supersedes == t.Standing.submission).exists(),
        t.Standing.state != standing.COUNTED,
        t.Standing.review != standing.RECEIVED,
        t.Standing.successor.is_not(None),
        t.Envelope.supersedes.is_not(None),
    )
    families: dict[standing.Key, dict[str, tuple[str, str, str | None]]] = {}
    query = select(t.Standing.submission, t.Standing.state, t.Standing.review, t.Standing.successor)
    for id, *now in tx.execute(query.join(t.Envelope, t.Envelope.id == t.Standing.submission).where(touched)).all():
        right = standing.derive(tx, id, families)
        if tuple(now) != right:
            yield Fault("standing_wrong", f"submission {id}", f"stands as {now[0]}, should be {right[0]}")


def _tables(tx: Session) -> Iterator[Fault]:
    """Every aggregation table as it was imported."""
    query = select(d.TableImport, t.Chain.content).join(t.Chain, t.Chain.sequence == d.TableImport.sequence)
    for row, recorded in tx.execute(query):
        if aggregation.import_content(row.table, row.content) != recorded:
            yield Fault("aggregation_altered", f"table {row.table}", "is not as it was imported")


_PARTS = (
    _triggers, _file, _references, _chain, _kept, check_received.hold, _reviews, _calls_and_notes, _handlings, _tables,
    _checklists, _standings, ground.hold, kept_files.hold, office_acts.hold, releases.hold,
)  # fmt: skip
