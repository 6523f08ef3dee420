"""Gather the coordinator's briefing: the day's numbers, what is overdue and open, what came since the last one."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from observer_kit.missions.chase import LATE, OVERDUE, SILENT, UNREACHABLE, TeamStanding
from observer_kit.missions.model import Location, Mission
from observer_kit.statements.papers.briefing import Briefing, IncidentCount, IncidentLine, RegionLine, StageLine
from observer_kit.storage import handlings, register
from observer_kit.web import chase as room
from observer_kit.web.days import Coverage, Day
from observer_kit.web.sheets import findings
from observer_kit.web.sheets import incidents as digest
from observer_kit.web.sheets.head import head_of, moment_of
from observer_kit.web.sheets.hours import Hour
from observer_kit.web.speech import language, moment, number, region_name, tell, tell_or
from observer_kit.web.telling import marks
from observer_kit.words import collated

HOURS: Final = (1, 4, 7, 10, 13, 16, 19, 22)
"""Briefing hours on the mission's clock: openings are in by ten, voting by 16 and 19, counts through the night."""
NEWEST: Final = 8


def since_of(mission: Mission, now: datetime, asked: time | None = None) -> datetime:
    """Give the last briefing hour before now, or the last moment at which the clock said what was asked for."""
    local = now.astimezone(ZoneInfo(mission.zone))
    hours = [asked] if asked else [time(hour) for hour in HOURS]
    gone_by = [
        moment
        for day in (local.date() - timedelta(days=1), local.date())
        for hour in hours
        if (moment := datetime.combine(day, hour, ZoneInfo(mission.zone)).astimezone(UTC)) < now
    ]
    return max(gone_by)


def gather(hour: Hour, since: datetime) -> Briefing:
    """Put the whole page into words, all of it as of one hour."""
    tx, mission, now = hour.tx, hour.mission, hour.at
    state = hour.day()
    standings = hour.standings()
    regions = register.regions(tx, mission.code)
    per_region = register.counts(tx, mission.code, "polling_station")
    shown = [each for each in state.stages if each.checklist.stage != "incident"]
    shown = [each for each in shown if each.reports or each.checklist.stage != "readiness"]
    new = {each.checklist.name: hour.came(each.checklist.name, since) for each in state.stages}
    cases = hour.incidents()
    still = [each for each in cases if each.state != handlings.CLOSED]
    stages = _stages(mission, shown, standings, new, now)
    protocols, failing, incomplete, protocol_lines = findings.protocols(hour)
    return Briefing(
        **head_of(mission),
        at=moment_of(now, mission),
        since=_since_said(since, now, mission),
        stages=stages,
        regions=_regions(regions, per_region, shown, standings),
        teams=_teams(standings),
        states=tuple(tell(f"desk.incident_{name}") for name in handlings.STATES if name != handlings.CLOSED),
        counts=_counts((each.state, each.severity) for each in still),
        incidents=tuple(
            IncidentLine(
                each.at, tell(f"desk.incident_{each.state}"), _severity(each.severity),
                each.headline, each.place, tell("paper.team_n", team=each.row.team) if each.row.team else "",
            )
            for each in sorted(still, key=lambda each: -each.row.sequence)[:NEWEST]
        ),
        open=len(still),
        closed=len(cases) - len(still),
        shares=tuple(findings.shares(hour, shown, since)),
        protocols=protocols,
        failing=failing,
        incomplete=incomplete,
        protocol_lines=protocol_lines,
        changes=tuple(_changes(hour, state, new, since)),
        unknown=tuple(_unknown(hour, state, standings, regions, per_region, shown)),
        sample=" ".join(filter(None, (
            tell("desk.purposive") if mission.sample == "purposive" else "",
            f"° {tell('desk.made_up_legend')}" if mission.reconstruction else "",
        ))),
    )  # fmt: skip


def _since_said(since: datetime, now: datetime, mission: Mission) -> str:
    zone = ZoneInfo(mission.zone)
    same = since.astimezone(zone).date() == now.astimezone(zone).date()
    return moment(since, mission.zone, "time" if same else "full")


def _stages(
    mission: Mission,
    shown: Iterable[Coverage],
    standings: Iterable[TeamStanding],
    new: Mapping[str, int],
    now: datetime,
) -> tuple[StageLine, ...]:
    lines: dict[str, Counter[str]] = {}
    for standing in standings:
        for line in standing.lines:
            counted = lines.setdefault(line.stage, Counter())
            counted["expected"] += 1
            counted[line.state] += 1
            counted["due"] += line.window is not None and line.window.due <= now
    found = []
    for each in shown:
        mine = lines.get(each.checklist.stage)
        found.append(
            StageLine(
                name=findings.stage_name(each.checklist),
                short=tell_or(f"paper.short_{each.checklist.name}", findings.stage_name(each.checklist)),
                reports=each.reports,
                new=new[each.checklist.name],
                places=len(each.reached.locations),
                expected=each.expected or (mine["expected"] if mine else None),
                due=mine["due"] if mine else None,
                late=mine[LATE] if mine else None,
                silent=mine[SILENT] if mine else None,
                unreachable=mine[UNREACHABLE] if mine else None,
                printed=marks.printed_in(mission, each.checklist.name, {}).reports(),
            )
        )
    return tuple(found)


