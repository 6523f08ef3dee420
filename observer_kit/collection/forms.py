"""The WTForms class of a checklist: its fields, limits and choices come from the questions that the intake judges by.

A posted page is held to the same compiled rules as an envelope; a page asks
again where the intake would record a problem. Fields are named as questions
(`name`, `name[i]`), with `comment:<name>` and `override:<name>` beside them.
"Not applicable" and "not observed" are posted under the question's own name.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from wtforms import Form, RadioField, SelectChoice, SelectMultipleField, StringField, TextAreaField
from wtforms.validators import InputRequired, StopValidation
from wtforms.widgets import CheckboxInput, DateInput, DateTimeLocalInput, ListWidget, TextArea, TextInput

from observer_kit.checklists.answers import answer_label, problem_text
from observer_kit.checklists.model import NOT_APPLICABLE, NOT_OBSERVED, Checklist, Question
from observer_kit.collection.judge import examine
from observer_kit.collection.typed import READERS, read_moment

ROWS: Final = {"boxes": 12, "members": 15, "candidates": 12, "options": 12, "pages": 4}
"""Rows that a page offers of each repeat whose number is not known beforehand."""

RESERVED: Final = (NOT_APPLICABLE, NOT_OBSERVED)
_WIDGETS: Final = {"datetime": DateTimeLocalInput(), "date": DateInput(), "text": TextArea()}


class Required(InputRequired):  # type: ignore[misc]  # wtforms ships no types
    """Ask for an answer; zero is one."""

    def __call__(self, form: Any, field: Any) -> None:
        """Stop where nothing was given."""
        if field.data is None or field.data == "" or field.data == []:
            raise StopValidation(self.message)


class Limits:
    """Carry a number's limits to the page as the field's flags; the rules themselves judge them.

    The input is a text with a numeric keyboard: a browser's number input sends
    nothing at all for what it can't read, and "1,6970" would be lost.
    """

    def __init__(self, question: Question) -> None:
        flags = {"min": question.minimum, "max": question.maximum}
        self.field_flags = {name: limit for name, limit in flags.items() if limit is not None}

    def __call__(self, form: Any, field: Any) -> None:
        """Leave the judging to the checklist's rules."""


class ChoiceField(RadioField):  # type: ignore[misc]  # wtforms ships no types
    """One code of several, or a reserved answer."""

    def __init__(self, *args: Any, of: str, **more: Any) -> None:
        super().__init__(*args, **more)
        self.of = of

    def process_data(self, value: Any) -> None:
        """Keep no answer as None, where RadioField would write "None"."""
        self.data = value

    def process_formdata(self, valuelist: Sequence[str]) -> None:
        """Take what was chosen."""
        self.data = next((value for value in valuelist if value), None)

    def pre_validate(self, form: Any) -> None:
        """Leave the judging to the checklist's rules."""


class ChoicesField(SelectMultipleField):  # type: ignore[misc]  # wtforms ships no types
    """Several codes, or a reserved answer."""

    widget = ListWidget(prefix_label=False)
    option_widget = CheckboxInput()

    def __init__(self, *args: Any, of: str, **more: Any) -> None:
        super().__init__(*args, **more)
        self.of = of

    def process_formdata(self, valuelist: Sequence[str]) -> None:
        """Take what was chosen."""
        self.data = [value for value in valuelist if value] or None

    def pre_validate(self, form: Any) -> None:
        """Leave the judging to the checklist's rules."""


class TypedField(StringField):  # type: ignore[misc]  # wtforms ships no types
    """A number, text, moment or place as typed, or a reserved answer ticked beside it."""

    def __init__(self, *args: Any, of: str, kind: str, **more: Any) -> None:
        super().__init__(*args, **more)
        self.of = of
        self.kind = kind

    def process_formdata(self, valuelist: Sequence[str]) -> None:
        """Read what was typed; both typed and ticked is kept as it is, for the rules to refuse."""
        ticked = [value for value in valuelist if value in RESERVED and self.kind != "text"]
        typed = [value for value in valuelist if value.strip() and value not in ticked]
        self.data: Any = None
        if typed and ticked:
            self.data = [*typed, *ticked]
        elif ticked:
            self.data = ticked[0]
        elif typed:
            self.data = READERS.get(self.kind, str)(typed[0])

    def _value(self) -> str:
        return str(self.raw_data[0]) if self.raw_data else "" if self.data is None else str(self.data)


