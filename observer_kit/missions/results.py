"""Results protocols of a rebuild: those a source prints, and others that fail exactly as many rules as it says.

A protocol of a made-up station is sound in every formula but the one it was
chosen to fail. Of a protocol that a source prints in part, the rest is made
up so that it adds up, and the report says so.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

from observer_kit.checklists.model import Checklist
from observer_kit.errors import MissionInvalid
from observer_kit.missions.draw import apportion, identifier, pick, unit, whole
from observer_kit.missions.model import Location, Mission, Team
from observer_kit.missions.plan import FILE, Plan
from observer_kit.missions.sheet import Sheet
from observer_kit.missions.visits import CLOSES, Observation

MEMBERS: Final = 7
_MADE_UP: Final = "Every number of this protocol that the source does not print was made up for the rebuild."


@dataclass
class _Paper:
    """One protocol to be: where, seen by whom, and what is special about it."""

    observation: Observation
    kind: str  # plain | S1 | S2 | S3 | S4 | full | one_choice | printed | district
    printed: Mapping[str, Any]


class Protocols:
    """Fills in the results protocols of one mission."""

    def __init__(self, mission: Mission, plan: Plan, checklist: Checklist) -> None:
        self.mission = mission
        self.plan = plan
        self.names = [question.name for question in checklist.questions()]
        self.types = {question.name: question for question in checklist.questions()}
        self.places = {item.code: place for place, item in enumerate(mission.candidates)}

    def fill(
        self, observations: Sequence[Observation], locations: Mapping[str, Location], teams: Iterable[Team]
    ) -> list[Sheet]:
        """Give every protocol as a filled-in report."""
        wanted = self.plan.protocols
        if not wanted:
            return []
        papers = [
            *self._printed(locations, list(teams)),
            *self._military(locations, list(teams)),
        ]
        papers += self._ordinary(observations, wanted["polling_station"] - len(papers))
        papers += self._district(observations, wanted["commission"])
        return [self._sheet(paper) for paper in papers]

    def _observe(self, after: Observation) -> Observation:
        """Let the team of a report copy the protocol: where it saw the count, else on its way back in the evening."""
        if after.checklist == "voting":
            return self._evening(after.location, after.team)
        copied = after.departed + timedelta(minutes=15)
        return Observation("protocol", after.location, after.team, after.visit, after.departed, copied)

    def _evening(self, place: Location, team: Team) -> Observation:
        names = (self.mission.code, "evening", team.code, place.code)
        start = datetime.combine(self.mission.day, place.closes or CLOSES, ZoneInfo(place.zone))
        arrived = start + timedelta(minutes=whole(75, 220, *names))
        return Observation("protocol", place, team, identifier(*names), arrived, arrived + timedelta(minutes=20))

    def _team(self, place: Location, teams: Sequence[Team]) -> Team:
        own = [team for team in teams if team.region == place.region]
        return pick(own, self.mission.code, "paper", place.code)

    def _printed(self, locations: Mapping[str, Location], teams: Sequence[Team]) -> list[_Paper]:
        found = []
        for entry in self.plan.printed_protocols:
            place = locations[entry["location"]]
            values = {f"v[{self.places[code]}]": votes for code, votes in entry.get("votes", {}).items()}
            values |= entry.get("fields", {}) | entry.get("made_up", {})
            found.append(_Paper(self._evening(place, self._team(place, teams)), "printed", values))
        for code, row in self.plan.tables.items():
            if all(code != entry["location"] for entry in self.plan.printed_protocols):
                found.append(_Paper(self._evening(locations[code], self._team(locations[code], teams)), "plain", row))
        return found

    def _military(self, locations: Mapping[str, Location], teams: Sequence[Team]) -> list[_Paper]:
        """Rebuild the protocols of military stations on stations of the regions that the source names."""
        wanted = self.plan.protocols
        places = []
        for region, number in wanted.get("military", {}).items():
            found = [
                place
                for place in locations.values()
                if place.made_up and place.special == "military" and place.region == region
            ]
            found.sort(key=lambda place: unit(self.mission.code, "military", place.code))
            places += found[:number]
        places.sort(key=lambda place: unit(self.mission.code, "turnout", place.code))
        full, one = wanted.get("full_turnout", 0), wanted.get("one_choice", 0)
        kinds = ["one_choice"] * one + ["full"] * (full - one) + ["plain"] * (len(places) - full)
        return [
            _Paper(self._evening(place, self._team(place, teams)), kind, {})
            for place, kind in zip(places, kinds, strict=True)
        ]

    def _ordinary(self, observations: Sequence[Observation], number: int) -> list[_Paper]:
        """Copy protocols at the counts observed, then at stations visited for the vote."""
        fails = self.plan.protocols.get("fails", {})
        taken = set(self.plan.tables)
        chosen: dict[str, Observation] = {}
        for checklist in ("counting", "voting"):
            rest = [one for one in observations if one.checklist == checklist and not one.named]
            rest.sort(key=lambda one: unit(self.mission.code, "protocol", one.location.code))
            for one in rest:
                if len(chosen) < number and one.location.code not in taken and one.location.special is None:
                    chosen.setdefault(one.location.code, one)
        kinds = [rule for rule, count in fails.items() for _ in range(count)]
        if len(chosen) < number or len(kinds) > number:
            raise MissionInvalid(f"{number} protocols can't be had from the stations visited", place=FILE)
        kinds += ["plain"] * (number - len(kinds))
        order = sorted(chosen, key=lambda code: unit(self.mission.code, "fails", code))
        return [_Paper(self._observe(chosen[code]), kind, {}) for code, kind in zip(order, kinds, strict=True)]

    def _district(self, observations: Sequence[Observation], number: int) -> list[_Paper]:
        found = [one for one in observations if one.checklist == "tabulation" and not one.named]
        found.sort(key=lambda one: unit(self.mission.code, "district protocol", one.location.code))
        if len(found) < number:
            raise MissionInvalid(f"{number} district protocols need as many commissions observed", place=FILE)
        return [_Paper(self._observe(one), "district", {}) for one in found[:number]]

    def _sheet(self, paper: _Paper) -> Sheet:
        values = self._numbers(paper)
        sheet = Sheet(paper.observation)
        sheet.answers = {
            name: value
            for name, value in values.items()
            if name.partition("[")[0] in self.types and (value is not None or "[" in name)
        }
        for name in self.names:
            question = self.types[name]
            if name in sheet.answers or question.repeat is not None or paper.kind == "printed":
                continue
            if name == "arrival":
                sheet.answers[name] = paper.observation.arrived.isoformat()
            elif name in ("departure", "completed_at"):
                sheet.answers[name] = paper.observation.departed.isoformat()
            elif question.type == "yes_no" and question.good:
                sheet.answers[name] = question.good[0]
        if paper.kind == "printed":
            first = next(iter(paper.printed)).partition("[")[0]
            locator = next(
                entry["locator"]
                for entry in self.plan.printed_protocols
                if entry["location"] == paper.observation.location.code
            )
            sheet.comments[first] = f"Printed of this place: {locator}. {_MADE_UP}"
        return sheet

    def _numbers(self, paper: _Paper) -> dict[str, int | None]:
        """Make a protocol that adds up, and break it in the one way it was chosen for."""
        place = paper.observation.location

        def draw(low: int, high: int, name: str) -> int:
            return whole(low, high, self.mission.code, "protocol", name, place.code)

        listed = (place.voters or draw(500, 2200, "listed")) * (40 if paper.kind == "district" else 1)
        votes, invalid, valid = self._votes(paper, listed, draw)
        found = valid + invalid
        issued = found + (draw(1, 6, "taken away") if paper.kind == "S4" else 0)
        if paper.printed:
            listed = max(listed, issued + draw(60, 400, "absent"))
        full = paper.kind in ("full", "one_choice")
        registered = issued if full else max(listed, issued + draw(5, 40, "absent"))
        added = min(draw(0, 14, "added"), registered - issued)
        cancelled = paper.printed.get("b_cancelled")
        if cancelled is None:
            # The commission holds about as many ballots as there were voters on its list (rule S12).
            cancelled = max(registered - added - issued, 0)
        mobile = min(draw(2, 40, "mobile"), found // 8)
        received = issued + cancelled + (draw(1, 1 + listed // 400, "received") if paper.kind == "S1" else 0)
        if paper.printed:
            registered = received + added
        values: dict[str, int | None] = {
            "reg_open": registered - added, "reg_added": added, "reg_removed": 0, "reg_close": registered,
            "b_received": received, "signatures": issued, "b_issued": issued, "b_issued_mobile": mobile,
            "m_requests": mobile, "b_cancelled": cancelled, "box_mobile": mobile, "box_fixed": found - mobile,
            "valid": valid, "invalid": invalid,
        }  # fmt: skip
        values |= self._members(paper, issued, mobile)
        values |= {f"v[{index}]": count for index, count in enumerate(votes)}
        return values

    def _votes(self, paper: _Paper, listed: int, draw: Any) -> tuple[list[int], int, int]:
        """Divide the ballots found among the candidates in about the shares of the official results."""
        weights = [self.mission.results.get("KZ", {}).get(item.code, 1) for item in self.mission.candidates]
        given = [paper.printed.get(f"v[{index}]") for index in range(len(weights))]
        if any(value is not None for value in given):
            # What is not printed of the votes stays within what is ordinary.
            rest = draw(2, 20, "votes not printed")
            votes = [value if value is not None else max(rest - index, 1) for index, value in enumerate(given)]
            invalid = paper.printed.get("invalid")
            return votes, invalid if invalid is not None else draw(8, 20, "invalid"), sum(votes)
        if paper.kind in ("full", "one_choice"):
            ballots = listed
        else:
            cities = self.plan.protocols.get("low_turnout", ())
            low, high = (66, 74) if paper.observation.location.region in cities else (82, 96)
            ballots = listed * draw(low, high, "turnout") // 100
        invalid = 0 if paper.kind == "one_choice" else max(ballots * draw(3, 12, "invalid") // 1000, 0)
        valid = ballots - invalid
        lead = max(range(len(weights)), key=lambda index: weights[index])
        if paper.kind == "one_choice":
            votes = [0] * len(weights)
            votes[lead] = valid
        else:
            votes = list(apportion(valid, dict(enumerate(weights)), dict.fromkeys(range(len(weights)), valid)).values())
            # A small station must not come near one choice alone by rounding.
            least = valid // 50 + 1
            short = max(least - (valid - votes[lead]), 0)
            votes[lead] -= short
            votes[(lead + 1) % len(votes)] += short
        return votes, invalid, valid

    def _members(self, paper: _Paper, issued: int, mobile: int) -> dict[str, int | None]:
        """Divide the ballots issued among the members; some protocols leave that out or do not add up."""
        place = paper.observation.location.code
        if paper.kind == "district":
            return {"b_issued_member[0]": issued}
        weights = {index: whole(60, 100, self.mission.code, "member", place, index) for index in range(MEMBERS - 2)}
        shares = apportion(issued, weights, dict.fromkeys(weights, issued))
        values: dict[str, int | None] = {f"b_issued_member[{index}]": count for index, count in shares.items()}
        if paper.kind == "S2":
            slip = whole(1, 6, self.mission.code, "slip", place)
            first = values["b_issued_member[0]"] or 0
            # Upwards, so that the mobile ballots never happen to make up for it.
            values["b_issued_member[0]"] = first + slip
        if paper.kind == "S3":
            blank = range(MEMBERS - 2) if unit(self.mission.code, "blank", place) < 0.7 else (1, 3)
            for index in blank:
                values[f"b_issued_member[{index}]"] = None
        return values
