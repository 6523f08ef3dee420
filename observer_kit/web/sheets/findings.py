"""What the briefing says of the answers: the key shares of each stage, and the protocols that do not add up."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Final

from observer_kit.checklists.model import Checklist
from observer_kit.protocols.reconcile import FAIL, NOT_COMPUTABLE
from observer_kit.statements.papers.briefing import ProtocolLine, ShareLine
from observer_kit.statistics import Tally
from observer_kit.statistics.cases import cases_of
from observer_kit.statistics.rounding import stands_as
from observer_kit.storage import register
from observer_kit.web.days import Coverage
from observer_kit.web.protocols import results, rules_of
from observer_kit.web.sheets.head import place_name
from observer_kit.web.sheets.hours import Hour
from observer_kit.web.speech import number, percent, tell_or, text
from observer_kit.web.telling import marks, rows

NEWEST: Final = 8
BREACHES: Final = 3
"""Of each stage, beside its overall rating: the questions with the largest share of cases."""


def shares(hour: Hour, shown: Iterable[Coverage], since: datetime) -> Iterable[ShareLine]:
    """Give the overall rating of each stage, then of each the questions with the largest share of cases in turn."""
    ranked: dict[int, list[ShareLine]] = {}
    for each in shown:
        if not each.reports or each.checklist.stage in ("protocol", "readiness"):
            continue
        printed = marks.printed_in(hour.mission, each.checklist.name, {})
        table = rows.table(each.checklist, hour.tallies(each.checklist), printed, {})
        breaches = [row for row in table["breach"] if row.cases and row.base.count]
        overall = [row for row in breaches if row.question.type == "rating" and "overall" in row.question.name][:1]
        worst = [row for row in breaches if row.cases and row.cases.count and row not in overall][:BREACHES]
        fresh = {tally.question: tally for tally in hour.tallies(each.checklist, since)}
        for rank, row in [*((0, row) for row in overall), *enumerate(worst, 1)]:
            ranked.setdefault(rank, []).append(_share(each.checklist, row, fresh.get(row.question.name)))
    for rank in sorted(ranked):
        yield from ranked[rank]


def _share(checklist: Checklist, row: rows.Row, fresh: Tally | None) -> ShareLine:
    cases = row.cases.count if row.cases else 0
    allowed = stands_as(row.base.count) != "counts"
    return ShareLine(
        stage=stage_name(checklist),
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


def protocols(hour: Hour) -> tuple[int, int, int, tuple[ProtocolLine, ...]]:
    """Count the protocols that do not add up and those that can't be computed whole, and name the first."""
    tx, mission = hour.tx, hour.mission
    received = list(hour.protocols())
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


def stage_name(checklist: Checklist) -> str:
    """Name a checklist as the desk does."""
    return tell_or(f"desk.stage_{checklist.name}", text(checklist.title))
