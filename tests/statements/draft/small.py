"""Small figures to draft with."""

from __future__ import annotations

from datetime import UTC, datetime, time
from typing import Any

from observer_kit.missions.model import Location
from observer_kit.statements.model import Definition, Figure
from tests.builders import text

NOW = datetime(2024, 10, 7, 3, 0, tzinfo=UTC)
PLACES = {"R-1": Location("R-1", "polling_station", "School 1", region="A", number="101", opens=time(7))}


def figure(name: str, numerator: int | None, denominator: int | None, **more: Any) -> Figure:
    values = {"kind": "observed", "unit": "case", "measure": "answers", "base": "answered", "checklist": "voting"}
    values |= {each: more.pop(each) for each in ("unit", "measure", "base", "checklist", "kind") if each in more}
    states: dict[str, Any] = dict.fromkeys(("not_applicable", "not_observed", "missing", "not_asked"), 0)
    percent = 100 * numerator / denominator if numerator is not None and denominator else None
    definition = Definition(name, name, text(name), **values)
    return Figure(definition, numerator, denominator, percent, **(states | more))
