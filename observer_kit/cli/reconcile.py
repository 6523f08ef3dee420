"""`reconcile`: every results protocol against its rules, the tables against the protocols, the results upward."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import asdict
from typing import Any, Final

import click
import orjson

from observer_kit.cli import Context
from observer_kit.cli.tables import format_option, show
from observer_kit.collection.model import Report
from observer_kit.errors import KitError
from observer_kit.protocols import RuleResult
from observer_kit.protocols.across import Across
from observer_kit.protocols.checks import Check
from observer_kit.protocols.reconcile import BUCKETS, FAIL, NOT_COMPUTABLE, PASS
from observer_kit.protocols.rules import SIDED

PARTS: Final = ("summary", "protocols", "tables", "official", "across", "checks", "coverage")


class PartNeeded(KitError):
    """A CSV holds one table."""

    code = "part_needed"


@click.command()
@click.argument("mission")
@click.option("--part", type=click.Choice(PARTS), help="Only this part; a CSV needs one.")
@click.option("--rule", help="Only this rule, as S1.")
@format_option()
@click.pass_obj
def reconcile(context: Context, mission: str, part: str | None, rule: str | None, shape: str) -> None:
    """Hold results protocols against every rule, and against the aggregation tables; nothing is corrected."""
    if shape == "csv" and part is None:
        raise PartNeeded(f"a CSV holds one part: {', '.join(PARTS)}", place="--part")
    parts = {name: rows for name, rows in _parts(context, mission, rule).items() if part in (None, name)}
    if part is not None:
        show(parts[part], shape)
    elif shape == "json":
        click.echo(orjson.dumps(parts, option=orjson.OPT_INDENT_2, default=str).decode())
    else:
        for name, rows in parts.items():
            click.echo(f"\n{name} ({len(rows)})")
            # On a terminal only what fails is worth a line; JSON and CSV hold everything.
            failing = name in ("protocols", "across")
            show([row for row in rows if row["state"] == FAIL] if failing else rows, shape)


def _parts(context: Context, code: str, rule: str | None) -> dict[str, list[dict[str, Any]]]:
    from observer_kit.missions.official import read_official
    from observer_kit.protocols.upward import check_official
    from observer_kit.storage import missions, submissions
    from observer_kit.web import protocols

    with context.store.reading() as tx:
        mission = missions.get(tx, code)
        reports = list(submissions.reports(tx, code, "protocol"))
        rows = protocols.table_rows(tx, mission, reports)
        rules = protocols.rules_of(tx, mission)
        beside = protocols.checked_across(tx, mission, reports, rows)
        checks = protocols.checks_of(tx, mission)
    found = protocols.results(mission, reports, rules)
    labels = {each.id: each.label["en"] for each in rules if rule in (None, each.id)}
    results = {id: [one for one in every if one.rule in labels] for id, every in found.items()}
    official = [_plain(asdict(each)) for each in check_official(read_official(mission.results))]
    return {
        "summary": _summary(reports, results, labels, {each.id for each in rules if each.kind in SIDED}),
        "protocols": _protocols(reports, results),
        "tables": _tables(rows),
        "across": [_across(each) for each in beside if rule in (None, each.rule)],
        "checks": _checks(results, labels, checks, beside, official, rule),
        "official": [each for each in official if rule in (None, each["rule"])],
        "coverage": [
            {
                "protocols": len(reports),
                "stations": len({report.location for report in reports if report.location}),
                "tables": len({row.table for row in rows}),
                "table_rows": len(rows),
                "rows_with_protocol": sum(row.report is not None for row in rows),
            }
        ],
    }


def _across(one: Across) -> dict[str, Any]:
    return {**asdict(one), "submissions": " ".join(one.submissions), "difference": one.difference}


def _checks(
    results: Mapping[str, Iterable[RuleResult]],
    labels: Mapping[str, str],
    checks: Mapping[str, Check],
    beside: Iterable[Across],
    official: Iterable[Mapping[str, Any]],
    rule: str | None,
) -> list[dict[str, Any]]:
    """Count every check there is by its state; one that has nothing to look at says so."""
    states: dict[str, Counter[str]] = {}
    for found in results.values():
        for result in found:
            states.setdefault(result.rule, Counter())[result.state] += 1
    for one in beside:
        states.setdefault(one.rule, Counter())[one.state] += 1
    for each in official:
        states.setdefault(each["rule"], Counter())[each["state"]] += 1
    every = {**labels, **{id: check.label["en"] for id, check in checks.items() if rule in (None, id)}}
    return [_counts_of(id, label, states.get(id, Counter())) for id, label in every.items()]


def _counts_of(id: str, label: str, met: Counter[str]) -> dict[str, Any]:
    said = "computed" if met[PASS] + met[FAIL] else "not computable" if met else "nothing to compare"
    return {
        "check": id, "label": label, PASS: met[PASS], FAIL: met[FAIL], NOT_COMPUTABLE: met[NOT_COMPUTABLE],
        "said": said,
    }  # fmt: skip


def _plain(row: dict[str, Any]) -> dict[str, Any]:
    return {
        **row,
        "difference": None if row["difference"] is None else str(row["difference"]),
        "of": "+".join(row["of"]),
    }


def _summary(
    reports: Iterable[Report],
    results: Mapping[str, Iterable[RuleResult]],
    labels: Mapping[str, str],
    sided: Collection[str],
) -> list[dict[str, Any]]:
    """Count how many protocols of stations, and of commissions, fail each rule and by how much."""
    kinds: dict[str, list[RuleResult]] = {}
    for report in reports:
        kinds.setdefault(report.kind or "unknown", []).extend(results[report.id])
    return [
        _counted(kind, rule, label, [one for one in found if one.rule == rule], sized=rule in sided)
        for kind, found in sorted(kinds.items(), key=lambda each: -len(each[1]))
        for rule, label in labels.items()
    ]


def _counted(kind: str, rule: str, label: str, met: list[RuleResult], *, sized: bool) -> dict[str, Any]:
    failed = [one for one in met if one.state == FAIL]
    return {
        "kind": kind, "rule": rule, "label": label, "protocols": len(met),
        PASS: sum(one.state == PASS for one in met), FAIL: len(failed),
        NOT_COMPUTABLE: sum(one.state == NOT_COMPUTABLE for one in met),
        **{
            f"failed_by_{bucket}": sum(one.bucket == bucket for one in failed) if sized else None
            for bucket in BUCKETS[1:]
        },
    }  # fmt: skip


def _protocols(reports: Iterable[Report], results: Mapping[str, Iterable[RuleResult]]) -> list[dict[str, Any]]:
    return [
        {
            "submission": report.id, "kind": report.kind, "location": report.location, "region": report.region,
            "team": report.team, "rule": one.rule, "state": one.state, "left": one.left,
            "right": one.right, "difference": one.difference, "bucket": one.bucket,
        }
        for report in reports
        for one in results[report.id]
    ]  # fmt: skip


def _tables(rows: Iterable[Any]) -> list[dict[str, Any]]:
    """Give every field of every row of the aggregation tables beside the protocol's."""
    return [
        {
            "table": row.table, "commission": row.commission, "location": row.location,
            "submission": row.report.id if row.report else None, "field": each.field,
            "protocol": each.protocol, "in_table": each.table, "difference": each.difference,
            "patterns": " ".join(row.comparison.patterns),
        }
        for row in rows
        for each in row.comparison.fields
    ]  # fmt: skip
