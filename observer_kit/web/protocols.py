"""Results protocols and aggregation tables as fetched: held against their rules, and against each other."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy.orm import Session

from observer_kit.collection.model import Report
from observer_kit.missions.model import Mission
from observer_kit.protocols import Comparison, Rule, RuleResult, across, compare, load_rules
from observer_kit.protocols.across import Across, Printed
from observer_kit.protocols.checks import Check, load_checks, own_checks
from observer_kit.protocols.printed import Cell
from observer_kit.protocols.reconcile import FAIL, NOT_COMPUTABLE, PASS
from observer_kit.protocols.rules import own_rules
from observer_kit.protocols.tables import Row, Table, from_json
from observer_kit.statements.figures import TableCheck
from observer_kit.storage import aggregation, checklists, register, settings, submissions

OWN_RULES: Final = "protocol_rules"
"""The setting that holds what a mission changes in the reconciliation rules."""
STAGES: Final = "aggregation_stages"
"""The setting that says of the tables in the mission's folder which are preliminary and which final."""
OWN_CHECKS: Final = "protocol_checks"
"""The setting that holds what it changes in the checks over several documents."""
_GRAVEST: Final = (FAIL, PASS, NOT_COMPUTABLE)


@dataclass(frozen=True, slots=True)
class TableRow:
    """One station's row of an aggregation table, beside its protocol where there is one.

    Of an imported table `printed` is the row as the file had it.
    """

    table: str
    commission: str | None
    location: str | None
    report: Report | None
    comparison: Comparison
    printed: Row | None = None


def rules_of(tx: Session, mission: Mission) -> tuple[Rule, ...]:
    """Give the reconciliation rules of a mission: the kit's for its kind of event, with the mission's own changes."""
    return rules_then(mission, settings.get(tx, mission.code, OWN_RULES))


def rules_then(mission: Mission, own: Any) -> tuple[Rule, ...]:
    """Give the rules as a setting of another time changes them; None changes nothing."""
    return load_rules(mission.event) if own is None else own_rules(own, mission.event)


def checks_of(tx: Session, mission: Mission) -> dict[str, Check]:
    """Give the checks over several documents: the kit's, with the mission's own changes."""
    own = settings.get(tx, mission.code, OWN_CHECKS)
    return load_checks() if own is None else own_checks(own)


def results(
    mission: Mission, protocols: Iterable[Report], rules: Iterable[Rule] | None = None
) -> dict[str, list[RuleResult]]:
    """Hold every protocol against the mission's rules (the kit's, unless they are given), by the report's id."""
    from observer_kit.protocols.columns import reconcile_all  # numpy: not for a server that is never asked

    found = list(protocols)
    judged = reconcile_all((report.answers for report in found), load_rules(mission.event) if rules is None else rules)
    return {report.id: results for report, results in zip(found, judged.all(), strict=True)}


def rule_states(
    mission: Mission, protocols: Iterable[Report], rules: Iterable[Rule] | None = None
) -> dict[str, dict[str, str]]:
    """Give the state of each rule for each protocol, as the figures count them."""
    judged = results(mission, protocols, rules)
    return {id: {result.rule: result.state for result in found} for id, found in judged.items()}


def table_rows(tx: Session, mission: Mission, protocols: Iterable[Report]) -> list[TableRow]:
    """Compare each station's row of each aggregation table with its protocol; the last received one, if several."""
    by_location = {report.location: report for report in protocols if report.location}
    imported = aggregation.current(tx, mission.code)
    cells: dict[tuple[str, str | None, str | None], dict[str, int | None]] = {}
    for cell in aggregation.all(tx, mission.code):
        if cell["table"] not in imported:
            place = (cell["table"], cell["commission"], cell["location"])
            cells.setdefault(place, {})[cell["field"]] = _number(cell["value"])
    found = [
        TableRow(table, commission, location, report, compare(_numbers(report), fields))
        for (table, commission, location), fields in cells.items()
        for report in (by_location.get(location or ""),)
    ]
    for each in imported.values():
        found += _imported(each, by_location)
    return found


def _imported(each: aggregation.Import, by_location: Mapping[str, Report]) -> Iterator[TableRow]:
    for row in from_json(each.content).rows:
        report = by_location.get(row.location) if row.location else None
        comparison = compare(_numbers(report), row.numbers)
        yield TableRow(each.table, each.content.get("commission"), row.location, report, comparison, row)


