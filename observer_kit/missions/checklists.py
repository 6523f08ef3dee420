"""The checklists of one mission: which stages it asks, how long, with its own candidates, options and parties."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from observer_kit.checklists.catalogue import Catalogue
from observer_kit.checklists.generate import generate, generate_protocol
from observer_kit.checklists.model import STAGES, Checklist, Choice
from observer_kit.checklists.protocol import NAME as PROTOCOL
from observer_kit.checklists.versions import seal
from observer_kit.errors import MissionInvalid
from observer_kit.missions.model import Item, Mission


def mission_checklists(
    mission: Mission,
    catalogue: Catalogue,
    own: Mapping[str, Checklist] | None = None,
    layout: Path | None = None,
    rules: Mapping[str, Any] | None = None,
) -> dict[str, Checklist]:
    """Generate every checklist that the mission asks, by name; one that names none asks all of them, core.

    `own` are those that the mission brings itself: each stands in the place
    of the catalogue's, and with them a mission asks no more than it names.
    `layout` is its own layout of the results protocol, `rules` what it
    changes in the reconciliation rules: both are part of the protocol's version.
    """
    own = own or {}
    lists = {
        "candidates": _choices(mission.candidates),
        "options": _choices(mission.options),
        "parties": _choices(mission.parties),
    }
    wanted = {**(mission.checklists or ({} if own else {stage: {} for stage in STAGES})), **dict.fromkeys(own, {})}
    made: dict[str, Checklist] = {}
    for stage in STAGES:
        if stage not in wanted:
            continue
        settings = wanted[stage]
        if stage in own:
            made[stage] = own[stage]
        elif stage == PROTOCOL:
            made[stage] = generate_protocol(mission.event, lists, catalogue, layout)
        else:
            made[stage] = generate(
                catalogue,
                stage,
                mission.event,
                settings.get("length", "core"),
                sections=settings.get("sections") or None,
                lists=lists,
            )
        if stage == PROTOCOL and rules:
            made[stage] = seal(replace(made[stage], rules=json.dumps(rules, sort_keys=True, ensure_ascii=False)))
    _check_figures(mission, made)
    return made


def _choices(items: Iterable[Item]) -> list[Choice]:
    return [Choice(item.code, item.name) for item in items]


def _check_figures(mission: Mission, made: Mapping[str, Checklist]) -> None:
    """Refuse a figure that counts what its checklist does not ask; a stage without checklist is a visible gap."""
    for entry in mission.figures:
        checklist = made.get(entry.get("checklist", ""))
        if entry.get("measure") not in ("answers", "sum", "ratio") or checklist is None:
            continue
        codes = {question.name: question.codes for question in checklist.questions()}
        place = f"figures.toml, figure {entry['id']}"
        for key in ("question", "over"):
            if key in entry and entry[key] not in codes:
                raise MissionInvalid(f"{checklist.name} has no question {entry[key]!r}", place=place)
        known = codes.get(entry.get("question", ""), ())
        if unknown := [code for code in entry.get("counted", ()) if known and code not in known]:
            raise MissionInvalid(f"{unknown[0]!r} is no answer of {entry['question']!r}", place=place)
