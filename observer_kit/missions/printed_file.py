"""The figures of a published.toml as their text prints them, its results among them: each number with its words."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

from observer_kit.checklists.entries import Entry
from observer_kit.missions.load import open_folder
from observer_kit.missions.mission_file import read_toml
from observer_kit.missions.phrases import Phrase, read_phrases
from observer_kit.missions.printed import PrintedFigure, RelationInvalid

FILE: Final = "published.toml"
RESULT: Final = "result/"
"""How the address of a cell of the results begins."""
_ROW_NAMES: Final = ("region", "label")


class PrintedFile:
    """One file, its figures and its results read, by their ids; raises RelationInvalid and MissionInvalid."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.place = f"{folder.name}/{FILE}"
        self.values = read_toml(folder / FILE)
        self.documents = self._documents()
        self.figures: dict[str, PrintedFigure] = {}
        for figure in (*self._figures(), *self._results()):
            if figure.id in self.figures:
                raise RelationInvalid(f"expected {figure.id} only once", place=self.place)
            self.figures[figure.id] = figure

    def entries(self, key: str) -> list[Entry]:
        """Give the tables of this key."""
        return Entry({key: self.values.get(key, [])}, self.place).entries(key)

    def _documents(self) -> dict[str, str]:
        found: dict[str, str] = {}
        for entry in self.entries("document"):
            identifier = entry.word("id")
            if identifier in found:
                raise entry.refuse("id", "an id that stands only once")
            found[identifier] = entry.word("title")
            entry.done()
        return found

    def _figures(self) -> Iterator[PrintedFigure]:
        for row in open_folder(self.folder).published():
            yield self.figure(row, f"{self.place}, figure {row['id']}")

    def figure(self, row: Mapping[str, Any], place: str, decimals: int | None = None) -> PrintedFigure:
        """Make one table a figure, every number of it read as it is printed."""
        document = row.get("document", next(iter(self.documents), ""))
        if document and document not in self.documents:
            expected = ", ".join(self.documents) or "the id of a [[document]]"
            raise RelationInvalid(f"document: expected one of {expected}; found {document!r}", place=place)
        return PrintedFigure(
            id=row["id"],
            claim=str(row.get("claim", "")),
            document=self.documents.get(document, self.folder.name),
            locator=str(row.get("locator", "")),
            unit=str(row.get("unit", "none")),
            base=str(row.get("base", "")),
            base_printed=bool(row.get("base_printed", False)),
            numbers=_phrases(row, "numerator", place),
            bases=_phrases(row, "denominator", place),
            percents=_phrases(row, "percent_as_printed", place, percent=True, decimals=decimals),
        )

    def _results(self) -> Iterator[PrintedFigure]:
        """Make every cell of the results a figure; per cents of one annex are printed with equal decimals."""
        rows = self.values.get("result", [])
        if not isinstance(rows, list) or not all(isinstance(row, Mapping) for row in rows):
            raise RelationInvalid("result: expected tables", place=self.place)
        printed = [value for row in rows for key, value in row.items() if key.endswith("percent_as_printed")]
        floats = [str(value) for value in printed if isinstance(value, float)]
        decimals = max((len(text.partition(".")[2]) for text in floats), default=None)
        for number, row in enumerate(rows, 1):
            place = f"{self.place}, result {number}"
            name = next((row[key] for key in _ROW_NAMES if isinstance(row.get(key), str)), None)
            if name is None:
                raise RelationInvalid(f"expected a text for {' or '.join(_ROW_NAMES)}", place=place)
            for field, entry, text in _cells(row):
                claim = f"{name} {field.strip('/')}".strip()
                made = {"id": f"{RESULT}{name}{field}", "claim": claim, "locator": "Annex", **entry}
                figure = self.figure(made, place, decimals)
                written = _phrases({"text": text}, "text", place) if text is not None else ()
                yield replace(figure, written=written)


def _cells(row: Mapping[str, Any]) -> Iterator[tuple[str, dict[str, Any], str | None]]:
    """Take a row of results apart: the address behind the row's name, the figure's entry, the very characters."""
    if "value" in row:
        share = {"percent_as_printed": row["percent_as_printed"]} if "percent_as_printed" in row else {}
        yield "", {"numerator": row["value"], **share}, None
        return
    texts = {key.removesuffix("_as_printed"): value for key, value in row.items() if key.endswith("_as_printed")}
    percents = {key.removesuffix("_percent"): texts.pop(key) for key in list(texts) if key.endswith("_percent")}
    for field in [key for key, value in row.items() if isinstance(value, int) and key != "sum"]:
        share = {"percent_as_printed": percents[field]} if field in percents else {}
        yield f"/{field}", {"numerator": row[field], **share}, texts.pop(field, None)
    for field, text in texts.items():
        yield f"/{field}", {"percent_as_printed": text}, None


def _phrases(
    row: Mapping[str, Any], key: str, place: str, *, percent: bool = False, decimals: int | None = None
) -> tuple[Phrase, ...]:
    if key not in row:
        return ()
    try:
        return read_phrases(row[key], percent=percent, decimals=decimals if isinstance(row[key], float) else None)
    except ValueError:
        said = f"{key}: expected a number, or the words printed for it; found {str(row[key])[:60]!r}"
        raise RelationInvalid(said, place=place) from None
