"""Reports that a mission kept as a table, one row each, turned into envelopes: real data, as it was collected.

`reports.toml` beside `reports.csv` says what the table's columns are:

    checklist = "opening"
    location = "psID"                  # the column with the station's code
    team = "qarku"                     # the column with the team's code
    at = 2017-06-25T07:00:00           # when these reports were made, where the table does not say
    [codes]                            # what a cell says, in every column; "" leaves the question blank
    po = "yes"
    "n/a" = ""
    [columns]                          # column → question
    secrecyOpen = "secrecy"
    [codes_of.openTime]                # codes of one column alone
    "7_00" = "by_0700"

A cell that no code names is a number where the question asks for one, and
refused with its line and column where it does not.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Final
from zoneinfo import ZoneInfo

from observer_kit.checklists.model import Checklist, Question
from observer_kit.errors import MissionInvalid
from observer_kit.missions.mission_file import read_toml
from observer_kit.missions.rows import Row, read_rows

FILE: Final = "reports.toml"
_KEYS: Final = {"checklist", "location", "team", "at", "codes", "columns", "codes_of"}


@dataclass(frozen=True, slots=True)
class Kept:
    """One row of the table: where, who, and what was answered."""

    row: int
    location: str
    team: str
    at: datetime
    answers: Mapping[str, Any]


@dataclass(frozen=True)
class Table:
    """A table of reports with what its columns mean."""

    path: Path
    checklist: str
    location: str
    team: str
    at: datetime
    codes: Mapping[str, str]
    columns: Mapping[str, str]
    codes_of: Mapping[str, Mapping[str, str]]

    def rows(self, checklist: Checklist) -> Iterator[Kept]:
        """Go through the reports; raises MissionInvalid naming line and column."""
        questions = {column: _question(checklist, name) for column, name in self.columns.items()}
        for number, row in enumerate(read_rows(self.path, (self.location, self.team, *self.columns)), 1):
            answers = {
                question.name: value
                for column, question in questions.items()
                if (value := self._answer(row, column, question)) is not None
            }
            yield Kept(
                number, row.needed(self.location, "a station"), row.needed(self.team, "a team"), self.at, answers
            )

    def _answer(self, row: Row, column: str, question: Question) -> Any:
        cell = row.text(column)
        if cell is None:
            return None
        known = {**self.codes, **self.codes_of.get(column, {})}
        if cell in known:
            return known[cell] or None
        if question.type == "integer":
            return row.whole(column)
        raise row.refuse(column, "one of " + ", ".join(known))


def _question(checklist: Checklist, name: str) -> Question:
    try:
        return checklist.question(name)
    except KeyError:
        raise MissionInvalid(f"{checklist.name} has no question {name!r}", place=f"{FILE}, key columns") from None


def open_table(folder: Path, zone: str) -> Table | None:
    """Open a mission's table of reports, where it has one; raises MissionInvalid naming the key."""
    if not (folder / FILE).exists():
        return None
    values = read_toml(folder / FILE)
    if set(values) - _KEYS or not {"checklist", "location", "team", "at", "columns"} <= set(values):
        raise MissionInvalid(f"expected the keys {', '.join(sorted(_KEYS))}", place=FILE)
    at = values["at"]
    if not isinstance(at, datetime):
        raise MissionInvalid(
            "expected a moment without quotation marks, as 2017-06-25T07:00:00", place=f"{FILE}, key at"
        )
    for key in ("codes", "columns", "codes_of"):
        if not isinstance(values.get(key, {}), dict):
            raise MissionInvalid(f"expected a table, as [{key}]", place=f"{FILE}, key {key}")
    return Table(
        folder / "reports.csv",
        str(values["checklist"]), str(values["location"]), str(values["team"]),
        at if at.tzinfo else at.replace(tzinfo=ZoneInfo(zone)),
        values.get("codes", {}), values["columns"], values.get("codes_of", {}),
    )  # fmt: skip
