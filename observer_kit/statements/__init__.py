"""Tallies → figures → text → paper."""

from observer_kit.statements.definitions import load_definitions, mission_definitions
from observer_kit.statements.figures import Evidence, TableCheck, compute
from observer_kit.statements.snapshot import Snapshot

__all__ = [
    "Evidence",
    "Snapshot",
    "TableCheck",
    "compute",
    "load_definitions",
    "mission_definitions",
]
