"""The catalogue of documented procedures: forms/procedures/*.toml, in the words of each kind of event.

A procedure without a source, an unknown key, a missing language or a condition
that names what is not there is refused, with file, entry and key.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from observer_kit.checklists.definitions import Definition, load_definitions
from observer_kit.checklists.entries import Entry, read_toml
from observer_kit.checklists.expressions import compile_expression
from observer_kit.checklists.model import EVENTS, LANGUAGES, SECTIONS, SEVERITIES, STAGES, TYPES, Choice, Procedure
from observer_kit.config import resources
from observer_kit.errors import FormsInvalid

FILES: Final = ("environment", "readiness", "opening", "voting", "counting", "tabulation", "incident")
ORIGINS: Final = ("seed", "public", "general_practice")
UNITS: Final = ("station", "case", "box", "commission", "form", "person")
LISTS: Final = ("candidates", "options", "parties")
SELECTS: Final = ("rating", "select_one", "select_multiple")
NUMBERS: Final = ("integer", "decimal")
TAKEN: Final = frozenset({"data", "errors", "meta", "populate_obj", "process", "validate", "self", "form_errors"})
"""Names that a form of a page already uses for itself."""


@dataclass(frozen=True, slots=True)
class Catalogue:
    """Every procedure in both wordings, the checklists' definitions, and the folder they came from."""

    folder: Path
    wordings: Mapping[str, tuple[Procedure, ...]]  # kind of event -> all procedures, in its words
    definitions: Mapping[str, Definition]  # stage -> definition
    scale: tuple[Choice, ...] = ()  # the standard rating scale

    def procedures(self, event: str = "election") -> tuple[Procedure, ...]:
        """Give all procedures in the words of one kind of event, in the order of the files."""
        return self.wordings[event]

    def get(self, identifier: str, event: str = "election") -> Procedure:
        """Give one procedure; raises KeyError."""
        for procedure in self.wordings[event]:
            if procedure.id == identifier:
                return procedure
        raise KeyError(identifier)


def load_catalogue(folder: Path | None = None) -> Catalogue:
    """Load forms/procedures and forms/checklists; `folder` is another forms folder than the kit's own."""
    folder = folder or resources("forms")
    scale = load_scale(folder)
    wordings: dict[str, list[Procedure]] = {event: [] for event in EVENTS}
    places: dict[str, str] = {}
    for path in _files(folder / "procedures"):
        whole = Entry(read_toml(path), f"procedures/{path.name}")
        entries = whole.entries("procedure")
        whole.done()
        for entry in entries:
            both = read_procedure(entry)
            first = both["election"]
            if first.id in places:
                raise entry.refuse("id", f"an id that is not yet used (see {places[first.id]})")
            places[first.id] = first.place
            for event in EVENTS:
                wordings[event].append(both[event])
    _check_conditions(wordings, scale)
    known = {procedure.id: procedure for procedure in wordings["election"]}
    return Catalogue(folder, {e: tuple(p) for e, p in wordings.items()}, load_definitions(folder, known), scale)


def load_scale(folder: Path) -> tuple[Choice, ...]:
    """Load the standard rating scale of forms/checklists/answers.toml."""
    path = folder / "checklists" / "answers.toml"
    if not path.exists():
        path = resources("forms") / "checklists" / "answers.toml"
    entry = Entry(read_toml(path), f"checklists/{path.name}")
    table = Entry(entry.take("rating", dict, "the standard rating scale", required=True), f"{entry.place}, rating")
    return tuple(Choice(name, table.text(name, required=True)["election"]) for name in table.table)


def _files(folder: Path) -> list[Path]:
    found = sorted(folder.glob("*.toml"))
    if not found:
        raise FormsInvalid("there is no file of procedures", place=str(folder.name))
    order = {name: place for place, name in enumerate(FILES)}
    return sorted(found, key=lambda path: (order.get(path.stem, len(FILES)), path.stem))


def read_procedure(entry: Entry) -> dict[str, Procedure]:
    """Read one [[procedure]] in both wordings."""
    identifier = entry.word("id")
    entry.place = f"{entry.place.split(',')[0]}, procedure {identifier}"
    if not identifier.isascii() or not identifier.isidentifier() or identifier.startswith("_") or identifier in TAKEN:
        raise entry.refuse("id", "small letters, digits and _, beginning with a letter, not a reserved word")
    type = entry.word("type", TYPES)
    texts = {key: entry.text(key, required=key in ("procedure", "question")) for key in _TEXTS}
    choices = entry.choices()
    relevant, by_stage = _relevant(entry)
    values: dict[str, Any] = {
        "id": identifier,
        "type": type,
        "origin": entry.word("origin", ORIGINS),
        "asked_in": entry.words("asked_in", STAGES),
        "section": entry.word("section", SECTIONS),
        "good": _good(entry),
        "severity": entry.word("severity", SEVERITIES, required=False),
        "not_observed": entry.flag("not_observed", default=True),
        "choices_from": entry.word("choices_from", LISTS, required=False),
        "relevant": relevant,
        "relevant_by_stage": by_stage,
        "constraint": entry.word("constraint", required=False),
        "minimum": entry.take("minimum", int, "a whole number"),
        "maximum": entry.take("maximum", int, "a whole number"),
        "call_now": entry.flag("call_now"),
        "send_first": entry.flag("send_first"),
        "events": entry.words("events", EVENTS) or EVENTS,
        "unit": entry.word("unit", UNITS, required=False) or "form",
        "sources": entry.sources(),
        "place": entry.place,
    }
    entry.done()
    both = {}
    for event in EVENTS:
        worded: dict[str, Any] = {key: text[event] for key, text in texts.items()} | {"choices": choices[event]}
        both[event] = Procedure(**values, **worded)
    _check(both["election"], entry)
    return both


