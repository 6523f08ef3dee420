"""What the codes of sources stand for: forms/sources.toml."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache

from observer_kit.checklists.entries import read_toml
from observer_kit.checklists.model import LANGUAGES, Text
from observer_kit.config import resources
from observer_kit.errors import FormsInvalid


@dataclass(frozen=True, slots=True)
class Document:
    """A source's document: its title, its day or year where known, the missions rebuilt from it."""

    title: Text
    dated: date | int | None = None
    missions: tuple[str, ...] = ()


@cache
def load_documents() -> Mapping[str, Document]:
    """Give the documents by their codes, in the order of the file; raises FormsInvalid where a title is missing."""
    found = {}
    for code, entry in read_toml(resources("forms") / "sources.toml").items():
        title = {language: str(entry.get(language, "")) for language in LANGUAGES}
        if not all(title.values()):
            raise FormsInvalid(f"source {code!r} needs its title in {', '.join(LANGUAGES)}", place="forms/sources.toml")
        found[code] = Document(title, entry.get("dated"), tuple(entry.get("missions", ())))
    return found


def cited(places: Iterable[str]) -> Mapping[str, Document]:
    """Give the documents that places like "EOM XV para 3; RAM annex" stand in."""
    codes = {part.split()[0] for place in places for part in place.split(";") if part.strip()}
    return {code: document for code, document in load_documents().items() if code in codes}
