"""How a share is said: in per cent, beside its count, as a fraction; as counts where no share may stand."""

from __future__ import annotations

from dataclasses import replace

from observer_kit.statements import wording
from observer_kit.statements.model import Figure
from observer_kit.statements.text.agreement import Grammar, Noun
from observer_kit.statements.text.marks import Mark
from observer_kit.statements.text.speaking import Said, Speaking, against
from observer_kit.statistics.rounding import LEAST_FOR_PERCENT, edge, stands_as, whole_percent


def percent(speaker: Speaking, mark: Mark, figure: Figure, noun: Noun | None) -> Said:
    """Say a share in per cent; as counts where a per cent may not stand."""
    value, base = figure.numerator or 0, figure.denominator
    if not base:
        return speaker.no_base(mark, figure)
    allowed = stands_as(base)
    printed = speaker.only_percent(figure)
    if speaker.shares == "counts" and printed:
        return speaker.missing(
            mark.name, figure, "number_not_printed", f"{mark.source}: its source prints a per cent only"
        )
    if speaker.shares == "counts" or (allowed == "counts" and not printed):
        return speaker.of(mark, figure, noun)
    if not printed and wording.is_complete(figure) and (value == 0 or (value == base and allowed == "both")):
        # Nought is no share, nor is the whole beside its own count; "none" and "all" can't stand in a number's
        # place, for the sentence may hold a "not".
        return speaker.of(mark, figure, noun)
    if value in (0, base) and not printed and not wording.is_complete(figure):
        # "0 per cent" and "100 per cent" say none and all.
        told = f"{mark.source}: {against(figure)}; the text gives the numbers"
        return replace(speaker.of(mark, figure, noun), code="absolute_unguarded", told=told)
    said = share_of(speaker.grammar, figure, mark.case, alone=noun is None and mark.case == "nom")
    if noun is not None:
        said = speaker.grammar.phrase("share", share=said, of=noun.plural)
    if allowed == "both" and not printed:
        counts = (
            speaker.bare(value, base, "nom", "of_bare")
            if noun is None
            else speaker.grammar.phrase("counts", **speaker.words(value, base, noun, mark.case))
        )
        return Said(speaker.grammar.phrase("beside", share=said, counts=counts))
    return Said(said, clause=noun is not None and noun.clause)


def both(speaker: Speaking, mark: Mark, figure: Figure, noun: Noun | None) -> Said:
    """Say a count, and its per cent in brackets where that may stand."""
    counted = speaker.count(mark, figure, noun)
    if counted.gap or not figure.numerator or speaker.shares == "counts":
        return counted
    if (figure.denominator or 0) < LEAST_FOR_PERCENT:
        return counted
    if figure.numerator == figure.denominator and not wording.is_complete(figure):
        told = f"{mark.source}: {against(figure)}; the text gives the numbers"
        share = speaker.bare(figure.numerator, figure.denominator, "nom", "of_bare")
        said = speaker.grammar.phrase("both", counted=counted.text, share=share)
        return Said(said, code="absolute_unguarded", told=told)
    share = share_of(speaker.grammar, figure, alone=True)
    return Said(speaker.grammar.phrase("both", counted=counted.text, share=share))


def fraction(speaker: Speaking, mark: Mark, figure: Figure, noun: Noun | None) -> Said:
    """Say a share as a fraction of the same numbers; else in per cent, or as counts."""
    parts = wording.fraction(figure) if speaker.shares == "odihr" and noun is not None else None
    if parts is None or noun is None:
        return percent(speaker, mark, figure, noun) if speaker.only_percent(figure) else speaker.of(mark, figure, noun)
    entry = speaker.grammar.table["fractions"][f"{parts[0]}/{parts[1]}"]
    case = "gen" if mark.case == "acc" and noun.animate and entry["with"] != "of" else mark.case
    forms = entry.get(noun.gender) or entry["m"]
    said = str(forms.get(case) or forms["nom"])
    if entry["with"] == "of":
        return Said(speaker.grammar.phrase("share", share=said, of=noun.plural), clause=noun.clause)
    return Said(noun.pattern(case, entry["with"]).replace("{n}", said), clause=noun.clause)


def share_of(grammar: Grammar, figure: Figure, case: str = "nom", *, alone: bool = False) -> str:
    """Say a figure's share as a whole per cent, whatever its base; `alone` stands in brackets or after a colon."""
    whole = whole_percent(figure.numerator, figure.denominator)
    if whole is None:
        raise ValueError(f"{figure.definition.id} has no share")
    near = edge(figure.numerator, figure.denominator)
    return grammar.per_cent({"under_1": 1, "over_99": 99}.get(near or "", whole), case, near=near, alone=alone)
