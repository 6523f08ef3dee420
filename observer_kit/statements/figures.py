"""Tallies → figures: every number a statement may print, counted from the evidence and from nothing else."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from observer_kit.checklists.model import Checklist
from observer_kit.collection.model import Report
from observer_kit.statements.model import Definition, Figure
from observer_kit.statistics.columns import Columns
from observer_kit.statistics.encoding import build
from observer_kit.statistics.tallies import share, tally


@dataclass(frozen=True, slots=True)
class TableCheck:
    """One aggregation table held against its stations' protocols; `differs` is None when nothing was comparable."""

    table: str
    differs: bool | None
    locations: tuple[str, ...] = ()


@dataclass(slots=True)
class Evidence:
    """What the figures are counted from, fetched by the caller.

    `reports` are those that count, by checklist; `rules` gives for each
    protocol report (by id) the state of each reconciliation rule: pass, fail
    or not_computable, and `checks` the same for each report and check over
    several documents that was asked for; `register` counts of the register by name
    ("polling_station", "shifted" …), by region as "shifted:REGION".
    """

    reports: Mapping[str, Sequence[Report]]
    checklists: Mapping[str, Checklist]
    register: Mapping[str, int] = field(default_factory=dict)
    rules: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    checks: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    tables: Sequence[TableCheck] = ()
    diary: Sequence[Any] = ()
    facts: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    _columns: dict[str, Columns] = field(default_factory=dict)

    def columns(self, name: str) -> Columns | None:
        """Give the columns of one checklist, built once; None when the mission has no such checklist."""
        if name not in self.checklists:
            return None
        if name not in self._columns:
            self._columns[name] = build(self.reports.get(name, ()), self.checklists[name])
        return self._columns[name]


def compute(definitions: Iterable[Definition], evidence: Evidence) -> list[Figure]:
    """Count each figure; what the evidence can't say is None, never 0."""
    return [_MEASURES[definition.measure](definition, evidence) for definition in definitions]


def counted_at_all(figure: Figure) -> bool:
    """Tell whether anything stands behind a figure: a region from which nothing came has none."""
    states = (figure.denominator, figure.not_applicable, figure.not_observed, figure.missing, figure.problems)
    return bool(figure.numerator) or (figure.definition.measure != "register" and any(states))


def _gap(definition: Definition) -> Figure:
    return Figure(definition, None, None, None, None, None, None, None)


def _figure(definition: Definition, numerator: int | None, denominator: int | None, **more: Any) -> Figure:
    percent = None
    if numerator is not None and denominator and definition.is_share:
        percent = round(100 * numerator / denominator, 4)
    states = {name: more.pop(name, None) for name in ("not_applicable", "not_observed", "missing", "not_asked")}
    return Figure(definition, numerator, denominator, percent, **states, **more)


def _matching(definition: Definition, evidence: Evidence) -> list[Report] | None:
    """Give the reports of the figure's checklists that its filter lets through; None without such a checklist."""
    names = (definition.checklist or "").split("+")
    if not any(name in evidence.checklists for name in names):
        return None
    return [
        report
        for name in names
        for report in evidence.reports.get(name, ())
        if all(getattr(report, key) == value for key, value in definition.where.items())
    ]


def _stations(reports: Iterable[Report]) -> tuple[str, ...]:
    return tuple(sorted({report.location for report in reports if report.location}))


def _of(definition: Definition, evidence: Evidence) -> int | None:
    if not definition.of:
        return None
    source, _, name = definition.of.partition(":")
    if source == "register":
        return evidence.register.get(name) or None
    if source == "fact":
        value = evidence.facts.get(name, {}).get("value")
        return value if isinstance(value, int) else None
    reports = evidence.reports.get(name, ())
    return len(reports) or None


def _answers(definition: Definition, evidence: Evidence) -> Figure:
    columns = evidence.columns(definition.checklist or "")
    if columns is None or definition.question is None or definition.question not in columns.columns:
        return _gap(definition)
    row = tally(columns, evidence.checklists[columns.checklist], question=definition.question, where=definition.where)[
        0
    ]
    divided = share(row, definition.counted, definition.base or "answered")
    column = columns.columns[definition.question]
    hit = column.holds(definition.counted) & columns.select(definition.where)
    numerator = divided.numerator
    if column.several is not None and numerator is not None:
        numerator = int(np.count_nonzero(hit))  # one report may hold two of the choices
    return _figure(
        definition,
        numerator,
        _of(definition, evidence) or divided.denominator,
        not_applicable=row.not_applicable,
        not_observed=row.not_observed,
        missing=row.missing,
        not_asked=row.not_asked,
        problems=row.problems,
        stations=columns.stations(hit),
    )


