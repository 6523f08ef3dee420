"""`chase`: which reports are expected of whom, and how each stands."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final

import click

from observer_kit import clock
from observer_kit.cli import Context
from observer_kit.cli.tables import format_option, show
from observer_kit.missions.chase import STATES, TeamStanding
from observer_kit.missions.deployment import STAGES

COLUMNS: Final = (
    "team", "name", "region", "stage", "station", "number", "state", "expected", "due", "reported", "elsewhere",
    "late_minutes", "heard", "last_call", "outcome",
)  # fmt: skip


@click.command()
@click.argument("mission")
@click.option("--state", "states", multiple=True, type=click.Choice(STATES), help="Only these; may be given often.")
@click.option("--stage", type=click.Choice(STAGES), help="Only this stage.")
@click.option("--region", help="Only teams of this region.")
@click.option("--team", help="Only this team.")
@click.option("--at", help="As it stood at this moment, as 2026-11-22T09:00 (the mission's own time unless told).")
@format_option()
@click.pass_obj
def chase(
    context: Context,
    mission: str,
    states: tuple[str, ...],
    stage: str | None,
    region: str | None,
    team: str | None,
    at: str | None,
    shape: str,
) -> None:
    """Hold the deployment plan against what has come: who is expected now, late, silent, or can't be reached."""
    from observer_kit.storage import missions, past
    from observer_kit.web import chase as room
    from observer_kit.web.moments import moment_at

    with context.store.reading() as tx:
        found = missions.get(tx, mission)
        now = clock.now() if at is None else moment_at(at, found.zone, "--at")
        then = None if at is None else past.stood(tx, mission, now)
        standings = room.standings(tx, found, now, then=then)
    wanted = room.Wanted(states, stage, region, team)
    show([row for each in room.narrow(standings, wanted) for row in _rows(each)], shape, COLUMNS)


def _rows(standing: TeamStanding) -> list[dict[str, Any]]:
    last = standing.calls[-1] if standing.calls else None
    return [
        {
            "team": standing.team.code,
            "name": standing.team.name,
            "region": standing.team.region,
            "stage": line.stage,
            "station": line.location,
            "number": line.place.number if line.place else None,
            "state": line.state,
            "expected": _stamp(line.window.start if line.window else None),
            "due": _stamp(line.window.due if line.window else None),
            "reported": _stamp(line.reported),
            "elsewhere": line.elsewhere,
            "late_minutes": None if line.overdue is None else int(line.overdue.total_seconds() // 60),
            "heard": _stamp(standing.heard),
            "last_call": _stamp(last.at if last else None),
            "outcome": last.outcome if last else None,
        }
        for line in standing.lines
    ]


def _stamp(moment: datetime | None) -> str | None:
    return None if moment is None else f"{moment:%Y-%m-%dT%H:%MZ}"
