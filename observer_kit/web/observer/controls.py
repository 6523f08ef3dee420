"""A checklist as the page shows it: each question with the fields of its WTForms class and its ready-made rules."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import groupby
from typing import Any, Final

from observer_kit.checklists.answers import answer_label
from observer_kit.checklists.expressions import Expression
from observer_kit.checklists.model import NOT_APPLICABLE, NOT_OBSERVED, Checklist, Question, Section, Text
from observer_kit.collection.compiled import judge_of
from observer_kit.words import words

KINDS: Final = {
    "yes_no": "radio", "rating": "radio", "select_one": "radio", "select_multiple": "checkbox",
    "integer": "number", "decimal": "number", "datetime": "moment", "date": "date",
    "text": "text", "geopoint": "place", "photo": "photo", "note": "note",
}  # fmt: skip
SCRIPTED: Final = frozenset({"photo"})
"""Questions that a page without scripts can't ask."""
RESERVED: Final = (NOT_APPLICABLE, NOT_OBSERVED)
BROAD: Final = 16
"""Longer answers than this get a row of their own."""

Options = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Control:
    """One question on the page, empty or with what was posted."""

    name: str
    id: str
    question: Question
    kind: str
    label: str
    hint: str
    message: str
    options: Options
    ways_out: Options
    relevant: str | None
    constraint: str | None
    comment_name: str | None
    overridable: bool
    chosen: tuple[str, ...] = ()
    text: str = ""
    comment: str = ""
    override: str = ""
    errors: tuple[str, ...] = ()

    @property
    def type(self) -> str:
        """Give the question's type."""
        return self.question.type

    @property
    def way_out_kind(self) -> str:
        """Say whether a way out excludes the answers by itself (radio), or by the page's script."""
        return "radio" if self.kind == "radio" else "checkbox"

    @property
    def shape(self) -> str:
        """Say how the answers lie: two beside each other, or one to a row."""
        if self.question.type == "yes_no":
            return ""
        broad = any(len(label) > BROAD for _, label in self.options)
        return "rows" if broad or len(self.options) % 2 or len(self.options) > 6 else ""

    @property
    def breaches(self) -> tuple[str, ...]:
        """Give the answers by which the procedure was not respected."""
        good = self.question.good
        return tuple(code for code in self.question.codes if good and code not in good)

    @property
    def call_now(self) -> tuple[str, ...]:
        """Give the answers after which the emergency card opens."""
        return self.breaches if self.question.call_now else ()

    @property
    def send_first(self) -> tuple[str, ...]:
        """Give the answers that put a report at the head of the queue."""
        return self.breaches if self.question.send_first else ()

    @property
    def comment_on(self) -> tuple[str, ...]:
        """Give the answers for which the review asks whether a comment may help."""
        weighty = self.question.severity in ("serious", "critical") or self.question.type == "rating"
        return self.breaches if weighty else ()


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
    groups: tuple[Group, ...] = ()


def text_in(text: Text, language: str) -> str:
    """Give a text in this language, in English where it has none."""
    return text.get(language) or text.get("en") or next(iter(text.values()), "")


def leaves(checklist: Checklist, form: Any, *, scripted: bool = True) -> tuple[Leaf, ...]:
    """Lay a checklist's form out for a page, in the form's language."""
    unshown = frozenset[str]() if scripted else SCRIPTED
    rules = {rule.question.name: (rule.relevant, rule.constraint) for rule in judge_of(checklist).rules}
    return tuple(
        Leaf(section.name, text_in(section.label, form.language), tuple(_groups(section, form, rules, unshown)))
        for section in checklist.sections
    )


Rules = Mapping[str, tuple[Expression | None, Expression | None]]


def _groups(section: Section, form: Any, rules: Rules, unshown: frozenset[str]) -> Iterator[Group]:
    shown = [question for question in section.questions if question.type not in unshown]
    for repeat, found in groupby(shown, key=lambda question: question.repeat):
        questions = list(found)
        if repeat is None:
            yield Group(None, tuple(_control(question, question.name, form, rules) for question in questions))
            continue
        count = sum(getattr(field, "of", None) == questions[0].name for field in form)
        rows = tuple(
            tuple(_control(question, f"{question.name}[{index}]", form, rules) for question in questions)
            for index in range(count)
        )
        yield Group(repeat, rows=rows, headings=_headings(repeat, questions[0], count, form.language))


def _headings(repeat: str, question: Question, count: int, language: str) -> tuple[str, ...]:
    """Name each row: the mission's own candidates or options, else by number."""
    if question.choices:
        return tuple(text_in(choice.label, language) for choice in question.choices)
    say = words(language)
    return tuple(say(f"phone.repeat_{repeat}", n=index + 1) for index in range(count))


def _control(question: Question, name: str, form: Any, rules: Rules) -> Control:
    language = form.language
    field = form._fields.get(name)  # a WTForms form has no other way to ask whether a field is there
    relevant, constraint = rules.get(question.name, (None, None))
    offered = [code for code in RESERVED if getattr(question, code)]
    found = field.iter_choices() if hasattr(field, "iter_choices") else ()
    choices = [(code, label) for code, label, *_ in found if code not in RESERVED]
    given = [value for value in (field.raw_data or () if field is not None else ()) if value]
    codes = {code for code, _ in choices} | set(offered)
    first = not question.repeat or name.endswith("[0]")
    comment, override = f"comment:{question.name}", f"override:{name}"
    return Control(
        name=name,
        id="q-" + name.replace("[", "-").rstrip("]"),
        question=question,
        kind=KINDS[question.type],
        label=text_in(question.label, language),
        hint=text_in(question.hint, language) if question.hint else "",
        message=text_in(question.constraint_message, language) if question.constraint_message else "",
        options=tuple(choices),
        ways_out=tuple((code, answer_label(code, language)) for code in offered),
        relevant=relevant.xpath if relevant else None,
        constraint=constraint.xpath if constraint else None,
        comment_name=comment if first and comment in form else None,
        overridable=override in form,
        chosen=tuple(value for value in given if value in codes),
        text=next((value for value in given if value not in codes), ""),
        comment=(form[comment].data or "") if comment in form else "",
        override=(form[override].data or "") if override in form else "",
        errors=tuple(field.errors) if field is not None else (),
    )
