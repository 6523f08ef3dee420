"""Results protocols: which formulas do not hold, by how much, and what the aggregation tables say instead."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from flask import render_template, request
from sqlalchemy.orm import Session

from observer_kit.checklists.model import Checklist
from observer_kit.collection.model import Report
from observer_kit.protocols import Rule, RuleResult, load_rules
from observer_kit.storage import checklists, register, submissions
from observer_kit.web.access import READERS, audience, store
from observer_kit.web.access import mission as this_mission
from observer_kit.web.desk import bp
from observer_kit.web.desk.answers import part_of
from observer_kit.web.desk.marks import printed_in
from observer_kit.web.protocols import TableRow, results, table_rows
from observer_kit.web.speech import text


@dataclass(frozen=True, slots=True)
class Protocol:
    """One protocol with the formulas that do not hold, those that must hold before the warnings."""

    report: Report
    place: str
    failing: tuple[RuleResult, ...]
    unknown: int


@dataclass(frozen=True, slots=True)
class RuleLine:
    """One formula over all protocols."""

    rule: Rule
    fails: int
    passes: int
    unknown: int


@bp.get("/protocols")
@audience(*READERS)
def protocols(mission: str) -> str:
    """Show each protocol with its failing formulas, and each aggregation table beside its protocols."""
    found = this_mission()
    rules = {rule.id: rule for rule in load_rules(found.event)}
    chosen = request.args.get("rule") if request.args.get("rule") in rules else None
    with store().reading() as tx:
        everything = list(submissions.reports(tx, mission, "protocol"))
        kinds = Counter(report.kind or "other" for report in everything)
        kind = request.args.get("kind") if request.args.get("kind") in kinds else None
        received = [report for report in everything if kind in (None, report.kind or "other")]
        rows = table_rows(tx, found, everything)
        names = _names(tx, mission, everything, rows)
        asked = checklists.current(tx, mission).get("protocol")
    judged = results(found, received)
    printed = printed_in(found, "protocol", {"kind": kind})
    lines = [_line(rule, judged) for rule in rules.values()]
    listed = [_protocol(report, judged[report.id], names, rules) for report in received]
    if chosen:
        listed = [each for each in listed if any(result.rule == chosen for result in each.failing)]
    fields = {field.field for row in rows for field in row.comparison.fields}
    tables: dict[str, list[TableRow]] = {}
    for row in rows:
        tables.setdefault(row.table, []).append(row)
    return render_template(
        "desk/protocols.html",
        mission=found,
        rules=rules,
        chosen=rules[chosen] if chosen else None,
        lines=lines,
        protocols=sorted((each for each in listed if each.failing), key=lambda each: -len(each.failing)),
        received=len(received),
        tables=tables,
        names=names,
        labels={name: field_label(asked, name) for name in fields},
        kinds=kinds,
        kind=kind,
        total=len(everything),
        printed=printed,
    )


def field_label(checklist: Checklist | None, name: str) -> str:
    """Name a field of a protocol; of one that repeats, the candidate or the place in the row."""
    stem, _, rest = name.partition("[")
    question = next((each for each in checklist.questions() if each.name == stem), None) if checklist else None
    if question is None:
        return name
    if not rest:
        return text(question.label)
    place = int(rest.rstrip("]")) if rest.rstrip("]").isdecimal() else 0
    return f"{text(question.label)}: {part_of(question, place)}"


def _names(tx: Session, mission: str, received: list[Report], rows: list[TableRow]) -> dict[str, str]:
    wanted = (
        {report.location for report in received} | {row.location for row in rows} | {row.commission for row in rows}
    )
    places = [register.get(tx, mission, code) for code in sorted(wanted - {None}, key=str) if code]
    return {place.code: place.name for place in places if place}


def _line(rule: Rule, judged: dict[str, list[RuleResult]]) -> RuleLine:
    states = [result.state for found in judged.values() for result in found if result.rule == rule.id]
    return RuleLine(rule, states.count("fail"), states.count("pass"), states.count("not_computable"))


def _protocol(report: Report, found: list[RuleResult], names: dict[str, str], rules: dict[str, Rule]) -> Protocol:
    failing = sorted((each for each in found if each.state == "fail"), key=lambda each: rules[each.rule].severity)
    return Protocol(
        report=report,
        place=names.get(report.location or "", report.location or "–"),
        failing=tuple(failing),
        unknown=sum(each.state == "not_computable" for each in found),
    )
