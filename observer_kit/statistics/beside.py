"""The same question over two missions side by side: each with its own base, and what differs between them.

Two missions are two samples of two days; nothing is tested between them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from observer_kit.checklists.model import LANGUAGES, Checklist, Question
from observer_kit.statistics.cases import cases_of
from observer_kit.statistics.model import Tally

DIFFERENCES: Final = ("wording", "choices", "good", "relevant", "unit", "type")


@dataclass(frozen=True, slots=True)
class Beside:
    """One question in both missions; `differs` names what is not the same, and then no difference is computed
    where the answers themselves are others (type, choices, good).
    """

    question: str
    ours: Question
    theirs: Question
    our_tally: Tally
    their_tally: Tally
    differs: tuple[str, ...]

    @property
    def our_counted(self) -> tuple[str, ...]:
        """Name the answers that are cases with us."""
        return cases_of(self.ours)

    @property
    def their_counted(self) -> tuple[str, ...]:
        """Name the answers that are cases with them."""
        return cases_of(self.theirs)

    @property
    def shares(self) -> tuple[tuple[int, int], tuple[int, int]]:
        """Give cases and base of each."""
        sides = ((self.ours, self.our_tally), (self.theirs, self.their_tally))
        one, other = (
            (sum(row.counts.get(code, 0) for code in cases_of(question)), row.answered) for question, row in sides
        )
        return one, other

    @property
    def difference(self) -> float | None:
        """Give ours less theirs in percentage points; None where either has no base or other answers are counted."""
        (ours, our_base), (theirs, their_base) = self.shares
        if not our_base or not their_base or {"type", "choices", "good"} & set(self.differs):
            return None
        return 100 * (ours / our_base - theirs / their_base)


def beside(ours: Checklist, our_rows: Iterable[Tally], theirs: Checklist, their_rows: Iterable[Tally]) -> list[Beside]:
    """Join two missions' tallies of a checklist by the question's name, in the order of our asking."""
    left, right = ({row.question: row for row in rows} for rows in (our_rows, their_rows))
    others: Mapping[str, Question] = {question.name: question for question in theirs.questions()}
    return [
        Beside(
            each.name, each, others[each.name], left[each.name], right[each.name], differing(each, others[each.name])
        )
        for each in ours.questions()
        if each.name in others
        and each.name in left
        and each.name in right
        and cases_of(each)
        and cases_of(others[each.name])
    ]


def differing(one: Question, other: Question) -> tuple[str, ...]:
    """Name what is not the same in two questions of one name."""
    same = {
        "wording": all(one.label.get(each) == other.label.get(each) for each in LANGUAGES),
        "choices": one.codes == other.codes,
        "good": one.good == other.good,
        "relevant": one.relevant == other.relevant,
        "unit": one.unit == other.unit,
        "type": one.type == other.type,
    }
    return tuple(name for name in DIFFERENCES if not same[name])
