"""What the mission's sample and plan say of the stations: in which place each lies, and how many should be heard."""

from __future__ import annotations

from collections import Counter

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
    if _drawn_by(mission, by):
        return dict(mission.sampling.drawn_by) if mission.sampling else {}
    return dict(Counter(planned_by(tx, mission, checklist, by).values()))


def planned_by(tx: Session, mission: Mission, checklist: Checklist, by: str) -> dict[str, str]:
    """Give the region or setting of each station of the deployment plan; none where the sample says what is expected.

    Of the sample only the numbers are known, not which stations were drawn.
    """
    if _drawn_by(mission, by):
        return {}
    planned = {
        line.location for line in deployment.all(tx, mission.code) if line.stage == checklist.stage and line.location
    }
    places = register.some(tx, mission.code, planned)
    return {code: str(stratum) for code, place in places.items() if (stratum := getattr(place, by)) is not None}


def _drawn_by(mission: Mission, by: str) -> bool:
    sampling = mission.sampling
    return sampling is not None and sampling.strata == by and bool(sampling.drawn_by)


def expected(mission: Mission, checklist: Checklist) -> int | None:
    """Give how many reports of a checklist should come: those of the sample, else of the deployment plan."""
    if mission.sampling is not None and mission.sampling.drawn is not None:
        return mission.sampling.drawn
    return mission.expected.get(checklist.stage)