def checked_across(
    tx: Session,
    mission: Mission,
    protocols: Sequence[Report],
    rows: Iterable[TableRow],
    wanted: Collection[str] | None = None,
) -> list[Across]:
    """Give every result of the checks that need more than one document, or of the wanted ones."""
    checks = {id: check for id, check in checks_of(tx, mission).items() if wanted is None or id in wanted}
    linked = {link.checklist for link in checks["S19"].links} if "S19" in checks else set()
    others = {name: list(submissions.reports(tx, mission.code, name)) for name in sorted(linked)}
    stations = [report for report in protocols if report.kind != "commission"]
    tables = printed_tables(tx, mission)
    beside = [(row.table, row.location, row.report.id if row.report else None, row.comparison) for row in rows]
    found: Mapping[str, Callable[[Check], Iterable[Across]]] = {
        "S15": lambda check: across.grown(check, _visits(tx, mission.code)),
        "S16": lambda check: across.invalid_shares(check, stations),
        "S19": lambda check: across.noted(check, stations, others),
        "C1": lambda _: across.posted(protocols),
        "C2": lambda _: across.compared(beside),
        "C3": lambda _: across.copies(protocols),
        "U1": lambda _: across.summed(tables, protocols),
        "U3": lambda _: across.rows_exist(tables),
        "U6": lambda _: across.preliminary(tables),
    }
    return [one for id, run in found.items() if id in checks for one in run(checks[id])]


def _visits(tx: Session, mission: str) -> Iterable[Report]:
    """Go through the voting reports, unless no version of their checklist ever asked what the check needs."""
    asked = checklists.versions(tx, mission, "voting")
    if any({each.name for each in version.questions()}.issuperset(across.GROWN) for version in asked):
        return submissions.reports(tx, mission, "voting")
    return ()


def check_states(
    tx: Session, mission: Mission, protocols: Sequence[Report], rows: Iterable[TableRow], wanted: Collection[str]
) -> dict[str, dict[str, str]]:
    """Give the state of these checks for each report that they rest on, as the figures count them: a failure first."""
    found: dict[str, dict[str, str]] = {}
    for one in checked_across(tx, mission, protocols, rows, wanted) if wanted else ():
        for id in one.submissions:
            states = found.setdefault(id, {})
            states[one.rule] = min(states.get(one.rule, one.state), one.state, key=_GRAVEST.index)
    return found


def printed_tables(tx: Session, mission: Mission) -> list[Printed]:
    """Give the tables that count, with what they are: those imported, and those of the mission's folder."""
    imported = aggregation.current(tx, mission.code)
    found = [
        Printed(
            each.table,
            each.content.get("commission"),
            each.content.get("stage", across.FINAL),
            from_json(each.content),
            tuple(each.content.get("missing", ())),
        )
        for each in imported.values()
    ]
    return [*found, *_of_folder(tx, mission, imported)]


def _of_folder(tx: Session, mission: Mission, imported: Collection[str]) -> Iterator[Printed]:
    """Make tables of the folder's cells; one that prints no totals may be an excerpt, of which nothing is missing."""
    cells: dict[tuple[str, str | None], dict[str, dict[str, Cell]]] = {}
    for cell in aggregation.all(tx, mission.code):
        if cell["table"] not in imported and cell["location"]:
            row = cells.setdefault((cell["table"], cell["commission"]), {}).setdefault(cell["location"], {})
            row[cell["field"]] = Cell(str(cell["value"]), _number(cell["value"]))
    stages = settings.get(tx, mission.code, STAGES) or {}
    for (name, commission), rows in cells.items():
        made = {code: Row(line, code, code, fields) for line, (code, fields) in enumerate(rows.items(), 1)}
        totals = (made.pop(commission),) if commission in made else ()
        missing: tuple[str, ...] = ()
        if totals and commission:
            missing = tuple(code for code in register.reporting_to(tx, mission.code, commission) if code not in made)
        table = Table(tuple(made.values()), totals)
        yield Printed(name, commission, stages.get(name, across.FINAL), table, missing, bool(totals))


def table_checks(rows: Iterable[TableRow]) -> list[TableCheck]:
    """Say of each table whether any of its rows differs from the protocol."""
    tables: dict[str, list[TableRow]] = {}
    for row in rows:
        tables.setdefault(row.table, []).append(row)
    return [
        TableCheck(
            table=table,
            differs=_any([row.comparison.differs for row in found]),
            locations=tuple(row.location for row in found if row.location and row.comparison.differs),
        )
        for table, found in tables.items()
    ]


def _any(states: list[bool | None]) -> bool | None:
    known = [state for state in states if state is not None]
    return any(known) if known else None


def _numbers(report: Report | None) -> Mapping[str, int | None]:
    return {name: _number(value) for name, value in report.answers.items()} if report else {}


def _number(value: object) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) else None
