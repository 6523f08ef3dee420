"""What the day's paper is made of: as everything stands now, or as it stood at an hour gone by.

Of an hour gone by nothing is of now but the register, the teams and the plan,
which keep no history, and the paper says so.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime
from functools import cached_property

from sqlalchemy.orm import Session

from observer_kit.checklists.model import Checklist
from observer_kit.collection.model import Report
from observer_kit.missions.chase import TeamStanding
from observer_kit.missions.model import Mission
from observer_kit.statistics import Tally, tally
from observer_kit.statistics.columns import Columns
from observer_kit.statistics.encoding import build
from observer_kit.storage import checklists, handlings, listing, past, submissions
from observer_kit.storage.filters import Filters
from observer_kit.web import chase, days, numbers
from observer_kit.web.days import Day
from observer_kit.web.sheets import incidents
from observer_kit.web.sheets.incidents import Told


class Hour:
    """A mission as everything stands now."""

    gone_by = False

    def __init__(self, tx: Session, mission: Mission, at: datetime) -> None:
        self.tx, self.mission, self.at = tx, mission, at

    def day(self) -> Day:
        """Give where the day stands."""
        return days.day(self.tx, self.mission)

    def standings(self) -> list[TeamStanding]:
        """Give how every team stands."""
        return chase.standings(self.tx, self.mission, self.at)

    def came(self, checklist: str, since: datetime) -> int:
        """Count the reports of a checklist that came since and count."""
        wanted = Filters(checklist=checklist, since=since, counted=True)
        return listing.page(self.tx, self.mission.code, wanted, 0, 1).total

    def tallies(self, checklist: Checklist, since: datetime | None = None) -> list[Tally]:
        """Count every question, over all reports or over those that came since."""
        filters = None if since is None else Filters(since=since, counted=True)
        return numbers.tallies(self.tx, self.mission.code, checklist, filters=filters)

    def protocols(self) -> Iterator[Report]:
        """Go through the results protocols that count."""
        return submissions.reports(self.tx, self.mission.code, "protocol")

    def incidents(self) -> list[Told]:
        """Give the incidents in words."""
        return incidents.gathered(self.tx, self.mission, Filters())

    def steps(self, since: datetime) -> dict[str, int]:
        """Count the steps taken with incidents since, by the state they led to."""
        return handlings.since(self.tx, self.mission.code, since)

    def standing(self) -> dict[str, int]:
        """Count what was received by its state."""
        return submissions.standing(self.tx, self.mission.code)


class PastHour(Hour):
    """A mission as it stood at an hour gone by."""

    gone_by = True

    @cached_property
    def then(self) -> past.Then:
        """Give how every submission stood."""
        return past.stood(self.tx, self.mission.code, self.at)

    def day(self) -> Day:
        """Give where the day stood."""
        current = numbers.in_order(checklists.current(self.tx, self.mission.code))
        return days.day_of(self.tx, self.mission, ((each, self._columns(each)) for each in current.values()))

    def standings(self) -> list[TeamStanding]:
        """Give how every team stood."""
        return chase.standings(self.tx, self.mission, self.at, then=self.then)

    def came(self, checklist: str, since: datetime) -> int:
        """Count the reports of a checklist that had come since and counted."""
        return len(self.then.counted(checklist, since))

    def tallies(self, checklist: Checklist, since: datetime | None = None) -> list[Tally]:
        """Count every question over the reports that counted."""
        return tally(self._columns(checklist, since), checklist)

    def protocols(self) -> Iterator[Report]:
        """Go through the results protocols that counted."""
        return self._reports("protocol", self.then.counted("protocol"))

    def incidents(self) -> list[Told]:
        """Give the incidents with the steps that had been taken."""
        stood = past.incidents(self.tx, self.mission.code, self.then)
        return incidents.gathered(self.tx, self.mission, Filters(), stood=stood, until=self.at)

    def steps(self, since: datetime) -> dict[str, int]:
        """Count the steps that had been taken since."""
        return handlings.since(self.tx, self.mission.code, since, self.at)

    def standing(self) -> dict[str, int]:
        """Count what had been received by its state then."""
        return self.then.standing()

    def _columns(self, checklist: Checklist, since: datetime | None = None) -> Columns:
        versions = checklists.versions(self.tx, self.mission.code, checklist.name)
        every = (*(each for each in versions if each.version != checklist.version), checklist)
        return build(self._reports(checklist.name, self.then.counted(checklist.name, since)), checklist, every)

    def _reports(self, checklist: str, ids: Iterable[str]) -> Iterator[Report]:
        return submissions.reports(self.tx, self.mission.code, checklist, ids=frozenset(ids))


def hour(tx: Session, mission: Mission, now: datetime, at: datetime | None = None) -> Hour:
    """Give the mission as it stands, or as it stood at a moment gone by."""
    return Hour(tx, mission, now) if at is None or at >= now else PastHour(tx, mission, at)
