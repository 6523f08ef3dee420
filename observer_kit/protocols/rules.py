"""Reconciliation rules as data: read, checked, and given for one kind of event."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Final

from observer_kit.checklists.model import EVENTS, LANGUAGES, Text
from observer_kit.config import resources
from observer_kit.errors import FormsInvalid

KINDS: Final = ("equal", "at_most", "below", "near", "shares", "filled", "stated", "readable")
SEVERITIES: Final = ("E", "W")
_KEYS: Final = frozenset(
    ("id", "kind", "severity", "left", "right", "or_right", "tolerance", "events", "source", "label")
)


@dataclass(frozen=True, slots=True)
class Rule:
    """One formula; `severity` E must hold, W is a warning of plausibility.

    `left` and `right` are references to a protocol's fields: `code`,
    `code[*]` for all its repeats, `code?` for one that counts only when
    filled. `or_right` is another right side that is as good. The `left` of
    "stated" says what each answer is to be: `code=yes`, or `code!=refused`.
    """

    id: str
    kind: str
    severity: str
    left: tuple[str, ...]
    right: tuple[str, ...]
    source: str
    label: Text
    or_right: tuple[str, ...] = ()
    tolerance: float | None = None
    events: tuple[str, ...] = field(default=EVENTS)


def _read(entry: Mapping[str, object], place: str) -> Rule:
    if unknown := set(entry) - _KEYS:
        raise FormsInvalid(f"unknown key {sorted(unknown)[0]!r}", place=place)
    for key in ("id", "kind", "severity", "left", "source", "label"):
        if not entry.get(key):
            raise FormsInvalid(f"{key} is missing", place=place)
    place = f"{place}, rule {entry['id']}"
    if entry["kind"] not in KINDS:
        raise FormsInvalid(f"kind = {entry['kind']!r}; expected one of {', '.join(KINDS)}", place=place)
    if entry["severity"] not in SEVERITIES:
        raise FormsInvalid(f"severity = {entry['severity']!r}; expected E or W", place=place)
    if entry["kind"] in ("near", "shares") and not isinstance(entry.get("tolerance"), float):
        raise FormsInvalid("needs a tolerance between 0 and 1", place=place)
    label = entry["label"]
    if not isinstance(label, Mapping) or not all(label.get(language) for language in LANGUAGES):
        raise FormsInvalid(f"label needs {', '.join(LANGUAGES)}", place=place)
    values = dict(entry)
    for key in ("left", "right", "or_right", "events"):
        if key in values:
            values[key] = tuple(str(word) for word in values[key])  # type: ignore[attr-defined]
    return Rule(**values)  # type: ignore[arg-type]  # each key was checked above


@cache
def load_rules(event: str, path: Path | None = None) -> tuple[Rule, ...]:
    """Load the rules of an election's or a referendum's protocol; raises FormsInvalid naming file and rule."""
    path = path or resources("forms") / "protocols" / "rules.toml"
    try:
        entries = tomllib.loads(path.read_text("utf-8")).get("rule", [])
    except tomllib.TOMLDecodeError as error:
        raise FormsInvalid(str(error), place=path.name) from None
    rules = tuple(rule for rule in (_read(entry, path.name) for entry in entries) if event in rule.events)
    names = [rule.id for rule in rules]
    if twice := {name for name in names if names.count(name) > 1}:
        raise FormsInvalid(f"rule {sorted(twice)[0]!r} stands twice for {event}", place=path.name)
    return rules
