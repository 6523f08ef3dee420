"""How the office's acts are stored: the row and its link of the chain in one, the link's hash over the whole row."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any, Final

import orjson
from sqlalchemy import insert, inspect, literal, not_, select
from sqlalchemy.orm import Session

from observer_kit import clock
from observer_kit.storage import chain
from observer_kit.storage import statement_tables as s
from observer_kit.storage import tables as t
from observer_kit.trust.chain import content_hash
from observer_kit.trust.model import Fault

KINDS: Final[Mapping[str, type[Any]]] = {
    "snapshot": s.Snapshot,
    "statement": s.Statement,
    "statement_snapshot": s.StatementSnapshot,
    "section_text": s.SectionText,
    "remark": s.Remark,
    "statement_step": s.Step,
    "release": s.Release,
    "figure_note": s.FigureNote,
    "translation": s.Translation,
}
"""The kind of the chain's row for each of the office's tables."""


def add(tx: Session, kind: str, subject: str, mission: str, by: str | None, **values: Any) -> int:
    """Store one act with its row of the chain; gives its place there."""
    row = {**values, "mission": mission, "by": by, "at": clock.now()}
    sequence = chain.append(tx, kind, subject, content(row), mission, by)
    tx.execute(insert(KINDS[kind]).values(sequence=sequence, **row))
    return sequence


def content(row: Mapping[str, Any]) -> str:
    """Give the hash under which the chain keeps a row, whatever columns it has."""
    said = {
        name: clock.stamp(value) if isinstance(value, datetime) else value
        for name, value in row.items()
        if name != "sequence"
    }
    return content_hash(orjson.dumps(said, option=orjson.OPT_SORT_KEYS))


def hold(tx: Session) -> Iterator[Fault]:
    """Every act of the office must be there, and as the chain recorded it."""
    for kind, table in KINDS.items():
        query = select(t.Chain.sequence, t.Chain.subject).where(t.Chain.kind == kind)
        for row in tx.execute(query.where(not_(select(literal(1)).where(table.sequence == t.Chain.sequence).exists()))):
            yield Fault("row_missing", f"{kind} {row.subject}", f"chain row {row.sequence} has nothing stored under it")
        names = [column.key for column in inspect(table).column_attrs]
        both = select(table, t.Chain.content, t.Chain.kind).outerjoin(t.Chain, t.Chain.sequence == table.sequence)
        for act, recorded, known in tx.execute(both.execution_options(yield_per=200)):
            if known != kind or content({name: getattr(act, name) for name in names}) != recorded:
                yield Fault(f"{kind}_altered", f"{kind} at {act.sequence}", "is not as it was stored")
            tx.expunge(act)
