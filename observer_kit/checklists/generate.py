"""Checklists generated from the catalogue: stage, kind of event, length and chosen sections."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from observer_kit.checklists.catalogue import LISTS, Catalogue
from observer_kit.checklists.conditions import compile_conditions
from observer_kit.checklists.definitions import Definition
from observer_kit.checklists.expressions import compile_expression
from observer_kit.checklists.model import EVENTS, LENGTHS, Checklist, Choice, Procedure, Question, Section
from observer_kit.checklists.protocol import read_protocol
from observer_kit.checklists.versions import seal
from observer_kit.config import resources
from observer_kit.errors import ChecklistUnknown, FormsInvalid

FRAME: Final = "frame"
"""The section that every checklist keeps, whatever sections are chosen."""

NOT_OBSERVABLE: Final = ("text", "datetime", "date", "photo", "geopoint", "note")
"""Types that are simply left blank: "not observed" would say no more."""


def generate(
    catalogue: Catalogue,
    stage: str,
    event: str,
    length: str = "core",
    sections: Sequence[str] | None = None,
    lists: Mapping[str, Sequence[Choice]] | None = None,
) -> Checklist:
    """Make the checklist of one stage, its version and meaning filled in.

    `sections` keeps only these (and the frame), named as the checklist's or
    as the catalogue's sections; a question outside them on
    which one inside depends comes along. `lists` are the mission's candidates,
    parties and options; a question over a list that is empty asks for a text.
    """
    definition = _definition(catalogue, stage, event, length)
    lists = _check_lists(lists)
    if sections is not None:
        known = {section.name for section in definition.sections}
        sections = [definition.home(name) or name for name in sections]
        if unknown := [name for name in sections if name not in known]:
            expected = ", ".join(sorted(known))
            raise FormsInvalid(f"no section is called {unknown[0]!r}; expected {expected}", place=definition.place)
    chosen = choose(catalogue, definition, event, length, sections)
    asked = {
        name: tuple(_question(procedure, stage, definition, catalogue, lists) for procedure in procedures)
        for name, procedures in chosen.items()
    }
    made = tuple(
        Section(section.name, section.label[event], asked[section.name])
        for section in definition.sections
        if asked[section.name]
    )
    checklist = seal(Checklist(stage, stage, event, length, definition.title[event], made))
    compile_conditions(checklist)
    return checklist


def generate_protocol(
    event: str,
    lists: Mapping[str, Sequence[Choice]] | None = None,
    catalogue: Catalogue | None = None,
    layout: Path | None = None,
) -> Checklist:
    """Make the checklist of a results protocol from forms/protocols/<event>.toml, or from a mission's own layout."""
    if event not in EVENTS:
        raise ChecklistUnknown(f"no protocol for {event!r}; expected one of {', '.join(EVENTS)}")
    folder = catalogue.folder if catalogue else resources("forms")
    path = layout or folder / "protocols" / f"{event}.toml"
    checklist = seal(read_protocol(path, event, _check_lists(lists)))
    compile_conditions(checklist)
    return checklist


def choose(
    catalogue: Catalogue, definition: Definition, event: str, length: str, sections: Sequence[str] | None = None
) -> dict[str, list[Procedure]]:
    """Choose the procedures of each section, in order."""
    available = {
        procedure.id: procedure
        for procedure in catalogue.procedures(event)
        if definition.stage in procedure.asked_in and event in procedure.events
    }
    core = {name: section.name for section in definition.sections for name in section.core if name in available}
    home = {name: core.get(name, definition.home(procedure.section)) for name, procedure in available.items()}
    wanted = set(core) if length == "core" else set(available)
    if sections is not None:
        wanted = {name for name in wanted if home[name] in sections or home[name] == FRAME}
    _close(wanted, available, definition, adding=sections is not None)
    files = {procedure.id: procedure.place.split(",")[0] for procedure in available.values()}
    parents = {name: _parents(procedure, definition.stage, available) for name, procedure in available.items()}
    chosen = {}
    for section in definition.sections:
        order = [name for name in section.core if name in available]
        for name in available:
            if home[name] == section.name and name not in core:
                _insert(order, name, list(available), files, parents[name])
        chosen[section.name] = [available[name] for name in order if name in wanted]
    return chosen


