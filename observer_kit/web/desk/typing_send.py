"""What was keyed becomes an envelope of the desk's: once, however often its page is sent."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from flask import current_app

from observer_kit import clock
from observer_kit.checklists.model import Checklist
from observer_kit.collection.forms import answers_from_form
from observer_kit.errors import Conflict, EnvelopeMalformed
from observer_kit.missions.model import Mission, Team
from observer_kit.storage import devices, listing, standing, submissions
from observer_kit.storage.intake import Intake
from observer_kit.storage.typed import SOURCES
from observer_kit.trust.model import Account
from observer_kit.web.access import store
from observer_kit.web.desk.keyed import Place

MOST_CORRECTIONS: Final = 60
"""Of one report in a row: no more are followed."""


class CorrectedAlready(Conflict):
    """Another correction has taken the place of this report since its page was opened; `latest` names it."""

    code = "corrected_already"

    def __init__(self, latest: str) -> None:
        super().__init__(f"corrected already by {latest}", latest=latest)
        self.latest = latest


@dataclass(frozen=True, slots=True)
class Ticket:
    """A report's id and visit, fixed when its page is first opened, so that storing it twice is one report."""

    id: str
    visit: str
    supersedes: str | None
    opened: str

    @staticmethod
    def new(visit: str | None = None, supersedes: str | None = None) -> Ticket:
        """Make one for a fresh page, or for a correction of a report of this visit."""
        return Ticket(clock.new_id(), visit or clock.new_id(), supersedes, clock.stamp(clock.now()))


def send(
    mission: Mission,
    checklist: Checklist,
    form: Any,
    *,
    ticket: Ticket,
    team: Team | None,
    place: Place,
    source: str,
    clerk: Account,
    kept: Mapping[str, Any],
    told: str | None = None,
) -> str:
    """Put what was keyed into an envelope of the desk's and hand it to the intake; gives the id it is stored under.

    `kept` are answers that no keyboard gives (photos of the report that this
    one corrects). A page that is sent twice is one report; sent again with
    other answers, it is a correction of itself. Where another correction came
    first, raises CorrectedAlready, unless its name is what the clerk was
    `told`: then this one takes the place of that.
    """
    zone = place.location.zone if place.location else mission.zone
    answers = answers_from_form(form, zone)
    content = {
        "location": place.location.code if place.location else None,
        "location_name": place.name,
        "team": team.code if team else None,
        **answers,
        "answers": {**answers["answers"], **kept},
        "started": ticket.opened,
        "finished": ticket.opened,  # not the present: the same page sent twice must be the same bytes
        "typed": {"by": clerk.id, "name": clerk.name, "from": source},
    }
    with store().atomic() as tx:
        own = devices.office(tx, mission.code, "desk")
    ticket = _beyond(mission, checklist, content, own.id, ticket, ticket.supersedes, told)
    intake: Intake = current_app.extensions["intake"]
    [result] = intake.receive([_envelope(ticket, own.id, checklist, content, mission)], device=own, via=SOURCES[source])
    if result["status"] == "conflict":
        again_of = Ticket.new(ticket.visit, ticket.id)
        ticket = _beyond(mission, checklist, content, own.id, again_of, ticket.id, told)
        again = _envelope(ticket, own.id, checklist, content, mission)
        [result] = intake.receive([again], device=own, via=SOURCES[source])
    if "receipt" not in result:
        raise EnvelopeMalformed(str(result["error"]["message"]))
    return ticket.id


def _beyond(
    mission: Mission, checklist: Checklist, content: Any, device: str, ticket: Ticket, corrected: str | None,
    told: str | None,
) -> Ticket:  # fmt: skip
    """Give the ticket under which a correction is stored: its own, or one that follows the correction that came first.

    The same page sent once more finds itself as that correction.
    """
    if corrected is None:
        return ticket
    hash = str(_envelope(ticket, device, checklist, content, mission)["hash"])
    with store().reading() as tx:
        others = [each for each in standing.successors(tx, corrected) if each != ticket.id]
        for each in others:
            stored = submissions.get(tx, mission.code, each)
            if stored.envelope.hash == hash:
                return Ticket(each, ticket.visit, corrected, stored.envelope.clock)
        latest = others[0] if others else None
        for _ in range(MOST_CORRECTIONS if latest else 0):
            latest = listing.row(tx, mission.code, str(latest)).successor or latest
    if latest is None or latest == ticket.id:
        return ticket
    if told != latest:
        raise CorrectedAlready(latest)
    return Ticket(ticket.id, ticket.visit, latest, ticket.opened)


def _envelope(ticket: Ticket, device: str, checklist: Checklist, content: Any, mission: Mission) -> dict[str, Any]:
    payload = json.dumps(content, ensure_ascii=False, separators=(",", ":"))
    return {
        "id": ticket.id, "mission": mission.code, "checklist": checklist.name, "version": checklist.version,
        "visit": ticket.visit, "supersedes": ticket.supersedes, "device": device, "clock": ticket.opened,
        "hash": hashlib.sha256(payload.encode()).hexdigest(), "sealed": None, "signature": None, "payload": payload,
    }  # fmt: skip
