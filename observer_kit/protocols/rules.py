"""Reconciliation rules as data: read, checked, and given for one kind of event."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import cache, lru_cache
from pathlib import Path
from typing import Any, Final, TypeVar

from observer_kit.checklists.entries import Entry, read_toml
from observer_kit.checklists.model import EVENTS, Checklist, Text
from observer_kit.config import resources
from observer_kit.errors import FormsInvalid

J = TypeVar("J")
KINDS: Final = ("equal", "at_most", "below", "near", "shares", "filled", "stated", "readable")
SEVERITIES: Final = ("E", "W")
SIDED: Final = ("equal", "at_most", "below", "near")
"""Kinds whose difference is one of ballots."""
TOLERANT: Final = ("equal", "at_most")
"""Kinds that a mission may let pass with a few ballots' difference."""


@dataclass(frozen=True, slots=True)
class Rule:
    """One formula; `severity` E must hold, W is a warning of plausibility.

    `left` and `right` are references to a protocol's fields: `code`,
    `code[*]` for all its repeats, `code?` for one that counts only when
    filled. `or_right` is another right side that is as good. The `left` of
    "stated" says what each answer is to be: `code=yes`, or `code!=refused`.
    What "equal" and "at_most" let pass all the same is `ballots`, or a share
    (`tolerance`) of the right side; the law knows neither, a mission may.
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
    ballots: int = 0


def by_kind(equal: J, ordered: J, shares: J, filled: J, stated: J, readable: J) -> dict[str, J]:
    """Give what judges a rule of each kind; at most, below and near are one comparison of order."""
    return {
        "equal": equal, "at_most": ordered, "below": ordered, "near": ordered,
        "shares": shares, "filled": filled, "stated": stated, "readable": readable,
    }  # fmt: skip


def _read(entry: Entry) -> Rule:
    """Read one [[rule]]; raises FormsInvalid naming the key and what is expected."""
    identifier = entry.word("id")
    entry.place = f"{entry.place.split(',')[0]}, rule {identifier}"
    rule = Rule(
        id=identifier,
        kind=entry.word("kind", KINDS),
        severity=entry.word("severity", SEVERITIES),
        left=entry.words("left"),
        right=entry.words("right"),
        or_right=entry.words("or_right"),
        tolerance=entry.take("tolerance", float, "a number between 0 and 1, as 0.1"),
        ballots=entry.take("ballots", int, "a whole number of ballots from 0") or 0,
        events=entry.words("events", EVENTS) or EVENTS,
        source=entry.word("source"),
        label=entry.text("label", required=True)["election"],
    )
    entry.done()
    if not rule.left:
        raise entry.refuse("left", "at least one field")
    if (rule.kind in ("near", "shares") and rule.tolerance is None) or not 0 <= (rule.tolerance or 0) <= 1:
        raise entry.refuse("tolerance", "a number between 0 and 1, as 0.1")
    if rule.ballots < 0 or (rule.ballots and rule.kind not in TOLERANT):
        raise entry.refuse("ballots", f"a whole number from 0, for {' and '.join(TOLERANT)} only")
    return rule


@cache
def load_rules(event: str, path: Path | None = None) -> tuple[Rule, ...]:
    """Load the rules of an election's or a referendum's protocol; raises FormsInvalid naming file, rule and key."""
    path = path or resources("forms") / "protocols" / "rules.toml"
    whole = Entry(read_toml(path), f"{path.parent.name}/{path.name}")
    entries = whole.entries("rule")
    whole.done()
    if not entries:
        raise FormsInvalid("expected [[rule]] tables", place=whole.place)
    rules: dict[str, Rule] = {}
    for entry in entries:
        rule = _read(entry)
        if event not in rule.events:
            continue
        if rule.id in rules:
            raise entry.refuse("id", f"an id that is not yet used for {event}")
        rules[rule.id] = rule
    return tuple(rules.values())


def own_rules(table: Mapping[str, Any], event: str, place: str = "rules.toml") -> tuple[Rule, ...]:
    """Give the kit's rules as a mission changes them: [[rule]] adds or replaces one, [[tolerance]] eases, `off` drops.

    A rule that was eased or replaced keeps its place. Raises FormsInvalid
    naming file, entry and key.
    """
    whole = Entry(table, place)
    rules = {rule.id: rule for rule in load_rules(event)}
    seen: set[str] = set()
    for entry in whole.entries("rule"):
        rule = _read(entry)
        if rule.id in seen:
            raise entry.refuse("id", "an id that stands only once")
        seen.add(rule.id)
        if event in rule.events:
            rules[rule.id] = rule
    for entry in whole.entries("tolerance"):
        id = entry.word("rule", [rule.id for rule in rules.values() if rule.kind in TOLERANT])
        ballots = entry.take("ballots", int, "a whole number of ballots from 0")
        share = entry.take("share", float, "a number between 0 and 1, as 0.01")
        entry.done()
        if (ballots is None and share is None) or (ballots or 0) < 0 or not 0 <= (share or 0) <= 1:
            raise entry.refuse("ballots", "a whole number of ballots from 0, or a share between 0 and 1")
        rules[id] = replace(rules[id], ballots=ballots or 0, tolerance=share)
    for id in whole.words("off", rules):
        del rules[id]
    whole.done()
    return tuple(rules.values())


def rules_for(checklist: Checklist) -> tuple[Rule, ...]:
    """Give the rules that go with this version of a protocol: the kit's, with the changes of its mission."""
    return _with(checklist.rules, checklist.event)


@lru_cache(maxsize=64)
def _with(own: str, event: str) -> tuple[Rule, ...]:
    return own_rules(json.loads(own), event) if own else load_rules(event)


def check_fields(rules: Iterable[Rule], fields: Collection[str]) -> None:
    """Refuse a rule that names a field which the protocol's layout does not have; raises FormsInvalid."""
    for rule in rules:
        for reference in (*rule.left, *rule.right, *rule.or_right):
            name = reference.partition("=")[0].rstrip("!?").removesuffix("[*]")
            if name != "*" and name not in fields:
                raise FormsInvalid(f"no field of the protocol is called {name!r}", place=f"rules.toml, rule {rule.id}")
