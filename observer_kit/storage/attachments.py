"""Photos that came whole: files named by the SHA-256 of their bytes, stored before the row that names them.

A photo belongs to no report of the database: a report names it by its hash, in
an answer that the phone signed, and either may come first.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from sqlalchemy import and_, func, insert, or_, select, update
from sqlalchemy.orm import Session

from observer_kit import clock
from observer_kit.collection.attachments import Announced
from observer_kit.collection.pictures import MEDIA, check_picture
from observer_kit.config import Config
from observer_kit.errors import AttachmentAltered, AttachmentsFull, StorageFault
from observer_kit.storage import chain
from observer_kit.storage import tables as t
from observer_kit.storage.engine import Store
from observer_kit.trust import keys, receipts, sealing
from observer_kit.trust.chain import content_hash
from observer_kit.trust.model import Receipt

KIND: Final = "attachment"
SEALED_MEDIA: Final = "application/octet-stream"
MOST_OF_A_DEVICE: Final = 2_000_000_000
"""Bytes: a phone that is not the mission's any more must not fill the disk."""

_NAMES_IT: Final = t.Submission.answers.contains(t.Attachment.sha256)


@dataclass(frozen=True, slots=True)
class Stored:
    """A photo that the server has; `submission` is the report it was said to belong to."""

    mission: str
    sha256: str
    media: str
    size: int
    sealed: str | None
    device: str
    at: datetime
    photo: str | None
    submission: str | None
    sequence: int


_COLUMNS: Final = tuple(getattr(t.Attachment, name) for name in Stored.__dataclass_fields__)


def put(store: Store, mission: str, device: str, content: bytes, announced: Announced) -> Stored:
    """Store a photo's bytes and give its row; the same bytes any number of times are one photo.

    Raises AttachmentAltered where they are not those announced, NotAPicture
    where they are no picture (sealed ones are believed until they are opened),
    AttachmentsFull where this device has sent too much.
    """
    if len(content) != announced.size or hashlib.sha256(content).hexdigest() != announced.sha256:
        raise AttachmentAltered("these bytes are not those that were announced", place=announced.sha256)
    if there(store, mission, announced) is None:
        if announced.sealed is None:
            check_picture(content)
        _write(path(store.config, announced.sha256), content)
    with store.atomic() as tx:
        return _row(tx, mission, device, announced)


def there(store: Store, mission: str, announced: Announced) -> Stored | None:
    """Give the photo if row and file are both there: a file that was lost is taken once more."""
    with store.reading() as tx:
        known = find(tx, mission, announced.sha256)
    try:
        return known if path(store.config, announced.sha256).stat().st_size == announced.size else None
    except OSError:
        return None


def retold(store: Store, known: Stored, submission: str | None) -> Stored:
    """Note that a phone names another report for a photo that is here, if the first one it named never came."""
    if submission in (None, known.submission):
        return known
    with store.atomic() as tx:
        return _rename(tx, known, submission)


def find(tx: Session, mission: str, sha256: str) -> Stored | None:
    """Give the photo of this hash, or None where it has not come."""
    return some(tx, mission, [sha256]).get(sha256)


def some(tx: Session, mission: str, hashes: Iterable[str]) -> dict[str, Stored]:
    """Give those of these photos that have come, by hash."""
    query = select(*_COLUMNS).where(t.Attachment.mission == mission, t.Attachment.sha256.in_(set(hashes)))
    return {row.sha256: Stored(*row) for row in tx.execute(query)}


def unnamed(tx: Session, mission: str, most: int = 200) -> list[Stored]:
    """Give the photos that no report of their phone names yet, in the order of arrival."""
    query = (
        select(*_COLUMNS)
        .outerjoin(t.Submission, and_(t.Submission.id == t.Attachment.submission, t.Submission.mission == mission))
        .where(t.Attachment.mission == mission, or_(t.Submission.id.is_(None), ~_NAMES_IT))
        .order_by(t.Attachment.sequence)
        .limit(most)
    )
    found = [Stored(*row) for row in tx.execute(query)]
    # A report that was refused and mended came under another id: few photos are left to be looked for everywhere.
    mended = (
        select(t.Attachment.sha256)
        .where(t.Attachment.mission == mission, t.Attachment.sha256.in_([each.sha256 for each in found]))
        .where(
            select(t.Submission.id)
            .where(t.Submission.mission == mission, t.Submission.device == t.Attachment.device, _NAMES_IT)
            .exists()
        )
    )
    named = set(tx.scalars(mended)) if found else set()
    return [each for each in found if each.sha256 not in named]


