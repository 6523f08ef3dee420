"""A checklist as the page shows it: each question's fields, words and ready-made rules in one language."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from itertools import groupby
from typing import Final

from observer_kit.checklists.expressions import compile_expression
from observer_kit.checklists.model import NOT_APPLICABLE, NOT_OBSERVED, Checklist, Question, Text
from observer_kit.words import words

KINDS: Final = {
    "yes_no": "radio", "rating": "radio", "select_one": "radio", "select_multiple": "checkbox",
    "integer": "number", "decimal": "number", "datetime": "moment", "date": "date",
    "text": "text", "geopoint": "place", "photo": "photo", "note": "note",
}  # fmt: skip
ROWS: Final = {"boxes": 12, "members": 15, "candidates": 12}
"""How many rows of a repeated question a page holds; the phone shows as many as are used, and one more on request."""

BROAD: Final = 16
"""Longer answers than this get a row of their own."""

Filled = Mapping[str, Sequence[str]]


@dataclass(frozen=True, slots=True)
class Control:
    """One question on the page."""

    name: str
    id: str
    type: str
    kind: str
    label: str
    hint: str
    shape: str
    options: tuple[tuple[str, str], ...]
    ways_out: tuple[tuple[str, str], ...]
    way_out_kind: str
    relevant: str | None
    constraint: str | None
    message: str
    minimum: int | None
    maximum: int | None
    call_now: tuple[str, ...]
    send_first: tuple[str, ...]
    comment_on: tuple[str, ...]
    repeat: str | None = None
    chosen: tuple[str, ...] = ()
    text: str = ""
    comment: str = ""
    override: str = ""
    errors: tuple[str, ...] = ()

    def at(self, index: int) -> Control:
        """Give the same question as row `index` of a repeated group."""
        return replace(self, name=f"{self.name}[{index}]", id=f"{self.id}-{index}")

    def filled(self, values: Filled, errors: Mapping[str, Sequence[str]]) -> Control:
        """Give the same question with what was posted in it."""
        given = tuple(values.get(self.name, ()))
        codes = {code for code, _ in (*self.options, *self.ways_out)}
        return replace(
            self,
            chosen=tuple(value for value in given if value in codes),
            text=next((value for value in given if value and value not in codes), ""),
            comment=_first(values, f"comment:{self.name}"),
            override=_first(values, f"override:{self.name}"),
            errors=tuple(errors.get(self.name, ())),
        )


@dataclass(frozen=True, slots=True)
class Group:
    """Questions in order: single ones, or the rows of a repeated group."""

    repeat: str | None
    controls: tuple[Control, ...] = ()
    rows: tuple[tuple[Control, ...], ...] = ()
    headings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Leaf:
    """A section as a page of the phone."""

    name: str
    label: str
    groups: tuple[Group, ...] = field(default=())


def text_in(text: Text, language: str) -> str:
    """Give a text in this language, in English where it has none."""
    return text.get(language) or text.get("en") or next(iter(text.values()), "")


def leaves(checklist: Checklist, language: str) -> tuple[Leaf, ...]:
    """Lay a checklist out for a page."""
    return _leaves(checklist.version, language, _Same(checklist))


def fill(found: Iterable[Leaf], values: Filled, errors: Mapping[str, Sequence[str]]) -> tuple[Leaf, ...]:
    """Put posted values and what is wrong with them into the page's questions."""
    return tuple(
        replace(
            leaf,
            groups=tuple(
                replace(
                    group,
                    controls=tuple(control.filled(values, errors) for control in group.controls),
                    rows=tuple(tuple(control.filled(values, errors) for control in row) for row in group.rows),
                )
                for group in leaf.groups
            ),
        )
        for leaf in found
    )


class _Same:
    """Carries a checklist past the cache, which knows it by its version."""

    __slots__ = ("checklist",)

    def __init__(self, checklist: Checklist) -> None:
        self.checklist = checklist

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Same)

    def __hash__(self) -> int:
        return 0


@lru_cache(maxsize=128)
def _leaves(version: str, language: str, same: _Same) -> tuple[Leaf, ...]:
    checklist = same.checklist
    names = {question.name: question.type for question in checklist.questions()}
    result = []
    for section in checklist.sections:
        groups: list[Group] = []
        for repeat, found in groupby(section.questions, key=lambda question: question.repeat):
            asked = [question for question in found if question.type != "photo"]
            controls = tuple(_control(question, language, names) for question in asked)
            if repeat is None:
                groups.append(Group(None, controls))
            elif asked:
                headings = _headings(repeat, asked[0], language)
                rows = tuple(tuple(one.at(index) for one in controls) for index in range(len(headings)))
                groups.append(Group(repeat, rows=rows, headings=headings))
        result.append(Leaf(section.name, text_in(section.label, language), tuple(groups)))
    return tuple(result)


def _headings(repeat: str, question: Question, language: str) -> tuple[str, ...]:
    """Name each row: the mission's own candidates or options, else by number."""
    if repeat == "candidates" and question.choices:
        return tuple(text_in(choice.label, language) for choice in question.choices)
    say = words(language)
    return tuple(say(f"phone.repeat_{repeat}", n=index + 1) for index in range(ROWS[repeat]))


def _control(question: Question, language: str, names: Mapping[str, str]) -> Control:
    options = _options(question, language)
    breaches = tuple(code for code in question.codes if question.good and code not in question.good)
    say = words(language)
    ways_out = [
        (code, say(f"phone.{code}"))
        for code, offered in ((NOT_APPLICABLE, question.not_applicable), (NOT_OBSERVED, question.not_observed))
        if offered
    ]
    kind = KINDS[question.type]
    return Control(
        name=question.name,
        id=f"q-{question.name}",
        type=question.type,
        kind=kind,
        label=text_in(question.label, language),
        hint=text_in(question.hint, language) if question.hint else "",
        shape=_shape(question, options),
        options=options,
        ways_out=tuple(ways_out),
        way_out_kind="radio" if kind == "radio" else "checkbox",
        relevant=_xpath(question.relevant, names, None, f"{question.name}.relevant"),
        constraint=_xpath(question.constraint, names, question.type, f"{question.name}.constraint"),
        message=text_in(question.constraint_message, language) if question.constraint_message else "",
        minimum=question.minimum,
        maximum=question.maximum,
        call_now=breaches if question.call_now else (),
        send_first=breaches if question.send_first else (),
        comment_on=breaches if question.severity in ("serious", "critical") or question.type == "rating" else (),
        repeat=question.repeat,
    )


def _xpath(text: str | None, names: Mapping[str, str], self_type: str | None, place: str) -> str | None:
    return compile_expression(text, names, place, self_type=self_type).xpath if text else None


def _options(question: Question, language: str) -> tuple[tuple[str, str], ...]:
    if question.type == "yes_no":
        say = words(language)
        return (("yes", say("phone.yes")), ("no", say("phone.no")))
    return tuple((choice.name, text_in(choice.label, language)) for choice in question.choices)


def _shape(question: Question, options: tuple[tuple[str, str], ...]) -> str:
    if question.type == "yes_no":
        return ""
    broad = any(len(label) > BROAD for _, label in options)
    return "rows" if broad or len(options) % 2 or len(options) > 6 else ""


def _first(values: Filled, name: str) -> str:
    return next(iter(values.get(name, ())), "")
