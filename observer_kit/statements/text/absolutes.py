"""How "all" and "in none" are said: only where nothing is missing; else the numbers, and the author is told."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from observer_kit.statements import wording
from observer_kit.statements.model import Figure
from observer_kit.statements.text.agreement import Noun
from observer_kit.statements.text.marks import Mark
from observer_kit.statements.text.speaking import Said, Speaking, against

ABLE: Final = "report_able"
"""The noun of the reports that could observe a thing, where not all could."""


def unseen(speaker: Speaking, mark: Mark, figure: Figure, noun: Noun | None) -> Said:
    """Say that a thing was seen nowhere, of the reports that could observe it."""
    if figure.numerator:
        told = f"{mark.source}: it was seen, {figure.numerator} times; this sentence is for when nothing was"
        return speaker.missing(mark.name, figure, "unseen_was_seen", told)
    if figure.definition.measure == "diary":
        return Said(speaker.grammar.phrase("unseen_diary"))  # the mission's own record has no base
    if not figure.denominator:
        return speaker.no_base(mark, figure)
    if wording.is_complete(figure) and noun is not None:
        return _none_of(speaker, figure.denominator, noun)
    able = wording.able(figure)
    if not able:
        return speaker.missing(mark.name, figure, "not_counted", f"{mark.source}: no report could observe it")
    told = f"{mark.source}: {against(figure)}; the text says so"
    return replace(_none_of(speaker, able, speaker.grammar.noun(ABLE), able=True), code="absolute_unguarded",
                   told=told)  # fmt: skip


def _none_of(speaker: Speaking, base: int, noun: Noun, *, able: bool = False) -> Said:
    only = noun.counted(1, "in", speaker.grammar.word("only", noun.gender, "in"))
    one_of = speaker.grammar.word("one_of", noun.gender, "in") if "one_of" in speaker.grammar.table else ""
    said = speaker.grammar.phrase(
        ("unseen_unsure" if able else "unseen") + ("_one" if base == 1 else ""),
        prep=noun.preposition or str(speaker.grammar.table["says"]["prep"]),
        only=only, able_only=only, one_of=one_of, one_of_able=one_of,
        base=noun.counted(base), able=noun.counted(base),
        base_gen=noun.counted(base, "gen"), able_gen=noun.counted(base, "gen"),
    )  # fmt: skip
    return Said(said.strip(), clause=noun.clause)


def every(speaker: Speaking, mark: Mark, figure: Figure, noun: Noun | None) -> Said:
    """Say that it holds for all, where it does; else the numbers."""
    base = figure.denominator
    if not base or noun is None or figure.numerator != base or not wording.is_complete(figure):
        said = speaker.of(mark, figure, noun)
        if base and figure.numerator == base and not said.gap:
            told = f"{mark.source}: {against(figure)}; the text gives the numbers"
            return replace(said, code="absolute_unguarded", told=told)
        return said
    case = "gen" if mark.case == "acc" and noun.animate else mark.case
    table = speaker.grammar.table
    if base == 1:
        return Said(noun.counted(1, case, speaker.grammar.word("only", noun.gender, case)), clause=noun.clause)
    if base == 2 and "both" in table:
        return Said(noun.counted(2, case, speaker.grammar.word("both", noun.gender, case)), clause=noun.clause)
    every = "all_two" if base == 2 and "all_two" in table else "all"
    word = speaker.grammar.word(every, noun.gender, case) if every in table else ""
    return Said(speaker.grammar.phrase("all", all=word, **speaker.words(base, base, noun, case)), clause=noun.clause)
