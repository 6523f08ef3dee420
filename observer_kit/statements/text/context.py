"""What a statement's text is set with: its figures, facts, dates and places."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Literal

from observer_kit.missions.maps import Shapes
from observer_kit.missions.model import Location, Mission
from observer_kit.statements import wording
from observer_kit.statements.model import Figure


@dataclass(frozen=True, slots=True)
class Context:
    """What a text is set with.

    `figures` by name are those that may be printed; `dates` beside the facts
    (day, signed_on); `tables` is the HTML of what the program itself lays out,
    by name; `shapes` draw a map where the mission brought them; `draft` shows what is still to be written; `notes` says
    whether footnotes stand where they are called (`inline`: WeasyPrint floats
    them) or are handed back to stand at the end of a page (`end`).
    """

    figures: Mapping[str, Figure]
    event: str = "election"
    facts: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    dates: Mapping[str, date] = field(default_factory=dict)
    locations: Mapping[str, Location] = field(default_factory=dict)
    regions: Mapping[str, str] = field(default_factory=dict)
    reconstruction: bool = False
    tables: Mapping[str, str] = field(default_factory=dict)
    shapes: Shapes | None = None
    draft: bool = False
    notes: Literal["inline", "end"] = "inline"


def context_of(
    mission: Mission,
    figures: Iterable[Figure],
    *,
    locations: Mapping[str, Location] | None = None,
    regions: Mapping[str, str] | None = None,
    signed_on: date | None = None,
    tables: Mapping[str, str] | None = None,
    shapes: Shapes | None = None,
    draft: bool = False,
    notes: Literal["inline", "end"] = "inline",
) -> Context:
    """Make the context of a mission's statement."""
    reconstruction = bool(mission.reconstruction)
    dates = {"day": mission.day} | ({"signed_on": signed_on} if signed_on else {})
    return Context(
        figures=wording.printable(figures, reconstruction=reconstruction),
        event=mission.event,
        facts=mission.facts,
        dates=dates,
        locations=locations or {},
        regions=regions or {},
        reconstruction=reconstruction,
        tables=tables or {},
        shapes=shapes,
        draft=draft,
        notes=notes,
    )
