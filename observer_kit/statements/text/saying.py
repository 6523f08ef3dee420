"""How each form of a mark is said of a figure, in any language: what may stand, and what must become a gap."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from observer_kit.statements import wording
from observer_kit.statements.model import Figure
from observer_kit.statements.text import absolutes, shares
from observer_kit.statements.text.agreement import Noun, digits
from observer_kit.statements.text.marks import BARE, Mark
from observer_kit.statements.text.model import WordsInvalid
from observer_kit.statements.text.speaking import Said, Speaking


class Speaker(Speaking):
    """Says figures in one language under one style's rule for shares."""

    def say(self, mark: Mark, figure: Figure | None) -> Said:
        """Say a figure as its mark asks; what can't be said is a gap with the reason."""
        if figure is None:
            return self.missing(mark.name, None, "figure_unknown", f"{mark.source}: the mission has no such figure")
        try:
            noun = self._noun(mark, figure)
        except WordsInvalid as error:
            return self.missing(mark.name, figure, "noun_unknown", f"{mark.source}: {error}")
        if figure.numerator is None and mark.form not in ("base", "label", "verb"):
            return self.missing(mark.name, figure, "not_counted", f"{mark.source}: the figure was not counted")
        if self.only_percent(figure) and mark.form not in ("percent", "fraction", "stations", "verb"):
            return self.missing(
                mark.name, figure, "number_not_printed", f"{mark.source}: its source prints a per cent only"
            )
        return _FORMS[mark.form](self, mark, figure, noun)

    def _noun(self, mark: Mark, figure: Figure) -> Noun | None:
        if mark.noun == BARE or mark.form == "verb":
            return None
        noun = self.grammar.noun(mark.noun or figure.definition.unit)
        return self.grammar.noun(noun.assessed) if noun.assessed and wording.is_rated_in_part(figure) else noun

    def _base(self, mark: Mark, figure: Figure, noun: Noun | None) -> Said:
        if not figure.denominator:
            return self.no_base(mark, figure)
        return self.counted(figure.denominator, noun, mark.case)

    def _number(self, mark: Mark, figure: Figure, noun: Noun | None) -> Said:
        return Said(digits(figure.numerator or 0, self.language))

    def _label(self, mark: Mark, figure: Figure, noun: Noun | None) -> Said:
        return Said(figure.definition.label.get(self.language) or figure.definition.id)

    def _verb(self, mark: Mark, figure: Figure, noun: Noun | None) -> Said:
        return Said(self.grammar.agreeing(figure.numerator or 0, mark.noun.split("|")))

    def _stations(self, mark: Mark, figure: Figure, noun: Noun | None) -> Said:
        return Said("")  # a footnote: the setting writes it


_FORMS: Final[Mapping[str, Callable[[Speaker, Mark, Figure, Noun | None], Said]]] = {
    "count": Speaker.count,
    "word": Speaker.count,
    "base": Speaker._base,
    "of": Speaker.of,
    "percent": shares.percent,
    "both": shares.both,
    "fraction": shares.fraction,
    "unseen": absolutes.unseen,
    "all": absolutes.every,
    "stations": Speaker._stations,
    "number": Speaker._number,
    "verb": Speaker._verb,
    "label": Speaker._label,
}
