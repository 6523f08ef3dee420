"""Before approval: what of a draft stops it, and what a person must have looked at and left as it is."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from observer_kit.statements.draft.sentences import (
    ABSOLUTES,
    SHARES,
    Sentence,
    looks_foreign,
    sentences,
    typed_numbers,
    value_of,
)
from observer_kit.statements.model import Figure
from observer_kit.statements.text.marks import Mark, find, stray
from observer_kit.statistics.rounding import whole_percent

BLOCKING: Final = frozenset((
    "gap", "zero_needs_words", "mark_wrong", "verdict_empty", "beside", "snapshot_stale", "no_text",
))  # fmt: skip
"""What no acknowledgement lets through."""
ORDER: Final = (
    "no_text", "snapshot_stale", "beside", "gap", "zero_needs_words", "mark_wrong", "verdict_empty", "contradiction",
    "number_unlike", "number_typed", "share_typed", "no_base", "absolute", "absolute_unguarded", "key_unused",
    "untranslated", "snapshot_older", "remarks_open", "room_empty",
)  # fmt: skip
KEY_FINDINGS: Final = 5
"""So many of the largest breaches must be looked for in the text, beside every critical one."""
_WITH_BASE: Final = frozenset(("base", "of", "percent", "both", "fraction", "unseen", "all"))
_GUARDED: Final = frozenset(("all", "unseen"))
_COUNTS: Final = frozenset(("count", "word", "number"))
_SHARES: Final = frozenset(("percent", "both", "fraction", "of"))


@dataclass(frozen=True, slots=True)
class Check:
    """One thing to look at: where it stands, and what of it the sentence names."""

    code: str
    section: str = ""
    line: int = 0
    said: str = ""
    values: Mapping[str, Any] = field(default_factory=dict)

    @property
    def blocks(self) -> bool:
        """Tell whether nothing can be approved while it stands."""
        return self.code in BLOCKING

    @property
    def key(self) -> str:
        """Name it for the acknowledgement: another sentence, another name."""
        digest = hashlib.sha256(f"{self.section}\n{self.said}\n{sorted(self.values.items())}".encode()).hexdigest()
        return f"{self.code}:{digest[:16]}"


@dataclass(frozen=True, slots=True)
class Part:
    """One section of a draft: its text, and what the setting of its marks had to say of it."""

    id: str
    kind: str
    text: str
    beside: int = 0
    problems: tuple[tuple[str, str], ...] = ()
    """Codes and sentences."""
    drafted: str = ""
    """What the style itself says here from the same data: its own sentences are its author's, and looked at there."""


@dataclass(frozen=True, slots=True)
class Draft:
    """What is looked at.

    `stale` are reports of the data set that
    count no longer, `newer` those that came since; `weight` says of a figure
    how severe the breach is that it counts.
    """

    language: str
    parts: Sequence[Part]
    figures: Mapping[str, Figure]
    weight: Mapping[str, str] = field(default_factory=dict)
    stale: int = 0
    newer: int = 0
    remarks: int = 0


def check(draft: Draft) -> list[Check]:
    """Give everything that must be looked at, what stops the draft first."""
    found: list[Check] = []
    if not any(part.text.strip() for part in draft.parts):
        found.append(Check("no_text"))
    if draft.stale:
        found.append(Check("snapshot_stale", values={"n": draft.stale}))
    if draft.newer:
        found.append(Check("snapshot_older", values={"n": draft.newer}))
    if draft.remarks:
        found.append(Check("remarks_open", values={"n": draft.remarks}))
    for part in draft.parts:
        found += _part(part, draft)
    # Of a dozen empty rooms, or of findings not told, the list is looked at as a whole: one more is another list.
    if empty := tuple(part.id for part in draft.parts if part.kind == "room" and not part.text.strip()):
        found.append(Check("room_empty", values={"sections": empty}))
    if unused := tuple(untold((part.text for part in draft.parts), draft.figures, draft.weight)):
        found.append(Check("key_unused", values={"figures": unused}))
    found += _contradictions(draft)
    return sorted(found, key=lambda each: ORDER.index(each.code))


def _part(part: Part, draft: Draft) -> Iterator[Check]:
    if part.beside:
        yield Check("beside", part.id, values={"n": part.beside})
    for code, said in part.problems:
        yield Check(code if code in ORDER else "mark_wrong", part.id, said=said)
    for line, said in stray(part.text):
        yield Check("mark_wrong", part.id, line, said)
    if not part.text.strip():
        if part.kind == "verdict":
            yield Check("verdict_empty", part.id)
        return
    based: set[str] = set()
    numbers: set[int | None] = set()
    fixed = {sentence.text for sentence in sentences(part.drafted)}
    for sentence in sentences(part.text):
        marks = _marks(sentence)
        based |= {_ground(mark, draft) for mark in marks if mark.form in _WITH_BASE or _is_a_base(mark, draft)}
        # A figure that is the very base of another says it: "accredited 1,055; among them 388".
        numbers |= {draft.figures[mark.name].numerator for mark in marks if mark.name in draft.figures}
        counted_of = {name for name, figure in draft.figures.items() if figure.denominator in numbers}
        if sentence.text not in fixed:
            yield from _sentence(part.id, sentence, marks, based | counted_of, draft)


