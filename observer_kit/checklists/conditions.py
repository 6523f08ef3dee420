"""A checklist's conditions, compiled: when each question is asked, and what its answer should hold to."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from observer_kit.checklists.expressions import Expression, compile_expression
from observer_kit.checklists.model import Checklist
from observer_kit.errors import FormsInvalid


@dataclass(frozen=True, slots=True)
class Conditions:
    """`relevant` and `constraint` by question."""

    relevant: Mapping[str, Expression]
    constraint: Mapping[str, Expression]
    uses: Mapping[str, str]  # every question that any condition names, and its type


def compile_conditions(checklist: Checklist) -> Conditions:
    """Compile all conditions of a checklist; raises FormsInvalid with the place of what is wrong.

    Whether a question is asked may depend only on questions before it: a page
    is read from top to bottom, and a circle can't arise.
    """
    questions = {question.name: question for question in checklist.questions()}
    # the rows of a repeat have no single answer that another question could look at
    single = {name: q for name, q in questions.items() if q.repeat is None and q.type != "note"}
    names = {name: question.type for name, question in single.items()}
    codes = {name: question.codes for name, question in single.items() if question.codes}
    relevant: dict[str, Expression] = {}
    constraint: dict[str, Expression] = {}
    before: set[str] = set()
    for question in questions.values():
        place = f"checklist {checklist.name}, question {question.name}"
        if question.relevant:
            relevant[question.name] = compile_expression(question.relevant, names, f"{place}, relevant", codes=codes)
            if later := sorted(set(relevant[question.name].uses) - before):
                raise FormsInvalid(f"depends on {later[0]}, which is asked later", place=f"{place}, relevant")
        before.add(question.name)
        if question.constraint:
            own = codes | ({".": question.codes} if question.codes else {})
            constraint[question.name] = compile_expression(
                question.constraint, names, f"{place}, constraint", self_type=question.type, codes=own
            )
    uses: dict[str, str] = {}
    for expression in (*relevant.values(), *constraint.values()):
        uses |= expression.uses
    return Conditions(relevant, constraint, uses)
