"""What stands in a statement's tables, fetched and frozen: protocols, aggregation tables, official results."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Final

from sqlalchemy.orm import Session

from observer_kit.checklists.model import LANGUAGES, Checklist, Text
from observer_kit.collection.model import Report
from observer_kit.missions.maps import region_names
from observer_kit.missions.model import Item, Location, Mission
from observer_kit.missions.official import Official, read_official
from observer_kit.protocols import Comparison
from observer_kit.protocols.printed import read_printed
from observer_kit.protocols.reconcile import FAIL, NOT_COMPUTABLE
from observer_kit.statements.definitions import mission_definitions
from observer_kit.statements.text.tables import SIZES, Cell, CoverageLine, ResultLine, RowLine, RuleLine, Tables
from observer_kit.storage import checklists, register, submissions
from observer_kit.web.protocols import TableRow, results, rules_of, table_rows
from observer_kit.words import words

STATION: Final = "polling_station"
ONLY_DIFFERENCES: Final = "only_differences"
"""The fact that names, as "LOCATION field", numbers of which a source prints the difference alone."""
MOST: Final = 500
"""Rows of aggregation tables that a statement prints; beyond them it is a data file."""
_SIDED: Final = ("equal", "at_most", "below", "near")
_RESULTS: Final = ("reg_close", "voted", "avc_voted", "b_issued_mobile", "valid", "invalid", "both_marked")


def frozen_tables(tx: Session, mission: Mission) -> Tables:
    """Freeze what a mission's tables are made of; in a reconstruction only what its source prints."""
    protocols = list(submissions.reports(tx, mission.code, "protocol"))
    stations = [report for report in protocols if report.kind == STATION]
    official = read_official(mission.results)
    regions = {each.code: each for each in register.regions(tx, mission.code)}
    beside = [row for row in table_rows(tx, mission, protocols) if row.report is not None]
    asked = checklists.current(tx, mission.code).get("protocol")
    rows = _rows(tx, mission, beside, regions, asked)
    return Tables(
        rules=_rules(tx, mission, stations),
        rows=tuple(rows[:MOST]),
        coverage=() if mission.reconstruction else _coverage(tx, mission, stations, regions),
        results=tuple(_results(mission, official, regions)),
        locator=official.locator if mission.results else "",
        compared=None if mission.reconstruction else len(beside),
    )


def _rules(tx: Session, mission: Mission, stations: Sequence[Report]) -> tuple[RuleLine, ...]:
    """Count each rule over the stations' protocols; a reconstruction has the rules whose number its source prints."""
    rules = rules_of(tx, mission)
    printed = {
        each.question
        for each in mission_definitions(mission.figures, mission.code)
        if each.measure == "rule" and each.printed and dict(each.where) == {"kind": STATION} and not each.within
    }
    states: Counter[tuple[str, str]] = Counter()
    sizes: Counter[tuple[str, str | None]] = Counter()
    for found in results(mission, stations, rules).values():
        for one in found:
            states[one.rule, one.state] += 1
            if one.state == FAIL:
                sizes[one.rule, one.bucket] += 1
    lines = []
    for rule in rules:
        unknown = states[rule.id, NOT_COMPUTABLE]
        if mission.reconstruction and rule.id in printed:
            nothing = tuple(None for _ in SIZES)
            lines.append(RuleLine(rule.id, rule.label, len(stations), states[rule.id, FAIL], None, nothing))
        elif not mission.reconstruction and unknown < len(stations):
            told = tuple(sizes[rule.id, size] if rule.kind in _SIDED else None for size in SIZES)
            lines.append(RuleLine(rule.id, rule.label, len(stations), states[rule.id, FAIL], unknown, told))
    return tuple(lines)


def _rows(
    tx: Session,
    mission: Mission,
    beside: Sequence[TableRow],
    regions: Mapping[str, Location],
    asked: Checklist | None,
) -> list[RowLine]:
    """Give the rows that differ from their protocol, each field with its signed difference."""
    differing = [row for row in beside if row.comparison.differs]
    wanted = {code for row in differing for code in (row.location, row.commission) if code}
    places = register.some(tx, mission.code, wanted)
    hidden = set(mission.facts.get(ONLY_DIFFERENCES, {}).get("value", ()))
    lines = []
    for row in differing:
        station = places.get(row.location or "")
        if station is None or (mission.reconstruction and station.made_up):
            continue
        commission = places.get(row.commission or "")
        region = regions.get(station.region or "")
        lines.append(
            RowLine(
                table=commission.names if commission else {"en": row.table},
                station=station.number or station.name,
                region=region_names(region) if region else {},
                patterns=row.comparison.patterns,
                cells=tuple(_cells(mission, station.code, row.comparison, asked, hidden)),
            )
        )
    return lines


def _cells(
    mission: Mission, code: str, comparison: Comparison, asked: Checklist | None, hidden: set[str]
) -> list[Cell]:
    cells = []
    for each in comparison.fields:
        secret = mission.reconstruction and f"{code} {each.field}" in hidden
        numbers = (None, None) if secret else (each.protocol, each.table)
        cells.append(Cell(_label(mission, asked, each.field), *numbers, each.difference))
    return cells


def _label(mission: Mission, asked: Checklist | None, field: str) -> Text:
    """Name a field of a protocol in every language; of one that repeats, the candidate or the place in the row."""
    stem, _, rest = field.partition("[")
    question = next((each for each in asked.questions() if each.name == stem), None) if asked else None
    label: Text = question.label if question else {"en": stem}
    if not rest:
        return dict(label)
    place = int(rest.rstrip("]")) if rest.rstrip("]").isdecimal() else 0
    of = mission.candidates if stem == "v" and place < len(mission.candidates) else ()
    return {
        language: of[place].name.get(language, of[place].code) if of else f"{label.get(language, stem)} {place + 1}"
        for language in LANGUAGES
    }


def _coverage(
    tx: Session, mission: Mission, stations: Sequence[Report], regions: Mapping[str, Location]
) -> tuple[CoverageLine, ...]:
    if not stations:
        return ()
    held = Counter(report.region for report in stations)
    known = register.counts(tx, mission.code, STATION)
    return tuple(CoverageLine(region_names(each), known.get(code), held[code]) for code, each in regions.items())


def _results(mission: Mission, official: Official, regions: Mapping[str, Location]) -> list[ResultLine]:
    """Give the announced numbers: those of the whole first, then the choices by region."""
    total = official.total or (next(iter(official.votes)) if len(official.votes) == 1 else None)
    choices: dict[str, Item] = {each.code: each for each in (*mission.candidates, *mission.options)}
    percents = {each.field: each.text for each in official.printed if each.territory == total and each.of and each.text}
    other = {
        (each.territory, each.field): (each.text, each.locator)
        for each in official.printed
        if not each.of and read_printed(each.text) != official.votes[each.territory][each.field]
    }
    lines = []
    whole = official.votes.get(total or "", {})
    for field in (*(name for name in _RESULTS if name in whole), *(name for name in choices if name in whole)):
        label = dict(choices[field].name) if field in choices else _said(f"protocols.field_{field}")
        lines.append(ResultLine({}, label, whole[field], percents.get(field, ""), *other.get((total or "", field), ())))
    for code, votes in official.votes.items():
        if code != total and code in regions:
            region, shares = region_names(regions[code]), official.shares.get(code, {})
            lines += [
                ResultLine(region, dict(choices[name].name), number, shares.get(name, ""), *other.get((code, name), ()))
                for name, number in votes.items()
                if name in choices
            ]
    return lines


def _said(key: str) -> Text:
    return {language: words(language)(key) for language in LANGUAGES}
