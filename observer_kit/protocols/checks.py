"""The checks that need more than one document, as data: forms/protocols/checks.toml."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

from observer_kit.checklists.entries import Entry, read_toml
from observer_kit.checklists.model import Text
from observer_kit.config import resources
from observer_kit.protocols.rules import SEVERITIES

CHECKS: Final = ("S15", "S16", "S19", "C1", "C2", "C3", "U1", "U2", "U3", "U4", "U5", "U6", "U7")


@dataclass(frozen=True, slots=True)
class Link:
    """A question of another checklist whose number is to equal a field of the protocol."""

    checklist: str
    question: str
    field: str


@dataclass(frozen=True, slots=True)
class Check:
    """One check; `factor`, `ballots` and `at_least` say from where on a difference is remarkable."""

    id: str
    severity: str
    source: str
    label: Text
    factor: float = 1.0
    ballots: int = 0
    at_least: int = 1
    links: tuple[Link, ...] = ()


@cache
def load_checks(path: Path | None = None) -> dict[str, Check]:
    """Load the checks by id; raises FormsInvalid naming file, check and key."""
    path = path or resources("forms") / "protocols" / "checks.toml"
    whole = Entry(read_toml(path), f"{path.parent.name}/{path.name}")
    found: dict[str, Check] = {}
    for entry in whole.entries("check"):
        id = entry.word("id", CHECKS)
        entry.place = f"{whole.place}, check {id}"
        if id in found:
            raise entry.refuse("id", "an id that stands only once")
        links = []
        for link in entry.entries("link"):
            links.append(Link(link.word("checklist"), link.word("question"), link.word("field")))
            link.done()
        found[id] = Check(
            id,
            entry.word("severity", SEVERITIES),
            entry.word("source"),
            entry.text("label", required=True)["election"],
            entry.take("factor", float, "a number from 1, as 2.0") or 1.0,
            entry.take("ballots", int, "a whole number from 0") or 0,
            entry.take("at_least", int, "a whole number from 1") or 1,
            tuple(links),
        )
        if found[id].factor < 1 or found[id].ballots < 0 or found[id].at_least < 1:
            raise entry.refuse("factor", "a factor from 1, ballots from 0 and at_least from 1")
        entry.done()
    whole.done()
    return found
