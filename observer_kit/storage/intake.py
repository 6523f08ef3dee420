"""The intake: every envelope judged by itself, stored whole or not at all, answered after the commit.

Requests that arrive together are committed together: one thread of the
process writes for all that wait, in one transaction, and each reply follows
the commit that holds its envelope. An envelope may come any number of times.
"""

from __future__ import annotations

import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from observer_kit import clock
from observer_kit.collection.model import HEADER
from observer_kit.config import Config
from observer_kit.errors import EnvelopeConflict
from observer_kit.storage import chain, standing
from observer_kit.storage import tables as t
from observer_kit.storage.engine import Store
from observer_kit.storage.judged import Judged, content, envelope_row
from observer_kit.storage.reception import Reception
from observer_kit.trust import receipts
from observer_kit.trust.chain import Link
from observer_kit.trust.model import Device, Receipt

Result = dict[str, Any]

_KNOWN = select(
    *(getattr(t.Envelope, name) for name in HEADER),
    t.Envelope.received, t.Envelope.sequence, t.Envelope.receipt_key, t.Envelope.receipt,
)  # fmt: skip
_INSERT_ENVELOPE = insert(t.Envelope.__table__)  # type: ignore[arg-type]
_INSERT_SUBMISSION = insert(t.Submission.__table__)  # type: ignore[arg-type]


@dataclass(slots=True)
class _Ticket:
    """What one request waits for."""

    items: Sequence[Judged]
    via: str
    results: list[Result] = field(default_factory=list)
    failure: BaseException | None = None
    done: bool = False


class Intake:
    """Takes envelopes in, from any channel; one for each process."""

    def __init__(self, store: Store, config: Config) -> None:
        self._store = store
        self._reception = Reception(store)
        self._key = store.receipt_key
        self._writer = threading.Lock()
        self._gate = threading.Lock()
        self._waiting: list[_Ticket] = []

    def receive(
        self, envelopes: Sequence[Any], *, device: Device, via: str, accept_unsigned: bool = False
    ) -> list[Result]:
        """Judge and store each envelope; gives one result for each, in their order.

        `device` is who hands them in, which need not be who made them.
        `accept_unsigned` lets an administrator count envelopes of a file that
        no enrolled key has signed; each is marked with a finding.
        """
        opened = self._reception.open(envelopes, device=device, accept_unsigned=accept_unsigned)
        items = [one for one in opened if isinstance(one, Judged)]
        stored = iter(self._commit(items, via) if items else ())
        return [next(stored) if isinstance(one, Judged) else one for one in opened]

    def _commit(self, items: Sequence[Judged], via: str) -> list[Result]:
        ticket = _Ticket(items, via)
        with self._gate:
            self._waiting.append(ticket)
        with self._writer:  # whoever comes first writes for all that have come by then
            if not ticket.done:
                self._write_waiting()
        if ticket.failure is not None:
            raise ticket.failure
        return ticket.results

    def _write_waiting(self) -> None:
        tickets: list[_Ticket] = []
        try:
            with self._store.atomic() as tx:
                chain.lock(tx)
                tickets = self._take_waiting()  # after the wait for the turn: the group has grown
                self._write(tx, tickets)
        except BaseException as failure:
            tickets = tickets or self._take_waiting()  # the turn itself failed: so it did for all
            if len(tickets) == 1:
                tickets[0].failure = failure
            else:
                self._write_singly(tickets)
        for ticket in tickets:
            ticket.done = True

    def _take_waiting(self) -> list[_Ticket]:
        with self._gate:
            tickets, self._waiting = self._waiting, []
        return tickets

    def _write_singly(self, tickets: list[_Ticket]) -> None:
        """Let one request's fault not be its neighbours'."""
        for ticket in tickets:
            try:
                with self._store.atomic() as tx:
                    chain.lock(tx)
                    self._write(tx, [ticket])
            except BaseException as failure:
                ticket.failure = failure

    def _write(self, tx: Session, tickets: Sequence[_Ticket]) -> None:
        batch = _Batch(tx, self._key, [item.envelope.id for ticket in tickets for item in ticket.items])
        for ticket in tickets:
            ticket.results = [batch.take(item, ticket.via) for item in ticket.items]
        batch.store()


