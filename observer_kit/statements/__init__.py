"""Tallies → figures → text → HTML → PDF."""

from observer_kit.statements.build import available, build_statement, render_html
from observer_kit.statements.definitions import load_definitions, mission_definitions
from observer_kit.statements.figures import Evidence, TableCheck, compute
from observer_kit.statements.snapshot import Snapshot

__all__ = [
    "Evidence",
    "Snapshot",
    "TableCheck",
    "available",
    "build_statement",
    "compute",
    "load_definitions",
    "mission_definitions",
    "render_html",
]
