"""Read forms' TOML strictly: every error names the file, the entry, the key, and what is expected."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, Final

from observer_kit.checklists.model import EVENTS, LANGUAGES, SEVERITIES, Choice, Source, Text
from observer_kit.errors import FormsInvalid

LARGEST: Final = 2**53 - 1
"""The largest whole number that a browser keeps exactly."""


def read_toml(path: Path) -> dict[str, Any]:
    """Read one TOML file; raises FormsInvalid with the file and, for a fault of syntax, its line."""
    place = f"{path.parent.name}/{path.name}"
    try:
        return tomllib.loads(path.read_text("utf-8"))
    except FileNotFoundError:
        raise FormsInvalid("the file is not there", place=place) from None
    except UnicodeDecodeError as error:
        raise FormsInvalid(f"is not UTF-8 (byte {error.start})", place=place) from None
    except tomllib.TOMLDecodeError as error:
        raise FormsInvalid(f"is not TOML: {error}", place=place) from None


class Entry:
    """One table of a TOML file that is taken apart key by key; what is left over is refused."""

    def __init__(self, table: object, place: str) -> None:
        if not isinstance(table, Mapping):
            raise FormsInvalid(f"expected a table, found {table!r}", place=place)
        self.table: dict[str, Any] = dict(table)
        self.place = place
        self._known: set[str] = set()

    def refuse(self, key: str, expected: str) -> FormsInvalid:
        """Make the error for this key."""
        found = f"found {self.table[key]!r}" if key in self.table else "it is missing"
        return FormsInvalid(f"{key}: expected {expected}; {found}", place=self.place)

    def take(self, key: str, kind: type, expected: str, *, required: bool = False) -> Any:
        """Take the value of a key, of this type or None; bool is no int here."""
        self._known.add(key)
        value = self.table.get(key)
        if value is None and not required:
            return None
        if not isinstance(value, kind) or (kind is int and isinstance(value, bool)):
            raise self.refuse(key, expected)
        if isinstance(value, int) and abs(value) > LARGEST:
            raise self.refuse(key, f"{expected} that a phone can hold, at most {LARGEST}")
        return value

    def word(self, key: str, among: Iterable[str] | None = None, *, required: bool = True) -> Any:
        """Take a non-empty text, one of `among` where that is given."""
        allowed = tuple(among or ())
        value = self.take(key, str, "a text", required=required)
        if value is not None and (not value.strip() or (allowed and value not in allowed)):
            raise self.refuse(key, f"one of {', '.join(allowed)}" if allowed else "a text that is not empty")
        return value

    def words(self, key: str, among: Iterable[str] | None = None) -> tuple[str, ...]:
        """Take a list of different texts, each one of `among` where that is given."""
        allowed = tuple(among or ())
        expected = f"a list of {', '.join(allowed)}" if allowed else "a list of different texts"
        value = self.take(key, list, expected) or []
        fit = all(isinstance(item, str) and item and (not allowed or item in allowed) for item in value)
        if not fit or len(set(value)) != len(value):
            raise self.refuse(key, expected)
        return tuple(value)

    def flag(self, key: str, default: bool = False) -> bool:
        """Take true or false."""
        value = self.take(key, bool, "true or false")
        return default if value is None else bool(value)

    def text(self, key: str, *, required: bool = False) -> dict[str, Text]:
        """Take one text in every language, once for each kind of event; {} for both where it is left out."""
        self._known.add(key)
        if key not in self.table and not required:
            return {event: {} for event in EVENTS}
        table = self.table.get(key)
        if not isinstance(table, Mapping):
            raise self.refuse(key, f"a table with {', '.join(LANGUAGES)}")
        place = f"{self.place}, {key}"
        own = Entry(table, place)
        election: Text = {language: own.word(language) for language in LANGUAGES}
        other = Entry(own.take("referendum", dict, "a table of languages") or {}, f"{place}.referendum")
        given = {language: other.word(language, required=False) for language in LANGUAGES}
        other.done()
        own.done()
        return {
            "election": election,
            "referendum": {language: given[language] or election[language] for language in LANGUAGES},
        }

    def entries(self, key: str) -> list[Entry]:
        """Take a list of tables; the place of each is its number until it is known by its name."""
        tables = self.take(key, list, "a list of tables") or []
        return [Entry(table, f"{self.place}, {key} {number}") for number, table in enumerate(tables, 1)]

    def sources(self) -> tuple[Source, ...]:
        """Take the sources: each a document and the place in it."""
        found = []
        for entry in self.entries("sources"):
            source = Source(entry.word("ref"), entry.word("document"), entry.word("place"), weak=entry.flag("weak"))
            entry.done()
            found.append(source)
        return tuple(found)

    def choices(self) -> dict[str, tuple[Choice, ...]]:
        """Take the choices, once for each kind of event."""
        names: list[str] = []
        labels: list[dict[str, Text]] = []
        severities: list[str | None] = []
        for entry in self.entries("choices"):
            name = entry.word("name")
            if not name.replace("_", "").isalnum() or not name.isascii():
                raise entry.refuse("name", "letters, digits and _ only")
            if name in names:
                raise entry.refuse("name", "a name that is not yet used")
            names.append(name)
            labels.append(entry.text("label", required=True))
            severities.append(entry.word("severity", SEVERITIES, required=False))
            entry.done()
        return {
            event: tuple(
                Choice(name, label[event], severity)
                for name, label, severity in zip(names, labels, severities, strict=True)
            )
            for event in EVENTS
        }

    def done(self) -> None:
        """Refuse any key that was not asked for."""
        unknown = sorted(set(self.table) - self._known)
        if unknown:
            expected = ", ".join(sorted(self._known))
            raise FormsInvalid(f"unknown key {unknown[0]!r}; expected one of {expected}", place=self.place)
