"""The desk's own tables: who is to report, whom the desk called, what it noted, what it has not finished typing."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from observer_kit.storage.tables import Base


class Deployed(Base):
    """One line of the deployment plan: a team is to send a report of this stage, from this location if one is named."""

    __tablename__ = "deployment"
    mission: Mapped[str] = mapped_column(ForeignKey("missions.code"), primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    team: Mapped[str]
    stage: Mapped[str]
    location: Mapped[str | None]
    by: Mapped[str | None]  # HH:MM of the station's own day, where the plan says when


class Call(Base):
    """A call to a team and what came of it; append-only."""

    __tablename__ = "calls"
    __table_args__ = (Index(None, "mission", "team"),)
    sequence: Mapped[int] = mapped_column(ForeignKey("chain.sequence"), primary_key=True, autoincrement=False)
    mission: Mapped[str] = mapped_column(ForeignKey("missions.code"))
    team: Mapped[str]
    outcome: Mapped[str]
    note: Mapped[str]
    by: Mapped[str | None]
    at: Mapped[datetime]


class Note(Base):
    """What a person wrote beside one answer of a submission; append-only."""

    __tablename__ = "notes"
    sequence: Mapped[int] = mapped_column(ForeignKey("chain.sequence"), primary_key=True, autoincrement=False)
    mission: Mapped[str] = mapped_column(ForeignKey("missions.code"))
    submission: Mapped[str] = mapped_column(ForeignKey("submissions.id"), index=True)
    question: Mapped[str]
    text: Mapped[str]
    by: Mapped[str | None]
    at: Mapped[datetime]


class TypingDraft(Base):
    """A report that a clerk has not finished typing in; gone once it is stored."""

    __tablename__ = "typing_drafts"
    __table_args__ = (Index(None, "mission", "account"),)
    id: Mapped[str] = mapped_column(primary_key=True)  # of the submission to be
    mission: Mapped[str] = mapped_column(ForeignKey("missions.code"))
    account: Mapped[str] = mapped_column(ForeignKey("accounts.id"))
    version: Mapped[str]
    at: Mapped[datetime]
    document: Mapped[Any]


class Handling(Base):
    """What the desk did about an incident; append-only, the latest says how far it has come."""

    __tablename__ = "handlings"
    sequence: Mapped[int] = mapped_column(ForeignKey("chain.sequence"), primary_key=True, autoincrement=False)
    mission: Mapped[str] = mapped_column(ForeignKey("missions.code"))
    submission: Mapped[str] = mapped_column(ForeignKey("submissions.id"), index=True)
    state: Mapped[str]  # new | in_hand | passed_on | closed
    note: Mapped[str]
    by: Mapped[str | None]
    at: Mapped[datetime]


class TableImport(Base):
    """An aggregation table as it was read from a file, every cell beside its reading; append-only, the latest counts.

    `content` is JSON text, which the chain's hash covers.
    """

    __tablename__ = "table_imports"
    __table_args__ = (Index(None, "mission", "table_name"),)
    sequence: Mapped[int] = mapped_column(ForeignKey("chain.sequence"), primary_key=True, autoincrement=False)
    mission: Mapped[str] = mapped_column(ForeignKey("missions.code"))
    table: Mapped[str] = mapped_column("table_name")
    by: Mapped[str | None]
    at: Mapped[datetime]
    content: Mapped[str]


class Shapes(Base):
    """The shapes of a mission's regions, as its folder brought them."""

    __tablename__ = "shapes"
    mission: Mapped[str] = mapped_column(ForeignKey("missions.code"), primary_key=True)
    content: Mapped[str]
