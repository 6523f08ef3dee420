"""Which charts a style draws, from its style.toml: their figures and their words."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

from observer_kit.errors import FormsInvalid
from observer_kit.missions.maps import Shapes, grid_for
from observer_kit.missions.model import Location
from observer_kit.statements.model import Figure
from observer_kit.statements.pictures import Bar, Picture, Share, bars, tiles
from observer_kit.statements.text.agreement import Grammar, digits
from observer_kit.statements.text.shares import share_of
from observer_kit.statistics.rounding import screen_percent, stands_as, whole_percent
from observer_kit.words import collated, words

LEAST_BARS: Final = 2


@dataclass(frozen=True, slots=True)
class Plan:
    """One chart: bars of the named figures, or of those that count one question region by region; or a map.

    A map (`map`) shows in which regions the stations behind some figures lie, each station once.
    """

    name: str
    title: str
    note: str
    shares: bool = False
    figures: tuple[str, ...] = ()
    by_region: str | None = None
    map: tuple[str, ...] = ()
    whole: str | None = None
    whole_note: str = ""


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
        for key in ("figures", "map"):
            names = values.get(key, ())
            if not isinstance(names, list | tuple) or not all(isinstance(name, str) for name in names):
                raise FormsInvalid(f"{key}: expected a list of names", place=told)
            values[key] = tuple(names)
        try:
            plans.append(Plan(**values))  # type: ignore[arg-type]
        except TypeError as error:
            raise FormsInvalid(str(error).removeprefix("Plan.__init__() "), place=told) from None
    return plans


@dataclass(frozen=True, slots=True)
class Drawn:
    """What charts are drawn of: the figures by name, in a language, with the places and the regions' names.

    `shapes` are the mission's own; without them a map is a grid of its regions.
    """

    figures: Mapping[str, Figure]
    language: str
    regions: Mapping[str, str]
    reconstruction: bool = False
    locations: Mapping[str, Location] = field(default_factory=dict)
    shapes: Shapes | None = None

    def printed_share(self, figure: Figure) -> bool:
        """Tell whether the source prints this share and no number: then its base was made up."""
        return self.reconstruction and figure.definition.shows == "percent"


def draw_all(plans: list[Plan], drawn: Drawn) -> Mapping[str, Picture | None]:
    """Draw each chart; None where fewer than two bars would stand in it."""
    return {plan.name: _draw(plan, drawn) for plan in plans}


def _draw(plan: Plan, drawn: Drawn) -> Picture | None:
    if plan.map:
        return _mapped(plan, drawn)
    if plan.by_region:
        rows = _regional(plan, drawn)
    else:
        figures = [drawn.figures[name] for name in plan.figures if name in drawn.figures]
        rows = bars_of(figures, drawn, shares=plan.shares)
    if len(rows) < LEAST_BARS:
        return None
    note = plan.note
    whole = drawn.figures.get(plan.whole or "")
    if whole is not None and whole.numerator is not None and whole.denominator:
        said = share_of(Grammar(drawn.language), whole, alone=True)
        note = f"{note} {plan.whole_note.format(percent=said)}"
    return bars(plan.title, note, rows)


def _mapped(plan: Plan, drawn: Drawn) -> Picture | None:
    """Draw the regions of the figures' stations; of a rebuild nothing: no source prints where they lay."""
    if drawn.reconstruction:
        return None
    behind = {code for name in plan.map if name in drawn.figures for code in drawn.figures[name].stations}
    found = (drawn.locations.get(code) for code in behind)
    met = Counter(place.region for place in found if place is not None and place.region in drawn.regions)
    if len(met) < LEAST_BARS:
        return None
    grid = grid_for(drawn.regions)
    shares = [Share(name, met.get(code, 0), met.total(), code) for code, name in drawn.regions.items()]
    note = plan.note if drawn.shapes or grid.drawn_up else f"{plan.note} {words(drawn.language)('charts.in_order')}"
    return tiles(plan.title, note, shares, drawn.language, drawn.shapes or grid, counts=True)


def bars_of(figures: Sequence[Figure], drawn: Drawn, *, shares: bool) -> list[Bar]:
    """Make bars of figures, largest first; what was not counted is left out, a share of a small base has its counts."""
    say, language = words(drawn.language), drawn.language
    rows = []
    for figure in figures:
        if figure.numerator is None:
            continue
        label = figure.definition.label.get(language, figure.definition.id)
        number, base = digits(figure.numerator, language), digits(figure.denominator or 0, language)
        if not shares:
            told = say("charts.of_base", base=base) if figure.denominator else ""
            rows.append(Bar(label, float(figure.numerator), number, told))
        elif (percent := whole_percent(figure.numerator, figure.denominator)) is not None:
            small = stands_as(figure.denominator) == "counts" and not drawn.printed_share(figure)
            said = screen_percent(figure.numerator, figure.denominator).replace(" ", "\u00a0")
            rows.append(
                Bar(label, float(percent), say("charts.of", cases=number, base=base) if small else said, hollow=small)
            )
    return sorted(rows, key=lambda bar: -(bar.value or 0))


def _regional(plan: Plan, drawn: Drawn) -> list[Bar]:
    def region_of(figure: Figure) -> str | None:
        definition = figure.definition
        return definition.where.get("region") if definition.question == plan.by_region else None

    rows = []
    for figure in drawn.figures.values():
        region = region_of(figure)
        for bar in bars_of([figure], drawn, shares=plan.shares) if region else ():
            rows.append(replace(bar, label=drawn.regions.get(str(region), bar.label)))
    return sorted(rows, key=lambda bar: (-(bar.value or 0), collated(bar.label, drawn.language)))