_TEXTS: Final = ("procedure", "question", "hint", "not_applicable_when", "constraint_message")


def _good(entry: Entry) -> tuple[str, ...]:
    if isinstance(entry.table.get("good"), str):
        return (entry.word("good"),)
    return entry.words("good")


def _relevant(entry: Entry) -> tuple[str | None, Mapping[str, str]]:
    if isinstance(entry.table.get("relevant"), Mapping):
        stages = Entry(entry.take("relevant", dict, "a table"), f"{entry.place}, relevant")
        by_stage = {stage: stages.word(stage, required=False) for stage in STAGES}
        stages.done()
        return None, {stage: text for stage, text in by_stage.items() if text is not None}
    return entry.word("relevant", required=False), {}


def _check(procedure: Procedure, entry: Entry) -> None:
    """Refuse what no type or list can hold."""
    if not procedure.sources:
        raise entry.refuse("sources", "at least one source (ref, document, place)")
    if not procedure.asked_in:
        raise entry.refuse("asked_in", f"at least one of {', '.join(STAGES)}")
    selects = procedure.type in SELECTS
    if (procedure.choices or procedure.choices_from) and not selects:
        raise entry.refuse("choices" if procedure.choices else "choices_from", f"no choices for {procedure.type}")
    if procedure.choices and procedure.choices_from:
        raise entry.refuse("choices_from", "either choices or choices_from")
    if selects and procedure.type != "rating" and not procedure.choices and not procedure.choices_from:
        raise entry.refuse("choices", f"choices or choices_from for {procedure.type}")
    if not set(procedure.relevant_by_stage) <= set(procedure.asked_in):
        raise entry.refuse("relevant", f"only stages of asked_in ({', '.join(procedure.asked_in)})")
    for key in ("minimum", "maximum"):
        if getattr(procedure, key) is not None and procedure.type not in (*NUMBERS, "select_multiple"):
            raise entry.refuse(key, "a limit only for integer, decimal and select_multiple")
    if procedure.minimum is not None and procedure.maximum is not None and procedure.minimum > procedure.maximum:
        raise entry.refuse("maximum", f"at least the minimum, {procedure.minimum}")
    if procedure.call_now and procedure.send_first:
        raise entry.refuse("send_first", "either call_now or send_first")
    if procedure.constraint and not procedure.constraint_message:
        raise entry.refuse("constraint_message", f"a table with {', '.join(LANGUAGES)}, as there is a constraint")


def codes_of(procedure: Procedure, scale: tuple[Choice, ...]) -> tuple[str, ...] | None:
    """Give the codes that this procedure's question offers; None where a mission's list will say."""
    if procedure.type == "yes_no":
        return ("yes", "no")
    if procedure.choices_from or procedure.type not in SELECTS:
        return None
    return tuple(choice.name for choice in procedure.choices or scale)


def _check_conditions(wordings: Mapping[str, list[Procedure]], scale: tuple[Choice, ...]) -> None:
    """Compile every condition against each stage that asks it, so that a fault is found when loading."""
    for event in EVENTS:
        for stage in STAGES:
            asked = [p for p in wordings[event] if stage in p.asked_in and event in p.events]
            names = {p.id: p.type for p in asked if p.type != "note"}
            codes = {p.id: c for p in asked if (c := codes_of(p, scale)) is not None}
            for p in asked:
                if relevant := p.relevant_in(stage):
                    compile_expression(relevant, names, f"{p.place}, relevant ({stage}, {event})", codes=codes)
                if p.constraint:
                    own = codes | ({".": codes[p.id]} if p.id in codes else {})
                    place = f"{p.place}, constraint ({stage}, {event})"
                    compile_expression(p.constraint, names, place, self_type=p.type, codes=own)
    for procedure in wordings["election"]:
        offered = codes_of(procedure, scale)
        if offered is not None and not set(procedure.good) <= set(offered):
            raise FormsInvalid(f"good: expected answers among {', '.join(offered)}", place=procedure.place)
        if procedure.good and procedure.type not in ("yes_no", *SELECTS):
            raise FormsInvalid(f"good: a {procedure.type} has no good answer", place=procedure.place)
