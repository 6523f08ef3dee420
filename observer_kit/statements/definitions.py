"""Which figures there are: the kit's own, and a mission's that name or override them.

Definitions are data: `forms/figures/*.toml` for every mission, and a mission's
own `figures.toml`, whose entries may say `figure = "name"` to take a general
one and change only what differs.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import fields
from functools import cache
from pathlib import Path
from typing import Any, Final

from observer_kit.checklists.model import LANGUAGES
from observer_kit.config import resources
from observer_kit.errors import FormsInvalid
from observer_kit.statements.model import Definition

MEASURES: Final = ("answers", "reports", "stations", "sum", "ratio", "rule", "tables", "diary", "register", "fact")
BASES: Final = (None, "answered", "reports", "subset")
KINDS: Final = ("observed", "official", "reported", "rule")
UNITS: Final = (
    "form", "visit", "station", "box", "commission", "protocol", "case", "person", "table", "region", "ballot",
)  # fmt: skip
SHOWS: Final = ("number", "percent")
_KEYS: Final = frozenset(field.name for field in fields(Definition))


def define(entry: Mapping[str, Any], place: str, general: Mapping[str, Definition] | None = None) -> Definition:
    """Read one [[figure]]; raises FormsInvalid naming the file, the entry and what is expected."""
    values = dict(entry)
    base = values.pop("figure", None)
    if base is not None:
        if general is None or base not in general:
            raise FormsInvalid(f"figure = {base!r} names no general figure of forms/figures", place=place)
        values = {key: getattr(general[base], key) for key in _KEYS} | {"name": base} | values
    identifier = values.get("id")
    if not identifier:
        raise FormsInvalid("a figure needs an id", place=place)
    place = f"{place}, figure {identifier}"
    if unknown := set(values) - _KEYS:
        raise FormsInvalid(f"unknown key {sorted(unknown)[0]!r}", place=place)
    values.setdefault("name", identifier)
    values.setdefault("kind", "observed")
    values.setdefault("shows", "number")
    values["counted"] = tuple(values.get("counted", ()))
    for key, allowed in (("measure", MEASURES), ("base", BASES), ("unit", UNITS), ("kind", KINDS), ("shows", SHOWS)):
        if values.setdefault(key, None) not in allowed:
            expected = ", ".join(str(word) for word in allowed if word)
            raise FormsInvalid(f"{key} = {values[key]!r}; expected one of {expected}", place=place)
    if missing := [language for language in LANGUAGES if not values.get("label", {}).get(language)]:
        raise FormsInvalid(f"label has no {missing[0]!r}", place=place)
    if values["measure"] in ("answers", "sum", "ratio") and not (values.get("checklist") and values.get("question")):
        raise FormsInvalid("needs the checklist and the question that it counts", place=place)
    return Definition(**values)


@cache
def load_definitions(folder: Path | None = None) -> Mapping[str, Definition]:
    """Load the general figures by name, in the order of their files."""
    found: dict[str, Definition] = {}
    for path in sorted((folder or resources("forms") / "figures").glob("*.toml")):
        try:
            entries = tomllib.loads(path.read_text("utf-8")).get("figure", [])
        except tomllib.TOMLDecodeError as error:
            raise FormsInvalid(str(error), place=path.name) from None
        for entry in entries:
            definition = define(entry, path.name)
            if definition.name in found:
                raise FormsInvalid(f"figure {definition.name!r} stands twice", place=path.name)
            found[definition.name] = definition
    return found


def mission_definitions(entries: Iterable[Mapping[str, Any]], place: str = "figures.toml") -> list[Definition]:
    """Give a mission's own figures; a mission that names none has all the general ones."""
    general = load_definitions()
    own = [define(entry, place, general) for entry in entries]
    seen: set[str] = set()
    for definition in own:
        if definition.id in seen:
            raise FormsInvalid(f"figure {definition.id!r} stands twice", place=place)
        seen.add(definition.id)
    return own or list(general.values())
