"""What the statistics give back. No SQL, no HTML."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple


class Tally(NamedTuple):
    """Counts of one question over one group of reports; no data is None, never 0.

    `asked` = answered + not_applicable + not_observed + missing + problems;
    reports = asked + not_asked. `numbers` (for integer and decimal) holds
    count, min, q1, median, q3, max, sum over those answered, and the two
    numbers in the middle, median_low and median_high. `version` is there where a
    question's choices changed and the row is of one version.
    What does not count stands apart: superseded, excluded, quarantined; None
    where that is not known. A plain tuple, as a table by team has tens of thousands.
    """

    checklist: str
    question: str
    group: str | None
    reports: int
    stations: int
    answered: int
    not_applicable: int
    not_observed: int
    missing: int
    problems: int
    not_asked: int
    counts: Mapping[str, int]
    numbers: Mapping[str, float | int | None] | None = None
    unit: str = "form"
    version: str | None = None
    superseded: int | None = None
    excluded: int | None = None
    quarantined: int | None = None

    @property
    def bases(self) -> dict[str, int]:
        """Give the three kinds of base: those that answered, all reports, and those in which the condition held."""
        return {"answered": self.answered, "reports": self.reports, "subset": self.reports - self.not_asked}


@dataclass(frozen=True, slots=True)
class Share:
    """A numerator over a named base: base_kind is answered, reports or subset; percent is exact, unrounded."""

    numerator: int | None
    denominator: int | None
    base_kind: str

    @property
    def percent(self) -> float | None:
        """Give 100 × numerator / denominator, or None where there is nothing to divide."""
        if self.numerator is None or not self.denominator:
            return None
        return 100 * self.numerator / self.denominator


@dataclass(frozen=True, slots=True)
class Inferred:
    """A choice's share of those answered with its interval; where there is none, `reason` says why.

    `share` is weighted by the design, so that it may differ from the share
    of the reports. Reasons: purposive (teams chose where to go),
    nothing_answered, stratum_of_one, no_degrees, and those of
    `designs.design_of`.
    """

    share: float | None
    low: float | None
    high: float | None
    method: str | None
    reason: str | None = None
