"""What the tables that a text may place are made of: rows frozen with the figures, so that nobody can type in them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Final

from observer_kit.checklists.model import Text

SIZES: Final = ("1-5", "6-20", "over_20")
"""By how many ballots the two sides of a formula differ, as protocols.reconcile sorts them."""


@dataclass(frozen=True, slots=True)
class RuleLine:
    """One reconciliation rule over the protocols reviewed; a part that no source prints is None."""

    rule: str
    label: Text
    reviewed: int | None
    fails: int
    unknown: int | None
    sizes: tuple[int | None, ...]


@dataclass(frozen=True, slots=True)
class Cell:
    """One field of one station in both documents; where a source prints only the difference, both numbers are None."""

    label: Text
    protocol: int | None
    table: int | None
    difference: int | None


@dataclass(frozen=True, slots=True)
class RowLine:
    """One station's protocol beside its row of an aggregation table, with the patterns that the differences show.

    `table` names the commission whose table it is.
    """

    table: Text
    station: str
    region: Text
    patterns: tuple[str, ...]
    cells: tuple[Cell, ...]


@dataclass(frozen=True, slots=True)
class CoverageLine:
    """How many stations of one region have a protocol that was reviewed."""

    region: Text
    stations: int | None
    protocols: int


@dataclass(frozen=True, slots=True)
class ResultLine:
    """One official number as announced, by territory (empty for the whole), with its per cent as printed.

    `printed` are the source's characters at `locator` where they write another number.
    """

    territory: Text
    label: Text
    value: int
    percent: str = ""
    printed: str = ""
    locator: str = ""


@dataclass(frozen=True, slots=True)
class Tables:
    """Everything that a statement's tables are made of, frozen with its figures.

    `compared` rows of aggregation tables stood beside a protocol; `rows` are
    those that differ.
    """

    rules: tuple[RuleLine, ...] = ()
    rows: tuple[RowLine, ...] = ()
    coverage: tuple[CoverageLine, ...] = ()
    results: tuple[ResultLine, ...] = ()
    locator: str = ""
    compared: int | None = None

    def as_dict(self) -> dict[str, Any]:
        """Give plain lists and texts, to be stored with a snapshot."""
        return asdict(self)


def read_tables(stored: Mapping[str, Any]) -> Tables:
    """Give what `as_dict` wrote."""
    return Tables(
        rules=tuple(RuleLine(**{**each, "sizes": tuple(each["sizes"])}) for each in stored.get("rules", ())),
        rows=tuple(
            RowLine(
                **{
                    **each,
                    "table": _of_all(each["table"]),
                    "patterns": tuple(each["patterns"]),
                    "cells": tuple(Cell(**c) for c in each["cells"]),
                }
            )
            for each in stored.get("rows", ())
        ),
        coverage=tuple(CoverageLine(**each) for each in stored.get("coverage", ())),
        results=tuple(ResultLine(**each) for each in stored.get("results", ())),
        locator=str(stored.get("locator", "")),
        compared=stored.get("compared"),
    )


def _of_all(name: Text | str) -> Text:
    """Read a name that was frozen before it could differ by language."""
    return {"en": name} if isinstance(name, str) else name
