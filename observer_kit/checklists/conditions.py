"""A checklist's conditions, compiled: when each question is asked, and what its answer should hold to."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from observer_kit.checklists.expressions import Expression, compile_expression
from observer_kit.checklists.model import Checklist, Question
from observer_kit.errors import FormsInvalid


@dataclass(frozen=True, slots=True)
class Conditions:
    """`relevant` and `constraint` by question; `order` puts a question after those its relevance looks at."""

    relevant: Mapping[str, Expression]
    constraint: Mapping[str, Expression]
    order: tuple[str, ...]
    uses: Mapping[str, str]  # every question that any condition names, and its type


def compile_conditions(checklist: Checklist) -> Conditions:
    """Compile all conditions of a checklist; raises FormsInvalid with the place of what is wrong."""
    questions = {question.name: question for question in checklist.questions()}
    # the rows of a repeat have no single answer that another question could look at
    single = {name: q for name, q in questions.items() if q.repeat is None and q.type != "note"}
    names = {name: question.type for name, question in single.items()}
    codes = {name: question.codes for name, question in single.items() if question.codes}
    relevant: dict[str, Expression] = {}
    constraint: dict[str, Expression] = {}
    for question in questions.values():
        place = f"checklist {checklist.name}, question {question.name}"
        if question.relevant:
            relevant[question.name] = compile_expression(question.relevant, names, f"{place}, relevant", codes=codes)
        if question.constraint:
            own = codes | ({".": question.codes} if question.codes else {})
            constraint[question.name] = compile_expression(
                question.constraint, names, f"{place}, constraint", self_type=question.type, codes=own
            )
    uses: dict[str, str] = {}
    for expression in (*relevant.values(), *constraint.values()):
        uses |= expression.uses
    return Conditions(relevant, constraint, _order(checklist.name, questions, relevant), uses)


def _order(checklist: str, questions: Mapping[str, Question], relevant: Mapping[str, Expression]) -> tuple[str, ...]:
    """Put each question after those that decide whether it is asked; refuse a circle."""
    placed: dict[str, None] = {}
    waiting = dict.fromkeys(questions)
    while waiting:
        free = [name for name in waiting if name not in relevant or set(relevant[name].uses) <= set(placed)]
        if not free:
            circle = ", ".join(waiting)
            raise FormsInvalid(f"relevant: {circle} wait for one another", place=f"checklist {checklist}")
        for name in free:
            placed[name] = None
            del waiting[name]
    return tuple(placed)
