"""Which figures there are, as data: the general ones of forms/figures, and a mission's own that take from them.

An entry of a mission's `figures.toml` may say `figure = "name"`: it then has
everything of the general figure of that name, and changes what it says itself.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path
from typing import Any

from observer_kit.config import resources
from observer_kit.errors import FormsInvalid

Entry = Mapping[str, Any]


@cache
def general_figures(folder: Path | None = None) -> Mapping[str, Entry]:
    """Read the general figures by name, in the order of their files; raises FormsInvalid naming the file."""
    found: dict[str, Entry] = {}
    for path in sorted((folder or resources("forms") / "figures").glob("*.toml")):
        try:
            entries = tomllib.loads(path.read_text("utf-8")).get("figure", [])
        except tomllib.TOMLDecodeError as error:
            raise FormsInvalid(str(error), place=path.name) from None
        for entry in entries:
            name = entry.get("name") or entry.get("id")
            if not name:
                raise FormsInvalid("a figure needs an id", place=path.name)
            if name in found:
                raise FormsInvalid(f"figure {name!r} stands twice", place=path.name)
            found[name] = {"id": name, "name": name} | entry
    return found


def whole_figures(entries: Iterable[Entry], place: str) -> tuple[Entry, ...]:
    """Give each entry whole, with what it takes from a general figure; raises FormsInvalid for a name that is none."""
    general = general_figures()
    whole = []
    for entry in entries:
        values = dict(entry)
        name = values.pop("figure", None)
        if name is not None and name not in general:
            raise FormsInvalid(f"figure = {name!r} names no general figure of forms/figures", place=place)
        whole.append({**general[name], **values} if name is not None else values)
    return tuple(whole)
