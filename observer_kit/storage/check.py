"""Prove that nothing was lost or altered: chain, references, hashes, receipts, judged answers, standing."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

import orjson
from sqlalchemy import Table, and_, literal, not_, or_, select, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session, aliased

from observer_kit.checklists.versions import from_json, seal
from observer_kit.collection.model import Submission
from observer_kit.errors import KitError, StorageFault
from observer_kit.storage import (
    aggregation,
    calls,
    chain,
    ground,
    handlings,
    kept_files,
    notes,
    office_acts,
    public_keys,
    releases,
    standing,
)
from observer_kit.storage import desk_tables as d
from observer_kit.storage import reviews as review_room
from observer_kit.storage import tables as t
from observer_kit.storage.engine import Store, store_of
from observer_kit.storage.judged import content
from observer_kit.storage.reception import judge_again, unopened
from observer_kit.storage.submissions import envelope_of, submission_of
from observer_kit.trust import receipts
from observer_kit.trust.chain import content_hash
from observer_kit.trust.keys import mission_key_at_hand
from observer_kit.trust.model import Fault, Receipt


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


def _submissions(tx: Session) -> Iterator[Fault]:
    """Every envelope's bytes, receipt and judged content against its hash, its key and its chain row."""
    keys = public_keys.all(tx)
    query = (
        select(t.Envelope, t.Submission, t.Chain)
        .join(t.Submission, t.Submission.id == t.Envelope.id)
        .outerjoin(t.Chain, and_(t.Chain.sequence == t.Envelope.sequence, t.Chain.kind == "intake"))
        .order_by(t.Envelope.sequence)
        .execution_options(yield_per=500)
    )
    sealed: Counter[tuple[str, str]] = Counter()
    for sent, judged, link in tx.execute(query):
        yield from _submission(tx, sent, judged, link, keys)
        if sent.sealed is not None and not unopened(sent.quarantine, submission_of(judged).findings):
            sealed[sent.mission, sent.sealed] += 1
        for row in (sent, judged, link):
            if row is not None:
                tx.expunge(row)
    yield from _sealing_keys(tx, sealed)


def _sealing_keys(tx: Session, sealed: Mapping[tuple[str, str], int]) -> Iterator[Fault]:
    """Miss a key without which what was opened at the intake can't be opened again."""
    for (mission, id), number in sorted(sealed.items()):
        try:
            key = mission_key_at_hand(store_of(tx).config, mission)
        except StorageFault:
            key = None
        if key is None or key.id != id:
            message = f"{number} reports were sealed to the key {id}, and it is not in the folder of keys"
            yield Fault("sealing_key_missing", f"mission {mission}", message)


def _submission(
    tx: Session, sent: t.Envelope, judged: t.Submission, link: t.Chain | None, keys: Mapping[str, str]
) -> Iterator[Fault]:
    place = f"submission {sent.id}"
    if hashlib.sha256(sent.payload.encode()).hexdigest() != sent.hash:
        yield Fault("envelope_altered", place, "the payload's bytes are not those that were received")
    receipt = Receipt(sent.id, sent.hash, sent.received, sent.sequence, sent.receipt_key, sent.receipt)
    if sent.receipt_key not in keys or not receipts.verify(receipt, keys[sent.receipt_key]):
        yield Fault("receipt_wrong", place, "the server's key did not sign this receipt")
    if link is None or link.subject != sent.id:
        yield Fault("chain_row_wrong", place, f"chain row {sent.sequence} is not of its intake")
    elif link.content != content(vars(sent), vars(judged)):
        yield from _altered(tx, place, sent, judged)
    numbers = len(orjson.loads(judged.problems)), len(orjson.loads(judged.findings))
    if numbers != (judged.problem_count, judged.finding_count):
        yield Fault("count_wrong", place, "its problems or findings are not as many as it says")


def _altered(tx: Session, place: str, sent: t.Envelope, judged: t.Submission) -> Iterator[Fault]:
    """Name what differs from the envelope as judged anew; where nothing does, say that something else was altered."""
    stored = submission_of(judged)
    try:
        expected = not unopened(sent.quarantine, stored.findings)
        anew = judge_again(tx, envelope_of(sent), sent.received, opens=expected)
    except (KitError, ValueError) as error:
        yield Fault(
            "submission_altered", place, f"not as it was stored, and its envelope can't be judged anew: {error}"
        )
        return
    found = list(_differences(place, stored, anew))
    yield from found or [
        Fault("submission_altered", place, "its header, problems, findings or times are not as they were stored")
    ]


def _differences(place: str, stored: Submission, anew: Submission) -> Iterator[Fault]:
    for question in sorted(stored.answers.keys() | anew.answers.keys()):
        now, was = _shown(stored.answers, question), _shown(anew.answers, question)
        if now != was:
            yield Fault("answer_altered", f"{place}, question {question}", f"stored {now}, sent {was}")
    for name in _COMPARED:
        now, was = getattr(stored, name), getattr(anew, name)
        if now != was:
            yield Fault("submission_altered", f"{place}, {name}", f"stored {now!r}, sent {was!r}")


_COMPARED = (
    "checklist", "version", "visit", "team", "location", "location_name", "arrived", "departed", "comments",
)  # fmt: skip


def _shown(answers: Mapping[str, Any], question: str) -> str:
    return orjson.dumps(answers[question]).decode() if question in answers else "not asked"


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
    _triggers, _file, _references, _chain, _kept, _submissions, _reviews, _calls_and_notes, _handlings, _tables,
    _checklists, _standings, ground.hold, kept_files.hold, office_acts.hold, releases.hold,
)  # fmt: skip
