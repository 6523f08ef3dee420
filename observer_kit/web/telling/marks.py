"""In a reconstruction: which cells of a table a source prints, and which were made up for the rebuild."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from observer_kit.missions.model import Mission
from observer_kit.statements.definitions import mission_definitions
from observer_kit.statements.model import Definition

DIMENSIONS = ("region", "setting", "special", "kind")


@dataclass(frozen=True, slots=True)
class Printed:
    """The definitions that a source prints over exactly the reports of this table; everything, outside a rebuild."""

    everything: bool
    definitions: tuple[Definition, ...] = ()
    codes: Mapping[str, frozenset[str]] | None = None

    def count(self, question: str, counted: Sequence[str]) -> bool:
        """Say whether a source prints how many gave these answers."""
        return self.everything or any(
            each.shows == "number" and frozenset(each.counted) == frozenset(counted) for each in self._of(question)
        )

    def share(self, question: str, counted: Sequence[str]) -> bool:
        """Say whether a source prints the share of these answers among those given, or of all the others."""
        if self.everything:
            return True
        wanted = frozenset(counted)
        every = (self.codes or {}).get(question, frozenset())
        own = [frozenset(each.counted) for each in self._of(question) if _of_answered(each)]
        return wanted in own or (bool(every) and every - wanted in own)

    def base(self, question: str) -> bool:
        """Say whether a source prints how many answered."""
        return self.everything or any(each.shows == "number" and _of_answered(each) for each in self._of(question))

    def total(self, question: str) -> bool:
        """Say whether a source prints the sum of this number."""
        return self.everything or any(
            each.measure == "sum" and each.shows == "number" for each in self.definitions if each.question == question
        )

    def rule(self, name: str) -> bool:
        """Say whether a source prints how many protocols fail this rule."""
        return self.everything or any(
            each.measure == "rule" and each.question == name and not each.within for each in self.definitions
        )

    def reports(self) -> bool:
        """Say whether a source prints how many reports there were."""
        return self.everything or any(each.measure in ("reports", "stations") for each in self.definitions)

    def _of(self, question: str) -> Iterable[Definition]:
        return (each for each in self.definitions if each.measure == "answers" and each.question == question)


def _of_answered(definition: Definition) -> bool:
    return definition.base == "answered" and not definition.of


EVERYTHING = Printed(everything=True)


def printed_in(
    mission: Mission,
    checklist: str,
    where: Mapping[str, Any],
    codes: Mapping[str, frozenset[str]] | None = None,
) -> Printed:
    """Find what the sources print of one checklist under these filters; with any finer filter, nothing."""
    if not mission.reconstruction:
        return EVERYTHING
    active = {name: value for name, value in where.items() if value not in (None, "")}
    if set(active) - set(DIMENSIONS):
        return Printed(everything=False)
    fitting = tuple(
        each
        for each in mission_definitions(mission.figures, mission.code)
        if each.printed and each.checklist == checklist and dict(each.where) == active
    )
    return Printed(False, fitting, codes)
