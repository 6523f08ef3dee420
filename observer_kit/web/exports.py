"""What a mission gives out: a checklist's submissions as a table, the whole as an archive; each noted in the chain."""

from __future__ import annotations

import hashlib
import tempfile
from collections.abc import Iterator, Mapping
from typing import IO, Any

import orjson
from sqlalchemy.orm import Session

from observer_kit.checklists.model import Question
from observer_kit.exchange import everything
from observer_kit.exchange.archive import write_archive
from observer_kit.missions.model import Mission
from observer_kit.storage import Store, chain, checklists, whole
from observer_kit.storage.filters import Filters


def marks_of(mission: Mission) -> dict[str, str]:
    """Give the cells that say in every row that a reconstruction is none of the organisation's own data."""
    return {"reconstruction": f"rebuilt from {mission.reconstruction}"} if mission.reconstruction else {}


def name_of(mission: Mission, what: str) -> str:
    """Name a file, so that a reconstruction is known by its name too."""
    return f"reconstruction-{mission.code}-{what}" if mission.reconstruction else f"{mission.code}-{what}"


def note(store: Store, mission: str, what: str, filters: Mapping[str, Any], by: str | None) -> None:
    """Note in the chain that reports left the house: what was asked for, and by whom."""
    with store.atomic() as tx:
        content = hashlib.sha256(orjson.dumps(filters, option=orjson.OPT_SORT_KEYS)).hexdigest()
        chain.append(tx, "export", what, content, mission, by)


def asked_of(tx: Session, mission: str, checklist: str) -> list[Question]:
    """Give every question that any version of a checklist asks."""
    return everything.questions(checklists.versions(tx, mission, checklist))


def rows(
    store: Store, mission: Mission, checklist: str, filters: Filters, asked: list[Question]
) -> Iterator[list[Any]]:
    """Read the submissions while they go out, each block in a transaction of its own.

    However slowly the file is taken, nothing is held open for it. What arrives
    meanwhile is left to the next file; each row stands as it is when its block
    is read, once.
    """
    with store.reading() as tx:
        last = chain.head(tx)[0]
    after, marks = 0, marks_of(mission)
    while True:
        with store.reading() as tx:
            blocks = whole.submissions(tx, mission.code, checklist, filters, after=after, until=last, most=whole.BLOCK)
            block = [told for part in blocks for told in part]
        if not block:
            return
        after = block[-1][0]["sequence"]
        yield from everything.rows([block], asked, marks)


def archive(store: Store, mission: Mission, kind: str) -> IO[bytes]:
    """Make the archive of a whole mission in a temporary file."""
    file = tempfile.TemporaryFile(prefix="observer-kit-")  # noqa: SIM115 -- closed when it has been sent
    try:
        with store.reading() as tx:
            write_archive(tx, mission.code, kind, file, marks_of(mission))
    except BaseException:
        file.close()
        raise
    return file
