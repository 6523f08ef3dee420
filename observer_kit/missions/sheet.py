"""One report of a rebuild while it is being filled in."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from observer_kit.missions.visits import Observation


@dataclass
class Sheet:
    """One report while it is being filled in."""

    observation: Observation
    answers: dict[str, Any] = field(default_factory=dict)
    comments: dict[str, str] = field(default_factory=dict)
    negative: bool = False

    @property
    def place(self) -> str:
        """Give the code of the place."""
        return self.observation.location.code