def _sentence(section: str, sentence: Sentence, marks: list[Mark], based: set[str], draft: Draft) -> Iterator[Check]:
    where: dict[str, Any] = {"section": section, "line": sentence.line, "said": sentence.text}
    for number in typed_numbers(sentence):
        unlike = [mark.name for mark in marks if not _agrees(number, draft.figures.get(mark.name))]
        if marks and len(unlike) == len(marks):
            yield Check("number_unlike", **where, values={"number": number, "figure": unlike[0]})
        else:
            yield Check("number_typed", **where, values={"number": number})
    shared = SHARES[draft.language].search(sentence.bare)
    if shared and not any(mark.form in _WITH_BASE for mark in marks):
        yield Check("share_typed", **where, values={"word": shared.group(0).strip()})
    for mark in marks:
        figure = draft.figures.get(mark.name)
        if figure is None or not figure.denominator or mark.form not in _COUNTS:
            continue
        if not {_ground(mark, draft), mark.name} & based and not _is_a_base(mark, draft):
            yield Check("no_base", **where, values={"figure": mark.name})
    word = ABSOLUTES[draft.language].search(sentence.plain)
    if word and not any(mark.form in _GUARDED or _nothing(mark, draft) for mark in marks):
        yield Check("absolute", **where, values={"word": word.group(0).strip()})
    if looks_foreign(sentence, draft.language):
        yield Check("untranslated", **where)


def _marks(sentence: Sentence) -> list[Mark]:
    return [mark for _, _, mark in find(sentence.text) if isinstance(mark, Mark) and mark.kind == "figure"]


def _ground(mark: Mark, draft: Draft) -> str:
    """Name what a figure is counted among: a base said once in a section serves all that are counted among it."""
    figure = draft.figures.get(mark.name)
    if figure is None:
        return mark.name
    return figure.definition.checklist or figure.definition.of or mark.name


def _is_a_base(mark: Mark, draft: Draft) -> bool:
    figure = draft.figures.get(mark.name)
    return figure is not None and figure.definition.measure in ("reports", "stations")


def _nothing(mark: Mark, draft: Draft) -> bool:
    """Tell whether the mark itself says that nothing was seen, under the guard."""
    figure = draft.figures.get(mark.name)
    return figure is not None and figure.numerator == 0 and mark.form in _COUNTS


def _agrees(number: str, figure: Figure | None) -> bool:
    value = value_of(number)
    if figure is None or value is None:
        return False
    percent = whole_percent(figure.numerator, figure.denominator)
    exact = round(figure.percent, 2) if figure.percent is not None else None
    return value in {each for each in (figure.numerator, figure.denominator, percent, exact) if each is not None}


def _contradictions(draft: Draft) -> Iterator[Check]:
    """Name figures that one section says as a fraction and another as a per cent or a count."""
    said: dict[str, dict[str, tuple[str, Sentence]]] = {}
    for part in draft.parts:
        for sentence in sentences(part.text):
            for mark in _marks(sentence):
                if mark.form in _SHARES:
                    said.setdefault(mark.name, {}).setdefault(mark.form, (part.id, sentence))
    for name, forms in said.items():
        others = [form for form in ("percent", "both", "of") if form in forms]
        if "fraction" in forms and others:
            section, sentence = forms["fraction"]
            elsewhere = forms[others[0]][0]
            if section != elsewhere:
                yield Check(
                    "contradiction", section, sentence.line, sentence.text, {"figure": name, "elsewhere": elsewhere}
                )


def untold(texts: Iterable[str], figures: Mapping[str, Figure], weight: Mapping[str, str]) -> Iterator[str]:
    """Name the key findings that no text tells, under whatever name of the same count."""
    used = {mark.name for text in texts for _, _, mark in find(text) if isinstance(mark, Mark)}
    told = {_finding(figures[name]) for name in used if name in figures}
    for name in key_findings(figures.values(), weight):
        if name not in used and _finding(figures[name]) not in told:
            yield name


def _finding(figure: Figure) -> tuple[Any, ...]:
    """Say what a figure counts: two of different names, one for the summary, may count the same."""
    definition = figure.definition
    return definition.checklist, definition.question or definition.name, definition.counted, figure.numerator


def key_findings(figures: Iterable[Figure], weight: Mapping[str, str]) -> list[str]:
    """Name what a statement should not pass over: every critical breach that was seen, the largest others, ratings."""
    seen = [figure for figure in figures if figure.numerator and figure.definition.name in weight]
    plain = [figure for figure in seen if not figure.definition.where]  # a region's figure is a part of another
    critical = [each for each in plain if weight[each.definition.name] == "critical"]
    ratings = [each for each in plain if weight[each.definition.name] == "rating"]
    others = [each for each in plain if each not in critical and each not in ratings]
    largest = sorted(others, key=lambda each: -(each.numerator or 0))[:KEY_FINDINGS]
    return [each.definition.name for each in (*critical, *ratings, *largest)]
