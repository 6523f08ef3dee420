"""Which figures there are, as data: the general ones of forms/figures, and a mission's own that take from them.

An entry of a mission's `figures.toml` may say `figure = "name"`: it then has
everything of the general figure of that name, and changes what it says itself.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path
from typing import Any

from observer_kit.checklists.entries import Entry as Table
from observer_kit.checklists.entries import read_toml
from observer_kit.config import resources
from observer_kit.errors import FormsInvalid

Entry = Mapping[str, Any]


@cache
def general_figures(folder: Path | None = None) -> Mapping[str, Entry]:
    """Read the general figures by name, in the order of their files; raises FormsInvalid naming the file."""
    found: dict[str, Entry] = {}
    for path in sorted((folder or resources("forms") / "figures").glob("*.toml")):
        whole = Table(read_toml(path), f"{path.parent.name}/{path.name}")
        entries = whole.entries("figure")
        whole.done()
        if not entries:
            raise FormsInvalid("expected [[figure]] tables", place=whole.place)
        for entry in entries:
            name = entry.word("name", required=False) or entry.word("id")
            if name in found:
                raise entry.refuse("name", "a name that is not yet used")
            found[name] = {"id": name, "name": name} | entry.table
    return found


def whole_figures(entries: Iterable[Entry], place: str) -> tuple[Entry, ...]:
    """Give each entry whole, with what it takes from a general figure; raises FormsInvalid for a name that is none."""
    general = general_figures()
    whole = []
    for entry in entries:
        values = dict(entry)
        name = values.pop("figure", None)
        if name is not None and (not isinstance(name, str) or name not in general):
            said = f"figure = {name!r} names no general figure of forms/figures"
            raise FormsInvalid(said, place=f"{place}, figure {entry.get('id')}")
        whole.append({**general[name], **values} if name is not None else values)
    return tuple(whole)