def path(config: Config, sha256: str) -> Path:
    """Give the place of a photo's file."""
    return config.attachments / sha256


def read(config: Config, stored: Stored) -> bytes:
    """Read a photo's bytes as they came; raises StorageFault where they are gone or altered."""
    place = path(config, stored.sha256)
    try:
        content = place.read_bytes()
    except OSError as error:
        raise StorageFault("the photo's file can't be read", place=str(place)) from error
    if hashlib.sha256(content).hexdigest() != stored.sha256:
        raise StorageFault("the photo's file was altered", place=str(place))
    return content


def picture(config: Config, stored: Stored) -> bytes:
    """Give the picture itself, opened where it came sealed; raises StorageFault, NotOpened and NotAPicture."""
    content = read(config, stored)
    if stored.sealed is not None:
        key = keys.mission_key_at_hand(config, stored.mission)
        content = sealing.open_photo(key, stored.sealed, stored.photo or "", content)
        check_picture(content)
    return content


def receipt(store: Store, stored: Stored) -> Receipt:
    """Sign that these bytes are here: a receipt as a report's, under the hash instead of an id."""
    at = clock.stamp(stored.at)
    return receipts.issue(store.receipt_key, stored.sha256, stored.sha256, at, stored.sequence)


def content(row: Any) -> str:
    """Hash what the chain keeps of a photo; which report it belongs to is the report's to say."""
    parts = (row.sha256, row.media, str(row.size), row.sealed or "", row.photo or "", row.device, clock.stamp(row.at))
    return content_hash(*parts)


def _row(tx: Session, mission: str, device: str, announced: Announced) -> Stored:
    """Add the row, or find that another request has done so."""
    chain.lock(tx)
    known = find(tx, mission, announced.sha256)
    if known is not None:
        return _rename(tx, known, announced.submission)
    taken = tx.scalar(select(func.sum(t.Attachment.size)).where(t.Attachment.device == device)) or 0
    if taken + announced.size > MOST_OF_A_DEVICE:
        raise AttachmentsFull(f"this phone has sent {taken} bytes of photos", most=MOST_OF_A_DEVICE)
    media = MEDIA if announced.sealed is None else SEALED_MEDIA
    made = Stored(
        mission, announced.sha256, media, announced.size, announced.sealed, device,
        clock.read_stamp(clock.stamp(clock.now())), announced.photo, announced.submission, 0,
    )  # fmt: skip
    sequence = chain.append(tx, KIND, announced.sha256, content(made), mission)
    values = asdict(made) | {"sequence": sequence}
    tx.execute(insert(t.Attachment).values(**values))
    return Stored(**values)


def _rename(tx: Session, known: Stored, submission: str | None) -> Stored:
    """Believe a later word about the report only where the earlier one led to none."""
    if submission in (None, known.submission):
        return known
    if known.submission and tx.scalar(select(t.Submission.id).where(t.Submission.id == known.submission)):
        return known
    tx.execute(
        update(t.Attachment)
        .where(t.Attachment.mission == known.mission, t.Attachment.sha256 == known.sha256)
        .values(submission=submission)
    )
    return Stored(**(asdict(known) | {"submission": submission}))


def _write(place: Path, content: bytes) -> None:
    """Write a file whole or not at all, and on the disk before anything names it."""
    place.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    fresh = place.with_name(f".{place.name}.{clock.new_id()}")
    try:
        with open(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0), 0o600), "wb") as f:
            f.write(content)
            f.flush()
            os.fsync(f.fileno())
        fresh.replace(place)
    except OSError as error:
        fresh.unlink(missing_ok=True)
        raise StorageFault(f"the photo's file can't be written: {error.strerror}", place=str(place)) from error
    if hasattr(os, "O_DIRECTORY"):  # the new name, too, must be on the disk
        folder = os.open(place.parent, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)
