"""Photos that have come in part: pieces written at their place, in any order of requests, until the bytes are whole.

A photo's pieces lie in one file for each device, so that two phones never
write into each other's. What is in the file from its beginning is what the
server has; a piece that comes twice writes the same bytes at the same place.
Nothing here is durable but by luck, and need not be: the hash is checked when
the last piece is there, and a phone keeps its photo until then.
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Final

import orjson

from observer_kit import clock
from observer_kit.collection.attachments import Announced, read_announced
from observer_kit.config import Config
from observer_kit.errors import AttachmentMalformed, KitError, TooManyUploads, UploadUnknown
from observer_kit.storage import attachments
from observer_kit.storage.attachments import Stored
from observer_kit.storage.engine import Store
from observer_kit.trust.model import Device

PIECE: Final = 256 * 1024
"""Bytes of the largest piece."""

MOST_HALF_SENT: Final = 20
"""Photos of one device that wait for more of their pieces."""

FORGOTTEN: Final = 14 * 24 * 3600
"""Seconds after which a photo that came in part is cleared away; the phone still has it, and begins anew."""


def announce(store: Store, device: Device, announced: Announced) -> Stored | int:
    """Begin or resume: give the photo when it is here whole, else how many of its bytes are; raises TooManyUploads."""
    known = attachments.there(store, device.mission, announced)
    if known is not None:
        return attachments.retold(store, known, announced.submission)
    note, part = _places(store.config, device, announced.sha256)
    if not note.exists():
        _clear(note.parent)
        if len(list(note.parent.glob(f"{device.id}.*.json"))) >= MOST_HALF_SENT:
            raise TooManyUploads(f"at most {MOST_HALF_SENT} photos half sent", most=MOST_HALF_SENT)
    _keep(note, orjson.dumps(asdict(announced)))  # the latest word counts: size and report may have been mended
    have = _size(part)
    return _finish(store, device, announced) if have >= announced.size else have


def add(store: Store, device: Device, sha256: str, offset: int, piece: bytes) -> Stored | int:
    """Put a piece at its place; give the photo when it is whole now, else how many bytes are here.

    A piece that leaves a gap is let go, and one that was here is written again.
    Raises UploadUnknown for a photo that was not announced.
    """
    note, part = _places(store.config, device, sha256)
    try:
        announced = read_announced(sha256, orjson.loads(note.read_bytes()))
    except (OSError, orjson.JSONDecodeError):
        known = _whole(store, device, sha256)
        if known is None:
            raise UploadUnknown("this photo was not announced: begin anew", place=sha256) from None
        return known
    have = _size(part)
    if offset + len(piece) > announced.size:
        raise AttachmentMalformed(f"a piece that goes beyond the {announced.size} bytes announced", place="offset")
    if offset <= have:
        _put(part, offset, piece)
        have = max(have, offset + len(piece))
    return _finish(store, device, announced) if have >= announced.size else have


def _finish(store: Store, device: Device, announced: Announced) -> Stored:
    """Store what is whole; whatever is wrong with it, it need not be kept here."""
    note, part = _places(store.config, device, announced.sha256)
    try:
        content = part.read_bytes()
    except FileNotFoundError:
        known = _whole(store, device, announced.sha256)  # another request was quicker
        if known is None:
            raise UploadUnknown("this photo was not announced: begin anew", place=announced.sha256) from None
        return known
    try:
        stored = attachments.put(store, device.mission, device.id, content, announced)
    except KitError as error:
        if error.status < 500:
            _drop(note, part)
        raise
    _drop(note, part)
    return stored


def _whole(store: Store, device: Device, sha256: str) -> Stored | None:
    with store.reading() as tx:
        return attachments.find(tx, device.mission, sha256)


def _places(config: Config, device: Device, sha256: str) -> tuple[Path, Path]:
    folder = config.data / "spool"
    return folder / f"{device.id}.{sha256}.json", folder / f"{device.id}.{sha256}.part"


def _size(part: Path) -> int:
    try:
        return part.stat().st_size
    except FileNotFoundError:
        return 0


def _keep(note: Path, content: bytes) -> None:
    note.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    fresh = note.with_name(f".{note.name}.{clock.new_id()}")
    fresh.write_bytes(content)
    fresh.replace(note)


def _put(part: Path, offset: int, piece: bytes) -> None:
    """Write without cutting off what follows: a late piece must not undo an early one."""
    flags = os.O_WRONLY | os.O_CREAT | getattr(os, "O_BINARY", 0)
    with open(os.open(part, flags, 0o600), "wb", closefd=True) as file:
        file.seek(offset)
        file.write(piece)


def _drop(*places: Path) -> None:
    for place in places:
        place.unlink(missing_ok=True)


def _clear(folder: Path) -> None:
    """Clear away what nobody has gone on with for long."""
    for place in _forgotten(folder):
        with contextlib.suppress(OSError):
            place.unlink(missing_ok=True)


def _forgotten(folder: Path) -> Iterator[Path]:
    now = clock.now().timestamp()
    for place in folder.glob("*") if folder.is_dir() else ():
        with contextlib.suppress(OSError):
            if now - place.stat().st_mtime > FORGOTTEN:
                yield place
