"""The figures to choose from: found by words, question or number in whatever form, and said as their paper will."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Final

from observer_kit.checklists.model import Checklist, Question
from observer_kit.missions.model import Mission
from observer_kit.statements.draft.checks import untold
from observer_kit.statements.model import Figure
from observer_kit.statements.text.marks import figures_of, read
from observer_kit.statements.text.saying import Speaker
from observer_kit.web.frozen_sets import Bench
from observer_kit.web.office.chips import made_of
from observer_kit.web.office.figures import group_of
from observer_kit.web.speech import number, percent, tell_or, text

SHOWN: Final = ("count", "of", "percent", "both", "all", "unseen")
"""The forms that the page without a script says of each figure."""
_SAME: Final = str.maketrans("ёәғқңөұүһіə", "еагкноуухиа")
"""Letters that many keyboards lack, and those that people type for them; as the phone's search has it."""
_STEM: Final = 0.65
"""Of a word that stands in another form: Russian and Kazakh words change at their end."""


@dataclass(frozen=True, slots=True)
class Choice:
    """A figure to choose from, with all that it can be found by."""

    name: str
    label: str
    question: str
    said: str
    gap: bool
    base: bool
    search: str
    used: bool = False
    untold: bool = False
    """A key finding that no section tells yet."""
    forms: tuple[tuple[str, str], ...] = ()
    """Marks, each with what it says."""


def choices(found: Bench, asked: Mapping[str, Checklist], *, forms: bool = False) -> list[Choice]:
    """Give every figure that a draft may say: key findings that the text lacks first, then those that it uses."""
    texts = found.texts().values()
    used: frozenset[str] = frozenset().union(*map(figures_of, texts))
    lacking = frozenset(untold(texts, found.printable, found.frozen.weight))
    speaker = speaker_of(found) if forms else None
    questions = {(name, each.name): each for name, checklist in asked.items() for each in checklist.questions()}
    made = [
        replace(
            _choice(figure, asked, questions, found.mission),
            used=figure.definition.name in used,
            untold=figure.definition.name in lacking,
            forms=tuple(_forms(figure, speaker)) if speaker else (),
        )
        for figure in found.printable.values()
    ]
    return sorted(made, key=lambda each: (each.gap, not each.untold, not each.used))


def speaker_of(found: Bench) -> Speaker:
    """Give what says a draft's figures as its paper will."""
    return Speaker(
        found.language,
        found.mission.event,
        shares=found.style.shares,
        reconstruction=bool(found.mission.reconstruction),
    )


def _choice(
    figure: Figure, asked: Mapping[str, Checklist], questions: Mapping[tuple[str, str], Question], mission: Mission
) -> Choice:
    definition = figure.definition
    named = [name for name in (definition.checklist or "").split("+") if name in asked]
    places = [(name, definition.question or "") for name in named]
    question = next((questions[each] for each in places if each in questions), None)
    numbers = [figure.numerator, figure.denominator]
    plain = " ".join(f"{each} {number(each)}" for each in numbers if each is not None)
    if figure.numerator is not None and figure.denominator:
        plain += f" {percent(figure.numerator, figure.denominator)}"
    group = group_of(definition)
    words = [
        *definition.label.values(), *(question.label.values() if question else ()),
        *(word for name in named for word in asked[name].title.values()), tell_or(f"office.group_{group}", group),
        definition.name, plain,
    ]  # fmt: skip
    return Choice(
        name=definition.name,
        label=text(definition.label),
        question=text(question.label) if question else "",
        said=made_of(figure, mission),
        gap=figure.numerator is None,
        base=bool(figure.denominator),
        search=" ".join(words),
    )


def _forms(figure: Figure, speaker: Speaker) -> Iterator[tuple[str, str]]:
    for form in SHOWN:
        mark = f"[[{figure.definition.name} {form}]]"
        said = speaker.say(read(mark[2:-2]), figure)
        if not said.gap:
            yield mark, said.text


def fitting(found: Iterable[Choice], wanted: str) -> list[Choice]:
    """Give the figures that have every word that is looked for, in whatever form, the nearest first."""
    words = _words(wanted)
    ranked = [(_fit(f" {' '.join(_words(each.search))} ", words), each) for each in found]
    return [each for points, each in sorted(ranked, key=lambda pair: -pair[0]) if points]


def _words(said: str) -> list[str]:
    return re.findall(r"\w+", said.casefold().translate(_SAME))


def _fit(search: str, words: Iterable[str]) -> int:
    """Say how well a text, its words between spaces, has all these words; 0 where it lacks one."""
    points = 1
    for word in words:
        if f" {word} " in search:
            points += 4
        elif f" {word}" in search:
            points += 3
        elif word in search:
            points += 2
        elif len(word) < 5 or f" {word[: max(4, math.ceil(len(word) * _STEM))]}" not in search:
            return 0
    return points
