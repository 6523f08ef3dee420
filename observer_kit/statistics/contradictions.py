"""A rating against its own answers: rated good with a critical breach, rated bad with none. Nothing is changed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from observer_kit.checklists.model import Checklist
from observer_kit.statistics.cases import cases_of
from observer_kit.statistics.columns import ANSWERED, Columns

GOOD_WITH_BREACH: Final = "good_with_critical_breach"
BAD_WITHOUT: Final = "bad_without_breach"
CRITICAL: Final = "critical"


@dataclass(frozen=True, slots=True)
class Contradiction:
    """One report whose rating its own answers do not bear out; `breaches` are the critical ones it reports."""

    kind: str
    location: str | None
    team: str | None
    rating: str
    breaches: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Contradictions:
    """One rating's reports: how many rated it, how many good and how many bad, and those that contradict."""

    rating: str
    rated: int
    good: int
    bad: int
    critical: tuple[str, ...]
    reports: tuple[Contradiction, ...]

    def of(self, kind: str) -> tuple[Contradiction, ...]:
        """Give those of one kind."""
        return tuple(each for each in self.reports if each.kind == kind)


def contradictions(
    columns: Columns, checklist: Checklist, where: Mapping[str, Any] | None = None
) -> Contradictions | None:
    """Hold the checklist's overall rating against the other answers of the same report; None where it has no rating.

    A breach is an answer that is not good, to any question with a good answer
    but other ratings, which are judgements themselves.
    """
    ratings = [each for each in checklist.questions() if each.type == "rating" and each.good]
    overall = next((each for each in ratings if each.name.endswith("overall")), ratings[-1] if ratings else None)
    if overall is None:
        return None
    chosen = columns.select(where or {})
    rated = columns.columns[overall.name]
    good, bad = (chosen & rated.holds(codes) for codes in (overall.good, cases_of(overall)))
    breaches = {
        each.name: columns.columns[each.name].holds(cases_of(each))
        for each in checklist.questions()
        if each.good and each.type != "rating" and cases_of(each)
    }
    critical = tuple(each.name for each in checklist.questions() if each.name in breaches and each.severity == CRITICAL)
    worst = np.zeros(columns.size, dtype=bool)
    for name in critical:
        worst |= breaches[name]
    any_breach = np.zeros(columns.size, dtype=bool)
    for mask in breaches.values():
        any_breach |= mask
    places, teams = columns.dimensions["location"], columns.dimensions["team"]
    found = []
    for kind, mask in ((GOOD_WITH_BREACH, good & worst), (BAD_WITHOUT, bad & ~any_breach)):
        for row in np.flatnonzero(mask).tolist():
            found.append(
                Contradiction(
                    kind,
                    places.values[places.codes[row]],
                    teams.values[teams.codes[row]],
                    rated.choices[int(rated.codes[row]) - ANSWERED],
                    tuple(name for name in critical if breaches[name][row]),
                )
            )
    number = int(np.count_nonzero(chosen & rated.answered))
    return Contradictions(overall.name, number, int(good.sum()), int(bad.sum()), critical, tuple(found))
