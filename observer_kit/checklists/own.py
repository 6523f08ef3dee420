"""A checklist that a mission brings itself, in the words of its own form, instead of one of the catalogue's.

    stage = "opening"
    [title]                    # each text in every language
    en = "Opening"
    [[section]]
    name = "opening"
    label = { en = …, ru = …, kk = … }
    [[section.question]]
    name = "secrecy"
    type = "yes_no"
    label = { … }
    good = ["yes"]             # by which the procedure was respected; left out for what only describes
    not_applicable = true
    [[section.question.choices]]
    name = "partly"
    label = { … }

Every question takes the `sources` of a catalogue entry where it has some.
"""

from __future__ import annotations

from pathlib import Path
from typing import Final

from observer_kit.checklists.conditions import compile_conditions
from observer_kit.checklists.entries import Entry, read_toml
from observer_kit.checklists.model import SEVERITIES, STAGES, TYPES, Checklist, Question, Section
from observer_kit.checklists.versions import seal

_WITH_CHOICES: Final = ("select_one", "select_multiple", "rating")


def read_own(path: Path, event: str) -> Checklist:
    """Read one; raises FormsInvalid naming file, entry, key and what is expected."""
    whole = Entry(read_toml(path), f"{path.parent.name}/{path.name}")
    stage = whole.word("stage", STAGES)
    title = whole.text("title", required=True)[event]
    names: set[str] = set()
    sections = tuple(_section(entry, event, names) for entry in whole.entries("section"))
    whole.done()
    if not names:
        raise whole.refuse("section", "[[section]] tables with questions")
    checklist = seal(Checklist(stage, stage, event, "full", title, sections))
    compile_conditions(checklist)
    return checklist


def _section(entry: Entry, event: str, names: set[str]) -> Section:
    name = entry.word("name")
    label = entry.text("label", required=True)[event]
    questions = tuple(_question(one, event, names) for one in entry.entries("question"))
    entry.done()
    return Section(name, label, questions)


def _question(entry: Entry, event: str, names: set[str]) -> Question:
    name = entry.word("name")
    if not (name.isascii() and name.isidentifier()) or name in names:
        raise entry.refuse("name", "a name of letters, digits and _ that is not yet used")
    names.add(name)
    entry.place = f"{entry.place.split(', section')[0]}, question {name}"
    type = entry.word("type", TYPES)
    question = Question(
        name,
        type,
        entry.text("label", required=True)[event],
        hint=entry.text("hint")[event],
        relevant=entry.word("relevant", required=False),
        constraint=entry.word("constraint", required=False),
        constraint_message=entry.text("constraint_message")[event],
        choices=entry.choices()[event],
        not_applicable=entry.flag("not_applicable"),
        not_observed=entry.flag("not_observed"),
        good=entry.words("good"),
        severity=entry.word("severity", SEVERITIES, required=False),
        minimum=entry.take("minimum", int, "a whole number"),
        maximum=entry.take("maximum", int, "a whole number"),
        origin="mission",
        sources=entry.sources(),
    )
    if bool(question.choices) != (type in _WITH_CHOICES):
        raise entry.refuse("choices", "choices for a select or rating, and for nothing else")
    if unknown := [code for code in question.good if code not in question.codes]:
        raise entry.refuse("good", f"answers of this question, not {unknown[0]!r}")
    entry.done()
    return question