class ChecklistForm:
    """What the form of every checklist does; mixed with a WTForms Form by form_class."""

    checklist: Checklist
    language: str

    def validate(self, extra_validators: Any = None) -> bool:
        """Hold the posted answers to the checklist's own rules; errors stand at their fields, in its language."""
        super().validate(extra_validators)  # type: ignore[misc]  # wtforms ships no types
        found = answers_from_form(self)
        asked, problems, findings = examine(self.checklist, found["answers"], found["overrides"])
        questions = {question.name: question for question in self.checklist.questions()}
        fields: Mapping[str, Any] = self._fields  # type: ignore[attr-defined]  # set by WTForms
        for name, field in fields.items():
            if hasattr(field, "of"):
                question = questions[field.of]
                blank = name in asked and asked[name] is None and question.required and not question.repeat
                field.errors = [problem_text("required", self.language)] if blank else []
        for problem in problems:
            if problem.question in fields:
                fields[problem.question].errors = [problem_text(problem.code, self.language)]
        for finding in findings:
            name = finding.question or ""
            if name not in fields or finding.code not in ("constraint_failed", "too_many_choices"):
                continue
            if finding.code == "too_many_choices" and found["overrides"].get(name):
                continue
            message = questions[fields[name].of].constraint_message.get(self.language)
            said = message if finding.code == "constraint_failed" else None
            fields[name].errors = [said or problem_text(finding.code, self.language)]
        return not any(field.errors for field in fields.values())


def form_class(
    checklist: Checklist, language: str, *, base: type[Any] = Form, rows: Mapping[str, int] | None = None
) -> type[Any]:
    """Make the form class of a checklist in one language.

    `base` is the form to build on (one with CSRF for a page); `rows` says how
    many rows of members, boxes … there are where it is known.
    """
    body: dict[str, Any] = {"checklist": checklist, "language": language}
    for question in checklist.questions():
        if question.type == "note":
            continue
        parts = [question.name]
        if question.repeat:
            count = len(question.choices) or ({**ROWS, **(rows or {})})[question.repeat]
            parts = [f"{question.name}[{index}]" for index in range(count)]
        for index, part in enumerate(parts):
            body[part] = _field(question, language, index)
            if question.constraint or question.type == "select_multiple":
                body[f"override:{part}"] = StringField()
        body[f"comment:{question.name}"] = TextAreaField()
    made: type[Any] = type(f"{checklist.name.title()}Form", (ChecklistForm, base), body)
    return made


def answers_from_form(form: Any, zone: str = "UTC") -> dict[str, dict[str, Any]]:
    """Give a payload's "answers", "comments" and "overrides" from a bound form; moments are of this zone."""
    found: dict[str, dict[str, Any]] = {"answers": {}, "comments": {}, "overrides": {}}
    for name, field in form._fields.items():
        kind, _, question = name.partition(":")
        if question and kind in ("comment", "override"):
            if field.data and field.data.strip():
                found[f"{kind}s"][question] = field.data.strip()
        elif hasattr(field, "of") and field.data is not None:
            value = field.data
            if isinstance(value, list) and len(value) == 1 and value[0] in RESERVED:
                value = value[0]  # "not observed" stands alone, not as one choice of several
            elif getattr(field, "kind", "") == "datetime" and isinstance(value, str) and value not in RESERVED:
                value = read_moment(value, zone)
            found["answers"][name] = value
    return found


def _field(question: Question, language: str, index: int) -> Any:
    row = question.choices[index].label if question.repeat and index < len(question.choices) else {}
    label = " – ".join(text for text in (question.label.get(language), row.get(language)) if text)
    offered = [code for code in RESERVED if getattr(question, code)]
    validators: list[Any] = []
    if question.required and not question.relevant and not question.repeat:
        validators.append(Required(problem_text("required", language)))
    same: dict[str, Any] = {"label": label, "description": question.hint.get(language, ""), "validators": validators}
    if question.codes and not question.repeat:
        codes = (*question.codes, *offered)
        choices = [SelectChoice(code, _label(question, code, language)) for code in codes]
        kind = ChoicesField if question.type == "select_multiple" else ChoiceField
        return kind(of=question.name, choices=choices, **same)
    if question.type in ("integer", "decimal"):
        validators.append(Limits(question))
        same["render_kw"] = {"inputmode": "numeric" if question.type == "integer" else "decimal"}
    same["widget"] = _WIDGETS.get(question.type, TextInput())
    return TypedField(of=question.name, kind=question.type, **same)


def _label(question: Question, code: str, language: str) -> str:
    for choice in question.choices:
        if choice.name == code:
            return choice.label.get(language, code)
    return answer_label(code, language)