def _definition(catalogue: Catalogue, stage: str, event: str, length: str) -> Definition:
    if stage not in catalogue.definitions:
        expected = ", ".join(catalogue.definitions)
        raise ChecklistUnknown(f"no checklist is called {stage!r}; expected one of {expected}")
    for value, among in ((event, EVENTS), (length, LENGTHS)):
        if value not in among:
            raise ChecklistUnknown(f"{value!r} is not one of {', '.join(among)}", place=f"checklist {stage}")
    return catalogue.definitions[stage]


def _check_lists(lists: Mapping[str, Sequence[Choice]] | None) -> Mapping[str, Sequence[Choice]]:
    lists = lists or {}
    if unknown := sorted(set(lists) - set(LISTS)):
        raise FormsInvalid(f"no list is called {unknown[0]!r}; expected {', '.join(LISTS)}", place="lists")
    return lists


def _close(wanted: set[str], available: Mapping[str, Procedure], definition: Definition, adding: bool) -> None:
    """Make sure that whatever a condition looks at is asked too."""
    names = {name: procedure.type for name, procedure in available.items() if procedure.type != "note"}
    waiting = sorted(wanted)
    while waiting:
        procedure = available[waiting.pop()]
        for text in (procedure.relevant_in(definition.stage), procedure.constraint):
            if not text:
                continue
            uses = compile_expression(text, names, procedure.place, self_type=procedure.type).uses
            for other in sorted(set(uses) - wanted):
                if not adding:
                    message = f"core: {procedure.id} depends on {other}, which no core list names"
                    raise FormsInvalid(message, place=definition.place)
                wanted.add(other)
                waiting.append(other)


def _parents(procedure: Procedure, stage: str, available: Mapping[str, Procedure]) -> set[str]:
    relevant = procedure.relevant_in(stage)
    names = {name: other.type for name, other in available.items()}
    return set(compile_expression(relevant, names, procedure.place).uses) if relevant else set()


def _insert(order: list[str], name: str, catalogue: list[str], files: Mapping[str, str], parents: set[str]) -> None:
    """Put a question beside its nearest neighbour of the same file, and after those that decide whether it is asked."""
    own = catalogue.index(name)
    neighbours = [other for other in order if files[other] == files[name]]
    before = [other for other in neighbours if catalogue.index(other) < own]
    after = [other for other in neighbours if catalogue.index(other) > own]
    place = len(order)
    if before:
        place = order.index(max(before, key=catalogue.index)) + 1
    elif after:
        place = order.index(min(after, key=catalogue.index))
    order.insert(max([place, *(order.index(parent) + 1 for parent in parents if parent in order)]), name)


def _question(
    procedure: Procedure,
    stage: str,
    definition: Definition,
    catalogue: Catalogue,
    lists: Mapping[str, Sequence[Choice]],
) -> Question:
    type, choices = procedure.type, procedure.choices
    if type == "rating" and not choices:
        choices = catalogue.scale
    if procedure.choices_from:
        choices = tuple(lists.get(procedure.choices_from, ()))
        type = procedure.type if choices else "text"
    same = {
        key: getattr(procedure, key)
        for key in (
            "hint", "constraint", "constraint_message", "good", "severity", "minimum", "maximum", "call_now",
            "send_first", "procedure", "origin", "sources", "not_applicable_when", "unit",
        )
    }  # fmt: skip
    more: dict[str, Any] = {} if type == procedure.type else {"minimum": None, "maximum": None, "good": ()}
    return Question(
        procedure.id,
        type,
        procedure.question,
        required=procedure.id in definition.required,
        relevant=procedure.relevant_in(stage),
        choices=choices,
        not_applicable=bool(procedure.not_applicable_when),
        not_observed=procedure.not_observed and type not in NOT_OBSERVABLE,
        **(same | more),
    )
