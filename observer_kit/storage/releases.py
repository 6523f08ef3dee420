"""Published versions: the file kept by its hash, the row with the text and the data set that it was made from."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any

import orjson
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from observer_kit.config import Config
from observer_kit.errors import Conflict, NotFound, OutputUnwritable
from observer_kit.storage import chain, office_acts, statements
from observer_kit.storage import statement_tables as s
from observer_kit.storage.engine import store_of
from observer_kit.storage.statements import StoredStatement
from observer_kit.trust.model import Fault


@dataclass(frozen=True, slots=True)
class Released:
    """A published version, and the later one that corrects or withdraws it."""

    sequence: int
    statement: str
    series: str
    version: int
    act: str
    of: int | None
    reason: str
    snapshot: str
    sha256: str
    size: int
    by: str | None
    at: datetime
    followed: int | None = None
    """The version that takes this one's place."""
    withdrawn: bool = False


def folder(config: Config) -> Path:
    """Give the folder of the published files, each named by its SHA-256."""
    return config.data / "published"


def keep(config: Config, data: bytes) -> str:
    """Put a file where published ones lie, before the row that names it; gives its SHA-256."""
    sha256 = hashlib.sha256(data).hexdigest()
    path = folder(config) / sha256
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        part = path.with_suffix(".part")
        with part.open("wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        part.replace(path)
    except OSError as error:
        raise OutputUnwritable(f"can't be written: {error.strerror}", place=str(path)) from error
    return sha256


def next_version(tx: Session, series: str) -> int:
    """Give the number of the version that would be published now."""
    return (tx.scalar(select(func.max(s.Release.version)).where(s.Release.series == series)) or 0) + 1


def publish(
    tx: Session, statement: StoredStatement, *, digest: str, version: int, sha256: str, size: int,
    content: Mapping[str, Any], by: str | None,
) -> int:  # fmt: skip
    """Publish what was approved; raises Conflict where it is no longer what the file was made from."""
    chain.lock(tx)
    now = statements.get(tx, statement.mission, statement.id)
    moved = now.steps != statement.steps or statements.digest(tx, now) != digest
    if not now.open or moved or next_version(tx, now.series) != version:
        raise Conflict("the draft was changed while the file was made", place="digest")
    return office_acts.add(
        tx, "release", f"{statement.series} {version}", statement.mission, by,
        statement=statement.id, series=statement.series, version=version, act=statement.act, of=statement.of,
        reason=statement.reason, snapshot=statement.snapshot, digest=digest, sha256=sha256, size=size,
        content=orjson.dumps(content, option=orjson.OPT_SORT_KEYS).decode(),
    )  # fmt: skip


def all(tx: Session, mission: str) -> list[Released]:
    """Give the mission's published versions, the latest first."""
    query = select(
        s.Release.sequence, s.Release.statement, s.Release.series, s.Release.version, s.Release.act, s.Release.of,
        s.Release.reason, s.Release.snapshot, s.Release.sha256, s.Release.size, s.Release.by, s.Release.at,
    ).where(s.Release.mission == mission)  # fmt: skip
    rows = [Released(**row._asdict()) for row in tx.execute(query.order_by(s.Release.sequence))]
    later = {row.of: row for row in rows if row.of is not None}
    return [_with_fate(row, later.get(row.sequence)) for row in reversed(rows)]


def _with_fate(row: Released, later: Released | None) -> Released:
    if later is None:
        return row
    return replace(row, followed=later.version, withdrawn=later.act == statements.WITHDRAWS)


def get(tx: Session, mission: str, sequence: int) -> Released:
    """Give one published version; raises NotFound."""
    for each in all(tx, mission):
        if each.sequence == sequence:
            return each
    raise NotFound(f"no published version {sequence} in mission {mission!r}")


def of_statement(tx: Session, mission: str, statement: str) -> Released | None:
    """Give what was published of a statement, None while it is a draft."""
    return next((each for each in all(tx, mission) if each.statement == statement), None)


def content(tx: Session, mission: str, sequence: int) -> Any:
    """Give the text from which a version was made; raises NotFound."""
    found = tx.scalar(select(s.Release.content).where(s.Release.mission == mission, s.Release.sequence == sequence))
    if found is None:
        raise NotFound(f"no published version {sequence} in mission {mission!r}")
    return orjson.loads(found)


def file(config: Config, sha256: str) -> Path:
    """Give the path of a published file; raises NotFound where it is gone, Conflict where it is another's bytes."""
    path = folder(config) / sha256
    try:
        with path.open("rb") as held:
            found = hashlib.file_digest(held, "sha256").hexdigest()
    except OSError:
        raise NotFound("the published file is not in the data folder", place=sha256) from None
    if found != sha256:
        raise Conflict("the published file was altered in the data folder", place=sha256)
    return path


def hold(tx: Session) -> Iterator[Fault]:
    """Every published file must be there, of the bytes that its row says."""
    config = store_of(tx).config
    for row in tx.execute(select(s.Release.series, s.Release.version, s.Release.sha256, s.Release.size)):
        place = f"published version {row.version} of {row.series}"
        try:
            data = (folder(config) / row.sha256).read_bytes()
        except OSError as error:
            yield Fault("published_missing", place, f"its file can't be read: {error.strerror}")
            continue
        if (hashlib.sha256(data).hexdigest(), len(data)) != (row.sha256, row.size):
            yield Fault("published_altered", place, "its file does not hold the bytes that were published")
