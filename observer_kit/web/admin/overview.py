"""Missions with their phones at a glance, and the check of the audit chain."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import render_template

from observer_kit import clock
from observer_kit.missions.model import Mission
from observer_kit.storage import chain, devices, missions, register, submissions
from observer_kit.storage.check import check as check_store
from observer_kit.trust.model import Device
from observer_kit.web.access import audience, store
from observer_kit.web.admin import bp


@dataclass(frozen=True, slots=True)
class Line:
    """One mission with what it holds."""

    mission: Mission
    stations: int
    teams: int
    phones: tuple[Device, ...]
    standing: dict[str, Any]

    @property
    def last(self) -> datetime | None:
        """Give the moment of the latest submission."""
        moment = self.standing["last"]
        return moment if isinstance(moment, datetime) else None


@bp.get("/")
@audience("administrator")
def overview() -> str:
    """Show every mission and the head of the audit chain."""
    with store().reading() as tx:
        lines = [
            Line(
                mission=each,
                stations=register.count(tx, each.code, kind="polling_station"),
                teams=len(register.teams(tx, each.code)),
                phones=tuple(phone for phone in devices.all(tx, each.code) if phone.kind == "phone"),
                standing=submissions.standing(tx, each.code),
            )
            for each in missions.all(tx)
        ]
        sequence, head = chain.head(tx)
    return render_template("admin/overview.html", lines=lines, sequence=sequence, head=head)


@bp.post("/check")
@audience("administrator")
def check() -> str:
    """Walk the whole store: chain, references, hashes; every fault with its place."""
    faults = check_store(store())
    with store().reading() as tx:
        sequence, head = chain.head(tx)
    return render_template("admin/check.html", faults=faults, sequence=sequence, head=head, now=clock.now())
