"""Which charts a style draws, from its folder: their figures and their words."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from observer_kit.errors import FormsInvalid
from observer_kit.statements.model import Figure
from observer_kit.statements.pictures import Bar, Picture, bars
from observer_kit.statements.printer import Printer
from observer_kit.statements.wording import bare_percent, number
from observer_kit.statistics.rounding import screen_percent, whole_percent
from observer_kit.words import words

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


def plans_of(entries: Sequence[Mapping[str, object]], language: str, place: str) -> list[Plan]:
    """Read the [[chart]] tables of a style.toml, whose words stand in every language, in one of them."""
    plans = []
    for place_in, entry in enumerate(entries, 1):
        values: dict[str, object] = dict(entry) if isinstance(entry, Mapping) else {}
        told = f"{place}, chart {values.get('name', place_in)}"
        for key in ("title", "note", "whole_note"):
            text = values.get(key)
            if isinstance(text, Mapping):
                values[key] = text.get(language)
            if not isinstance(values.get(key, ""), str) or (key != "whole_note" and not values.get(key)):
                raise FormsInvalid(f"{key}: expected a text in every language", place=told)
        names = values.get("figures", ())
        if not isinstance(names, list | tuple) or not all(isinstance(name, str) for name in names):
            raise FormsInvalid("figures: expected a list of names", place=told)
        try:
            plans.append(Plan(**{**values, "figures": tuple(names)}))  # type: ignore[arg-type]
        except TypeError as error:
            raise FormsInvalid(str(error).removeprefix("Plan.__init__() "), place=told) from None
    return plans


def draw_all(plans: list[Plan], printer: Printer) -> Mapping[str, Picture | None]:
    """Draw each chart; None where fewer than two bars would stand in it."""
    return {plan.name: _draw(plan, printer) for plan in plans}


def _draw(plan: Plan, printer: Printer) -> Picture | None:
    if plan.by_region:
        rows = _regional(plan, printer)
    else:
        figures = [printer.figures[name] for name in plan.figures if name in printer.figures]
        rows = bars_of(figures, printer.language, shares=plan.shares)
    if len(rows) < LEAST_BARS:
        return None
    note = plan.note
    whole = printer.figures.get(plan.whole or "")
    if whole is not None and whole.numerator is not None and whole.denominator:
        # Prose has its own word for a per cent in each language; a chart's bars and its note have the sign.
        said = (
            bare_percent(whole, "en")
            if printer.language == "en"
            else screen_percent(whole.numerator, whole.denominator).replace(" ", "\u00a0")
        )
        note = f"{note} {plan.whole_note.format(percent=said)}"
    return bars(plan.title, note, rows)


def bars_of(figures: Sequence[Figure], language: str, *, shares: bool) -> list[Bar]:
    """Make bars of figures, largest first; those that were not counted are left out."""
    say = words(language)
    rows = []
    for figure in figures:
        if figure.numerator is None:
            continue
        label = figure.definition.label.get(language, figure.definition.id)
        if shares:
            percent = whole_percent(figure.numerator, figure.denominator)
            if percent is not None:
                said = screen_percent(figure.numerator, figure.denominator).replace(" ", "\u00a0")
                rows.append(Bar(label, float(percent), said))
        else:
            base = say("charts.of_base", base=number(figure.denominator, language)) if figure.denominator else ""
            rows.append(Bar(label, float(figure.numerator), number(figure.numerator, language), base))
    return sorted(rows, key=lambda bar: -(bar.value or 0))


def _regional(plan: Plan, printer: Printer) -> list[Bar]:
    def region_of(figure: Figure) -> str | None:
        definition = figure.definition
        return definition.where.get("region") if definition.question == plan.by_region else None

    rows = []
    for figure in printer.figures.values():
        region = region_of(figure)
        for bar in bars_of([figure], printer.language, shares=plan.shares) if region else ():
            rows.append(replace(bar, label=printer.regions.get(str(region), bar.label)))
    return sorted(rows, key=lambda bar: (-(bar.value or 0), bar.label))