def _regions(
    regions: Iterable[Location],
    per_region: Mapping[str | None, int],
    shown: list[Coverage],
    standings: Iterable[TeamStanding],
) -> tuple[RegionLine, ...]:
    """Give every region with stations, reports or teams, those with most overdue first."""
    overdue: Counter[str | None] = Counter()
    lines: Counter[str | None] = Counter()
    for standing in standings:
        lines[standing.team.region] += len(standing.lines)
        overdue[standing.team.region] += len(standing.missing(*OVERDUE))
    found = []
    for region in regions:
        reports = tuple(each.by_region.get(region.code, (0, 0))[0] for each in shown)
        if per_region.get(region.code) or any(reports) or lines[region.code]:
            said = overdue[region.code] if lines[region.code] else None
            found.append(RegionLine(region_name(region), reports, said))
    homeless = tuple(each.reached.homeless for each in shown)
    found.sort(key=lambda line: (-(line.overdue or 0), collated(line.name, language())))
    if any(homeless) or lines[None]:
        found.append(RegionLine(tell("desk.no_region"), homeless, overdue[None] if lines[None] else None))
    return tuple(found)


def _teams(standings: Iterable[TeamStanding]) -> tuple[tuple[str, tuple[str, ...]], ...]:
    found: dict[str, list[str]] = {state: [] for state in OVERDUE}
    for standing in standings:
        if standing.state in found:
            found[standing.state].append(standing.team.code)
    return tuple((tell(f"chase.state_{state}"), tuple(codes)) for state, codes in found.items() if codes)


def _counts(found: Iterable[tuple[str, str]]) -> tuple[IncidentCount, ...]:
    counted = Counter(found)
    states = [name for name in handlings.STATES if name != handlings.CLOSED]
    return tuple(
        IncidentCount(digest.severity_said(severity), tuple(counted[state, severity] for state in states))
        for severity in digest.SEVERITIES
        if any(counted[state, severity] for state in states)
    )


def _changes(hour: Hour, state: Day, new: Mapping[str, int], since: datetime) -> Iterable[str]:
    """Say what came since: reports by stage, incidents, steps taken."""
    came = [
        f"{findings.stage_name(each.checklist)} +{number(new[each.checklist.name])}"
        for each in state.stages
        if new[each.checklist.name] and each.checklist.stage != "incident"
    ]
    if came:
        yield tell("paper.change_reports", said=", ".join(came))
    if incidents := sum(new[each.checklist.name] for each in state.stages if each.checklist.stage == "incident"):
        yield tell("paper.change_incidents", n=incidents)
    steps = hour.steps(since)
    if steps:
        yield tell("paper.change_steps", n=sum(steps.values()), closed=steps.get(handlings.CLOSED, 0))


def _unknown(
    hour: Hour,
    state: Day,
    standings: list[TeamStanding],
    regions: Iterable[Location],
    per_region: Mapping[str | None, int],
    shown: Iterable[Coverage],
) -> Iterable[str]:
    """Say what the page can't tell: who was never heard from, where nothing came from, what is not counted."""
    if hour.gone_by:
        yield tell("paper.unknown_past")
    yield tell("paper.unknown_phones")
    if silent := sum(standing.heard is None for standing in standings):
        yield tell("paper.unknown_silent", n=silent, all=len(standings))
    if not any(standing.lines for standing in standings):
        yield tell("paper.unknown_expected")
    elif not room.planned(hour.tx, hour.mission):
        yield tell("paper.unknown_plan")
    met = {code for each in shown for code in each.by_region}
    with_stations = [region.code for region in regions if per_region.get(region.code)]
    if blank := sum(code not in met for code in with_stations):
        yield tell("paper.unknown_regions", n=blank, all=len(with_stations))
    stations = sum(per_region.values())
    if stations > len(state.stations):
        yield tell("paper.unknown_stations", visited=len(state.stations), all=stations)
    standing = hour.standing()
    for key, n in (
        ("quarantine", standing["quarantined"]), ("problems", standing["with_problems"]),
        ("register", len(state.unknown)),
        ("hours", sum(line.state == "no_hours" for each in standings for line in each.lines)),
    ):  # fmt: skip
        if n:
            yield tell(f"paper.unknown_{key}", n=n)


def _severity(severity: str) -> str:
    return digest.severity_said(severity) if severity else ""
