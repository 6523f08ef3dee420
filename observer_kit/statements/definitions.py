"""Figures as data → what a figure counts, checked: each key known, each word one of its list, each language there."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path
from typing import Any, Final

from observer_kit.checklists.entries import Entry
from observer_kit.checklists.model import EVENTS, STAGES
from observer_kit.errors import FormsInvalid
from observer_kit.missions.figures import general_figures
from observer_kit.protocols import load_rules
from observer_kit.statements.model import Definition

MEASURES: Final = ("answers", "reports", "stations", "sum", "ratio", "rule", "tables", "diary", "register", "fact")
BASES: Final = ("answered", "reports", "subset")
UNITS: Final = (
    "form", "visit", "station", "box", "commission", "protocol", "case", "person", "table", "region", "ballot",
)  # fmt: skip
KINDS: Final = ("observed", "official", "reported", "rule")
CERTAINTIES: Final = ("seen", "indication", "reported")
SHOWS: Final = ("number", "percent")
FILTERS: Final = ("region", "setting", "special", "kind", "team", "reference")
OF: Final = ("register", "fact", "reports")
"""Where another denominator may be taken from."""


def define(entry: Mapping[str, Any], place: str) -> Definition:
    """Read one [[figure]]; raises FormsInvalid naming the file, the entry and what is expected."""
    if not isinstance(entry.get("id"), str) or not entry["id"]:
        raise FormsInvalid("a figure needs an id", place=place)
    identifier = entry["id"]
    table = Entry(entry, f"{place}, figure {identifier}")
    definition = Definition(
        id=table.word("id"),
        name=table.word("name", required=False) or identifier,
        label=table.text("label", required=True)["election"],
        kind=table.word("kind", KINDS, required=False) or "observed",
        unit=table.word("unit", UNITS),
        measure=table.word("measure", MEASURES),
        base=table.word("base", BASES, required=False),
        checklist=table.word("checklist", required=False),
        question=table.word("question", required=False),
        counted=table.words("counted"),
        over=table.word("over", required=False),
        of=table.word("of", required=False),
        within=table.word("within", required=False),
        where=table.take("where", dict, f"a table of {', '.join(FILTERS)}") or {},
        printed=table.flag("printed", True),
        shows=table.word("shows", SHOWS, required=False) or "number",
        footnote=table.flag("footnote"),
        certainty=table.word("certainty", CERTAINTIES, required=False) or "seen",
        locator=table.word("locator", required=False) or "",
    )
    table.done()
    _check(definition, table)
    return definition


def _check(definition: Definition, table: Entry) -> None:
    """Refuse what can't be counted: a checklist, rule or filter that does not exist."""
    counting = definition.measure in ("answers", "sum", "ratio")
    if counting and not (definition.checklist and definition.question):
        raise FormsInvalid("needs the checklist and the question that it counts", place=table.place)
    if definition.measure == "ratio" and not definition.over:
        raise table.refuse("over", "the question whose sum it is divided by")
    if not set((definition.checklist or STAGES[0]).split("+")) <= set(STAGES):
        raise table.refuse("checklist", f"one of {', '.join(STAGES)} (several with +)")
    if not all(key in FILTERS and isinstance(value, str) for key, value in definition.where.items()):
        raise table.refuse("where", f"a table of {', '.join(FILTERS)}, each with a text")
    if definition.of is not None and definition.of.partition(":")[0] not in OF:
        raise table.refuse("of", f"one of {', '.join(OF)}, a colon and a name")
    rules = {rule.id for event in EVENTS for rule in load_rules(event)}
    for key in ("question", "within") if definition.measure == "rule" else ("within",):
        if (getattr(definition, key) or next(iter(rules))) not in rules:
            raise table.refuse(key, "a rule of forms/protocols/rules.toml")


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
