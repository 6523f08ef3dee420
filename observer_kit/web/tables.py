"""Aggregation tables from a file to the database: what its columns may be, what would become of it, and the import."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from observer_kit.checklists.model import Checklist
from observer_kit.errors import NotFound
from observer_kit.exchange.grids import Sheet
from observer_kit.protocols import tables
from observer_kit.protocols.tables import STATION, Field, Stations, Table, TableMap
from observer_kit.storage import aggregation, register

NUMBERS = ("integer",)


@dataclass(frozen=True, slots=True)
class Guess:
    """What a sheet's columns are taken for until a person says otherwise."""

    header: int
    columns: Mapping[int, str]


@dataclass(frozen=True, slots=True)
class Preview:
    """What an import would do: its rows, what of them is new, and which stations are missing or gone."""

    table: Table
    said: Mapping[int, str]
    gone: Sequence[str]
    missing: Sequence[str]
    before: aggregation.Import | None

    def count(self, word: str) -> int:
        """Count the rows that are new, changed or the same."""
        return sum(each == word for each in self.said.values())


def protocol_fields(protocol: Checklist) -> list[Field]:
    """Give every field of numbers that a column may hold, with the words it is known by in every language."""
    found = []
    for question in protocol.questions():
        if question.type not in NUMBERS:
            continue
        if question.repeat and not question.choices:
            continue  # ballots issued by each member stand in no aggregation table
        if not question.repeat:
            found.append(tables.known_by(question.name, *question.label.values()))
        for place, choice in enumerate(question.choices if question.repeat else ()):
            found.append(tables.known_by(f"{question.name}[{place}]", *choice.label.values()))
    return found


def guess(sheet: Sheet, fields: Sequence[Field], header: int | None = None) -> Guess:
    """Guess the heading's row, unless it is named, and what each column holds."""
    if header is None or not 0 <= header < len(sheet.rows):
        header = tables.guess_header(sheet.rows, fields)
    heading = sheet.rows[header] if sheet.rows else ()
    return Guess(header, tables.guess_columns(heading, fields))


def preview(tx: Session, mission: str, sheet: Sheet, asked: TableMap, *, table: str, commission: str | None) -> Preview:
    """Read the sheet as the map says, and hold it against what stands under the table's name now."""
    if commission is not None and register.get(tx, mission, commission) is None:
        raise NotFound(f"no commission {commission!r} in mission {mission!r}", place="commission")
    places = [*register.find(tx, mission, kind="polling_station"), *register.find(tx, mission, kind="commission")]
    stations = Stations(places, commission)
    found = tables.read_table(sheet.rows, asked, stations)
    before = aggregation.current(tx, mission).get(table)
    said, gone = tables.changes(found, tables.from_json(before.content) if before else None)
    there = {row.location for row in found.rows}
    missing = [code for code in stations.expected if code not in there and code != commission]
    return Preview(found, said, gone, missing, before)


def content_of(
    looked: Preview, asked: TableMap, sheet: Sheet, *, file: str, data: bytes, commission: str | None, stage: str
) -> dict[str, Any]:
    """Give what is kept of an import: where it came from, what its columns were said to be, and every cell."""
    columns = {str(asked.station): STATION, **{str(place): code for place, code in asked.fields.items()}}
    return {
        "file": file, "sha256": hashlib.sha256(data).hexdigest(), "sheet": sheet.name, "encoding": sheet.encoding,
        "separator": sheet.separator, "header": asked.header, "columns": columns, "commission": commission,
        "stage": stage if stage in tables.STAGES else tables.STAGES[0], "missing": list(looked.missing),
        **tables.to_json(looked.table),
    }  # fmt: skip
