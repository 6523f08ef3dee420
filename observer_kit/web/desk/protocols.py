"""Results protocols: which formulas do not hold, by how much, and what the aggregation tables say instead."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Any

from flask import Response, render_template, request, url_for
from sqlalchemy.orm import Session

from observer_kit.checklists import sources
from observer_kit.checklists.model import Checklist
from observer_kit.collection.model import Report
from observer_kit.missions.model import Mission
from observer_kit.missions.official import read_official
from observer_kit.protocols import Rule, RuleResult
from observer_kit.protocols.across import Across
from observer_kit.protocols.reconcile import FAIL, NOT_COMPUTABLE, PASS
from observer_kit.protocols.upward import check_official
from observer_kit.statements.pictures import Picture, reconciliation
from observer_kit.statements.pictures import Rule as Drawn
from observer_kit.statements.text.places import place_in
from observer_kit.storage import checklists, register, submissions
from observer_kit.web.access import READERS, audience, store
from observer_kit.web.access import mission as this_mission
from observer_kit.web.desk import bp
from observer_kit.web.desk.protocol_lines import MOST, SIZES, RuleLine, is_wanted, line_of, lines_of, lines_of_checks
from observer_kit.web.desk.sorting import sorting
from observer_kit.web.downloads import download
from observer_kit.web.protocols import TableRow, checked_across, checks_of, results, rules_of, table_rows
from observer_kit.web.speech import language, tell, text
from observer_kit.web.telling.answers import part_of
from observer_kit.web.telling.marks import printed_in


@bp.app_template_filter("source_place")
def source_place(place: str) -> str:
    """Say in the page's language where a source has a rule."""
    return place_in(place, language())


