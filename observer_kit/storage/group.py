"""The envelopes of one transaction: told apart from what is known, put in the chain's order, stored, receipted."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

from sqlalchemy import Connection, Dialect, func, select
from sqlalchemy.orm import Session

from observer_kit import clock
from observer_kit.collection.model import HEADER
from observer_kit.errors import EnvelopeConflict
from observer_kit.storage import chain, missions, standing
from observer_kit.storage import tables as t
from observer_kit.storage.engine import Store
from observer_kit.storage.families import Family, Member
from observer_kit.storage.judged import Judged, content, envelope_row
from observer_kit.storage.prepared import AmongIds, Insertion, Prepared
from observer_kit.trust import receipts
from observer_kit.trust.chain import GENESIS
from observer_kit.trust.model import Receipt

Result = dict[str, Any]
_KNOWN = (*HEADER, "received", "sequence", "receipt_key", "receipt", "quarantine")


class Statements:
    """What the intake asks and stores, prepared for this database."""

    def __init__(self, dialect: Dialect) -> None:
        known = select(*(getattr(t.Envelope, name) for name in _KNOWN))
        corrected = select(t.Submission.supersedes)
        last = select(func.max(t.Chain.sequence)).scalar_subquery()
        head = select(t.Chain.sequence, t.Chain.hash, missions.revision_of_all().scalar_subquery())
        self.head = Prepared(head.where(t.Chain.sequence == last), dialect)
        self.known = AmongIds(known.where, t.Envelope.id, dialect)
        self.corrected = AmongIds(corrected.where, t.Submission.supersedes, dialect)
        self.inserts = [
            Insertion(table.__table__, dialect)  # type: ignore[arg-type]  # a Table, as every mapped class has
            for table in (t.Chain, t.Envelope, t.Submission, t.Standing)
        ]


class Group:
    """Takes the envelopes of one transaction one after the other; `store` writes all rows at once."""

    def __init__(self, store: Store, connection: Connection, statements: Statements) -> None:
        self._statements = statements
        self._key = store.receipt_key
        self._session = partial(store.session_on, connection)
        self._cursor = connection.connection.cursor()
        head = statements.head.rows(self._cursor, {})
        self._sequence, self._previous, revision = head[0] if head else (0, GENESIS, 0)
        self.revision: int = revision or 0
        self._received = clock.stamp(clock.now())
        self._known: dict[str, Mapping[str, Any]] = {}
        self._corrected: set[str] = set()
        self._taken: dict[standing.Key, list[Judged]] = {}
        self._naming: dict[str, list[Judged]] = {}
        self._families: dict[standing.Key, Family] = {}
        self._links: list[dict[str, Any]] = []
        self._envelopes: list[dict[str, Any]] = []
        self._submissions: list[dict[str, Any]] = []
        self._unsettled: set[standing.Key] = set()

    def look_up(self, ids: Sequence[str]) -> None:
        """Find out which of these are known, and which were corrected before they came."""
        known = self._statements.known.rows(self._cursor, ids)
        self._known = {row[0]: dict(zip(_KNOWN, row, strict=True)) for row in known}
        self._corrected = {row[0] for row in self._statements.corrected.rows(self._cursor, ids)}

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
        self._links.append(chain.row(link))
        self._envelopes.append(row)
        self._submissions.append(item.row)
        self._known[item.envelope.id] = row  # the same envelope may stand in this group again
        status = "quarantined" if item.quarantine else "stored"
        return {"id": item.envelope.id, "status": status, "receipt": receipt.as_dict()}

    def store(self) -> None:
        """Insert all rows, and settle what the new ones supersede."""
        if not self._links:
            return
        rows = (self._links, self._envelopes, self._submissions, standing.first(self._envelopes))
        for insertion, some in zip(self._statements.inserts, rows, strict=True):
            insertion.run(self._cursor, some)
        if self._unsettled:
            with self._session() as tx:
                for key in sorted(self._unsettled):
                    standing.settle(tx, key)

    def _follow(self, item: Judged) -> None:
        """Look at what this envelope supersedes, and whether its own correction came before it: few do or have."""
        mine, old = item.envelope.id, item.row["supersedes"]
        key = _key(item)
        corrected = mine in self._corrected or mine in self._naming
        # What is kept apart changes nothing, unless it joins a correction to what that corrects in the end.
        if corrected or (old is not None and item.quarantine is None):
            self._unsettled.add(key)
        if item.quarantine is None and (corrected or old is not None):
            with self._session() as tx:
                if old is not None:
                    self._correct(tx, item, key, old)
                if corrected:
                    self._meet(tx, item, key)
        if item.row["supersedes"] is not None:
            self._naming.setdefault(item.row["supersedes"], []).append(item)
        self._taken.setdefault(key, []).append(item)
        if key in self._families:
            self._families[key].add(_member(item))

    def _correct(self, tx: Session, item: Judged, key: standing.Key, old: str) -> None:
        """Note what is odd about a correction."""
        family = self._families.get(key)
        if family is None:
            family = self._families[key] = standing.family(tx, key)
            for one in self._taken.get(key, ()):
                family.add(_member(one))
        leads_back = family.leads_back(old, item.envelope.id)
        if leads_back:
            item.row["supersedes"] = None
            item.add_finding("supersedes_in_a_circle", supersedes=old)
            return
        if leads_back is None:
            item.add_finding("corrected_too_often", supersedes=old)
        elsewhere = old not in family.members and (old in self._known or standing.key_of(tx, old) is not None)
        if elsewhere or not family.takes(old, item.envelope.device, item.desk):
            item.add_finding("supersedes_not_its_own", supersedes=old)
        elif any(not one.quarantined for one in family.corrections(old)):
            item.add_finding("superseded_twice", supersedes=old)

    def _meet(self, tx: Session, item: Judged, key: standing.Key) -> None:
        """Note a correction that came before what it names, and that may not take its place."""
        mine, device = item.envelope.id, item.envelope.device
        foreign = standing.foreign(tx, mine, key, device)
        foreign += [
            one.envelope.id
            for one in self._naming.get(mine, ())
            if one.quarantine is None and (_key(one) != key or not (one.desk or one.envelope.device == device))
        ]
        if foreign:  # else the desk would meet two reports that count, and nothing that says so
            item.add_finding("corrected_by_another", correction=foreign[0])


def _key(item: Judged) -> standing.Key:
    return item.envelope.mission, item.envelope.checklist, item.envelope.visit


def _member(item: Judged) -> Member:
    return Member(
        item.envelope.id, item.row["supersedes"], item.envelope.device, item.desk, item.quarantine is not None
    )


def _known_again(item: Judged, known: Mapping[str, Any]) -> Result:
    """Answer an envelope that is already stored: the first receipt for the same bytes, else a conflict."""
    envelope = item.envelope
    if any(getattr(envelope, name) != known[name] for name in HEADER):
        error = EnvelopeConflict("another envelope with this id is already stored; send this one with a new id")
        return {"id": envelope.id, "status": "conflict", "error": error.as_dict()}
    receipt = Receipt(
        envelope.id, known["hash"], known["received"], known["sequence"], known["receipt_key"], known["receipt"]
    )
    status = "quarantined" if known["quarantine"] else "known"
    return {"id": envelope.id, "status": status, "receipt": receipt.as_dict()}
