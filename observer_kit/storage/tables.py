"""Every table, typed. A row belongs to a mission; content that counts is only ever added."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, Final

from sqlalchemy import Date, ForeignKey, ForeignKeyConstraint, Index, MetaData, Text, text
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from observer_kit.storage.columns import Json, Moment

APPEND_ONLY: Final = (
    "chain", "settings", "checklists", "publications", "envelopes", "submissions", "reviews", "calls", "notes",
    "handlings", "table_imports", "snapshots", "statements", "statement_snapshots", "section_texts", "remarks",
    "statement_steps", "releases", "figure_notes", "translations",
)  # fmt: skip
"""Tables whose rows no one changes or deletes: triggers refuse it on both databases."""


# Few reports correct another: the index is kept out of the way of those that do not.
_WHERE_SUPERSEDES: Final[dict[str, Any]] = {
    f"{dialect}_where": text("supersedes IS NOT NULL") for dialect in ("sqlite", "postgresql")
}


# Few have an unreadable answer or a finding: they are counted without reading all the others.
FLAGGED: Final = "problem_count > 0 OR finding_count > 0"
_WHERE_FLAGGED: Final[dict[str, Any]] = {f"{dialect}_where": text(FLAGGED) for dialect in ("sqlite", "postgresql")}


class Base(DeclarativeBase):
    """The common ground: one naming convention, so that a migration can name what it changes."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map = {str: Text, datetime: Moment, date: Date, Any: Json}


class Mission(Base):
    """A mission as its mission.toml said it; `revision` grows with everything the intake keeps in memory."""

    __tablename__ = "missions"
    code: Mapped[str] = mapped_column(primary_key=True)
    revision: Mapped[int]
    saved: Mapped[datetime]
    document: Mapped[Any]  # last, so that the revision can be read without it


class Chain(Base):
    """One row for every event that matters; hashes only."""

    __tablename__ = "chain"
    __table_args__ = (Index(None, "mission", "sequence"),)
    sequence: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    at: Mapped[str]
    kind: Mapped[str]
    mission: Mapped[str | None]
    subject: Mapped[str]
    by: Mapped[str | None]
    content: Mapped[str]
    previous: Mapped[str]
    hash: Mapped[str]


class Setting(Base):
    """A mission's setting from one moment on; the latest counts."""

    __tablename__ = "settings"
    __table_args__ = (Index(None, "mission", "name"),)
    sequence: Mapped[int] = mapped_column(ForeignKey("chain.sequence"), primary_key=True, autoincrement=False)
    mission: Mapped[str] = mapped_column(ForeignKey("missions.code"))
    name: Mapped[str]
    value: Mapped[Any]
    at: Mapped[datetime]
    by: Mapped[str | None]


class Location(Base):
    """A node of a mission's register; `search` holds its code, number and name in lower case."""

    __tablename__ = "locations"
    __table_args__ = (Index(None, "mission", "kind", "region"),)
    mission: Mapped[str] = mapped_column(ForeignKey("missions.code"), primary_key=True)
    code: Mapped[str] = mapped_column(primary_key=True)
    position: Mapped[int]
    kind: Mapped[str]
    name: Mapped[str]
    parent: Mapped[str | None]
    reports_to: Mapped[str | None]
    region: Mapped[str | None]
    number: Mapped[str | None]
    special: Mapped[str | None]
    setting: Mapped[str | None]
    opens: Mapped[str | None]
    closes: Mapped[str | None]
    voters: Mapped[int | None]
    zone: Mapped[str]
    made_up: Mapped[bool]
    search: Mapped[str]
    name_ru: Mapped[str | None]
    name_kk: Mapped[str | None]


class Team(Base):
    """A team of a mission."""

    __tablename__ = "teams"
    mission: Mapped[str] = mapped_column(ForeignKey("missions.code"), primary_key=True)
    code: Mapped[str] = mapped_column(primary_key=True)
    position: Mapped[int]
    name: Mapped[str]
    region: Mapped[str | None]
    phone: Mapped[str | None]  # for the coordinators alone
    name_ru: Mapped[str | None]
    name_kk: Mapped[str | None]


class DiaryEntry(Base):
    """What no form counts: a meeting, a complaint made to the mission; from the mission's folder or the desk."""

    __tablename__ = "diary"
    mission: Mapped[str] = mapped_column(ForeignKey("missions.code"), primary_key=True)
    id: Mapped[str] = mapped_column(primary_key=True)
    day: Mapped[date]
    kind: Mapped[str]
    title: Mapped[str]
    detail: Mapped[str]
    count: Mapped[int]
    reference: Mapped[str]
    imported: Mapped[bool]
    by: Mapped[str | None]


