"""Named figures: the only numbers a statement may print."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from observer_kit.checklists.model import Text


@dataclass(frozen=True, slots=True)
class Definition:
    """What a figure counts; data from forms/figures and a mission's figures.toml.

    `measure`: answers (reports whose answer is among `counted`), reports,
    stations (distinct), sum (of a number), ratio (sum of `question` over sum
    of `over`), rule (protocols failing `question`, a reconciliation rule),
    check (reports failing `question`, a check over several documents), tables
    (aggregation tables that differ), diary, register, fact.
    `base`: answered, reports or subset. `where` filters by region, setting,
    special, kind. `of` names another denominator ("register:polling_station").
    `within` is a rule that must fail too (the base of a rule inside a rule).
    `footnote`: the mission lets the stations behind it be named on paper.
    `certainty`: seen by the observers themselves, an indication ("seemingly
    identical"), or reported by others; a text hedges what was not seen.
    `printed`: whether a source prints it, in a reconstruction, and `shows`
    whether it prints the number itself or only a per cent of it.
    `regional` figures are counted in each region as well; each of those says
    in `part_of` of which figure it is one region's part.
    """

    id: str
    name: str
    label: Text
    kind: str  # observed | official | reported
    unit: str  # form | visit | station | box | commission | protocol | case | person | table
    measure: str
    base: str | None
    checklist: str | None = None
    question: str | None = None
    counted: tuple[str, ...] = ()
    over: str | None = None
    of: str | None = None
    within: str | None = None
    where: Mapping[str, Any] = field(default_factory=dict)
    printed: bool = True
    shows: str = "number"
    footnote: bool = False
    certainty: str = "seen"
    locator: str = ""
    regional: bool = False
    part_of: str | None = None

    @property
    def is_share(self) -> bool:
        """Tell whether its number is a part of its base: a station has several reports, which are no part of it."""
        return self.unit != "form" or not (self.of or "").startswith("register:")


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure as counted now; None is a visible gap, never 0."""

    definition: Definition
    numerator: int | None
    denominator: int | None
    percent: float | None
    not_applicable: int | None
    not_observed: int | None
    missing: int | None
    not_asked: int | None
    problems: int | None = None
    stations: tuple[str, ...] = ()  # location codes behind the numerator
    unrated: int | None = None

    def as_dict(self, language: str = "en") -> dict[str, Any]:
        """Give the row that `figures --format json` prints."""
        d = self.definition
        return {
            "id": d.id, "label": d.label.get(language) or d.label.get("en", d.id), "unit": d.unit, "base": d.base,
            "numerator": self.numerator, "denominator": self.denominator, "percent": self.percent,
            "not_applicable": self.not_applicable, "not_observed": self.not_observed, "missing": self.missing,
            "not_asked": self.not_asked, "checklist": d.checklist, "question": d.question,
        }  # fmt: skip
