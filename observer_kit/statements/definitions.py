"""Figures as data → what a figure counts, checked: each key known, each word one of its list, each language there."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import fields
from functools import cache
from pathlib import Path
from typing import Any, Final

from observer_kit.checklists.model import LANGUAGES
from observer_kit.errors import FormsInvalid
from observer_kit.missions.figures import general_figures
from observer_kit.statements.model import Definition

WORDS: Final[Mapping[str, tuple[str | None, ...]]] = {
    "measure": ("answers", "reports", "stations", "sum", "ratio", "rule", "tables", "diary", "register", "fact"),
    "base": (None, "answered", "reports", "subset"),
    "unit": (
        "form",
        "visit",
        "station",
        "box",
        "commission",
        "protocol",
        "case",
        "person",
        "table",
        "region",
        "ballot",
    ),
    "kind": ("observed", "official", "reported", "rule"),
    "shows": ("number", "percent"),
}
_KEYS: Final = frozenset(field.name for field in fields(Definition))


def define(entry: Mapping[str, Any], place: str) -> Definition:
    """Read one [[figure]]; raises FormsInvalid naming the file, the entry and what is expected."""
    values = dict(entry)
    identifier = values.get("id")
    if not identifier:
        raise FormsInvalid("a figure needs an id", place=place)
    place = f"{place}, figure {identifier}"
    if unknown := set(values) - _KEYS:
        raise FormsInvalid(f"unknown key {sorted(unknown)[0]!r}", place=place)
    for key, default in (("name", identifier), ("kind", "observed"), ("shows", "number")):
        values.setdefault(key, default)
    values["counted"] = tuple(values.get("counted", ()))
    for key, allowed in WORDS.items():
        if values.setdefault(key, None) not in allowed:
            expected = ", ".join(word for word in allowed if word)
            raise FormsInvalid(f"{key} = {values[key]!r}; expected one of {expected}", place=place)
    if missing := [language for language in LANGUAGES if not values.get("label", {}).get(language)]:
        raise FormsInvalid(f"label has no {missing[0]!r}", place=place)
    if values["measure"] in ("answers", "sum", "ratio") and not (values.get("checklist") and values.get("question")):
        raise FormsInvalid("needs the checklist and the question that it counts", place=place)
    return Definition(**values)


@cache
def load_definitions(folder: Path | None = None) -> Mapping[str, Definition]:
    """Give the general figures by name, in the order of their files."""
    return {name: define(entry, "forms/figures") for name, entry in general_figures(folder).items()}


def mission_definitions(entries: Iterable[Mapping[str, Any]], place: str = "figures.toml") -> list[Definition]:
    """Give a mission's own figures; a mission that names none has all the general ones."""
    own = [define(entry, place) for entry in entries]
    names = [definition.id for definition in own]
    if twice := sorted({name for name in names if names.count(name) > 1}):
        raise FormsInvalid(f"figure {twice[0]!r} stands twice", place=place)
    return own or list(load_definitions().values())
