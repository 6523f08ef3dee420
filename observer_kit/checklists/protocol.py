"""A results protocol's fields as a checklist: forms/protocols/<event>.toml.

A field with `repeat` is answered once for each member, box, candidate or
option. Any field may be "not on this form" (not_applicable) or unreadable
(not_observed): the official form differs from mission to mission.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from observer_kit.checklists.catalogue import LISTS, NUMBERS, SELECTS, TAKEN
from observer_kit.checklists.entries import Entry, read_toml
from observer_kit.checklists.model import EVENTS, TYPES, Checklist, Choice, Question, Section

NAME: Final = "protocol"
REPEATS: Final = ("members", "boxes", "candidates", "options", "pages")


def read_protocol(path: Path, event: str, lists: Mapping[str, Sequence[Choice]]) -> Checklist:
    """Read a protocol's layout; the rows of a mission's own list carry its names."""
    entry = Entry(read_toml(path), f"{path.parent.name}/{path.name}")
    if entry.word("event", EVENTS, required=False) not in (None, event):
        raise entry.refuse("event", event)
    title = entry.text("title", required=True)[event]
    sections: dict[str, Any] = {}
    for section in entry.entries("section"):
        name = section.word("name")
        if name in sections:
            raise section.refuse("name", "a name that is not yet used")
        sections[name] = (section.text("label", required=True)[event], [])
        section.done()
    seen: set[str] = set()
    for field in entry.entries("field"):
        question, home = _field(field, event, lists, tuple(sections))
        if question.name in seen:
            raise field.refuse("code", "a code that is not yet used")
        seen.add(question.name)
        sections[home][1].append(question)
    entry.done()
    made = tuple(Section(name, label, tuple(fields)) for name, (label, fields) in sections.items() if fields)
    return Checklist(NAME, NAME, event, "full", title, made)


def _field(
    entry: Entry, event: str, lists: Mapping[str, Sequence[Choice]], sections: tuple[str, ...]
) -> tuple[Question, str]:
    code = entry.word("code")
    entry.place = f"{entry.place.split(',')[0]}, field {code}"
    if not code.isascii() or not code.isidentifier() or code.startswith("_") or code in TAKEN:
        raise entry.refuse("code", "small letters, digits and _, beginning with a letter, not a reserved word")
    section = entry.word("section", sections)
    type = entry.word("type", TYPES)
    repeat = entry.word("repeat", REPEATS, required=False)
    choices = entry.choices()[event]
    if bool(choices) != (type in SELECTS):
        raise entry.refuse("choices", "choices for a select or rating, and for nothing else")
    if repeat in LISTS:
        choices = tuple(lists.get(repeat, ()))
    absent = type in ("integer", "decimal", "yes_no", *SELECTS)
    question = Question(
        code,
        type,
        entry.text("label", required=True)[event],
        hint=entry.text("hint")[event],
        required=entry.flag("required"),
        relevant=entry.word("relevant", required=False),
        constraint=entry.word("constraint", required=False),
        constraint_message=entry.text("constraint_message")[event],
        choices=choices,
        not_applicable=absent,
        not_observed=absent,
        not_applicable_when=entry.text("not_applicable_when")[event],
        minimum=entry.take("minimum", int, "a whole number"),
        maximum=entry.take("maximum", int, "a whole number"),
        repeat=repeat,
        sources=entry.sources(),
        unit="protocol",
    )
    entry.done()
    if not question.sources:
        raise entry.refuse("sources", "at least one source (ref, document, place)")
    if type not in NUMBERS and (question.minimum is not None or question.maximum is not None):
        raise entry.refuse("minimum", "a limit only for integer and decimal")
    if repeat and (type in SELECTS or question.relevant):
        raise entry.refuse("repeat", "a repeat only for plain fields that are always asked")
    return question, section
