"""Figures as data → what a figure counts, checked: each key known, each word one of its list, each language there."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any, Final

from observer_kit.checklists.entries import Entry
from observer_kit.checklists.model import EVENTS, STAGES, Text
from observer_kit.errors import FormsInvalid
from observer_kit.missions.figures import general_figures
from observer_kit.protocols import load_rules
from observer_kit.protocols.checks import CHECKS
from observer_kit.statements.model import Definition

MEASURES: Final = (
    "answers", "reports", "stations", "sum", "ratio", "rule", "check", "tables", "diary", "register", "fact",
)  # fmt: skip
BASES: Final = ("answered", "reports", "subset")
UNITS: Final = (
    "form", "visit", "station", "box", "commission", "protocol", "case", "person", "table", "region", "ballot",
    "country", "complaint", "application", "resolution", "certificate", "clip",
)  # fmt: skip
KINDS: Final = ("observed", "official", "reported", "rule")
CERTAINTIES: Final = ("seen", "indication", "reported")
SHOWS: Final = ("number", "percent")
FILTERS: Final = ("region", "setting", "special", "kind", "team", "reference")
OF: Final = ("register", "fact", "reports")
"""Where another denominator may be taken from."""
_BY_REGION: Final = ("answers", "reports", "stations", "sum", "ratio", "register")
"""What is counted region by region: whatever a report or the register says of its region."""
_OF_REGISTER: Final = "register:"
_MARKED: Final = 80
"""Letters that a figure's name may have in a mark."""


def define(
    entry: Mapping[str, Any], place: str, event: str = "election", rules: Collection[str] | None = None
) -> Definition:
    """Read one [[figure]] in the words of its event; raises FormsInvalid naming file, entry and what is expected.

    `rules` are those that a figure may count; without them they are left to the counting, which knows the mission's.
    """
    if not isinstance(entry.get("id"), str) or not entry["id"]:
        raise FormsInvalid("a figure needs an id", place=place)
    identifier = entry["id"]
    table = Entry(entry, f"{place}, figure {identifier}")
    definition = Definition(
        id=table.word("id"),
        name=table.word("name", required=False) or identifier,
        label=table.text("label", required=True)[event],
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
        regional=table.flag("regional"),
    )
    table.done()
    _check(definition, table, rules)
    return definition


def _check(definition: Definition, table: Entry, rules: Collection[str] | None) -> None:
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
    if definition.regional and definition.measure not in _BY_REGION:
        raise table.refuse("regional", f"true only for {', '.join(_BY_REGION)}")
    if definition.measure == "check" and definition.question not in CHECKS:
        raise table.refuse("question", f"one of {', '.join(CHECKS)}")
    for key in ("question", "within") if definition.measure == "rule" else ("within",):
        said = getattr(definition, key)
        if rules is not None and said is not None and said not in rules:
            raise table.refuse(key, f"a rule of the mission's protocol: {', '.join(rules)}")


@cache
def load_definitions(folder: Path | None = None, event: str = "election") -> Mapping[str, Definition]:
    """Give the general figures by name, in the order of their files, in the words of an election or a referendum."""
    known = {rule.id for each in EVENTS for rule in load_rules(each)}
    return {name: define(entry, "forms/figures", event, known) for name, entry in general_figures(folder).items()}


def mission_definitions(
    entries: Iterable[Mapping[str, Any]],
    place: str = "figures.toml",
    *,
    event: str = "election",
    rules: Collection[str] | None = None,
) -> list[Definition]:
    """Give a mission's own figures; a mission that names none has all the general ones.

    At the import `rules` are those of its own results protocol, so that a figure of any other is refused.
    """
    own = [define(entry, place, event, rules) for entry in entries]
    names = [definition.id for definition in own]
    if twice := sorted({name for name in names if names.count(name) > 1}):
        raise FormsInvalid(f"figure {twice[0]!r} stands twice", place=place)
    return own or list(load_definitions(event=event).values())


def by_region(definitions: Iterable[Definition], regions: Mapping[str, Text]) -> Iterator[Definition]:
    """Give for each regional figure the same in each region, but where the mission counts that itself.

    Each has the name of the whole, a point, and the region's code.
    """
    known = list(definitions)
    own = {_counts(each) for each in known if "region" in each.where}
    for whole in known:
        if not whole.regional or "region" in whole.where:
            continue
        for place, (code, names) in enumerate(regions.items()):
            of = whole.of
            if of is not None and of.startswith(_OF_REGISTER):
                of = f"{of}:{code}"
            part = replace(
                whole,
                id=f"{whole.id}.{code}",
                name=_part_name(whole.name, code, place),
                label={language: f"{said}, {names.get(language, code)}" for language, said in whole.label.items()},
                of=of,
                where={**whole.where, "region": code},
                regional=False,
                part_of=whole.name,
            )
            if _counts(part) not in own:
                yield part


def _counts(definition: Definition) -> tuple[Any, ...]:
    where = tuple(sorted(definition.where.items()))
    return definition.measure, definition.checklist, definition.question, frozenset(definition.counted), where


def _part_name(name: str, code: str, place: int) -> str:
    """Name a region's part so that a mark can: by the code, or where that has other letters by the region's place."""
    said = f"{name}.{code}"
    return said if code.isascii() and len(said) <= _MARKED else f"{name}.{place + 1}"
