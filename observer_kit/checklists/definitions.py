"""What each checklist asks, and in what order: forms/checklists/<stage>.toml.

A section holds one or more of the catalogue's sections (its own, where it does
not say) and names the procedures of the core checklist; the full one asks every
procedure of the stage, each beside its neighbours of the catalogue. A procedure
that a core list names stands in that section, whatever its own.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from observer_kit.checklists.entries import Entry, read_toml
from observer_kit.checklists.model import SECTIONS, STAGES, Procedure, Text
from observer_kit.errors import FormsInvalid


@dataclass(frozen=True, slots=True)
class SectionDefinition:
    """A section's name, its label by kind of event, the catalogue's sections in it, its core procedures in order."""

    name: str
    label: Mapping[str, Text]
    holds: tuple[str, ...]
    core: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Definition:
    """A checklist's title by kind of event, its sections in order, and the questions that must be answered."""

    stage: str
    title: Mapping[str, Text]
    sections: tuple[SectionDefinition, ...]
    required: tuple[str, ...]
    place: str

    def home(self, name: str) -> str | None:
        """Give the section that holds this section of the catalogue."""
        return next((section.name for section in self.sections if name in section.holds), None)


def load_definitions(folder: Path, known: Mapping[str, Procedure]) -> dict[str, Definition]:
    """Load the definition of every stage that has one, in the order of the stages."""
    found = {}
    for stage in STAGES:
        path = folder / "checklists" / f"{stage}.toml"
        if path.exists():
            found[stage] = _read(stage, Entry(read_toml(path), f"checklists/{path.name}"), known)
    return found


def _read(stage: str, entry: Entry, known: Mapping[str, Procedure]) -> Definition:
    title = entry.text("title", required=True)
    required = entry.words("required")
    sections: list[SectionDefinition] = []
    placed: dict[str, str] = {}
    for section in entry.entries("section"):
        name = section.word("name")
        section.place = f"{entry.place}, section {name}"
        if name in {other.name for other in sections}:
            raise section.refuse("name", "a name that is not yet used")
        label, core = section.text("label", required=True), section.words("core")
        holds = section.words("holds", SECTIONS) or (name,)
        section.done()
        if twice := {held for other in sections for held in other.holds} & set(holds):
            raise section.refuse("holds", f"sections that no other holds, not {', '.join(sorted(twice))}")
        for identifier in core:
            if identifier not in known:
                raise FormsInvalid(f"core: no procedure is called {identifier!r}", place=section.place)
            if stage not in known[identifier].asked_in:
                asked = ", ".join(known[identifier].asked_in)
                raise FormsInvalid(f"core: {identifier} is asked in {asked}, not in {stage}", place=section.place)
            if identifier in placed:
                raise FormsInvalid(f"core: {identifier} already stands in {placed[identifier]}", place=section.place)
            placed[identifier] = name
        sections.append(SectionDefinition(name, label, holds, core))
    entry.done()
    if not sections:
        raise FormsInvalid("section: expected at least one", place=entry.place)
    for identifier in required:
        if identifier not in placed:
            raise FormsInvalid(f"required: {identifier!r} is in no core list", place=entry.place)
    return Definition(stage, title, tuple(sections), required, entry.place)
