"""Fetch what the chase needs and hand it over: for the desk's pages, the call sheets and the command line alike."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final
from weakref import WeakKeyDictionary

from sqlalchemy.orm import Session

from observer_kit.missions.chase import OVERDUE, STATES, Line, TeamStanding, stand
from observer_kit.missions.deployment import Deployed, locations_of, plan_of
from observer_kit.missions.model import Location, Mission, Team
from observer_kit.storage import Store, calls, checklists, deployment, missions, received, register
from observer_kit.storage.engine import store_of
from observer_kit.storage.past import Then
from observer_kit.storage.received import Planned


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which lines are meant; None and empty let everything through."""

    states: tuple[str, ...] = ()
    stage: str | None = None
    region: str | None = None
    team: str | None = None


@dataclass(frozen=True, slots=True)
class _Ground:
    """What a plan rests on, for as long as the mission's revision stays."""

    revision: int
    teams: tuple[Team, ...]
    plan: tuple[Deployed, ...]
    places: Mapping[str, Location]
    stages: Mapping[str, str]
    named: Planned


_GROUNDS: Final[WeakKeyDictionary[Store, dict[str, _Ground]]] = WeakKeyDictionary()


def standings(tx: Session, mission: Mission, now: datetime, *, then: Then | None = None) -> list[TeamStanding]:
    """Hold the mission's plan against what was received by now; in the order of the teams.

    `then` says of a moment gone by how the submissions stood at it.
    """
    ground = _ground(tx, mission)
    if then is not None:
        sent, heard = then.sent(), deployment.heard(tx, mission.code, now)
    else:
        sent, heard = received.sent(tx, mission.code, ground.stages, ground.named)
    # A phone that sent a photo, or said how it is, was heard from as well.
    for team, at in deployment.heard_otherwise(tx, mission.code, now).items():
        heard[team] = max(at, heard.get(team, at))
    called = calls.all(tx, mission.code)
    return stand(mission, ground.teams, ground.plan, ground.places, sent, ground.stages, heard, called, now)


def _ground(tx: Session, mission: Mission) -> _Ground:
    kept = _GROUNDS.setdefault(store_of(tx), {})
    revision = missions.revision(tx, mission.code)
    known = kept.get(mission.code)
    if known is None or known.revision != revision:
        teams = register.teams(tx, mission.code)
        plan = plan_of(mission, teams, deployment.all(tx, mission.code))
        places = register.some(tx, mission.code, locations_of(plan, {team.code: team for team in teams}))
        stages = {name: each.stage for name, each in checklists.current(tx, mission.code).items()}
        named = frozenset((line.team, line.location) for line in plan if line.location is not None)
        known = kept[mission.code] = _Ground(revision, tuple(teams), tuple(plan), places, stages, named)
    return known


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
