"""A style's folder → Style: its style.toml and its section files in every language; a mission's own just so."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path
from typing import Final

from observer_kit.checklists.entries import Entry, read_toml
from observer_kit.checklists.model import LANGUAGES, Text
from observer_kit.config import resources
from observer_kit.statements.text.model import (
    LAYOUTS,
    NUMBERINGS,
    SECTION_KINDS,
    SHARES,
    SectionPlan,
    Style,
    StyleInvalid,
    StyleUnknown,
)

FILE: Final = "style.toml"
_LARGEST: Final = 1_000_000
"""Bytes of one section file."""


def folders(own: Path | None = None) -> dict[str, Path]:
    """Name every style's folder; a mission's own (its `styles` folder) stands before the kit's of the same name."""
    places: Iterable[Path] = (resources("templates") / "statements", *([own] if own else []))
    found = {path.parent.name: path.parent for place in places for path in sorted(place.glob(f"*/{FILE}"))}
    return dict(sorted(found.items()))


def load_style(name: str, own: Path | None = None) -> Style:
    """Load a style by name; raises StyleUnknown, or StyleInvalid naming file and line."""
    found = folders(own)
    if name not in found:
        raise StyleUnknown(f"no style {name!r}; there are {', '.join(found)}")
    return read_style(found[name])


def read_style(folder: Path) -> Style:
    """Load the style of a folder as it is now; raises FormsInvalid or StyleInvalid naming the file."""
    files = [folder / FILE, *sorted(folder.glob("*/*.md"))]
    changed = tuple((path, path.stat().st_mtime_ns) for path in files if path.is_file())
    return _read(folder, changed)


@lru_cache(32)
def _read(folder: Path, files: tuple[tuple[Path, int], ...]) -> Style:
    whole = Entry(read_toml(folder / FILE), f"{folder.name}/{FILE}")
    sections: list[SectionPlan] = []
    for entry in whole.entries("section"):
        identifier = entry.word("id")
        entry.place = f"{whole.place}, section {identifier}"
        if not identifier.replace("-", "").replace("_", "").isalnum() or not identifier.isascii():
            raise entry.refuse("id", "letters, digits, - and _ only")
        known = [each.id for each in sections]
        if identifier in known:
            raise entry.refuse("id", "an id that is not yet used")
        sections.append(
            SectionPlan(
                id=identifier,
                title=_text(entry, "title", empty=True),
                kind=entry.word("kind", SECTION_KINDS, required=False) or "text",
                parent=entry.word("parent", known or ["a section above"], required=False),
                prompt=_text(entry, "prompt", empty=True),
            )
        )
        entry.done()
    if not sections:
        raise whole.refuse("section", "[[section]] tables")
    style = Style(
        id=folder.name,
        name=_text(whole, "name"),
        layout=whole.word("layout", LAYOUTS),
        shares=whole.word("shares", SHARES),
        contents=whole.flag("contents"),
        numbering=whole.word("numbering", NUMBERINGS),
        sections=tuple(sections),
        texts=_texts(folder, [path for path, _ in files if path.suffix == ".md"]),
        folder=folder,
        numbers=whole.words("numbers"),
        charts=tuple(whole.take("chart", list, "[[chart]] tables") or ()),
    )
    whole.done()
    for language in LANGUAGES:
        style.plans(language)
    return style


def _text(entry: Entry, key: str, *, empty: bool = False) -> Text:
    """Take a text in every language; with `empty` it may be left out or be "" in all."""
    table = entry.take(key, dict, f"a table with {', '.join(LANGUAGES)}", required=not empty)
    if table is None:
        return dict.fromkeys(LANGUAGES, "")
    fit = set(table) == set(LANGUAGES) and all(isinstance(value, str) for value in table.values())
    filled = {bool(value.strip()) for value in table.values()} if fit else set()
    if not fit or len(filled) > 1 or (not empty and filled != {True}):
        raise entry.refuse(key, f"one text in each of {', '.join(LANGUAGES)}")
    return dict(table)


def _texts(folder: Path, paths: list[Path]) -> dict[str, dict[str, str]]:
    found: dict[str, dict[str, str]] = {}
    for path in paths:
        place = f"{folder.name}/{path.parent.name}/{path.name}"
        if not path.resolve().is_relative_to(folder.resolve()):
            raise StyleInvalid("leads out of the style's folder", place=place)
        if path.stat().st_size > _LARGEST:
            raise StyleInvalid(f"is larger than {_LARGEST} bytes", place=place)
        try:
            found.setdefault(path.parent.name, {})[path.stem] = path.read_text("utf-8-sig").replace("\r\n", "\n")
        except UnicodeDecodeError as error:
            raise StyleInvalid(f"is not UTF-8 (byte {error.start})", place=place) from None
    return {language: found[language] for language in LANGUAGES if language in found}
