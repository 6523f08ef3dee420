"""Gather the call sheet: the teams that owe something overdue, with their numbers."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from observer_kit.missions.chase import OVERDUE, Call, Line
from observer_kit.missions.model import Mission
from observer_kit.statements.papers.calls import CallRow, Owed
from observer_kit.storage import register
from observer_kit.web import chase as room
from observer_kit.web.chase import Wanted
from observer_kit.web.sheets.head import notice_of, place_name
from observer_kit.web.speech import language, moment, region_name, tell, text

LONG: Final = timedelta(days=31)
"""How late a report may be until only the day it was due is said: of a mission long over the days mean nothing."""


def gather(tx: Session, mission: Mission, now: datetime, wanted: Wanted) -> tuple[list[CallRow], dict[str, Any]]:
    """Give the sheet's rows, as the filters narrow them, and what stands at its head."""
    shown = room.narrow(room.standings(tx, mission, now), wanted)
    regions = {each.code: region_name(each) for each in register.regions(tx, mission.code)}
    states = wanted.states or OVERDUE
    rows = [
        CallRow(
            team=each.team.code,
            name=each.team.called(language()),
            region=regions.get(each.team.region or "", ""),
            phone=each.team.phone or "",
            owed=tuple(_owed(line, mission) for line in each.missing(*states)),
            heard=_heard(each.heard, mission),
            last_call=_last(each.calls, mission),
        )
        for each in shown
        if each.missing(*states)
    ]
    narrowed = [tell(f"desk.stage_{wanted.stage}") if wanted.stage else "", regions.get(wanted.region or "", "")]
    return rows, {
        "mission": text(mission.name), "at": moment(now, mission.zone), "filters": ", ".join(filter(None, narrowed)),
        "notice": notice_of(mission), "remark": tell("chase.made_up") if mission.reconstruction else "",
    }  # fmt: skip


def station_of(line: Line) -> str:
    """Name the place of a line as people say it."""
    return place_name(line.place) if line.place else line.location or tell("chase.anywhere")


def due(line: Line, mission: Mission) -> str:
    """Say until when a report was or is expected, on the clock of its own station."""
    if line.window is None:
        return tell("chase.no_hours")
    zone = line.place.zone if line.place else mission.zone
    long_gone = line.overdue is not None and line.overdue > LONG
    same_day = line.window.due.astimezone(ZoneInfo(zone)).date() == mission.day
    said = moment(line.window.due, zone, "time" if same_day and not long_gone else "full")
    if line.overdue is not None and not long_gone:
        minutes = int(line.overdue.total_seconds() // 60)
        return tell("chase.due_late", at=said, late=_span(minutes))
    return tell("chase.due_at", at=said)


def _span(minutes: int) -> str:
    if minutes < 60:
        return tell("chase.minutes", m=minutes)
    if minutes < 48 * 60:
        return tell("chase.hours", h=minutes // 60, m=f"{minutes % 60:02d}")
    return tell("chase.days", n=minutes // (24 * 60))


def _owed(line: Line, mission: Mission) -> Owed:
    return Owed(
        tell(f"desk.stage_{line.stage}"), station_of(line), due(line, mission), tell(f"chase.state_{line.state}")
    )


def _heard(at: datetime | None, mission: Mission) -> str:
    return moment(at, mission.zone) if at else tell("chase.never_heard")


def _last(found: Sequence[Call], mission: Mission) -> str:
    if not found:
        return ""
    last = found[-1]
    return tell("chase.last_call", at=moment(last.at, mission.zone), outcome=tell(f"chase.outcome_{last.outcome}"))
