"""A published text against itself and its neighbours: does a number that stands twice say the same both times?

Four states. A `contradiction` is what no rounding explains. `rounding`: the
digits differ, and rounding alone may have done it. `no_contradiction`: it looks
like one, and the file says why it is none. `agrees`: it does.
Nothing is corrected, and which of two numbers is right is not said.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction
from typing import Final

from observer_kit.missions.phrases import Phrase
from observer_kit.missions.printed import PrintedFigure, PublishedText, Relation
from observer_kit.statements.published_words import (
    AGREES,
    CONTRADICTION,
    NO_CONTRADICTION,
    ROUNDING,
    Finding,
    Side,
    finding,
    printed,
    shown,
    where,
)


def check_published(text: PublishedText) -> list[Finding]:
    """Hold every printed figure against its own base and share, and every relation of the file."""
    found = [finding for figure in text.figures.values() for finding in _within(figure, text)]
    for relation in text.relations:
        found += _RULES[relation.kind](relation)
    return [*found, *_units(text)]


def _within(figure: PrintedFigure, text: PublishedText) -> Iterator[Finding]:
    """Look at one figure alone: its digits, its per cent, its base."""
    yield from _well_formed(figure)
    worked_out = figure.computed
    if worked_out:
        number, base = figure.numbers[0], figure.bases[0]
        if _surely_more(number, base):
            yield finding(
                f"{figure.id}: part of its base", CONTRADICTION, "is more than its base",
                (figure, number), (figure, base),
            )  # fmt: skip
        for percent in figure.percents:
            yield _share(f"{figure.id}: its per cent", (figure, percent), (figure, worked_out[0]))
    base_figure = text.bases.get(figure.id)
    if base_figure is not None and figure.base_printed and worked_out:
        for whole in base_figure.numbers:
            yield _same(f"{figure.id}: its base", (figure, figure.bases[0]), (base_figure, whole))


def _well_formed(figure: PrintedFigure) -> Iterator[Finding]:
    """Say which digits are no number, and how they were read."""
    for phrase in (*figure.written, *figure.numbers, *figure.bases, *figure.percents):
        if not phrase.malformed:
            continue
        read = f"; read here as {figure.numbers[0].text}" if phrase in figure.written and figure.numbers else ""
        says = f"{where(figure)} prints “{phrase.text}” ({figure.claim}), which is no well-formed number{read}"
        yield Finding(f"{figure.id}: its digits", CONTRADICTION, f"{says}.", (printed(figure, phrase),))
    for phrase, number in zip(figure.written, figure.numbers, strict=False):
        if not phrase.malformed:
            yield _same(f"{figure.id}: its digits", (figure, phrase), (figure, number))


def _same(name: str, left: Side, right: Side) -> Finding:
    """One quantity, printed twice."""
    one, other = left[1], right[1]
    if one.malformed or other.malformed:
        return finding(name, NO_CONTRADICTION, "can't be compared: digits that are no number", left, right)
    if one.holds(other.nominal) or other.holds(one.nominal):
        return finding(name, AGREES, "they agree", left, right)
    if _meet(one, other):
        return finding(name, ROUNDING, "rounding alone may explain it", left, right)
    return finding(name, CONTRADICTION, "", left, right)


def _share(name: str, printed: Side, worked_out: Side) -> Finding:
    """A printed per cent and the counts that it was made of."""
    found = _same(name, printed, worked_out)
    percent, exact = printed[1], worked_out[1].nominal
    if found.state == CONTRADICTION and _is_cut(percent, exact):
        return replace(found, says=f"{found.says.removesuffix('.')} (cut, not rounded).")
    return found


def _is_cut(percent: Phrase, exact: Fraction) -> bool:
    if percent.above or percent.below:
        return False
    last = 2 * (percent.high - percent.nominal)
    return percent.nominal < exact < percent.nominal + last


def _same_rule(relation: Relation) -> Iterator[Finding]:
    """Each further place against the first, number by number."""
    for member in relation.members:
        ones, others = relation.against.phrases, member.phrases
        if 1 in (len(ones), len(others)):
            ones, others = ones * len(others), others * len(ones)
        pairs = list(zip(ones, others, strict=False))
        if relation.against.pick is None and member.pick is None:
            left, right = relation.against.figure, member.figure
            both = left.base_printed and right.base_printed
            bases = zip(left.bases, right.bases, strict=False)
            pairs += [(one, other) for one, other in bases if both or one.noun or other.noun]
        for one, other in pairs:
            yield _same(relation.name, (relation.against.figure, one), (member.figure, other))


def _sum_rule(relation: Relation) -> Iterator[Finding]:
    """Parts against their whole; with words for the rest they need not fill it."""
    whole = relation.against.phrases[0]
    parts = [(member.figure, phrase) for member in relation.members for phrase in member.phrases]
    values = [phrase for _, phrase in parts]
    side = (relation.against.figure, whole)
    if whole.malformed or any(each.malformed for each in values):
        says = "can't be added up: digits that are no number"
        yield finding(relation.name, NO_CONTRADICTION, says, side, *parts)
        return
    nominal = sum((each.nominal for each in values), Fraction(0))
    low = sum((each.low for each in values), Fraction(0))
    high = sum((each.high for each in values), Fraction(0))
    kind = whole.kind
    added = f"the {len(values)} parts add up to {shown(nominal, kind)}"
    difference = shown(whole.nominal - nominal, kind, apart=True)
    said: tuple[str, str, str | None]
    if relation.words:
        if low > whole.high:
            said = CONTRADICTION, f"{added}, more than their whole by {difference}", difference
        elif nominal > whole.nominal:
            said = ROUNDING, f"{added}: {difference} more than their whole, as rounding may explain", difference
        else:
            said = NO_CONTRADICTION, f"{added}; the other {difference} are {relation.words}", difference
    elif nominal == whole.nominal or (low == high and whole.holds(nominal)):
        said = AGREES, added, None
    elif low <= whole.high and whole.low <= high:
        reach = shown((high - low + whole.high - whole.low) / 2, kind, apart=True)
        said = ROUNDING, f"{added}: {difference} apart, where rounding may explain up to {reach}", difference
    else:
        said = CONTRADICTION, f"{added}: {difference} apart", difference
    yield finding(relation.name, said[0], said[1], side, *parts, difference=said[2])


def _most_rule(relation: Relation) -> Iterator[Finding]:
    """The first is not more than the second."""
    first, second = relation.against, relation.members[0]
    left, right = (first.figure, first.phrases[0]), (second.figure, second.phrases[0])
    if _surely_more(left[1], right[1]):
        yield finding(relation.name, CONTRADICTION, "the first is more than what holds it", left, right)
    else:
        yield finding(relation.name, AGREES, "the first is not more than the second", left, right)


def _share_rule(relation: Relation) -> Iterator[Finding]:
    """Per cents printed in a table recompute on the base that is named."""
    base = relation.against.phrases[0]
    for member in relation.members:
        figure = replace(member.figure, bases=(base,), numbers=member.figure.numbers[:1])
        for percent, worked_out in zip(figure.percents, figure.computed, strict=False):
            yield _share(f"{relation.name}: {figure.claim}", (figure, percent), (figure, worked_out))


def _apart_rule(relation: Relation) -> Iterator[Finding]:
    """Numbers that look alike and count two things."""
    sides = [
        (member.figure, member.phrases[0])
        for member in (relation.against, *relation.members)
        if member.phrases
    ]  # fmt: skip
    yield finding(relation.name, NO_CONTRADICTION, f"not a contradiction: {relation.words}", *sides)


_RULES: Final = {
    "same": _same_rule, "whole": _sum_rule, "at_most": _most_rule, "share": _share_rule, "apart": _apart_rule,
}  # fmt: skip


def _units(text: PublishedText) -> Iterator[Finding]:
    """Name the units that the text counts in: a case beside a station is no contradiction."""
    met = Counter(figure.unit for figure in text.figures.values() if figure.numbers and figure.unit != "none")
    if len(met) > 1:
        units = ", ".join(f"{unit} ({count})" for unit, count in sorted(met.items()))
        says = f"Numbers are printed of {len(met)} units: {units}. Numbers of two units are not held against each other"
        yield Finding("units", NO_CONTRADICTION, f"{says}: not a contradiction.", ())


def _meet(one: Phrase, other: Phrase) -> bool:
    """Say whether some value fits both, rounding of soft words let in; two ranges that only touch do not meet."""
    slack = one.slack + other.slack
    return max(one.low, other.low) < min(one.high, other.high) + slack


def _surely_more(one: Phrase, other: Phrase) -> bool:
    return not one.malformed and not other.malformed and one.low > other.high