def _reports(definition: Definition, evidence: Evidence) -> Figure:
    rows = _matching(definition, evidence)
    if rows is None:
        return _gap(definition)
    stations = _stations(rows)
    count = len(stations) if definition.measure == "stations" else len(rows)
    return _figure(definition, count, _of(definition, evidence), stations=stations)


def _sum(definition: Definition, evidence: Evidence) -> Figure:
    columns = evidence.columns(definition.checklist or "")
    if columns is None or definition.question is None or definition.question not in columns.columns:
        return _gap(definition)
    checklist = evidence.checklists[columns.checklist]
    row = tally(columns, checklist, question=definition.question, where=definition.where)[0]
    total = row.numbers["sum"] if row.numbers and row.answered else None
    over = None
    if definition.measure == "ratio" and definition.over:
        # Only reports that give both numbers say anything of their ratio.
        column, other = columns.columns[definition.question], columns.columns[definition.over]
        both = column.answered & other.answered & columns.select(definition.where)
        if column.numbers is not None and other.numbers is not None and both.any():
            total, over = int(column.total(both)), int(other.total(both))
    return _figure(
        definition,
        None if total is None else int(total),
        over or _of(definition, evidence),
        not_applicable=row.not_applicable,
        not_observed=row.not_observed,
        missing=row.missing,
        not_asked=row.not_asked,
        problems=row.problems,
    )


def _rule(definition: Definition, evidence: Evidence) -> Figure:
    judged = evidence.checks if definition.measure == "check" else evidence.rules
    rows = _matching(definition, evidence)
    if not rows or not any(definition.question in states for states in judged.values()):
        return _gap(definition)  # a rule that nothing was held against says nothing, not even "none"
    if definition.within:
        rows = [row for row in rows if evidence.rules.get(row.id, {}).get(definition.within) == "fail"]
    states = [judged.get(row.id, {}).get(definition.question or "", "not_computable") for row in rows]
    failing = [row for row, state in zip(rows, states, strict=True) if state == "fail"]
    unsure = states.count("not_computable")
    denominator = len(rows) - unsure if definition.base == "answered" else len(rows)
    return _figure(
        definition, len(failing), denominator,
        not_applicable=0, not_observed=0, missing=unsure, not_asked=0, stations=_stations(failing),
    )  # fmt: skip


def _tables(definition: Definition, evidence: Evidence) -> Figure:
    if not evidence.tables:
        return _gap(definition)
    differing = [table for table in evidence.tables if table.differs]
    unsure = sum(table.differs is None for table in evidence.tables)
    return _figure(
        definition,
        len(differing),
        len(evidence.tables),
        missing=unsure,
        stations=tuple(sorted({code for table in differing for code in table.locations})),
    )


def _diary(definition: Definition, evidence: Evidence) -> Figure:
    if not evidence.diary:
        return _gap(definition)  # a diary that was not kept says nothing, not even "none"
    rows = [
        entry
        for entry in evidence.diary
        if all(getattr(entry, key) == value for key, value in definition.where.items())
    ]
    return _figure(definition, sum(entry.count for entry in rows), _of(definition, evidence))


def _register(definition: Definition, evidence: Evidence) -> Figure:
    name = definition.question or "polling_station"
    region = definition.where.get("region")
    return _figure(definition, evidence.register.get(f"{name}:{region}" if region else name), _of(definition, evidence))


def _fact(definition: Definition, evidence: Evidence) -> Figure:
    value = evidence.facts.get(definition.question or definition.name, {}).get("value")
    return _figure(definition, value if isinstance(value, int) else None, _of(definition, evidence))


_MEASURES: Mapping[str, Callable[[Definition, Evidence], Figure]] = {
    "answers": _answers,
    "reports": _reports,
    "stations": _reports,
    "sum": _sum,
    "ratio": _sum,
    "rule": _rule,
    "check": _rule,
    "tables": _tables,
    "diary": _diary,
    "register": _register,
    "fact": _fact,
}