@bp.get("/protocols")
@audience(*READERS)
def protocols(mission: str) -> str | Response:
    """Show each protocol with its failing formulas, each aggregation table beside its protocols, the sums upward."""
    found = this_mission()
    with store().reading() as tx:
        rules = {rule.id: rule for rule in rules_of(tx, found)}
    chosen = request.args.get("rule") if request.args.get("rule") in rules else None
    size = request.args.get("size") if request.args.get("size") in SIZES else None
    state = request.args.get("state", FAIL) if chosen else FAIL
    state = state if state in (PASS, NOT_COMPUTABLE) else FAIL
    with store().reading() as tx:
        everything = list(submissions.reports(tx, mission, "protocol"))
        kinds = Counter(report.kind or "other" for report in everything)
        kind = request.args.get("kind") if request.args.get("kind") in kinds else None
        received = [report for report in everything if kind in (None, report.kind or "other")]
        rows = table_rows(tx, found, everything)
        beside = checked_across(tx, found, everything, rows)
        known = checks_of(tx, found)
        failing = [one for one in beside if one.state == FAIL][:MOST]
        spoken = None if request.args.get("format") else language()
        names = _names(tx, mission, [*everything, *failing], rows, spoken)
        asked = checklists.current(tx, mission).get("protocol")
    judged = results(found, received, rules.values())
    printed = printed_in(found, "protocol", {"kind": kind})
    lines = lines_of(rules.values(), judged)
    listed = [line_of(report, judged[report.id], names, rules, state, chosen) for report in received]
    listed = [each for each in listed if any(is_wanted(result, chosen, size, state) for result in each.failing)]
    if (format := request.args.get("format")) and request.args.get("of") == "tables":
        return download(f"{mission}-tables", format, *_tables_file(rows, names))
    if format:
        return download(f"{mission}-protocols", format, *_protocols_file(received, judged, names, rules, chosen, size))
    order = sorting(
        {
            "place": lambda each: each.place,
            "fails": lambda each: len(each.failing),
            "largest": lambda each: max(
                (abs(one.difference or 0) for one in each.failing if is_wanted(one, chosen, None)), default=0
            ),
        },
        default="-fails",
    )
    by_rule = sorting({"fails": lambda line: line.fails, "unknown": lambda line: line.unknown}, "rules")
    fields = {one.field for one in failing if one.field} | {
        field.field for row in rows for field in row.comparison.fields
    }
    tables: dict[str, list[TableRow]] = {}
    for row in rows:
        tables.setdefault(row.table, []).append(row)
    return render_template(
        "desk/protocols.html",
        mission=found,
        rules=rules,
        chosen=rules[chosen] if chosen else None,
        lines=by_rule.sorted(lines),
        by_rule=by_rule,
        order=order,
        protocols=order.sorted(listed)[:MOST],
        more=max(len(listed) - MOST, 0),
        size=size,
        sizes=SIZES,
        state=state,
        picture=_picture(found, lines, kind) if received else None,
        checks=lines_of_checks(known, beside, check_official(read_official(found.results))),
        stations=len({report.location for report in everything if report.kind == "polling_station"}),
        table_rows=len(rows),
        compared=sum(row.report is not None for row in rows),
        most=MOST,
        received=len(received),
        tables=tables,
        names=names,
        labels={name: field_label(asked, name) for name in fields},
        kinds=kinds,
        kind=kind,
        total=len(everything),
        printed=printed,
        documents=sources.cited(
            [*(rule.source for rule in rules.values()), *(check.source for check in known.values())]
        ),
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


def _names(
    tx: Session, mission: str, received: Iterable[Report | Across], rows: list[TableRow], spoken: str | None
) -> dict[str, str]:
    """Name the places in a language; in None, as the register first has them, which no file changes with."""
    wanted = (
        {report.location for report in received} | {row.location for row in rows} | {row.commission for row in rows}
    )
    places = register.some(tx, mission, {code for code in wanted if code})
    return {code: place.called(spoken) if spoken else place.name for code, place in places.items()}


def _protocols_file(
    received: Iterable[Report], judged: dict[str, list[RuleResult]], names: dict[str, str],
    rules: dict[str, Rule], chosen: str | None, size: str | None,
) -> tuple[list[str], Iterator[list[Any]]]:  # fmt: skip
    """Give every result of every protocol; of a chosen rule or size only what fails so."""
    head = [tell(f"tables.head_{name}") for name in (
        "submission", "location", "name", "region", "team", "rule", "label", "state", "left", "right",
        "difference", "size",
    )]  # fmt: skip
    rows = (
        [report.id, report.location, names.get(report.location or ""), report.region, report.team, one.rule,
         text(rules[one.rule].label), one.state, one.left, one.right, one.difference, one.bucket]
        for report in received
        for one in judged[report.id]
        if (not chosen and not size) or is_wanted(one, chosen, size)
    )  # fmt: skip
    return head, rows


def _tables_file(rows: Iterable[TableRow], names: dict[str, str]) -> tuple[list[str], Iterator[list[Any]]]:
    """Give every field of every row of the tables beside the protocol's, with the cell as it was printed."""
    head = [tell(f"tables.head_{name}") for name in (
        "table", "station", "location", "name", "submission", "field", "protocol", "in_table", "printed",
        "difference", "patterns",
    )]  # fmt: skip
    cells = (
        [row.table, row.printed.station if row.printed else row.location, row.location, names.get(row.location or ""),
         row.report.id if row.report else None, each.field, each.protocol, each.table,
         row.printed.cells[each.field].text if row.printed else each.table, each.difference,
         ", ".join(tell(f"desk.pattern_{pattern}") for pattern in row.comparison.patterns)]
        for row in rows
        for each in row.comparison.fields
    )  # fmt: skip
    return head, cells


def _picture(mission: Mission, lines: Iterable[RuleLine], kind: str | None) -> Picture:
    """Draw how many protocols fail each formula; every part of a bar leads to its protocols."""

    def rule(line: RuleLine) -> Drawn:
        links = tuple(
            url_for("desk.protocols", mission=mission.code, rule=line.rule.id, kind=kind, state=state) + "#protocols"
            for state in (FAIL, NOT_COMPUTABLE, PASS)
        )
        return Drawn(f"{text(line.rule.label)} ({line.rule.id})", line.passes, line.fails, line.unknown, links)

    note = tell("desk.made_up_picture") if mission.reconstruction else ""
    return reconciliation(tell("desk.rules_picture"), note, [rule(line) for line in lines], language())