class Published(Base):
    """A figure as a source printed it."""

    __tablename__ = "published"
    mission: Mapped[str] = mapped_column(ForeignKey("missions.code"), primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    row: Mapped[Any]


class Aggregation(Base):
    """One cell of an aggregation table: what a commission printed for a location."""

    __tablename__ = "aggregation"
    mission: Mapped[str] = mapped_column(ForeignKey("missions.code"), primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    table: Mapped[str] = mapped_column("table_name")
    commission: Mapped[str | None]
    location: Mapped[str | None]
    field: Mapped[str]
    value: Mapped[Any]


class Checklist(Base):
    """A published checklist: its canonical JSON, frozen."""

    __tablename__ = "checklists"
    __table_args__ = (Index(None, "version"),)
    mission: Mapped[str] = mapped_column(ForeignKey("missions.code"), primary_key=True)
    version: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str]
    stage: Mapped[str]
    meaning: Mapped[str]
    content: Mapped[bytes]
    published: Mapped[datetime]


class Publication(Base):
    """From this moment a mission asks this version; the latest per name is current."""

    __tablename__ = "publications"
    __table_args__ = (
        ForeignKeyConstraint(["mission", "version"], ["checklists.mission", "checklists.version"]),
        Index(None, "mission", "name"),
    )
    sequence: Mapped[int] = mapped_column(ForeignKey("chain.sequence"), primary_key=True, autoincrement=False)
    mission: Mapped[str]
    name: Mapped[str]
    version: Mapped[str]
    at: Mapped[datetime]


class Device(Base):
    """A phone with its public key, or one of the server's own; of the token only the hash is kept."""

    __tablename__ = "devices"
    __table_args__ = (Index(None, "mission", "kind"),)
    id: Mapped[str] = mapped_column(primary_key=True)
    mission: Mapped[str] = mapped_column(ForeignKey("missions.code"))
    team: Mapped[str | None]
    label: Mapped[str]
    kind: Mapped[str]
    public_key: Mapped[str | None]
    token: Mapped[str | None] = mapped_column(unique=True)
    enrolled: Mapped[datetime]
    revoked: Mapped[datetime | None]


class EnrolCode(Base):
    """A one-time code by which a phone joins a team."""

    __tablename__ = "enrol_codes"
    code: Mapped[str] = mapped_column(primary_key=True)
    mission: Mapped[str] = mapped_column(ForeignKey("missions.code"))
    team: Mapped[str | None]
    label: Mapped[str]
    made: Mapped[datetime]
    expires: Mapped[datetime]
    device: Mapped[str | None] = mapped_column(ForeignKey("devices.id"))


class PublicKey(Base):
    """The public half of every key the server ever signed or opened with, so that old receipts stay checkable."""

    __tablename__ = "public_keys"
    id: Mapped[str] = mapped_column(primary_key=True)
    purpose: Mapped[str]
    mission: Mapped[str | None] = mapped_column(ForeignKey("missions.code"))
    point: Mapped[str]
    made: Mapped[datetime]


class Account(Base):
    """A person who signs in with a password; `second_factor` is kept for a one-time code.

    `session` grows when every session so far shall end.
    """

    __tablename__ = "accounts"
    id: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str]
    folded: Mapped[str] = mapped_column(unique=True)
    password: Mapped[str]
    second_factor: Mapped[str | None]
    session: Mapped[int]
    made: Mapped[datetime]
    disabled: Mapped[datetime | None]


class Role(Base):
    """A person's role in a mission, or in every one ("*")."""

    __tablename__ = "roles"
    account: Mapped[str] = mapped_column(ForeignKey("accounts.id"), primary_key=True)
    mission: Mapped[str] = mapped_column(primary_key=True)
    role: Mapped[str]


class Attempt(Base):
    """A sign-in that failed, remembered for the limit."""

    __tablename__ = "attempts"
    __table_args__ = (Index(None, "source", "at"), Index(None, "name", "at"))
    id: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str]
    source: Mapped[str]
    at: Mapped[datetime]


class Envelope(Base):
    """An envelope's bytes as they came, with the receipt that was given for them."""

    __tablename__ = "envelopes"
    id: Mapped[str] = mapped_column(primary_key=True)
    mission: Mapped[str] = mapped_column(ForeignKey("missions.code"))
    checklist: Mapped[str]
    version: Mapped[str]
    visit: Mapped[str]
    supersedes: Mapped[str | None]
    device: Mapped[str]
    clock: Mapped[str]
    hash: Mapped[str]
    sealed: Mapped[str | None]
    signature: Mapped[str | None]
    payload: Mapped[str]
    via: Mapped[str]
    received: Mapped[str]
    sequence: Mapped[int] = mapped_column(ForeignKey("chain.sequence"), unique=True)
    quarantine: Mapped[str | None]  # the reason
    receipt_key: Mapped[str] = mapped_column(ForeignKey("public_keys.id"))
    receipt: Mapped[str]  # the receipt's signature


