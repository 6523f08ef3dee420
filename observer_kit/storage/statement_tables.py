"""The office's tables: frozen data sets, statements drafted from them, every saving of their text, what became of them.

Every row is an act of a person, and none is ever changed: what counts now follows from all of them.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from observer_kit.storage.tables import Base


class Act:
    """What every act has: its row of the chain, whose mission it is, by whom, and when."""

    sequence: Mapped[int] = mapped_column(ForeignKey("chain.sequence"), primary_key=True, autoincrement=False)
    mission: Mapped[str] = mapped_column(ForeignKey("missions.code"))
    by: Mapped[str | None]
    at: Mapped[datetime]


class Snapshot(Act, Base):
    """A data set as it stood at one moment; `content` is JSON text and holds all that a statement is drafted from."""

    __tablename__ = "snapshots"
    id: Mapped[str] = mapped_column(unique=True)
    mission: Mapped[str] = mapped_column(ForeignKey("missions.code"), index=True)
    identity: Mapped[str]  # the same submissions, the same identity
    content: Mapped[str]


class Statement(Act, Base):
    """A statement in one style and language; `series` joins it with those that it corrects or withdraws."""

    __tablename__ = "statements"
    id: Mapped[str] = mapped_column(unique=True)
    mission: Mapped[str] = mapped_column(ForeignKey("missions.code"), index=True)
    series: Mapped[str]
    style: Mapped[str]
    language: Mapped[str]
    act: Mapped[str]  # new | corrects | withdraws
    of: Mapped[int | None]  # the release that it corrects or withdraws
    reason: Mapped[str]


class StatementSnapshot(Act, Base):
    """The data set that a draft rests on from this act on."""

    __tablename__ = "statement_snapshots"
    statement: Mapped[str] = mapped_column(ForeignKey("statements.id"), index=True)
    snapshot: Mapped[str] = mapped_column(ForeignKey("snapshots.id"))


class SectionText(Act, Base):
    """One saving of a section; `base` is the saving it goes on from, `merges` those that it takes in beside it.

    `tab` and `turn` say which open page it came from and as which of its
    savings, so that an answer lost on the way does not look like another person.
    """

    __tablename__ = "section_texts"
    __table_args__ = (Index(None, "statement", "section"),)
    statement: Mapped[str] = mapped_column(ForeignKey("statements.id"))
    section: Mapped[str]
    base: Mapped[int | None]
    merges: Mapped[Any]
    tab: Mapped[str]
    turn: Mapped[int]
    text: Mapped[str]


class Remark(Act, Base):
    """What somebody said to a section, or that what was said is settled."""

    __tablename__ = "remarks"
    statement: Mapped[str] = mapped_column(ForeignKey("statements.id"), index=True)
    section: Mapped[str]
    act: Mapped[str]  # said | settled | reopened
    of: Mapped[int | None]
    text: Mapped[str]


class Step(Act, Base):
    """A draft's way to publication; `digest` says what exactly was looked at: text, data set, notes on figures."""

    __tablename__ = "statement_steps"
    statement: Mapped[str] = mapped_column(ForeignKey("statements.id"), index=True)
    act: Mapped[str]  # asked | approved | returned | dropped | resumed
    digest: Mapped[str]
    acknowledged: Mapped[Any]  # names of the checks that were looked at and left as they are
    note: Mapped[str]


class Release(Act, Base):
    """A published version: the file by its hash, and the very text and data set that it was made from."""

    __tablename__ = "releases"
    __table_args__ = (UniqueConstraint("series", "version"),)
    mission: Mapped[str] = mapped_column(ForeignKey("missions.code"), index=True)
    statement: Mapped[str] = mapped_column(ForeignKey("statements.id"), unique=True)
    series: Mapped[str]
    version: Mapped[int]
    act: Mapped[str]  # new | corrects | withdraws
    of: Mapped[int | None]
    reason: Mapped[str]
    snapshot: Mapped[str] = mapped_column(ForeignKey("snapshots.id"))
    digest: Mapped[str]
    sha256: Mapped[str]
    size: Mapped[int]
    content: Mapped[str]


class FigureNote(Act, Base):
    """Whether the stations behind a figure are named on paper; the latest counts."""

    __tablename__ = "figure_notes"
    __table_args__ = (Index(None, "mission", "figure"),)
    figure: Mapped[str]
    act: Mapped[str]  # footnote | withheld | free
    reason: Mapped[str]


class Translation(Act, Base):
    """An observer's comment in another language, as a person typed it; the latest counts."""

    __tablename__ = "translations"
    submission: Mapped[str] = mapped_column(ForeignKey("submissions.id"), index=True)
    question: Mapped[str]
    language: Mapped[str]
    text: Mapped[str]
