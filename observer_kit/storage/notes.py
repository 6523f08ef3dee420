"""Notes beside single answers: every note is kept, and none is a decision."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from observer_kit import clock
from observer_kit.errors import NotFound
from observer_kit.storage import chain
from observer_kit.storage import desk_tables as d
from observer_kit.storage import tables as t
from observer_kit.storage.said import words_of
from observer_kit.trust.chain import content_hash

KIND: Final = "note"
"""The kind of the chain's row for one note."""
LONGEST: Final = 2000


@dataclass(frozen=True, slots=True)
class Note:
    """What somebody wrote beside an answer; `question` may name a part of it (`name[i]`)."""

    submission: str
    question: str
    text: str
    by: str | None
    at: datetime


def add(tx: Session, mission: str, submission: str, question: str, text: str, by: str | None) -> Note:
    """Write beside an answer; raises NotFound, and Conflict for a note that is empty or too long."""
    chain.lock(tx)
    text = words_of(text, LONGEST, "note", least=1)
    found = tx.scalar(select(t.Submission.mission).where(t.Submission.id == submission))
    if found != mission:
        raise NotFound(f"no submission {submission!r} in mission {mission!r}")
    note = Note(submission, question, text, by, clock.now())
    sequence = chain.append(tx, KIND, submission, content(note), mission, by)
    tx.execute(
        insert(d.Note).values(
            sequence=sequence, mission=mission, submission=submission, question=question, text=text, by=by, at=note.at
        )
    )
    return note


def of(tx: Session, *submissions: str) -> list[Note]:
    """Give the notes beside the answers of these submissions, the oldest first."""
    query = select(d.Note).where(d.Note.submission.in_(submissions)).order_by(d.Note.sequence)
    return [read(row) for row in tx.scalars(query)]


def read(row: d.Note) -> Note:
    """Give a stored note."""
    return Note(row.submission, row.question, row.text, row.by, row.at)


def content(note: Note) -> str:
    """Give the hash under which the chain keeps a note."""
    return content_hash(note.submission, note.question, note.text, note.by or "", clock.stamp(note.at))
