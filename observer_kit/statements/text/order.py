"""Which sections of a statement stand, how deep each lies, and what number it bears."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from observer_kit.statements.text.model import SectionPlan, Style

TOP: Final = 2
"""The level of a section's own title: the statement's title is the page's one h1."""


def level_of(style: Style, plan: SectionPlan) -> int:
    """Give the level of a section's title, by how deep the section lies."""
    return TOP if plan.parent is None else min(6, level_of(style, style.section(plan.parent)) + 1)


def kept(style: Style, written: Mapping[str, str]) -> list[SectionPlan]:
    """Leave out sections with nothing in them, unless one below holds something; a signature always stands."""
    standing: set[str] = set()
    for plan in reversed(style.sections):
        if plan.id in standing or written[plan.id].strip() or plan.kind == "signature":
            standing.add(plan.id)
            if plan.parent:
                standing.add(plan.parent)
    return [plan for plan in style.sections if plan.id in standing]


def numbered(style: Style, plans: Sequence[SectionPlan]) -> Iterable[tuple[SectionPlan, str]]:
    """Number the sections that stand, each within the one above it, as the style numbers."""
    counts: dict[str | None, int] = {}
    numbers: dict[str, str] = {}
    for plan in plans:
        number = ""
        if style.numbering != "none" and any(plan.title.values()) and plan.kind != "signature":
            counts[plan.parent] = counts.get(plan.parent, 0) + 1
            above = numbers.get(plan.parent or "", "")
            own = _numeral(style.numbering, counts[plan.parent], level_of(style, plan) - TOP)
            number = f"{above}.{own}" if above else own
        numbers[plan.id] = number
        yield plan, number


def _numeral(numbering: str, value: int, depth: int) -> str:
    if numbering == "decimal" or depth > 1:
        return str(value)
    if depth == 1:
        return chr(ord("A") + (value - 1) % 26)
    said = ""
    for worth, letters in ((50, "L"), (40, "XL"), (10, "X"), (9, "IX"), (5, "V"), (4, "IV"), (1, "I")):
        said, value = said + letters * (value // worth), value % worth
    return said
