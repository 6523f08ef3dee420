"""`compare`: each region, setting or hour against the rest; or the same questions of two missions."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import click

from observer_kit.cli import Context
from observer_kit.cli.tables import format_option, show
from observer_kit.errors import ChecklistUnknown

BY = ("region", "setting", "hour")


@click.command()
@click.argument("mission")
@click.option("--checklist", help="Name of the checklist: opening, voting …; else every one with something to compare.")
@click.option("--question", help="Only this question.")
@click.option("--by", type=click.Choice(BY), default="region", show_default=True)
@click.option("--with", "other", metavar="MISSION", help="Beside this mission instead, question by question.")
@format_option()
@click.pass_obj
def compare(
    context: Context, mission: str, checklist: str | None, question: str | None, by: str, other: str | None, shape: str
) -> None:
    """Hold each part of the reports against the rest, with the teams behind it; a screening where teams chose."""
    from observer_kit.storage import checklists, missions
    from observer_kit.web import comparing, numbers

    rows: list[dict[str, Any]] = []
    with context.store.reading() as tx:
        known = missions.get(tx, mission)
        current = numbers.in_order(checklists.current(tx, mission))
        names = [checklist] if checklist else list(current)
        beside = missions.get(tx, other) if other else None
        for name in names:
            asked = numbers.checklist_named(tx, mission, name)
            if beside is not None:
                found = comparing.two_missions(tx, known, beside, name)
                if found is None and checklist:
                    raise ChecklistUnknown(f"{other} has no checklist {name!r}", place="--checklist")
                rows += _beside(name, (each for each in found or () if question in (None, each.question)))
            else:
                rows += _compared(name, comparing.compared(tx, known, asked, by=by, question=question))
    show(rows, shape)


def _compared(checklist: str, found: Iterable[Any]) -> list[dict[str, Any]]:
    from observer_kit.statistics.compared import Tested

    return [_line(checklist, each, isinstance(each, Tested)) for each in found]


def _line(checklist: str, each: Any, tested: bool) -> dict[str, Any]:
    """Set one comparison out; a screening has no p-value and says what it is."""
    one, limits = each.found, each.limits
    here, rest = one.here, one.rest
    return {
        "use": "tested" if tested else "screening only",
        "checklist": checklist, "question": one.question, "counted": " ".join(one.counted),
        "by": one.by, "group": one.group,
        "cases": here.cases, "answered": here.answered, "percent": _percent(here.share),
        "rest_cases": rest.cases, "rest_answered": rest.answered, "rest_percent": _percent(rest.share),
        "difference": one.difference, "outside": each.outside,
        "low": _percent(limits.low if limits else None), "high": _percent(limits.high if limits else None),
        "p": each.p if tested else None, "q": each.q if tested else None, "reason": each.reason if tested else None,
        "discovered": each.discovered if tested else None,
        "not_applicable": here.not_applicable, "not_observed": here.not_observed, "missing": here.missing,
        "problems": here.problems, "reports": here.reports, "stations": one.stations, "teams": one.teams.count,
        "first_team": one.teams.first, "first_team_cases": one.teams.first_cases,
        "one_team_over_half": one.teams.one_dominates,
    }  # fmt: skip


def _beside(checklist: str, found: Iterable[Any]) -> list[dict[str, Any]]:
    lines = []
    for each in found:
        (cases, base), (their_cases, their_base) = each.shares
        ours, theirs = each.our_tally, each.their_tally
        lines.append({
            "checklist": checklist, "question": each.question, "differs": " ".join(each.differs),
            "cases": cases, "answered": base, "percent": _percent(cases / base if base else None),
            "their_cases": their_cases, "their_answered": their_base,
            "their_percent": _percent(their_cases / their_base if their_base else None),
            "difference": each.difference, "reports": ours.reports, "their_reports": theirs.reports,
            "label": each.ours.label["en"], "their_label": each.theirs.label["en"],
        })  # fmt: skip
    return lines


def _percent(share: float | None) -> float | None:
    return None if share is None else 100 * share
