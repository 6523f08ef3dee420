"""Hold the photos' files against their rows, and the rows against the chain."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from observer_kit import clock
from observer_kit.storage import attachments
from observer_kit.storage import tables as t
from observer_kit.storage.engine import store_of
from observer_kit.trust.model import Fault

ON_ITS_WAY: Final = 3600
"""Seconds: a file is there before its row; only one that stays alone is a fault."""

_PIECE: Final = 1 << 20


def hold(tx: Session) -> Iterator[Fault]:
    """Every photo must be there, of the bytes that its name says, and as the chain recorded it."""
    folder = store_of(tx).config.attachments
    recorded = {
        (subject, mission): (content, sequence)
        for subject, mission, content, sequence in tx.execute(
            select(t.Chain.subject, t.Chain.mission, t.Chain.content, t.Chain.sequence).where(
                t.Chain.kind == attachments.KIND
            )
        )
    }
    named = set()
    for row in tx.scalars(select(t.Attachment).order_by(t.Attachment.sequence)):
        named.add(row.sha256)
        place = f"photo {row.sha256}"
        if recorded.pop((row.sha256, row.mission), None) != (attachments.content(row), row.sequence):
            yield Fault("attachment_altered", place, "its row is not as it was stored")
        yield from _file(folder / row.sha256, place, row)
    for subject, mission in recorded:
        yield Fault("row_missing", f"photo {subject}", f"the chain knows it, and mission {mission} has it no more")
    if folder.is_dir():
        for path in sorted(folder.iterdir()):
            age = clock.now().timestamp() - path.stat().st_mtime
            if path.is_file() and path.name not in named and age > ON_ITS_WAY:
                yield Fault("attachment_stray", f"file {path.name}", "no row names it")


def _file(path: Path, place: str, row: t.Attachment) -> Iterator[Fault]:
    digest, size = hashlib.sha256(), 0
    try:
        with path.open("rb") as file:
            while piece := file.read(_PIECE):
                digest.update(piece)
                size += len(piece)
    except OSError as error:
        yield Fault("attachment_missing", place, f"its file can't be read: {error.strerror}")
        return
    if (digest.hexdigest(), size) != (row.sha256, row.size):
        yield Fault("attachment_altered", place, "its file does not hold the bytes that came")
