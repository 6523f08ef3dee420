"""Gather the coordinator's briefing: the day's numbers, what is overdue and open, what came since the last one."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from observer_kit.checklists.model import Checklist
from observer_kit.missions.chase import LATE, OVERDUE, SILENT, UNREACHABLE, TeamStanding
from observer_kit.missions.model import Location, Mission
from observer_kit.protocols.reconcile import FAIL, NOT_COMPUTABLE
from observer_kit.statements.papers.briefing import (
    Briefing,
    IncidentCount,
    IncidentLine,
    ProtocolLine,
    RegionLine,
    ShareLine,
    StageLine,
)
from observer_kit.statistics import Tally
from observer_kit.statistics.cases import cases_of
from observer_kit.statistics.rounding import stands_as
from observer_kit.storage import handlings, register, submissions
from observer_kit.storage.submissions import Filters
from observer_kit.web import chase as room
from observer_kit.web import numbers
from observer_kit.web.desk import marks, rows
from observer_kit.web.numbers import Coverage, Day
from observer_kit.web.protocols import results, rules_of
from observer_kit.web.sheets import incidents as digest
from observer_kit.web.sheets.head import head_of, moment_of, place_name
from observer_kit.web.speech import moment, number, percent, region_name, tell, tell_or, text

HOURS: Final = (1, 4, 7, 10, 13, 16, 19, 22)
"""Briefing hours on the mission's clock: openings are in by ten, voting by 16 and 19, counts through the night."""
NEWEST: Final = 8
BREACHES: Final = 3
"""Of each stage, beside its overall rating: the questions with the largest share of cases."""


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


def gather(tx: Session, mission: Mission, now: datetime, since: datetime) -> Briefing:
    """Put the whole page into words."""
    state = numbers.day(tx, mission)
    standings = room.standings(tx, mission, now)
    regions = register.regions(tx, mission.code)
    per_region = register.counts(tx, mission.code, "polling_station")
    shown = [each for each in state.stages if each.checklist.stage != "incident"]
    shown = [each for each in shown if each.reports or each.checklist.stage != "readiness"]
    new = {each.checklist.name: _new(tx, mission, each.checklist.name, since) for each in state.stages}
    cases = digest.gathered(tx, mission, Filters())
    still = [each for each in cases if each.state != handlings.CLOSED]
    stages = _stages(mission, shown, standings, new, now)
    protocols, failing, incomplete, protocol_lines = _protocols(tx, mission)
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
        shares=tuple(_shares(tx, mission, shown, since)),
        protocols=protocols,
        failing=failing,
        incomplete=incomplete,
        protocol_lines=protocol_lines,
        changes=tuple(_changes(tx, mission, state, new, since)),
        unknown=tuple(_unknown(tx, mission, state, standings, regions, per_region, shown)),
        sample=" ".join(filter(None, (
            tell("desk.purposive") if mission.sample == "purposive" else "",
            f"° {tell('desk.made_up_legend')}" if mission.reconstruction else "",
        ))),
    )  # fmt: skip


def _since_said(since: datetime, now: datetime, mission: Mission) -> str:
    zone = ZoneInfo(mission.zone)
    same = since.astimezone(zone).date() == now.astimezone(zone).date()
    return moment(since, mission.zone, "time" if same else "full")


def _new(tx: Session, mission: Mission, checklist: str, since: datetime) -> int:
    return submissions.page(tx, mission.code, Filters(checklist=checklist, since=since, counted=True), 0, 1).total


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
                name=_stage_name(each.checklist),
                short=tell_or(f"paper.short_{each.checklist.name}", _stage_name(each.checklist)),
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
    found.sort(key=lambda line: (-(line.overdue or 0), line.name))
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


def _shares(tx: Session, mission: Mission, shown: Iterable[Coverage], since: datetime) -> Iterable[ShareLine]:
    """Give the overall rating of each stage, then of each the questions with the largest share of cases in turn."""
    ranked: dict[int, list[ShareLine]] = {}
    for each in shown:
        if not each.reports or each.checklist.stage in ("protocol", "readiness"):
            continue
        printed = marks.printed_in(mission, each.checklist.name, {})
        table = rows.table(each.checklist, numbers.tallies(tx, mission.code, each.checklist), printed, {})
        breaches = [row for row in table["breach"] if row.cases and row.base.count]
        overall = [row for row in breaches if row.question.type == "rating" and "overall" in row.question.name][:1]
        worst = [row for row in breaches if row.cases and row.cases.count and row not in overall][:BREACHES]
        only_new = Filters(since=since, counted=True)
        fresh = {tally.question: tally for tally in numbers.tallies(tx, mission.code, each.checklist, filters=only_new)}
        for rank, row in [*((0, row) for row in overall), *enumerate(worst, 1)]:
            ranked.setdefault(rank, []).append(_share(each.checklist, row, fresh.get(row.question.name)))
    for rank in sorted(ranked):
        yield from ranked[rank]


