"""Rebuild a mission's submissions from its published figures, the same on every machine and every day.

What comes out are envelopes as any device makes them: unsigned, from the
office's demonstration device, with ids that depend on nothing but the mission.
They take the road of every submission; nothing here knows of storage. An id
leaves out what is answered: rebuilt again under a newer checklist, a report is
a conflict with the one stored, never a second one beside it.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from observer_kit.checklists.model import Checklist
from observer_kit.errors import ChecklistUnknown
from observer_kit.missions.answers import Filler
from observer_kit.missions.draw import identifier, whole
from observer_kit.missions.load import MissionFolder
from observer_kit.missions.plan import read_plan
from observer_kit.missions.reports import Kept, open_table
from observer_kit.missions.results import Protocols
from observer_kit.missions.sheet import Sheet
from observer_kit.missions.visits import schedule


def rebuild_sheets(folder: MissionFolder, checklists: Mapping[str, Checklist]) -> dict[str, list[Sheet]]:
    """Fill in every report of a mission by checklist; a mission that printed no counts has none."""
    plan = read_plan(folder)
    if plan is None:
        return {}
    mission = folder.mission
    locations = {location.code: location for location in folder.register}
    teams = list(folder.teams())
    observations = schedule(mission, plan, locations, teams)
    sheets: dict[str, list[Sheet]] = {}
    for name in plan.stages:
        own = [observation for observation in observations if observation.checklist == name]
        sheets[name] = Filler(mission, plan, _checklist(checklists, name), own).fill()
    if plan.protocols:
        sheets["protocol"] = Protocols(mission, plan, _checklist(checklists, "protocol")).fill(
            observations, locations, teams
        )
    return sheets


def rebuild(
    folder: MissionFolder,
    checklists: Mapping[str, Checklist],
    device: str,
    sheets: Mapping[str, Sequence[Sheet]] | None = None,
) -> Iterator[dict[str, Any]]:
    """Give every submission of a mission as an envelope, in the order in which they were finished.

    `sheets` are its reports, where they were filled in before. A mission that
    kept its reports as a table gives those, as they are.
    """
    table = open_table(folder.path, folder.mission.zone)
    if table is not None:
        checklist = _checklist(checklists, table.checklist)
        for kept in table.rows(checklist):
            yield kept_envelope(folder.mission.code, checklist, kept, device)
        return
    sheets = rebuild_sheets(folder, checklists) if sheets is None else sheets
    entries = [(sheet.observation.departed, name, sheet) for name, found in sheets.items() for sheet in found]
    entries.sort(key=lambda entry: (entry[0], entry[1], entry[2].place))
    for _departed, name, sheet in entries:
        yield envelope(folder.mission.code, checklists[name], sheet, device)


def envelope(mission: str, checklist: Checklist, sheet: Sheet, device: str) -> dict[str, Any]:
    """Wrap one report as the demonstration device would send it."""
    seen = sheet.observation
    names = (mission, checklist.name, seen.location.code, seen.team.code)
    finished = seen.departed + timedelta(minutes=whole(1, 9, *names, "finished"))
    content = {
        "location": seen.location.code,
        "location_name": None,
        "team": seen.team.code,
        "answers": sheet.answers,
        "comments": sheet.comments,
        "overrides": {},
        "started": _stamp(seen.arrived + timedelta(minutes=whole(1, 4, *names, "started"))),
        "finished": _stamp(finished),
    }
    return _wrapped(mission, checklist, names, seen.visit, finished, content, device)


def kept_envelope(mission: str, checklist: Checklist, kept: Kept, device: str) -> dict[str, Any]:
    """Wrap one row of a table of reports in the same way; nothing is added to what the table says."""
    names = (mission, checklist.name, kept.location, kept.team)
    content = {
        "location": kept.location,
        "location_name": None,
        "team": kept.team,
        "answers": dict(kept.answers),
        "comments": {},
        "overrides": {},
        "started": _stamp(kept.at),
        "finished": _stamp(kept.at),
    }
    return _wrapped(mission, checklist, names, identifier(*names, "visit"), kept.at, content, device)


def _wrapped(
    mission: str,
    checklist: Checklist,
    names: tuple[str, ...],
    visit: str,
    finished: datetime,
    content: Mapping[str, Any],
    device: str,
) -> dict[str, Any]:
    payload = json.dumps(content, ensure_ascii=False, separators=(",", ":"))
    return {
        "id": identifier(*names),
        "mission": mission,
        "checklist": checklist.name,
        "version": checklist.version,
        "visit": visit,
        "supersedes": None,
        "device": device,
        "clock": _stamp(finished),
        "hash": hashlib.sha256(payload.encode()).hexdigest(),
        "sealed": None,
        "signature": None,
        "payload": payload,
    }


def _stamp(moment: datetime) -> str:
    return moment.isoformat(timespec="milliseconds")


def _checklist(checklists: Mapping[str, Checklist], name: str) -> Checklist:
    try:
        return checklists[name]
    except KeyError:
        raise ChecklistUnknown(f"the rebuild needs the checklist {name!r}, which the mission does not have") from None
