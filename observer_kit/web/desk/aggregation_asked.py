"""What the form over a table says: sheet, heading and columns, whose table it is, and what importing it so would do."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from flask import request
from sqlalchemy.orm import Session

from observer_kit.checklists.model import Checklist
from observer_kit.errors import NotFound
from observer_kit.exchange.grids import Sheet
from observer_kit.protocols import tables
from observer_kit.protocols.tables import STAGES, TableMap
from observer_kit.storage import aggregation, checklists
from observer_kit.web import tables as room
from observer_kit.web.speech import tell
from observer_kit.web.tables import Preview


@dataclass(frozen=True, slots=True)
class Asked:
    """What the form says: sheet, heading, columns, name, commission, stage, and how a CSV is to be read."""

    sheet: int
    header: int
    columns: dict[int, str]
    table: str
    commission: str | None
    stage: str


def protocol_of(tx: Session, mission: str) -> Checklist:
    """Give the protocol in force; without one there is nothing to lay a table beside."""
    found = checklists.current(tx, mission).get("protocol")
    if found is None:
        raise NotFound(tell("tables.no_protocol"))
    return found


def read_asked(sheets: Sequence[Sheet], protocol: Checklist, file: str, *, form: bool = False) -> Asked:
    """Read what the address or the form says; what is not said, or was said of another heading, is guessed."""
    values = request.form if form else request.args
    sheet = min(_whole(values.get("sheet"), 0), len(sheets) - 1)
    rows = sheets[sheet].rows
    named = _whole(values.get("header"), 0) - 1 if values.get("header") else None
    guessed = room.guess(sheets[sheet], room.protocol_fields(protocol), named)
    columns = dict(guessed.columns)
    if values.get("of") == f"{sheet}.{guessed.header}":
        width = max((len(row) for row in rows), default=0)
        columns = {place: code for place in range(width) if (code := values.get(f"c{place}", ""))}
    table = (values.get("table") or "").strip() or file.rpartition(".")[0][: aggregation.LONGEST_NAME] or file
    stage = values.get("stage", "")
    return Asked(
        sheet, guessed.header, columns, table, values.get("commission") or None, stage if stage in STAGES else STAGES[0]
    )


def map_of(asked: Asked, protocol: Checklist) -> TableMap:
    """Make the map of what the columns are taken for."""
    known = [field.code for field in room.protocol_fields(protocol)]
    return tables.table_map(asked.header, asked.columns, known)


def preview_of(tx: Session, mission: str, sheet: Sheet, asked: Asked, protocol: Checklist) -> Preview:
    """Say what importing the sheet so would do."""
    return room.preview(
        tx, mission, sheet, map_of(asked, protocol), table=asked.table, commission=asked.commission
    )  # fmt: skip


def _whole(text: str | None, otherwise: int) -> int:
    return int(text) if text and text.isascii() and text.isdecimal() and len(text) < 7 else otherwise
