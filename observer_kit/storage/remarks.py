"""What people say to a draft's sections, and what of it is settled: every word is kept."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from observer_kit.errors import NotFound
from observer_kit.storage import chain, office_acts
from observer_kit.storage import statement_tables as s
from observer_kit.storage.said import words_of

LONGEST: Final = 4000
SAID, SETTLED, REOPENED = "said", "settled", "reopened"


@dataclass(frozen=True, slots=True)
class Remark:
    """What somebody said to a section, and whether it is settled."""

    sequence: int
    section: str
    text: str
    by: str | None
    at: datetime
    settled: bool = False
    settled_by: str | None = None


def add(tx: Session, mission: str, statement: str, section: str, text: str, by: str | None) -> int:
    """Say something to a section; raises Conflict for nothing, and for too much."""
    text = words_of(text, LONGEST, "text", least=1)
    return office_acts.add(
        tx, "remark", f"{statement} {section}", mission, by,
        statement=statement, section=section, act=SAID, of=None, text=text,
    )  # fmt: skip


def settle(tx: Session, mission: str, statement: str, remark: int, act: str, by: str | None) -> None:
    """Settle what was said, or open it again; raises NotFound. The same once more changes nothing."""
    chain.lock(tx)
    found = next((each for each in of(tx, statement) if each.sequence == remark), None)
    if found is None or act not in (SETTLED, REOPENED):
        raise NotFound(f"no comment {remark} to this statement")
    if found.settled != (act == SETTLED):
        office_acts.add(
            tx, "remark", f"{statement} {found.section}", mission, by,
            statement=statement, section=found.section, act=act, of=remark, text="",
        )  # fmt: skip


def of(tx: Session, statement: str) -> list[Remark]:
    """Give everything that was said to a statement, the oldest first."""
    found: dict[int, Remark] = {}
    for row in tx.scalars(select(s.Remark).where(s.Remark.statement == statement).order_by(s.Remark.sequence)):
        if row.act == SAID:
            found[row.sequence] = Remark(row.sequence, row.section, row.text, row.by, row.at)
        elif row.of in found:
            settled = row.act == SETTLED
            found[row.of] = replace(found[row.of], settled=settled, settled_by=row.by if settled else None)
    return list(found.values())
