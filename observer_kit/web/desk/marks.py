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

    def share(self, question: str, counted: Sequence[str]) -> bool:
        """Say whether a source prints how many gave these answers (or, the same thing, how many did not)."""
        if self.everything:
            return True
        wanted = frozenset(counted)
        every = (self.codes or {}).get(question, frozenset())
        own = [frozenset(each.counted) for each in self._of(question)]
        return wanted in own or (bool(every) and every - wanted in own)

    def base(self, question: str) -> bool:
        """Say whether a source speaks of this question over these reports at all."""
        return self.everything or any(True for _ in self._of(question))

    def reports(self) -> bool:
        """Say whether a source prints how many reports there were."""
        return self.everything or any(each.measure in ("reports", "stations") for each in self.definitions)

    def _of(self, question: str) -> Iterable[Definition]:
        return (each for each in self.definitions if each.question == question)


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
