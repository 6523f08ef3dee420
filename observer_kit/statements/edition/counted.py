"""How a figure was counted, in words: of which reports and answers, on which base, and how sure it is."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Final

from observer_kit.checklists.model import Question
from observer_kit.protocols import load_rules
from observer_kit.statements.edition.model import Edition
from observer_kit.statements.model import Definition, Figure
from observer_kit.words import words

Say = Callable[..., str]
_ANSWERED: Final = {"yes": "paper.yes", "no": "paper.no"}


def how(edition: Edition, figure: Figure, say: Say) -> str:
    """Say the unit, the base, where the number is from, and what was counted of what."""
    definition = figure.definition
    said = [say(f"unit_{definition.unit}")]
    if definition.base:
        said.append(say("counted_by", base=say(f"base_{definition.base}")))
    if definition.kind != "observed":
        said.append(say(f"kind_{definition.kind}"))
    elif definition.certainty != "seen" or definition.measure in ("answers", "sum", "ratio"):
        said.append(say(f"certainty_{definition.certainty}"))
    asked = (edition.checklists.get(name) for name in (definition.checklist or "").split("+"))
    if titles := [each.title.get(edition.language) or each.name for each in asked if each]:
        said.append(say("of_checklist", title=", ".join(titles)))
    said += _answers(edition, definition, say)
    said += _filters(edition, definition, say)
    if definition.within:
        rules = {rule.id: rule.label for rule in load_rules(edition.mission.event)}
        rule = rules.get(definition.within, {})
        said.append(say("within", rule=rule.get(edition.language) or definition.within))
    if definition.of:
        said.append(say(f"of_{definition.of.partition(':')[0]}"))
    return "; ".join(said)


def question_of(edition: Edition, definition: Definition) -> Question | None:
    """Give the question that a figure counts."""
    checklist = edition.checklists.get(definition.checklist or "")
    asked = checklist.questions() if checklist else ()
    return next((each for each in asked if each.name == definition.question), None)


def _answers(edition: Edition, definition: Definition, say: Say) -> Iterator[str]:
    """Quote the answers that were counted as they stand on the form."""
    question = question_of(edition, definition)
    if question is None or not definition.counted:
        return
    known = {choice.name: choice.label.get(edition.language) or choice.name for choice in question.choices}
    spoken = words(edition.language)
    labels = [
        known.get(code) or (spoken(_ANSWERED[code]) if code in _ANSWERED else code) for code in definition.counted
    ]
    # A party's name brings its own quotation marks.
    said = (label if label[:1] in "«“" else say("quoted", text=label) for label in labels)
    yield say("counted_answers", answers=", ".join(said))


def _filters(edition: Edition, definition: Definition, say: Say) -> Iterator[str]:
    """Name what a filter lets through, each filter by itself."""
    for name, value in definition.where.items():
        if name == "region":
            yield say("only_region", name=edition.regions.get(value, value))
        elif name == "team":
            yield say("only_team", name=value)
        else:
            yield say(f"only_{name}_{value}") if f"{name}_{value}" in _WORDED else say("only", name=value)


_WORDED: Final = frozenset(
    f"{name}_{value}"
    for name, values in (
        ("setting", ("urban", "rural")),
        ("special", ("military", "medical", "rest_home", "detention", "abroad", "remote")),
        ("kind", ("polling_station", "commission", "meeting", "complaint", "visit", "media")),
        ("reference", ("tec", "cec", "court", "supreme_court", "day")),
    )
    for value in values
)
