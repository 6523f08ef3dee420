"""A mission's own styles, and what a style comes to; shared by the office's pages and the command line."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Final

from sqlalchemy.orm import Session

from observer_kit.config import Config
from observer_kit.missions import maps
from observer_kit.missions.model import Mission
from observer_kit.statements.edition.logo import checked
from observer_kit.statements.model import Figure
from observer_kit.statements.text import (
    SectionText,
    SetStatement,
    Style,
    context_of,
    draft,
    draftable,
    read_style,
    set_text,
)
from observer_kit.statements.text.listing import tables_html
from observer_kit.storage import diary, register
from observer_kit.web import numbers
from observer_kit.web.frozen import frozen_tables


def own_styles(config: Config, mission: Mission | str) -> Path:
    """Name the folder of the styles that a mission brought itself."""
    code = mission if isinstance(mission, str) else mission.code
    return config.data / "styles" / f"mission-{code}"  # never the code alone: ".." is one too


def take_styles(config: Config, mission: Mission, files: Mapping[str, bytes]) -> Path:
    """Write a mission's own styles beside those that count and read each; raises what read_style raises.

    A logo among them is taken only where it is a picture: else LogoInvalid.
    """
    new = config.data / "styles" / f"new-{mission.code}"
    shutil.rmtree(new, ignore_errors=True)
    for name, content in files.items():
        if "/" not in name:
            checked(content, f"styles/{name}")
        path = new / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    for folder in sorted(path.parent for path in new.glob("*/style.toml")):
        read_style(folder)
    return new


def put_styles(config: Config, mission: Mission, new: Path) -> None:
    """Let the styles that were taken count from now on; those of the import before go."""
    folder = own_styles(config, mission)
    shutil.rmtree(folder, ignore_errors=True)
    if new.exists():
        new.replace(folder)


def region_names(tx: Session, mission: Mission, language: str) -> dict[str, str]:
    """Name the mission's regions in a language: as the register has it, else as the kit knows it."""
    return {place.code: maps.region_names(place)[language] for place in register.regions(tx, mission.code)}


PROOF_BASE: Final = 1622


def _proof(figure: Figure, number: int) -> Figure:
    """Make a figure of this number, complete, on a base of 1,622 where it has one at all."""
    base = None if figure.numerator is not None and figure.denominator is None else max(number, PROOF_BASE)
    definition = replace(figure.definition, shows="number", printed=True)
    return Figure(definition, number, base, 100 * number / base if base else None, 0, 0, 0, 0, 0)


def try_style(
    tx: Session, mission: Mission, style: Style, language: str, *, number: int | None = None
) -> tuple[tuple[SectionText, ...], SetStatement]:
    """Draft a style from what is stored now, and set that draft as staff would see it.

    With a `number` every figure and every fact that is a number is made that
    number, for a proofreader: does each sentence still agree?
    """
    counted = numbers.figures(tx, mission)
    if number is not None:
        counted = [_proof(figure, number) for figure in counted]
        facts = {
            name: {**fact, "value": number} if type(fact.get("value")) is int else fact
            for name, fact in mission.facts.items()
        }
        mission = replace(mission, facts=facts)
    regions = region_names(tx, mission, language)
    behind = {code for figure in counted if figure.definition.footnote for code in figure.stations}
    charts = [plan.name for plan in style.plans(language)]
    tables = tables_html(frozen_tables(tx, mission), language)
    seen = draftable(
        mission, counted, language, diary=diary.all(tx, mission.code), regions=regions, charts=charts, tables=tables
    )
    drafted = draft(style, language, seen)
    places = {place.code: place for place in register.find(tx, mission.code, visited=True) if place.code in behind}
    context = context_of(mission, counted, locations=places, regions=regions, tables=tables, draft=True)
    return drafted, set_text(style, language, drafted, context)
