"""How each form of a mark is said of a figure, in any language: what may stand, and what must become a gap.

The rules are wording's and statistics.rounding's; this module only finds the
words. Nothing is rounded or divided here.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Final

from observer_kit.statements import wording
from observer_kit.statements.model import Figure
from observer_kit.statements.text.agreement import Grammar, Noun, digits
from observer_kit.statements.text.marks import BARE, Mark
from observer_kit.statements.text.model import WordsInvalid
from observer_kit.statistics.rounding import LEAST_FOR_PERCENT, edge, stands_as, whole_percent

ABLE: Final = "report_able"
"""The noun of the reports that could observe a thing, where not all could."""
_GENITIVE_AFTER: Final = (1, 2, 3, 4)
"""Russian animate nouns stand in the genitive after these numbers, where others are in the accusative."""


@dataclass(frozen=True, slots=True)
class Said:
    """What stands in a mark's place; `code` and `told` are for the author; `clause` ends in one that wants a comma."""

    text: str
    gap: bool = False
    code: str = ""
    told: str = ""
    clause: bool = False


class Speaker:
    """Says figures in one language under one style's rule for shares."""

    def __init__(
        self, language: str, event: str = "election", *, shares: str = "odihr", reconstruction: bool = False
    ) -> None:
        self.grammar = Grammar(language, event)
        self.language = language
        self.shares = shares
        self.reconstruction = reconstruction

    def say(self, mark: Mark, figure: Figure | None) -> Said:
        """Say a figure as its mark asks; what can't be said is a gap with the reason."""
        if figure is None:
            return self._gap(mark.name, None, "figure_unknown", f"{mark.source}: the mission has no such figure")
        try:
            noun = self._noun(mark, figure)
        except WordsInvalid as error:
            return self._gap(mark.name, figure, "noun_unknown", f"{mark.source}: {error}")
        if figure.numerator is None and mark.form not in ("base", "label", "verb"):
            return self._gap(mark.name, figure, "not_counted", f"{mark.source}: the figure was not counted")
        if self.only_percent(figure) and mark.form not in ("percent", "fraction", "stations", "verb"):
            return self._gap(
                mark.name, figure, "number_not_printed", f"{mark.source}: its source prints a per cent only"
            )
        return _FORMS[mark.form](self, mark, figure, noun)

    def only_percent(self, figure: Figure) -> bool:
        """Tell whether the number behind the share was made up, because the source prints only the per cent."""
        return self.reconstruction and figure.definition.shows == "percent"

    def gap(self, name: str) -> str:
        """Say that something is not available."""
        return self.grammar.phrase("gap", name=name.replace("_", " "))

    def counted(self, value: int, noun: Noun | None, case: str, *, as_word: bool = False) -> Said:
        """Say a number with its noun; without one, in digits with the suffix of the case where a language has any."""
        if noun is None:
            return Said(self.grammar.with_suffix(value, case) if case != "nom" else digits(value, self.language))
        if case == "acc" and noun.animate and value in _GENITIVE_AFTER:
            case = "gen"
        return Said(
            noun.counted(value, case, self.grammar.number(value, noun.gender, case, as_word=as_word)),
            clause=noun.clause,
        )

    def _noun(self, mark: Mark, figure: Figure) -> Noun | None:
        if mark.noun == BARE or mark.form == "verb":
            return None
        noun = self.grammar.noun(mark.noun or figure.definition.unit)
        return self.grammar.noun(noun.assessed) if noun.assessed and wording.is_rated_in_part(figure) else noun

    def _gap(self, name: str, figure: Figure | None, code: str, told: str, phrase: str = "gap") -> Said:
        label = figure.definition.label.get(self.language) if figure is not None else None
        return Said(self.grammar.phrase(phrase, name=label or name.replace("_", " ")), gap=True, code=code, told=told)

    def _count(self, mark: Mark, figure: Figure, noun: Noun | None) -> Said:
        value = figure.numerator or 0
        if value == 0:
            return self._nothing(mark, figure, noun)
        return self.counted(value, noun, mark.case, as_word=mark.form == "word")

    def _nothing(self, mark: Mark, figure: Figure, noun: Noun | None) -> Said:
        """Say "no case" only under the guard for absolutes, and only where the language says it so."""
        if noun is not None and wording.is_complete(figure) and "none" in self.grammar.table["says"]:
            return Said(self.grammar.phrase("none", plural=noun.counted(0, said="").strip()))
        told = f"{mark.source}: nothing was counted; write this sentence for d.seen() and for `unseen`"
        return self._gap(mark.name, figure, "zero_needs_words", told, "gap_zero")

    def _base(self, mark: Mark, figure: Figure, noun: Noun | None) -> Said:
        if not figure.denominator:
            return self._no_base(mark, figure)
        return self.counted(figure.denominator, noun, mark.case)

    def _no_base(self, mark: Mark, figure: Figure) -> Said:
        return self._gap(mark.name, figure, "base_missing", f"{mark.source}: there is nothing to divide by")

    def _of(self, mark: Mark, figure: Figure, noun: Noun | None) -> Said:
        value, base = figure.numerator or 0, figure.denominator
        if not base:
            return self._no_base(mark, figure)
        if noun is None:
            return Said(self._bare(value, base, mark.case, "of_bare"))
        said = self.grammar.phrase("of", **self._words(value, base, noun, mark.case))
        return Said(said, clause=noun.clause)

    def _bare(self, value: int, base: int, case: str, phrase: str) -> str:
        return self.grammar.phrase(
            phrase,
            n=digits(value, self.language),
            base_bare=digits(base, self.language),
            base_suffix=self.grammar.with_suffix(base, "gen"),
            n_suffix=self.counted(value, None, case).text,
        )

    def _words(self, value: int, base: int, noun: Noun, case: str) -> Mapping[str, str]:
        head = self.grammar.noun(noun.head)
        return {
            "n": digits(value, self.language),
            "base": noun.counted(base),
            "base_gen": noun.counted(base, "gen"),
            "base_case": noun.counted(base, case),
            "base_bare": digits(base, self.language),
            "base_head_gen": head.counted(base, "gen"),
            "head": head.counted(value, case),
        }

    def _percent(self, mark: Mark, figure: Figure, noun: Noun | None) -> Said:
        value, base = figure.numerator or 0, figure.denominator
        if not base:
            return self._no_base(mark, figure)
        allowed = stands_as(base)
        printed = self.only_percent(figure)
        if self.shares == "counts" and printed:
            return self._gap(
                mark.name, figure, "number_not_printed", f"{mark.source}: its source prints a per cent only"
            )
        if self.shares == "counts" or (allowed == "counts" and not printed):
            return self._of(mark, figure, noun)
        if not printed and wording.is_complete(figure) and (value == 0 or (value == base and allowed == "both")):
            # Nought is no share, nor is the whole beside its own count; "none" and "all" can't stand in a number's
            # place, for the sentence may hold a "not".
            return self._of(mark, figure, noun)
        if value in (0, base) and not printed and not wording.is_complete(figure):
            # "0 per cent" and "100 per cent" say none and all.
            told = f"{mark.source}: {_against(figure)}; the text gives the numbers"
            return replace(self._of(mark, figure, noun), code="absolute_unguarded", told=told)
        said = share_of(self.grammar, figure, mark.case, alone=noun is None and mark.case == "nom")
        if noun is not None:
            said = self.grammar.phrase("share", share=said, of=noun.plural)
        if allowed == "both" and not printed:
            counts = (
                self._bare(value, base, "nom", "of_bare")
                if noun is None
                else self.grammar.phrase("counts", **self._words(value, base, noun, mark.case))
            )
            return Said(self.grammar.phrase("beside", share=said, counts=counts))
        return Said(said, clause=noun is not None and noun.clause)

    def _both(self, mark: Mark, figure: Figure, noun: Noun | None) -> Said:
        counted = self._count(mark, figure, noun)
        if counted.gap or not figure.numerator or self.shares == "counts":
            return counted
        if (figure.denominator or 0) < LEAST_FOR_PERCENT:
            return counted
        if figure.numerator == figure.denominator and not wording.is_complete(figure):
            told = f"{mark.source}: {_against(figure)}; the text gives the numbers"
            share = self._bare(figure.numerator, figure.denominator, "nom", "of_bare")
            said = self.grammar.phrase("both", counted=counted.text, share=share)
            return Said(said, code="absolute_unguarded", told=told)
        share = share_of(self.grammar, figure, alone=True)
        return Said(self.grammar.phrase("both", counted=counted.text, share=share))

    def _fraction(self, mark: Mark, figure: Figure, noun: Noun | None) -> Said:
        parts = wording.fraction(figure) if self.shares == "odihr" and noun is not None else None
        if parts is None or noun is None:
            return (self._percent if self.only_percent(figure) else self._of)(mark, figure, noun)
        entry = self.grammar.table["fractions"][f"{parts[0]}/{parts[1]}"]
        case = "gen" if mark.case == "acc" and noun.animate and entry["with"] != "of" else mark.case
        forms = entry.get(noun.gender) or entry["m"]
        said = str(forms.get(case) or forms["nom"])
        if entry["with"] == "of":
            return Said(self.grammar.phrase("share", share=said, of=noun.plural), clause=noun.clause)
        return Said(noun.pattern(case, entry["with"]).replace("{n}", said), clause=noun.clause)

    def _unseen(self, mark: Mark, figure: Figure, noun: Noun | None) -> Said:
        if figure.numerator:
            told = f"{mark.source}: it was seen, {figure.numerator} times; this sentence is for when nothing was"
            return self._gap(mark.name, figure, "unseen_was_seen", told)
        if figure.definition.measure == "diary":
            return Said(self.grammar.phrase("unseen_diary"))  # the mission's own record has no base
        if not figure.denominator:
            return self._no_base(mark, figure)
        if wording.is_complete(figure) and noun is not None:
            return self._none_of(figure.denominator, noun)
        able = wording.able(figure)
        if not able:
            return self._gap(mark.name, figure, "not_counted", f"{mark.source}: no report could observe it")
        told = f"{mark.source}: {_against(figure)}; the text says so"
        return replace(self._none_of(able, self.grammar.noun(ABLE), able=True), code="absolute_unguarded",
                       told=told)  # fmt: skip

    def _none_of(self, base: int, noun: Noun, *, able: bool = False) -> Said:
        only = noun.counted(1, "in", self.grammar.word("only", noun.gender, "in"))
        one_of = self.grammar.word("one_of", noun.gender, "in") if "one_of" in self.grammar.table else ""
        said = self.grammar.phrase(
            ("unseen_unsure" if able else "unseen") + ("_one" if base == 1 else ""),
            prep=noun.preposition or str(self.grammar.table["says"]["prep"]),
            only=only, able_only=only, one_of=one_of, one_of_able=one_of,
            base=noun.counted(base), able=noun.counted(base),
            base_gen=noun.counted(base, "gen"), able_gen=noun.counted(base, "gen"),
        )  # fmt: skip
        return Said(said.strip(), clause=noun.clause)

    def _all(self, mark: Mark, figure: Figure, noun: Noun | None) -> Said:
        base = figure.denominator
        if not base or noun is None or figure.numerator != base or not wording.is_complete(figure):
            said = self._of(mark, figure, noun)
            if base and figure.numerator == base and not said.gap:
                told = f"{mark.source}: {_against(figure)}; the text gives the numbers"
                return replace(said, code="absolute_unguarded", told=told)
            return said
        case = "gen" if mark.case == "acc" and noun.animate else mark.case
        table = self.grammar.table
        if base == 1:
            return Said(noun.counted(1, case, self.grammar.word("only", noun.gender, case)), clause=noun.clause)
        if base == 2 and "both" in table:
            return Said(noun.counted(2, case, self.grammar.word("both", noun.gender, case)), clause=noun.clause)
        every = "all_two" if base == 2 and "all_two" in table else "all"
        word = self.grammar.word(every, noun.gender, case) if every in table else ""
        return Said(self.grammar.phrase("all", all=word, **self._words(base, base, noun, case)), clause=noun.clause)

    def _number(self, mark: Mark, figure: Figure, noun: Noun | None) -> Said:
        return Said(digits(figure.numerator or 0, self.language))

    def _label(self, mark: Mark, figure: Figure, noun: Noun | None) -> Said:
        return Said(figure.definition.label.get(self.language) or figure.definition.id)

    def _verb(self, mark: Mark, figure: Figure, noun: Noun | None) -> Said:
        return Said(self.grammar.agreeing(figure.numerator or 0, mark.noun.split("|")))

    def _stations(self, mark: Mark, figure: Figure, noun: Noun | None) -> Said:
        return Said("")  # a footnote: the setting writes it


