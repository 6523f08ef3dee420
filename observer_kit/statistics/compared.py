"""What a comparison found: the sides, the teams behind them, and whether a statement may speak of it.

A difference within a random sample is `Tested`; any other is `Screened`: it
says where to look, and `publishable` refuses it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from observer_kit.errors import KitError
from observer_kit.statistics.funnel import Limits

RATE: Final = 0.05
"""Of the differences that are called discoveries, at most this part may be chance."""


class ScreeningOnly(KitError):
    """A comparison of places that teams chose tells where to look; nothing of it may be printed."""

    code = "screening_only"


@dataclass(frozen=True, slots=True)
class Side:
    """The cases of one question over one part of the reports, with the base and every kind of non-answer."""

    cases: int
    answered: int
    not_applicable: int
    not_observed: int
    missing: int
    problems: int
    reports: int

    @property
    def share(self) -> float | None:
        """Give cases over those who answered, from 0 to 1; None where nobody did."""
        return self.cases / self.answered if self.answered else None


@dataclass(frozen=True, slots=True)
class Teams:
    """Who reported from one part: how many teams, and the one with the most cases where there are any."""

    count: int
    first: str | None = None
    first_cases: int = 0
    cases: int = 0

    @property
    def one_dominates(self) -> bool:
        """Say whether a single team supplied over half of the cases."""
        return self.first is not None and 2 * self.first_cases > self.cases


@dataclass(frozen=True, slots=True)
class Compared:
    """One question in one part of the reports, and in all the others."""

    question: str
    counted: tuple[str, ...]
    by: str
    group: str | None
    here: Side
    rest: Side
    stations: int
    teams: Teams

    @property
    def difference(self) -> float | None:
        """Give here less the rest, in percentage points; None where either has no base."""
        here, rest = self.here.share, self.rest.share
        return None if here is None or rest is None else 100 * (here - rest)

    @property
    def whole(self) -> float | None:
        """Give the share over all reports."""
        base = self.here.answered + self.rest.answered
        return (self.here.cases + self.rest.cases) / base if base else None


@dataclass(frozen=True, slots=True)
class Screened:
    """For the desk's own eyes: how the part lies to the funnel around the whole. No test, no statement."""

    found: Compared
    limits: Limits | None
    outside: str | None  # past the limits of 95 or 99.8 per cent


@dataclass(frozen=True, slots=True)
class Tested:
    """A difference within a random sample, with its p-value and what is left of it among all that were tested.

    `q` is the least rate of false discoveries at which this one is called a
    discovery. Where nothing can be computed both are None and `reason` says why.
    """

    found: Compared
    limits: Limits | None
    outside: str | None
    p: float | None
    q: float | None
    reason: str | None = None

    @property
    def discovered(self) -> bool:
        """Say whether the difference stands, at the rate of false discoveries that all share."""
        return self.q is not None and self.q <= RATE


def publishable(found: Iterable[Screened | Tested]) -> list[Tested]:
    """Give what a statement may speak of: tested differences that stand; raises ScreeningOnly for a screened one."""
    kept = []
    for each in found:
        if not isinstance(each, Tested):
            raise ScreeningOnly("teams chose where to go: a comparison of the places is for the desk's screening only")
        if each.discovered:
            kept.append(each)
    return kept
