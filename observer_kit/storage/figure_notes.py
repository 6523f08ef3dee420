"""What the office decides about the stations behind a figure, and comments in another language beside the original."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from observer_kit.checklists.model import LANGUAGES
from observer_kit.errors import NotFound
from observer_kit.storage import chain, office_acts
from observer_kit.storage import statement_tables as s
from observer_kit.storage import tables as t
from observer_kit.storage.said import one_of, words_of

FOOTNOTE, WITHHELD, FREE = "footnote", "withheld", "free"
ACTS: Final = (FOOTNOTE, WITHHELD, FREE)
LONGEST: Final = 8000
LONGEST_REASON: Final = 2000


@dataclass(frozen=True, slots=True)
class FigureNote:
    """Whether the stations behind a figure are named on paper, are not, or stand as the figure's definition says."""

    figure: str
    act: str
    reason: str
    by: str | None
    at: datetime


@dataclass(frozen=True, slots=True)
class Translation:
    """A comment in another language, as somebody typed it."""

    submission: str
    question: str
    language: str
    text: str
    by: str | None
    at: datetime


def decide(tx: Session, mission: str, figure: str, act: str, reason: str, by: str | None) -> None:
    """Name the stations behind a figure in a footnote, withhold them, or let the definition stand again."""
    chain.lock(tx)
    act, reason = one_of(act, ACTS, "act"), words_of(reason, LONGEST_REASON, "reason")
    office_acts.add(tx, "figure_note", figure, mission, by, figure=figure, act=act, reason=reason)


def latest(tx: Session, mission: str, *, until: int | None = None) -> dict[str, FigureNote]:
    """Give what holds now, or held at an act of the chain, by the figure's name; one that is free again has no line."""
    query = select(s.FigureNote).where(s.FigureNote.mission == mission)
    if until is not None:
        query = query.where(s.FigureNote.sequence < until)
    rows = tx.scalars(query.order_by(s.FigureNote.sequence))
    found = {row.figure: FigureNote(row.figure, row.act, row.reason, row.by, row.at) for row in rows}
    return {name: note for name, note in found.items() if note.act != FREE}


def history(tx: Session, mission: str, figure: str) -> list[FigureNote]:
    """Give everything that was decided about a figure, the latest first."""
    query = select(s.FigureNote).where(s.FigureNote.mission == mission, s.FigureNote.figure == figure)
    rows = tx.scalars(query.order_by(s.FigureNote.sequence.desc()))
    return [FigureNote(row.figure, row.act, row.reason, row.by, row.at) for row in rows]


def translate(
    tx: Session, mission: str, submission: str, question: str, language: str, text: str, by: str | None
) -> None:
    """Type a comment in another language beside its original; an empty text takes the translation back.

    Raises NotFound for a report that is not the mission's, Conflict for a language that pages do not have.
    """
    chain.lock(tx)
    language, text = one_of(language, LANGUAGES, "language"), words_of(text, LONGEST, "text")
    found = tx.scalar(select(t.Submission.mission).where(t.Submission.id == submission))
    if found != mission:
        raise NotFound(f"no submission {submission!r} in mission {mission!r}")
    office_acts.add(
        tx, "translation", submission, mission, by,
        submission=submission, question=question, language=language, text=text,
    )  # fmt: skip


def translations(tx: Session, submissions: Iterable[str]) -> dict[tuple[str, str, str], Translation]:
    """Give the latest translations of comments, by submission, question and language."""
    found: dict[tuple[str, str, str], Translation] = {}
    wanted = iter(submissions)
    while some := list(islice(wanted, 500)):
        query = select(s.Translation).where(s.Translation.submission.in_(some)).order_by(s.Translation.sequence)
        for row in tx.scalars(query):
            key = (row.submission, row.question, row.language)
            found[key] = Translation(*key, row.text, row.by, row.at)
    return {key: each for key, each in found.items() if each.text}