def share_of(grammar: Grammar, figure: Figure, case: str = "nom", *, alone: bool = False) -> str:
    """Say a figure's share as a whole per cent, whatever its base; `alone` stands in brackets or after a colon."""
    whole = whole_percent(figure.numerator, figure.denominator)
    if whole is None:
        raise ValueError(f"{figure.definition.id} has no share")
    near = edge(figure.numerator, figure.denominator)
    return grammar.per_cent({"under_1": 1, "over_99": 99}.get(near or "", whole), case, near=near, alone=alone)


def _against(figure: Figure) -> str:
    """Say what stands against an absolute: how many reports lack an answer, and why."""
    parts = wording.against_absolute(figure)
    said = ", ".join(f"{number} {name.replace('_', ' ')}" for name, number in parts.items())
    return f"no absolute may stand ({said or 'nothing was asked'})"


_FORMS: Final[Mapping[str, Callable[[Speaker, Mark, Figure, Noun | None], Said]]] = {
    "count": Speaker._count,
    "word": Speaker._count,
    "base": Speaker._base,
    "of": Speaker._of,
    "percent": Speaker._percent,
    "both": Speaker._both,
    "fraction": Speaker._fraction,
    "unseen": Speaker._unseen,
    "all": Speaker._all,
    "stations": Speaker._stations,
    "number": Speaker._number,
    "verb": Speaker._verb,
    "label": Speaker._label,
}
