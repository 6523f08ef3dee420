"""Fetch what a statement needs and hand it over; shared by the office's page and the command line."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy.orm import Session

from observer_kit.config import Config
from observer_kit.missions.model import Mission
from observer_kit.statements import build_statement
from observer_kit.storage import checklists, register
from observer_kit.web import numbers


def path_for(config: Config, mission: Mission, style: str, language: str) -> Path:
    """Name the file of a mission's statement in this style and language."""
    return config.exports / f"{mission.code}-{style}-{language}.pdf"


def build(tx: Session, mission: Mission, *, style: str, language: str, out: Path) -> Path:
    """Count the figures, freeze the snapshot, and write the PDF; raises StyleUnknown."""
    figures = numbers.figures(tx, mission)
    behind = {code for figure in figures for code in figure.stations}
    visited = register.find(tx, mission.code, visited=True)
    return build_statement(
        mission,
        figures,
        out,
        snapshot=numbers.snapshot(tx, mission),
        style=style,
        language=language,
        locations={place.code: place for place in visited if place.code in behind},
        regions={place.code: place.name for place in register.regions(tx, mission.code)},
        checklists=checklists.current(tx, mission.code),
    )
