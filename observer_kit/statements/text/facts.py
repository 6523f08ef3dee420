"""How a mission's own facts and dates are said: what nobody counted, typed once with its source."""

from __future__ import annotations

from datetime import date

from observer_kit.statements.text.context import Context
from observer_kit.statements.text.draftable import fact_text
from observer_kit.statements.text.marks import BARE, Mark
from observer_kit.statements.text.model import WordsInvalid
from observer_kit.statements.text.safety import one_line
from observer_kit.statements.text.saying import Speaker
from observer_kit.statements.text.speaking import Said


def say_fact(speaker: Speaker, context: Context, mark: Mark) -> Said:
    """Say a fact as its mark asks; one that is missing or can't be counted is a gap with the reason."""
    fact = context.facts.get(mark.name)
    if fact is None or fact.get("value") in (None, ""):
        return _gap(speaker, mark, "fact_unknown", "the mission has no such fact")
    value = fact["value"]
    if not mark.form:
        return Said(one_line(fact_text(value, speaker.language, speaker.grammar)))
    if not isinstance(value, int) or isinstance(value, bool):
        return _gap(speaker, mark, "fact_not_a_number", "the fact is no whole number")
    if mark.form == "verb":
        return Said(speaker.grammar.agreeing(value, mark.noun.split("|")))
    try:
        noun = speaker.grammar.noun(mark.noun) if mark.noun not in ("", BARE) else None
    except WordsInvalid as error:
        return _gap(speaker, mark, "noun_unknown", str(error))
    return speaker.counted(value, noun, mark.case, as_word=mark.form == "word")


def say_date(speaker: Speaker, context: Context, mark: Mark) -> Said:
    """Say a date in its case: one of the statement's own, or a fact that is a date."""
    value = context.dates.get(mark.name) or context.facts.get(mark.name, {}).get("value")
    if isinstance(value, str):
        try:
            value = date.fromisoformat(value)
        except ValueError:
            value = None
    if not isinstance(value, date):
        return _gap(speaker, mark, "date_unknown", "there is no such date")
    return Said(speaker.grammar.day(value, mark.case))


def _gap(speaker: Speaker, mark: Mark, code: str, told: str) -> Said:
    return Said(speaker.gap(mark.name), gap=True, code=code, told=f"{mark.source}: {told}")
