"""The checks that need more than one document, as data: forms/protocols/checks.toml."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any, Final

from observer_kit.checklists.entries import Entry, read_toml
from observer_kit.checklists.model import Checklist, Text
from observer_kit.checklists.protocol import NAME
from observer_kit.config import resources
from observer_kit.errors import FormsInvalid
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
        id = _named(entry, whole.place, found)
        bare = Check(
            id,
            entry.word("severity", SEVERITIES),
            entry.word("source"),
            entry.text("label", required=True)["election"],
        )
        found[id] = _changed(entry, bare)
    whole.done()
    return found


def own_checks(table: Mapping[str, Any], place: str = "checks.toml") -> dict[str, Check]:
    """Give the kit's checks as a mission changes them: [[check]] with what is other of one, `off` drops some.

    Raises FormsInvalid naming file, check and key.
    """
    whole = Entry(table, place)
    checks = dict(load_checks())
    seen: dict[str, Check] = {}
    for entry in whole.entries("check"):
        id = _named(entry, whole.place, seen)
        severity = entry.word("severity", SEVERITIES, required=False)
        known = checks[id]
        checks[id] = seen[id] = _changed(entry, replace(known, severity=severity or known.severity))
    for id in whole.words("off", checks):
        del checks[id]
    whole.done()
    return checks


def check_links(checks: Iterable[Check], asked: Mapping[str, Checklist]) -> None:
    """Refuse a mission's own link to what is no number that it asks for; raises FormsInvalid.

    The kit's links may lead to questions that a short checklist leaves out.
    """
    known = {link for check in load_checks().values() for link in check.links}
    for check in checks:
        for link in (link for link in check.links if link not in known):
            for name, question in ((link.checklist, link.question), (NAME, link.field)):
                numbers = (
                    {each.name for each in asked[name].questions() if each.type == "integer"} if name in asked else ()
                )
                if question not in numbers:
                    raise FormsInvalid(
                        f"{name} asks for no whole number {question!r}", place=f"checks.toml, check {check.id}"
                    )


def _named(entry: Entry, place: str, met: Collection[str]) -> str:
    id: str = entry.word("id", CHECKS)
    entry.place = f"{place}, check {id}"
    if id in met:
        raise entry.refuse("id", "an id that stands only once")
    return id


def _changed(entry: Entry, known: Check) -> Check:
    """Give a check with its numbers and links as this entry says them, the rest as it was."""
    links = []
    for link in entry.entries("link"):
        links.append(Link(link.word("checklist"), link.word("question"), link.word("field")))
        link.done()
    factor = entry.take("factor", float, "a number from 1, as 2.0")
    ballots = entry.take("ballots", int, "a whole number from 0")
    at_least = entry.take("at_least", int, "a whole number from 1")
    found = replace(
        known,
        factor=known.factor if factor is None else factor,
        ballots=known.ballots if ballots is None else ballots,
        at_least=known.at_least if at_least is None else at_least,
        links=tuple(links) or known.links,
    )
    if found.factor < 1 or found.ballots < 0 or found.at_least < 1:
        raise entry.refuse("factor", "a factor from 1, ballots from 0 and at_least from 1")
    entry.done()
    return found
