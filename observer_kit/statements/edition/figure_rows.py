"""The annex of figures: each with its question, its counts, its unit and base, and where its source says it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from observer_kit.statements.edition.counted import how, question_of
from observer_kit.statements.edition.model import Edition
from observer_kit.statements.edition.source import Quoted
from observer_kit.statements.model import Figure
from observer_kit.statements.text.agreement import digits
from observer_kit.statements.text.places import place_in
from observer_kit.statistics.rounding import screen_percent, stands_as

NOTHING: Final = "–"
SILENT: Final = ("not_applicable", "not_observed", "missing", "not_asked")
"""The kinds of reports without an answer, as the table of figures has them."""
Say = Callable[..., str]


@dataclass(frozen=True, slots=True)
class FigureRow:
    """One figure with everything a reader needs to check it."""

    place: int
    label: str
    question: str
    counts: Sequence[str]
    unit: str
    source: str
    difference: str
    beside: str
    regions: str


def counted_columns(edition: Edition) -> tuple[str, ...]:
    """Name the columns of what was counted; a style without shares has no per cents in its annex either."""
    return ("count", "base") if edition.style.shares == "counts" else ("count", "base", "percent")


def silent_columns(edition: Edition) -> tuple[str, ...]:
    """Name the columns of what was not answered; a rebuilt mission's source prints none of them."""
    return () if edition.reconstruction else SILENT


def figure_rows(edition: Edition, say: Say) -> list[FigureRow]:
    """Give every figure of the annex."""
    return [_figure_row(edition, say, place, figure) for place, figure in edition.numbered.items()]


def _figure_row(edition: Edition, say: Say, place: int, figure: Figure) -> FigureRow:
    definition, language = figure.definition, edition.language
    only = edition.only_percent(figure)
    alone = not definition.is_share or (not only and stands_as(figure.denominator) == "counts")

    def number(value: int | None) -> str:
        return NOTHING if value is None else digits(value, language)

    counts = [
        say("gap") if figure.numerator is None else NOTHING if only else number(figure.numerator),
        NOTHING if only else number(figure.denominator or None),
        NOTHING
        if alone
        else screen_percent(figure.numerator, figure.denominator).removesuffix(" %").replace(" ", "\u00a0"),
    ][: len(counted_columns(edition))]
    counts += (number(getattr(figure, name)) for name in silent_columns(edition))
    question = question_of(edition, definition)
    cited = [f"{s.ref} {s.place}" for s in question.sources] if question else []
    printed = "" if definition.locator in "; ".join(cited) else place_in(definition.locator, language)
    sources = "; ".join(dict.fromkeys(place_in(each, language) for each in cited))
    quoted = edition.differences.get(definition.name, Quoted())
    return FigureRow(
        place=place,
        label=definition.label.get(language) or definition.label.get("en", definition.id),
        question=question.label.get(language, "") if question else "",
        counts=counts,
        unit=how(edition, figure, say),
        source=" · ".join(filter(None, (sources, say("printed_in", place=printed) if printed else ""))),
        difference=quoted.differs,
        beside=quoted.beside,
        regions=_spread(edition, figure),
    )


def _spread(edition: Edition, figure: Figure) -> str:
    """Say in how many stations of each region; nothing where the stations were made up or are withheld."""
    if edition.reconstruction or figure.definition.name in edition.withheld:
        return ""
    found = (edition.locations.get(code) for code in figure.stations)
    names = (edition.regions.get(each.region or "") for each in found if each)
    met = Counter(name for name in names if name)
    return ", ".join(f"{name} {digits(met[name], edition.language)}" for name in sorted(met))
