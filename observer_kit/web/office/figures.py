"""The named figures of a mission: every number that its statement may print, and the way to what lies behind."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from flask import render_template, url_for

from observer_kit.missions.model import Mission
from observer_kit.statements.model import Definition, Figure
from observer_kit.web import numbers
from observer_kit.web.access import audience, store
from observer_kit.web.access import mission as this_mission
from observer_kit.web.office import bp
from observer_kit.web.office.chips import printed

FILTERS: Final = frozenset(("region", "setting"))
"""The dimensions of a figure that the desk's list of submissions can filter by."""


@dataclass(frozen=True, slots=True)
class Line:
    """One figure with the address of what it was counted from, where one page shows exactly that."""

    figure: Figure
    behind: str | None
    number_printed: bool = True
    base_printed: bool = True
    share_printed: bool = True


@bp.get("/")
@audience("staff", "administrator", "head")
def figures(mission: str) -> str:
    """Show every figure, by what it was counted from."""
    found = this_mission()
    with store().reading() as tx:
        counted = numbers.figures(tx, found)
    groups: dict[str, list[Line]] = {}
    for figure in counted:
        groups.setdefault(group_of(figure.definition), []).append(line_of(found, figure))
    return render_template(
        "office/figures.html",
        mission=found,
        groups=groups,
        gaps=sum(figure.numerator is None for figure in counted),
        total=len(counted),
    )


def line_of(mission: Mission, figure: Figure) -> Line:
    """Set one figure out; in a rebuild, say which of its numbers the source prints."""
    return Line(figure, behind(mission.code, figure.definition), *printed(mission, figure))


def group_of(definition: Definition) -> str:
    """Name the part of the page in which a figure stands."""
    if definition.measure in ("rule", "check", "tables"):
        return "protocol"
    if definition.measure in ("diary", "register", "fact"):
        return definition.measure
    return (definition.checklist or "other").partition("+")[0]


def behind(mission: str, definition: Definition) -> str | None:
    """Give the address of the submissions that a figure counts; None where no one list shows exactly those."""
    match definition.measure:
        case "rule":
            kind = definition.where.get("kind")
            return url_for("desk.protocols", mission=mission, rule=definition.question, kind=kind, _anchor="protocols")
        case "tables":
            return url_for("desk.protocols", mission=mission, _anchor="tables")
        case "diary":
            return url_for("desk.diary", mission=mission)
        case "answers" | "reports" | "stations" | "sum" | "ratio":
            return _list(mission, definition)
    return None


def _list(mission: str, definition: Definition) -> str | None:
    checklist = definition.checklist
    if not checklist or "+" in checklist or set(definition.where) - FILTERS:
        return None
    arguments: dict[str, Any] = {"checklist": checklist, "counted": "1"}
    arguments.update({name: str(value) for name, value in definition.where.items()})
    if definition.measure == "answers" and definition.question:
        arguments.update(question=definition.question, answer=",".join(definition.counted))
    elif definition.question:
        arguments.update(question=definition.question, answer="answered")
    return url_for("desk.submissions", mission=mission, **arguments)