def _share(checklist: Checklist, row: rows.Row, fresh: Tally | None) -> ShareLine:
    cases = row.cases.count if row.cases else 0
    allowed = stands_as(row.base.count) != "counts"
    return ShareLine(
        stage=_stage_name(checklist),
        question=text(row.question.label),
        answers=_answers(row),
        per_cent=percent(cases, row.base.count) if allowed else "",
        cases=cases,
        base=row.base.count,
        not_applicable=row.states[0].count,
        not_observed=row.states[1].count,
        missing=row.states[2].count,
        new=sum(fresh.counts.get(code, 0) for code in cases_of(row.question)) if fresh else 0,
        new_base=fresh.answered if fresh else 0,
        printed=row.share_printed or bool(row.cases and row.cases.printed),
    )


def _answers(row: rows.Row) -> str:
    """Name the answers that are the cases."""
    labels = {choice.name: text(choice.label) for choice in row.question.choices}
    return ", ".join(labels.get(code) or tell_or(f"desk.answer_{code}", code) for code in cases_of(row.question))


def _protocols(tx: Session, mission: Mission) -> tuple[int, int, int, tuple[ProtocolLine, ...]]:
    """Count the protocols that do not add up and those that can't be computed whole, and name the first."""
    received = list(submissions.reports(tx, mission.code, "protocol"))
    if not received:
        return 0, 0, 0, ()
    rules = {rule.id: rule for rule in rules_of(tx, mission)}
    judged = results(mission, received, rules.values())
    failing = []
    for report in received:
        fails = [one for one in judged[report.id] if one.state == FAIL]
        if fails:
            failing.append((report, sorted(fails, key=lambda one: (rules[one.rule].severity, one.rule))))
    incomplete = sum(any(one.state == NOT_COMPUTABLE for one in judged[report.id]) for report in received)
    failing.sort(key=lambda pair: -len(pair[1]))
    places = register.some(tx, mission.code, {report.location for report, _ in failing[:NEWEST] if report.location})
    lines = tuple(
        ProtocolLine(
            place_name(places.get(report.location or ""), report.location),
            len(fails),
            text(rules[fails[0].rule].label) + _by(fails[0].difference),
        )
        for report, fails in failing[:NEWEST]
    )
    return len(received), len(failing), incomplete, lines


def _by(difference: int | None) -> str:
    return "" if difference is None else f" ({'+' if difference > 0 else ''}{number(difference)})"


def _changes(tx: Session, mission: Mission, state: Day, new: Mapping[str, int], since: datetime) -> Iterable[str]:
    """Say what came since: reports by stage, incidents, steps taken."""
    came = [
        f"{_stage_name(each.checklist)} +{number(new[each.checklist.name])}"
        for each in state.stages
        if new[each.checklist.name] and each.checklist.stage != "incident"
    ]
    if came:
        yield tell("paper.change_reports", said=", ".join(came))
    if incidents := sum(new[each.checklist.name] for each in state.stages if each.checklist.stage == "incident"):
        yield tell("paper.change_incidents", n=incidents)
    steps = handlings.since(tx, mission.code, since)
    if steps:
        yield tell("paper.change_steps", n=sum(steps.values()), closed=steps.get(handlings.CLOSED, 0))


def _unknown(
    tx: Session,
    mission: Mission,
    state: Day,
    standings: list[TeamStanding],
    regions: Iterable[Location],
    per_region: Mapping[str | None, int],
    shown: Iterable[Coverage],
) -> Iterable[str]:
    """Say what the page can't tell: who was never heard from, where nothing came from, what is not counted."""
    yield tell("paper.unknown_phones")
    if silent := sum(standing.heard is None for standing in standings):
        yield tell("paper.unknown_silent", n=silent, all=len(standings))
    if not any(standing.lines for standing in standings):
        yield tell("paper.unknown_expected")
    elif not room.planned(tx, mission):
        yield tell("paper.unknown_plan")
    met = {code for each in shown for code in each.by_region}
    with_stations = [region.code for region in regions if per_region.get(region.code)]
    if blank := sum(code not in met for code in with_stations):
        yield tell("paper.unknown_regions", n=blank, all=len(with_stations))
    stations = sum(per_region.values())
    if stations > len(state.stations):
        yield tell("paper.unknown_stations", visited=len(state.stations), all=stations)
    standing = submissions.standing(tx, mission.code)
    for key, n in (
        ("quarantine", standing["quarantined"]), ("problems", standing["with_problems"]),
        ("register", len(state.unknown)),
        ("hours", sum(line.state == "no_hours" for each in standings for line in each.lines)),
    ):  # fmt: skip
        if n:
            yield tell(f"paper.unknown_{key}", n=n)


def _stage_name(checklist: Checklist) -> str:
    return tell_or(f"desk.stage_{checklist.name}", text(checklist.title))


def _severity(severity: str) -> str:
    return digest.severity_said(severity) if severity else ""
