"""The head of the typing page: which team and place were typed, and what that team has sent from there already."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from sqlalchemy.orm import Session

from observer_kit.checklists.model import Checklist
from observer_kit.missions.model import Location, Mission, Team
from observer_kit.storage import listing, register
from observer_kit.storage.filters import Filters
from observer_kit.storage.listing import Row
from observer_kit.storage.typed import SOURCES
from observer_kit.web.access import mission as this_mission
from observer_kit.web.desk.keyed import HEAD, Pairs, Place, find_place, find_team
from observer_kit.web.desk.typing_send import Ticket
from observer_kit.web.speech import language, moment, tell

LONGEST: Final = 200


@dataclass(frozen=True, slots=True)
class Head:
    """The head of the page: what was typed there and what was found for it."""

    team: Team | None
    place: Place
    source: str | None
    typed: dict[str, str]

    @property
    def missing(self) -> tuple[str, ...]:
        """Name what must be there before a report can be stored."""
        found = {"team": self.team, "station": self.place.location or self.place.name, "source": self.source}
        return tuple(name for name, value in found.items() if value is None)


def head_of(tx: Session, mission: Mission, pairs: Pairs) -> Head:
    """Find team and place of what was typed in the head."""
    found = {name: value[:LONGEST] for name, value in pairs if name in HEAD}
    given = {name[5:]: found.get(name, "") for name in HEAD}
    team = find_team(register.teams(tx, mission.code), given["team"])
    place = find_place(tx, mission, given["station"], team.region if team else None)
    return Head(team, place, given["source"] if given["source"] in SOURCES else None, given)


def already_sent(tx: Session, mission: Mission, checklist: Checklist, head: Head, ticket: Ticket) -> list[Row]:
    """Give the reports that this team has sent of this place and checklist: most likely the one that is being typed."""
    if head.team is None or head.place.location is None or ticket.supersedes is not None:
        return []
    filters = Filters(checklist=checklist.name, team=head.team.code, location=head.place.location.code, counted=True)
    return [row for row in listing.page(tx, mission.code, filters, 0, 5).rows if row.id != ticket.id]


def team_said(head: Head) -> str:
    """Say which team was found."""
    if head.team is None:
        return tell("typing.team_unknown") if head.typed["team"] else ""
    called = head.team.called(language())
    return head.team.code if called == head.team.code else f"{head.team.code} · {called}"


def station_said(place: Place) -> str:
    """Say which place was found."""
    if place.location is not None:
        return _named(place.location)
    if place.several:
        return tell("typing.several", codes=", ".join(each.code for each in place.several))
    return tell("typing.station_unknown") if place.name else ""


def _named(location: Location) -> str:
    parts = (location.code, location.number if location.number != location.code else None, location.called(language()))
    return " · ".join(part for part in parts if part)


def told(row: Row) -> str:
    """Say when a report came that may be the same."""
    return tell("typing.already_at", at=moment(row.received, this_mission().zone), short=row.id[:8])
