"""Freeze a mission's figures as they stand, with everything that is said and printed from them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

from sqlalchemy.orm import Session

from observer_kit.checklists.model import LANGUAGES, Checklist
from observer_kit.config import Config
from observer_kit.missions.model import Mission
from observer_kit.statements.draft.model import Dimensions, Frozen
from observer_kit.statements.figures import Evidence
from observer_kit.statements.model import Definition, Figure
from observer_kit.statements.text import Style
from observer_kit.storage import checklists, diary, missions, published, register, settings, shapes
from observer_kit.web import numbers
from observer_kit.web.editions import logo_of
from observer_kit.web.frozen import frozen_tables
from observer_kit.web.papers import region_names
from observer_kit.web.protocols import OWN_RULES

RATING: Final = "rating"


def freeze(tx: Session, config: Config, mission: Mission, style: Style) -> Frozen:
    """Freeze what stands now, and the style that a draft is written in."""
    figures, evidence = numbers.counted(tx, mission)
    behind = {code for figure in figures for code in figure.stations}
    if mission.lists_stations:
        behind |= {report.location for found in evidence.reports.values() for report in found if report.location}
    current = checklists.current(tx, mission.code)
    mapped = any(plan.map for plan in style.plans(LANGUAGES[0]))
    return Frozen(
        snapshot=numbers.snapshot(tx, mission),
        mission=missions.document(tx, mission.code),
        figures=tuple(figures),
        locations=register.some(tx, mission.code, behind),
        regions={place.code: place.name for place in register.regions(tx, mission.code)},
        checklists={name: each.version for name, each in current.items()},
        diary=tuple(diary.all(tx, mission.code)),
        weight=weights(figures, current),
        tables=frozen_tables(tx, mission).as_dict(),
        styles={style.id: style},
        names={language: region_names(tx, mission, language) for language in LANGUAGES},
        placed=_placed(evidence),
        rules=settings.get(tx, mission.code, OWN_RULES),
        shapes=shapes.content(tx, mission.code) if mapped else None,
        logo=logo_of(config, mission),
        printed=tuple(published.all(tx, mission.code)) if mission.reconstruction else (),
    )


def _placed(evidence: Evidence) -> dict[str, Dimensions]:
    """Note what the register says now of the place of each report: a later register may say otherwise."""
    return {
        report.id: (report.region, report.setting, report.special, report.kind)
        for found in evidence.reports.values()
        for report in found
    }


def weights(figures: Iterable[Figure], current: Mapping[str, Checklist]) -> dict[str, str]:
    """Say how severe the breach is that a figure counts, or that it counts a rating; others have none."""
    asked = {(name, each.name): each for name, checklist in current.items() for each in checklist.questions()}
    found = {}
    for figure in figures:
        definition: Definition = figure.definition
        question = asked.get((definition.checklist or "", definition.question or ""))
        if question is None or definition.measure != "answers" or not definition.counted:
            continue
        if question.type == "rating":
            found[definition.name] = RATING
        elif question.good and question.severity and not set(definition.counted) & set(question.good):
            found[definition.name] = question.severity
    return found
