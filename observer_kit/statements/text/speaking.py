"""What every form of a mark is said with: a count with its noun, a part of its base, a gap with the reason.

The rules are wording's and statistics.rounding's; this module only finds the
words. Nothing is rounded or divided here.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from observer_kit.statements import wording
from observer_kit.statements.model import Figure
from observer_kit.statements.text.agreement import Grammar, Noun, digits
from observer_kit.statements.text.marks import Mark

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


class Speaking:
    """One language's words for numbers, under one style's rule for shares."""

    def __init__(
        self, language: str, event: str = "election", *, shares: str = "odihr", reconstruction: bool = False
    ) -> None:
        self.grammar = Grammar(language, event)
        self.language = language
        self.shares = shares
        self.reconstruction = reconstruction

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

    def missing(self, name: str, figure: Figure | None, code: str, told: str, phrase: str = "gap") -> Said:
        """Leave a gap that names the figure; `told` is for the author."""
        label = figure.definition.label.get(self.language) if figure is not None else None
        return Said(self.grammar.phrase(phrase, name=label or name.replace("_", " ")), gap=True, code=code, told=told)

    def count(self, mark: Mark, figure: Figure, noun: Noun | None) -> Said:
        """Say how many, in digits or as a word."""
        value = figure.numerator or 0
        if value == 0:
            return self.nothing(mark, figure, noun)
        return self.counted(value, noun, mark.case, as_word=mark.form == "word")

    def nothing(self, mark: Mark, figure: Figure, noun: Noun | None) -> Said:
        """Say "no case" only under the guard for absolutes, and only where the language says it so."""
        if noun is not None and wording.is_complete(figure) and "none" in self.grammar.table["says"]:
            return Said(self.grammar.phrase("none", plural=noun.counted(0, said="").strip()))
        told = f"{mark.source}: nothing was counted; write this sentence for d.seen() and for `unseen`"
        return self.missing(mark.name, figure, "zero_needs_words", told, "gap_zero")

    def no_base(self, mark: Mark, figure: Figure) -> Said:
        """Leave a gap where there is nothing to divide by."""
        return self.missing(mark.name, figure, "base_missing", f"{mark.source}: there is nothing to divide by")

    def of(self, mark: Mark, figure: Figure, noun: Noun | None) -> Said:
        """Say a count with its base: 24 of the 151 counts."""
        value, base = figure.numerator or 0, figure.denominator
        if not base:
            return self.no_base(mark, figure)
        if noun is None:
            return Said(self.bare(value, base, mark.case, "of_bare"))
        if value == base == 1 and "of_one" in self.grammar.table["says"] and wording.is_complete(figure):
            only = noun.counted(1, mark.case, self.grammar.word("only", noun.gender, mark.case))
            return Said(self.grammar.phrase("of_one", only=only), clause=noun.clause)  # not "1 of the 1 station"
        said = self.grammar.phrase("of", **self.words(value, base, noun, mark.case))
        return Said(said, clause=noun.clause)

    def bare(self, value: int, base: int, case: str, phrase: str) -> str:
        """Say a count with its base in digits alone: 24 of 151."""
        uncased = f"{phrase}_nom"
        return self.grammar.phrase(
            uncased if case == "nom" and uncased in self.grammar.table["says"] else phrase,
            n=digits(value, self.language),
            base_bare=digits(base, self.language),
            base_suffix=self.grammar.with_suffix(base, "gen"),
            base_from=self.grammar.with_suffix(base, "abl"),
            n_suffix=self.counted(value, None, case).text,
        )

    def words(self, value: int, base: int, noun: Noun, case: str) -> Mapping[str, str]:
        """Give what the phrases of a language are filled with."""
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


def against(figure: Figure) -> str:
    """Say what stands against an absolute: how many reports lack an answer, and why."""
    parts = wording.against_absolute(figure)
    said = ", ".join(f"{number} {name.replace('_', ' ')}" for name, number in parts.items())
    return f"no absolute may stand ({said or 'nothing was asked'})"
