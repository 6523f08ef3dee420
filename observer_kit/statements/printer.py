"""What a statement's template may say of a figure: each call numbers it, links it to the annex, and guards it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from markupsafe import Markup, escape

from observer_kit.missions.model import Location
from observer_kit.statements import wording
from observer_kit.statements.model import Figure
from observer_kit.statistics.rounding import LEAST_FOR_PERCENT


class Printer:
    """A statement's figures by name, numbered in the order in which the text uses them.

    A figure that can't be computed, or that no source prints in a
    reconstruction, leaves a visible gap in the text, never a 0.
    """

    def __init__(
        self,
        figures: Iterable[Figure],
        language: str,
        locations: Mapping[str, Location] | None = None,
        regions: Mapping[str, str] | None = None,
        *,
        reconstruction: bool = False,
    ) -> None:
        self.language = language
        self.locations = locations or {}
        self.regions = regions or {}
        self.reconstruction = reconstruction
        self.figures = wording.printable(figures, reconstruction=reconstruction)
        self.used: dict[str, int] = {}

    def has(self, *names: str) -> bool:
        """Tell whether any of these figures was counted; reports that never came are nothing to speak of."""
        return any(name in self.figures and wording.speaks(self.figures[name]) for name in names)

    def _mark(self, name: str) -> Markup:
        place = self.used.setdefault(name, len(self.used) + 1)
        return Markup('<sup class="mark"><a href="#figure-{0}">{0}</a></sup>').format(place)

    def _say(self, name: str, text: str) -> Markup:
        return Markup('<span class="figure">{}{}</span>').format(text, self._mark(name))

    def _gap(self, name: str) -> Markup:
        return Markup('<span class="gap">[not available: {}]</span>').format(name.replace("_", " "))

    def only_percent(self, figure: Figure) -> bool:
        """Tell whether the number behind the share was made up, because the source prints only the per cent."""
        return self.reconstruction and figure.definition.shows == "percent"

    def _counted(self, name: str) -> Figure | None:
        figure = self.figures.get(name)
        if figure is None or figure.numerator is None or self.only_percent(figure):
            return None
        return figure

    def count(self, name: str, *, as_word: bool = False) -> Markup:
        """Say the number alone: "241"."""
        figure = self._counted(name)
        if figure is None or figure.numerator is None:
            return self._gap(name)
        return self._say(name, wording.number(figure.numerator, self.language, as_word=as_word))

    def base(self, name: str) -> Markup:
        """Say the figure's base: "1,622"."""
        figure = self.figures.get(name)
        if figure is None or figure.denominator is None:
            return self._gap(name)
        return escape(wording.number(figure.denominator, self.language))

    def of(self, name: str) -> Markup:
        """Say the number over its base: "50 of the 97"."""
        figure = self._counted(name)
        if figure is None or figure.numerator is None or figure.denominator is None:
            return self._gap(name)
        said = [wording.number(value, self.language) for value in (figure.numerator, figure.denominator)]
        return self._say(name, f"{said[0]} of the {said[1]}")

    def percent(self, name: str) -> Markup:
        """Say the share as its base allows: "90 per cent", "15 per cent (6 of 40)", "6 of 24"."""
        figure = self.figures.get(name)
        if figure is None or figure.numerator is None or not figure.denominator:
            return self._gap(name)
        if self.only_percent(figure):
            return self._say(name, wording.bare_percent(figure, self.language))
        return self._say(name, wording.percent(figure, self.language))

    def seen(self, name: str, one: str, many: str) -> Markup:
        """Say in how many cases it was seen: "135 cases", "no case", "none of the 1,580 reports …"."""
        figure = self._counted(name)
        if figure is None:
            return self._gap(name)
        return self._say(name, wording.seen(figure, one, many, self.language))

    def both(self, name: str, one: str, many: str) -> Markup:
        """Say number and share: "27 commissions (22 per cent)"; the share only where the base allows one."""
        figure = self._counted(name)
        if figure is None or not figure.denominator:
            return self.seen(name, one, many)
        text = wording.seen(figure, one, many, self.language)
        if figure.numerator and figure.denominator >= LEAST_FOR_PERCENT:
            share = wording.percent(figure, self.language).split(" (")[0]
            text = f"{text} ({share})"
        return self._say(name, text)

    def joined(self, parts: Iterable[Markup | str]) -> Markup:
        """Join what there is to say: "a", "a and b", "a, b and c"; empty parts are left out."""
        said = [escape(part) for part in parts if part]
        if len(said) < 2:
            return said[0] if said else Markup()
        return Markup(", ").join(said[:-1]) + Markup(" and ") + said[-1]

    def stations(self, name: str) -> Markup:
        """Give a footnote that names the stations behind a figure, region by region; empty where none may be named."""
        figure = self.figures.get(name)
        if figure is None:
            return Markup()
        named = wording.named_stations(figure, self.locations, self.regions, reconstruction=self.reconstruction)
        if not named:
            return Markup()
        parts = [f"{region}: {', '.join(codes)}" for region, codes in named]
        lead = "Stations named by the source. " if self.reconstruction else "Stations. "
        return Markup('<span class="footnote">{}{}.</span>').format(lead, "; ".join(parts))

    def numbered(self) -> Sequence[tuple[int, Figure]]:
        """Give the figures that the text used, with their numbers, then the others, for the annex."""
        rows = [(place, self.figures[name]) for name, place in self.used.items()]
        rest = [figure for name, figure in self.figures.items() if name not in self.used]
        return rows + list(enumerate(rest, start=len(rows) + 1))
