"""Rows that name no one → the figures again, as anybody can count them who has the file alone."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from observer_kit.checklists.model import Checklist, Choice, Question, Section
from observer_kit.collection.model import Report
from observer_kit.statements.edition.deidentified import FORMAT, UNREADABLE, WITHHELD, can_be_counted
from observer_kit.statements.figures import Evidence, compute
from observer_kit.statements.model import Definition, Figure


def counted_again(content: bytes, definitions: Iterable[Definition]) -> tuple[dict[str, Figure], dict[str, str]]:
    """Count figures from the rows; gives those that could be, and for every other why not.

    Raises ValueError, KeyError or TypeError for a file that is no such snapshot.
    """
    document = json.loads(content)
    if document["format"] != FORMAT:
        raise ValueError(document["format"])
    parts: dict[str, Any] = document["checklists"]
    reports: dict[str, list[Report]] = {}
    rules: dict[str, dict[str, str]] = {}
    for name, part in parts.items():
        reports[name] = _reports(name, part, rules)
    evidence = Evidence(reports, {name: _rebuilt(name, part) for name, part in parts.items()}, rules=rules)
    figures, left = {}, {}
    for definition in definitions:
        why = _why_not(definition, parts, evidence)
        if why:
            left[definition.name] = why
        else:
            figures[definition.name] = compute([definition], evidence)[0]
    return figures, left


def miscounted(content: bytes) -> Iterator[tuple[str, int, int]]:
    """Give the checklists that have more or fewer rows than they say, with both numbers."""
    for name, part in json.loads(content)["checklists"].items():
        rows = len(part["rows"]) + part["withheld"].get("rows", 0)
        if rows != part["reports"]:
            yield name, rows, part["reports"]


def _why_not(definition: Definition, parts: Mapping[str, Any], evidence: Evidence) -> str:
    measure = definition.measure
    if measure in ("register", "diary", "fact", "tables"):
        return {"register": "register", "diary": "diary", "fact": "fact", "tables": "tables"}[measure]
    if measure == "stations":
        return "stations"
    if not can_be_counted(definition, evidence):
        return "numbers" if measure in ("sum", "ratio") else "not_there"
    for name in (definition.checklist or "").split("+"):
        part = parts.get(name)
        if part is None:
            return "not_there"
        if part["withheld"].get("rows"):
            return "small"
        for dimension, value in definition.where.items():
            place = part["dimensions"].index(dimension) if dimension in part["dimensions"] else -1
            if place < 0:
                return "not_there"
            met = {row[place] for row in part["rows"]}
            if value not in met and WITHHELD in met:
                return "small"
            if dimension != part["dimensions"][-1] and WITHHELD in met:
                return "small"
    return ""


def _reports(name: str, part: Mapping[str, Any], rules: dict[str, dict[str, str]]) -> list[Report]:
    dimensions, questions = part["dimensions"], [each["name"] for each in part["questions"]]
    found = []
    for number, row in enumerate(part["rows"]):
        where = dict(zip(dimensions, row, strict=False))
        answers = {}
        for question, value in zip(questions, row[len(dimensions) :], strict=False):
            if value is not None:
                answers[question] = None if value == "" else {"problem": "unreadable"} if value == UNREADABLE else value
        identifier = f"{name} {number}"
        rules[identifier] = dict(zip(part["rules"], row[len(dimensions) + len(questions) :], strict=True))
        found.append(
            Report(
                id=identifier, checklist=name, version="", location=None, region=where.get("region"),
                setting=where.get("setting"), special=where.get("special"), team=None, hour=None, review="received",
                answers=answers, comments={}, kind=where.get("kind"),
            )
        )  # fmt: skip
    return found


def _rebuilt(name: str, part: Mapping[str, Any]) -> Checklist:
    questions = tuple(
        Question(each["name"], each["type"], {}, choices=tuple(Choice(str(code), {}) for code in each["codes"]))
        for each in part["questions"]
    )
    return Checklist(name, part["stage"], part["event"], "full", {}, (Section("all", {}, questions),))
