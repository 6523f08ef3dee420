"""The official results of a mission: numbers by territory, and what a source prints of them besides.

In mission.toml:

    [results]
    locator = "Annex"
    total = "KZ"                              # the territory that the others add up to
    AKM = { akhmetbekov = 5430, … }           # one line for each territory
    [results.shares]                          # per cents printed of each territory, of a base beyond it
    AKM = { akhmetbekov = "0.07", … }
    [[results.printed]]                       # a number or per cent in the very characters of the source
    territory = "KZ"
    field = "voted"
    of = ["reg_close"]                        # only for a per cent: what it is of, added up
    text = "89.98"                            # left out: the per cent is only worked out
    locator = "XV para 4"
    [[results.decision]]                      # a rule of law: `field` is more than half of `of`
    territory = "KZ"
    field = "voted"
    of = ["reg_close"]
    locator = "IV para 4"
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from observer_kit.errors import MissionInvalid

_WORDS: Final = ("locator", "total", "printed", "decision", "shares")


@dataclass(frozen=True, slots=True)
class Printed:
    """A number, or with `of` a per cent, in the source's own characters; no text where it prints none on that base."""

    territory: str
    field: str
    locator: str
    text: str = ""
    of: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Decision:
    """A rule of law: this field is more than half of those fields together."""

    territory: str
    field: str
    of: tuple[str, ...]
    locator: str


@dataclass(frozen=True, slots=True)
class Official:
    """Official results; `votes` maps a territory to its fields."""

    votes: Mapping[str, Mapping[str, int]]
    total: str | None
    locator: str
    printed: tuple[Printed, ...]
    decisions: tuple[Decision, ...]
    shares: Mapping[str, Mapping[str, str]] = field(default_factory=dict)


def read_official(results: Mapping[str, Any]) -> Official:
    """Read [results] of mission.toml; raises MissionInvalid naming what is expected."""
    votes = {name: fields for name, fields in results.items() if name not in _WORDS}
    for name, fields in votes.items():
        whole = isinstance(fields, Mapping) and all(type(value) is int and value >= 0 for value in fields.values())
        if not whole:
            raise _refuse(f"results.{name}", "fields with whole numbers")
    total = results.get("total")
    if total is not None and total not in votes:
        raise _refuse("results.total", f"one of {', '.join(votes) or 'the territories'}")
    printed = [Printed(**_entry(each, votes, "printed", of_needed=False)) for each in _list(results, "printed")]
    decisions = [Decision(**_entry(each, votes, "decision", of_needed=True)) for each in _list(results, "decision")]
    locator = str(results.get("locator", ""))
    return Official(votes, total, locator, tuple(printed), tuple(decisions), _shares(results, votes))


def _shares(results: Mapping[str, Any], votes: Mapping[str, Any]) -> Mapping[str, Mapping[str, str]]:
    found = results.get("shares", {})
    if not isinstance(found, Mapping) or not set(found) <= set(votes):
        raise _refuse("results.shares", "territories of [results]")
    for name, shares in found.items():
        told = isinstance(shares, Mapping) and set(shares) <= set(votes[name])
        if not told or not all(isinstance(text, str) for text in shares.values()):
            raise _refuse(f"results.shares.{name}", "its fields, each with a per cent as a text")
    return found


def _list(results: Mapping[str, Any], name: str) -> list[Any]:
    found = results.get(name, [])
    if not isinstance(found, list | tuple):
        raise _refuse(f"results.{name}", f"tables, as [[results.{name}]]")
    return list(found)


def _entry(entry: Any, votes: Mapping[str, Any], kind: str, *, of_needed: bool) -> dict[str, Any]:
    key = f"results.{kind}"
    needed = {"territory", "field", "locator", *({"of"} if of_needed else ())}
    allowed = needed if of_needed else needed | {"of", "text"}
    if not isinstance(entry, Mapping) or not needed <= set(entry) <= allowed or not {"of", "text"} & set(entry):
        raise _refuse(key, f"entries with {', '.join(sorted(allowed))}")
    of = tuple(entry.get("of", ()))
    if entry["territory"] not in votes:
        raise _refuse(key, f"a territory of [results], not {entry['territory']!r}")
    known = votes[entry["territory"]]
    for name in (entry["field"], *of):
        if name not in known:
            raise _refuse(key, f"a field of {entry['territory']}, not {name!r}")
    return {**entry, "of": of}


def _refuse(key: str, expected: str) -> MissionInvalid:
    return MissionInvalid(f"expected {expected}", place=f"mission.toml, key {key}")
