"""Fetch what the chase needs and hand it over: for the desk's pages, the call sheets and the command line alike."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy.orm import Session

from observer_kit.missions.chase import OVERDUE, STATES, Line, TeamStanding, stand
from observer_kit.missions.deployment import locations_of, plan_of
from observer_kit.missions.model import Mission
from observer_kit.storage import calls, checklists, deployment, devices, register


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which lines are meant; None and empty let everything through."""

    states: tuple[str, ...] = ()
    stage: str | None = None
    region: str | None = None
    team: str | None = None


def standings(tx: Session, mission: Mission, now: datetime) -> list[TeamStanding]:
    """Hold the mission's plan against what was received by now; in the order of the teams."""
    teams = register.teams(tx, mission.code)
    plan = plan_of(mission, teams, deployment.all(tx, mission.code))
    by_code = {team.code: team for team in teams}
    places = register.some(tx, mission.code, locations_of(plan, by_code))
    stages = {name: each.stage for name, each in checklists.current(tx, mission.code).items()}
    heard = deployment.heard(tx, mission.code, now)
    # A phone that sent a photo, or said how it is, was heard from as well.
    owners = {device.id: device.team for device in devices.all(tx, mission.code)}
    for device, at in devices.heard(tx, mission.code).items():
        team = owners.get(device)
        if team is not None and at <= now:
            heard[team] = max(at, heard.get(team, at))
    sent = deployment.sent(tx, mission.code, now)
    return stand(mission, teams, plan, places, sent, stages, heard, calls.all(tx, mission.code), now)


def planned(tx: Session, mission: Mission) -> bool:
    """Tell whether a deployment plan names the teams; else what is expected follows from the mission's numbers."""
    return deployment.any(tx, mission.code)


def narrow(found: Iterable[TeamStanding], wanted: Wanted) -> list[TeamStanding]:
    """Keep the teams and of each the lines that are meant, the teams that need a call first."""
    kept = []
    for standing in found:
        if wanted.team not in (None, standing.team.code) or wanted.region not in (None, standing.team.region):
            continue
        lines = [line for line in standing.lines if _meant(line, wanted)]
        if lines or not (wanted.states or wanted.stage):
            kept.append(replace(standing, lines=lines))
    return sorted(kept, key=_urgency)


def to_call(found: Iterable[TeamStanding]) -> list[TeamStanding]:
    """Keep the teams of which something is overdue, the longest waiting first."""
    return [each for each in found if each.missing(*OVERDUE)]


def _meant(line: Line, wanted: Wanted) -> bool:
    return wanted.stage in (None, line.stage) and (not wanted.states or line.state in wanted.states)


def _urgency(standing: TeamStanding) -> tuple[int, float, str]:
    overdue = standing.missing(*OVERDUE)
    waited = max((line.overdue.total_seconds() for line in overdue if line.overdue), default=0.0)
    return STATES.index(standing.state), -waited, standing.team.code
