"""Prove that nothing received was altered: bytes, receipt and judged content of every envelope."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

import orjson
from sqlalchemy import and_, select
from sqlalchemy.orm import Session

from observer_kit.collection.model import Submission
from observer_kit.errors import KitError, StorageFault
from observer_kit.storage import public_keys
from observer_kit.storage import tables as t
from observer_kit.storage.engine import store_of
from observer_kit.storage.judged import content
from observer_kit.storage.opening import judge_again, unopened
from observer_kit.storage.submissions import envelope_of, submission_of
from observer_kit.trust import receipts
from observer_kit.trust.keys import mission_key_at_hand
from observer_kit.trust.model import Fault, Receipt


def hold(tx: Session) -> Iterator[Fault]:
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