class _Batch:
    """The envelopes of one transaction: told apart from what is known, put in the chain's order, stored."""

    def __init__(self, tx: Session, key: Any, ids: Sequence[str]) -> None:
        self._tx = tx
        self._key = key
        connection = tx.connection()
        self._known: dict[str, Mapping[str, Any]] = {
            row.id: row._asdict() for row in connection.execute(_KNOWN.where(t.Envelope.id.in_(ids)))
        }
        query = select(t.Submission.supersedes).where(t.Submission.supersedes.in_(ids))
        self._corrected_before = {row.supersedes for row in connection.execute(query)}
        self._sequence, self._previous = chain.head(tx)
        self._received = clock.stamp(clock.now())
        self._links: list[Link] = []
        self._envelopes: list[dict[str, Any]] = []
        self._submissions: list[dict[str, Any]] = []
        self._unsettled: list[str] = []
        self._supersedes: dict[str, str] = {}

    def take(self, item: Judged, via: str) -> Result:
        """Give the result of one envelope, and put what is new with the rows to be stored."""
        known = self._known.get(item.envelope.id)
        if known is not None:
            return _known_again(item, known)
        self._follow(item)
        sequence = self._sequence + 1
        row = envelope_row(item.envelope, via, item.quarantine)
        item.row["received"], item.row["sequence"] = self._received, sequence
        link = chain.make(
            sequence, self._received, "intake", item.envelope.mission, item.envelope.id,
            item.envelope.device, content(row, item.row), self._previous,
        )  # fmt: skip
        receipt = receipts.issue(self._key, item.envelope.id, item.envelope.hash, self._received, sequence)
        row.update(received=self._received, sequence=sequence, receipt_key=receipt.key, receipt=receipt.signature)
        self._sequence, self._previous = sequence, link.hash
        self._links.append(link)
        self._envelopes.append(row)
        self._submissions.append(item.row)
        self._known[item.envelope.id] = row  # the same envelope may stand in this group again
        status = "quarantined" if item.quarantine else "stored"
        return {"id": item.envelope.id, "status": status, "receipt": receipt.as_dict()}

    def store(self) -> None:
        """Insert all rows, and settle what the new ones supersede."""
        if not self._links:
            return
        connection = self._tx.connection()
        chain.append_links(self._tx, self._links)
        connection.execute(_INSERT_ENVELOPE, self._envelopes)
        connection.execute(_INSERT_SUBMISSION, self._submissions)
        standing.add(self._tx, standing.first(self._envelopes))
        for submission in self._unsettled:
            standing.settle(self._tx, submission)

    def _follow(self, item: Judged) -> None:
        """Look at what this envelope supersedes, and whether its own correction came before it."""
        mine, old = item.envelope.id, item.row["supersedes"]
        if old is not None:
            if standing.closes_a_circle(self._tx, mine, old, self._supersedes):
                item.row["supersedes"] = None
                item.add_finding("supersedes_in_a_circle", supersedes=old)
            else:
                if old in self._supersedes.values() or standing.is_superseded_by_any(self._tx, old):
                    item.add_finding("superseded_twice", supersedes=old)
                self._supersedes[mine] = old
        if item.row["supersedes"] is not None or mine in self._corrected_before or mine in self._supersedes.values():
            self._unsettled.append(mine)


def _known_again(item: Judged, known: Mapping[str, Any]) -> Result:
    """Answer an envelope that is already stored: the first receipt for the same bytes, else a conflict."""
    envelope = item.envelope
    if any(getattr(envelope, name) != known[name] for name in HEADER):
        error = EnvelopeConflict("another envelope with this id is already stored; send this one with a new id")
        return {"id": envelope.id, "status": "conflict", "error": error.as_dict()}
    receipt = Receipt(
        envelope.id, known["hash"], known["received"], known["sequence"], known["receipt_key"], known["receipt"]
    )
    return {"id": envelope.id, "status": "known", "receipt": receipt.as_dict()}
