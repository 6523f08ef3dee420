"""Which charts a style draws, from its folder: their figures and their words."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from observer_kit.errors import FormsInvalid
from observer_kit.statements.charts import Bar, Chart, bars_of, draw
from observer_kit.statements.model import Figure
from observer_kit.statements.printer import Printer
from observer_kit.statements.wording import bare_percent

FILE: Final = "charts.toml"
LEAST_BARS: Final = 2


@dataclass(frozen=True, slots=True)
class Plan:
    """One chart: bars of the named figures, or of the figures that count one question region by region."""

    name: str
    title: str
    note: str
    shares: bool
    figures: tuple[str, ...] = ()
    by_region: str | None = None
    whole: str | None = None
    whole_note: str = ""


def load_plans(folder: Path) -> list[Plan]:
    """Read a style's charts; a style without the file draws none. Raises FormsInvalid naming file and chart."""
    path = folder / FILE
    if not path.exists():
        return []
    try:
        entries = tomllib.loads(path.read_text("utf-8")).get("chart", [])
        return [Plan(**{**entry, "figures": tuple(entry.get("figures", ()))}) for entry in entries]
    except (tomllib.TOMLDecodeError, TypeError) as error:
        raise FormsInvalid(str(error), place=str(path.relative_to(folder.parent.parent))) from None


def draw_all(plans: list[Plan], printer: Printer) -> Mapping[str, Chart | None]:
    """Draw each chart; None where fewer than two bars would stand in it."""
    return {plan.name: _draw(plan, printer) for plan in plans}


def _draw(plan: Plan, printer: Printer) -> Chart | None:
    if plan.by_region:
        bars = _regional(plan, printer)
    else:
        figures = [printer.figures[name] for name in plan.figures if name in printer.figures]
        bars = bars_of(figures, printer.language, shares=plan.shares)
    if len(bars) < LEAST_BARS:
        return None
    note = plan.note
    whole = printer.figures.get(plan.whole or "")
    if whole is not None and whole.numerator is not None and whole.denominator:
        note = f"{note} {plan.whole_note.format(percent=bare_percent(whole, printer.language))}"
    return draw(plan.title, note, bars)


def _regional(plan: Plan, printer: Printer) -> list[Bar]:
    def region_of(figure: Figure) -> str | None:
        definition = figure.definition
        return definition.where.get("region") if definition.question == plan.by_region else None

    bars = []
    for figure in printer.figures.values():
        region = region_of(figure)
        for bar in bars_of([figure], printer.language, shares=plan.shares) if region else ():
            bars.append(Bar(printer.regions.get(str(region), bar.label), bar.value, bar.text, bar.base))
    return sorted(bars, key=lambda bar: (-bar.value, bar.label))