class Submission(Base):
    """An envelope's content as judged; JSON columns are kept as text, which the chain's hash covers."""

    __tablename__ = "submissions"
    __table_args__ = (
        ForeignKeyConstraint(["mission", "version"], ["checklists.mission", "checklists.version"]),
        Index(None, "mission", "checklist", "sequence"),
        Index(None, "mission", "location"),
        Index(None, "mission", "visit"),
        Index("ix_submissions_supersedes", "supersedes", **_WHERE_SUPERSEDES),
        Index(None, "mission", "sequence"),
        Index("ix_submissions_sent", "mission", "checklist", "team", "location", "received", "sequence"),
        Index("ix_submissions_flagged", "mission", "problem_count", "finding_count", **_WHERE_FLAGGED),
    )
    id: Mapped[str] = mapped_column(ForeignKey("envelopes.id"), primary_key=True)
    sequence: Mapped[int]  # the chain row of its receipt
    mission: Mapped[str] = mapped_column(ForeignKey("missions.code"))
    checklist: Mapped[str]
    version: Mapped[str]
    visit: Mapped[str]
    supersedes: Mapped[str | None]
    device: Mapped[str]
    team: Mapped[str | None]
    location: Mapped[str | None]
    location_name: Mapped[str | None]
    clock: Mapped[str]
    received: Mapped[str]
    arrived: Mapped[str | None]
    departed: Mapped[str | None]
    hour: Mapped[int | None]
    setting: Mapped[str | None]
    answers: Mapped[str]
    comments: Mapped[str]
    problems: Mapped[str]
    findings: Mapped[str]
    problem_count: Mapped[int]
    finding_count: Mapped[int]
    search: Mapped[str]


class Standing(Base):
    """Whether a submission counts now: derived from what was received and reviewed, and checkable against it."""

    __tablename__ = "standings"
    __table_args__ = (Index(None, "mission", "checklist", "state"), {"sqlite_with_rowid": False})
    submission: Mapped[str] = mapped_column(ForeignKey("submissions.id"), primary_key=True)
    mission: Mapped[str] = mapped_column(ForeignKey("missions.code"))
    checklist: Mapped[str]
    state: Mapped[str]  # counted | superseded | excluded | quarantined
    review: Mapped[str]  # received | queried | verified | excluded
    successor: Mapped[str | None]


class Review(Base):
    """What a person decided about a submission; the latest counts."""

    __tablename__ = "reviews"
    sequence: Mapped[int] = mapped_column(ForeignKey("chain.sequence"), primary_key=True, autoincrement=False)
    mission: Mapped[str] = mapped_column(ForeignKey("missions.code"))
    submission: Mapped[str] = mapped_column(ForeignKey("submissions.id"), index=True)
    state: Mapped[str]
    reason: Mapped[str]
    by: Mapped[str | None]
    at: Mapped[datetime]


class Attachment(Base):
    """A photo that came whole: a file of the data folder, named by the SHA-256 of the bytes as they were sent."""

    __tablename__ = "attachments"
    mission: Mapped[str] = mapped_column(ForeignKey("missions.code"), primary_key=True)
    sha256: Mapped[str] = mapped_column(primary_key=True)
    media: Mapped[str]  # image/jpeg …; application/octet-stream where it came sealed
    size: Mapped[int]
    sealed: Mapped[str | None]  # the sealing key
    device: Mapped[str] = mapped_column(ForeignKey("devices.id"), index=True)
    at: Mapped[datetime]
    photo: Mapped[str | None]  # the id that the phone gave it, to which a sealed one is bound
    submission: Mapped[str | None]  # the report that is to name it, as the phone said; it may not have come
    sequence: Mapped[int] = mapped_column(ForeignKey("chain.sequence"), unique=True)


class Readiness(Base):
    """What a phone last said of itself: storage, version, clock, permissions, the code of conduct."""

    __tablename__ = "readiness"
    device: Mapped[str] = mapped_column(ForeignKey("devices.id"), primary_key=True)
    mission: Mapped[str] = mapped_column(ForeignKey("missions.code"))
    at: Mapped[datetime]
    report: Mapped[Any]
