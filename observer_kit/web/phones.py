"""How a mission's phones stand before the day: shown to the administrator phone by phone, to the desk team by team."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy.orm import Session

from observer_kit.missions.model import Mission
from observer_kit.missions.readiness import Readiness, lacking, remarks
from observer_kit.storage import devices, readiness
from observer_kit.trust.model import Device

READY: Final = "ready"
NOT_READY: Final = "not_ready"
UNHEARD: Final = "unheard"
WITHDRAWN: Final = "withdrawn"
NO_PHONE: Final = "no_phone"


@dataclass(frozen=True, slots=True)
class Standing:
    """One device with what is known of it."""

    device: Device
    heard: datetime | None
    said: Readiness | None
    lacks: tuple[str, ...] = ()
    remarks: tuple[str, ...] = ()

    @property
    def state(self) -> str:
        """Say how it stands: ready, not_ready, unheard (of its readiness), withdrawn."""
        if self.device.revoked is not None:
            return WITHDRAWN
        if self.said is None:
            return UNHEARD
        return NOT_READY if self.lacks else READY


def standing(tx: Session, mission: Mission, pages: str | None) -> list[Standing]:
    """Give each of the mission's devices, by team and enrolment, the server's own last.

    `pages` is the version of the observer's pages that the server gives now.
    """
    heard, said = devices.heard(tx, mission.code), readiness.all(tx, mission.code)
    found = [
        Standing(
            each,
            heard.get(each.id),
            said.get(each.id),
            lacking(said[each.id], mission) if each.id in said else (),
            remarks(said[each.id], mission, pages) if each.id in said else (),
        )
        for each in devices.all(tx, mission.code)
    ]
    return sorted(found, key=lambda row: (row.device.kind != "phone", row.device.team or ""))


def of_teams(rows: Iterable[Standing], teams: Iterable[str]) -> Mapping[str, str]:
    """Say how each team stands: ready with one ready phone; not ready, unheard; or no phone at all."""
    states: dict[str, set[str]] = {team: set() for team in teams}
    for row in rows:
        if row.device.kind == "phone" and row.device.team in states:
            states[row.device.team].add(row.state)
    order = (READY, NOT_READY, UNHEARD)
    return {team: next((state for state in order if state in found), NO_PHONE) for team, found in states.items()}
