"""What the mission's sample and plan say of the stations: in which place each lies, and how many should be heard."""

from __future__ import annotations

from sqlalchemy.orm import Session

from observer_kit.checklists.model import Checklist
from observer_kit.missions.model import Mission
from observer_kit.storage import deployment, register


def above(tx: Session, mission: Mission) -> dict[str, str] | None:
    """Name the place that each station lies in, where the sample was drawn of such places."""
    if mission.sampling is None or mission.sampling.clusters != "parent":
        return None
    found = register.find(tx, mission.code, kind="polling_station")
    return {place.code: place.parent for place in found if place.parent}


def expected_by(tx: Session, mission: Mission, checklist: Checklist, by: str) -> dict[str, int]:
    """Count the stations drawn, else those of the deployment plan, in each region or setting; nothing where unsaid."""
    sampling = mission.sampling
    if sampling is not None and sampling.strata == by and sampling.drawn_by:
        return dict(sampling.drawn_by)
    planned = {
        line.location for line in deployment.all(tx, mission.code) if line.stage == checklist.stage and line.location
    }
    found: dict[str, int] = {}
    for place in register.find(tx, mission.code) if planned else ():
        stratum = getattr(place, by)
        if place.code in planned and stratum is not None:
            found[stratum] = found.get(stratum, 0) + 1
    return found


def expected(mission: Mission, checklist: Checklist) -> int | None:
    """Give how many reports of a checklist should come: those of the sample, else of the deployment plan."""
    if mission.sampling is not None and mission.sampling.drawn is not None:
        return mission.sampling.drawn
    return mission.expected.get(checklist.stage)
