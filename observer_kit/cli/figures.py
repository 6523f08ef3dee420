"""`figures` and `tally`: the named figures of a mission, and every question counted."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

import click

from observer_kit.checklists.model import LANGUAGES
from observer_kit.cli import Context
from observer_kit.cli.tables import format_option, show
from observer_kit.errors import MissionInvalid
from observer_kit.statistics import GROUPS


@click.command()
@click.argument("mission")
@click.option("--lang", type=click.Choice(LANGUAGES), default="en", show_default=True)
@format_option()
@click.pass_obj
def figures(context: Context, mission: str, lang: str, shape: str) -> None:
    """Print a mission's named figures with their bases and non-answers."""
    from observer_kit.storage import missions
    from observer_kit.web import numbers

    with context.store.reading() as tx:
        found = numbers.figures(tx, missions.get(tx, mission))
    show([figure.as_dict(lang) for figure in found], shape)


@click.command()
@click.argument("mission")
@click.option("--checklist", required=True, help="Name of the checklist: opening, voting …")
@click.option("--question", help="Only this question.")
@click.option("--by", type=click.Choice(GROUPS), help="Count group by group.")
@click.option(
    "--where", multiple=True, metavar="NAME=VALUE", help="Only reports with this region, setting, team, hour …"
)
@format_option()
@click.pass_obj
def tally(
    context: Context,
    mission: str,
    checklist: str,
    question: str | None,
    by: str | None,
    where: tuple[str, ...],
    shape: str,
) -> None:
    """Count every question of a checklist: answers, base, and each kind of non-answer."""
    from observer_kit.storage import missions
    from observer_kit.web import numbers

    with context.store.reading() as tx:
        missions.get(tx, mission)
        form = numbers.checklist_named(tx, mission, checklist)
        if question is not None and question not in {each.name for each in form.questions()}:
            raise MissionInvalid(f"no question {question!r} in {checklist}", place="--question")
        filters = numbers.filters_from(checklist, _pairs(where))
        rows = numbers.tallies(tx, mission, form, filters=filters, by=by, question=question)
    show([asdict(row) for row in rows], shape)


def _pairs(where: tuple[str, ...]) -> dict[str, Any]:
    pairs = {}
    for part in where:
        name, found, value = part.partition("=")
        if not found:
            raise MissionInvalid(f"expected NAME=VALUE, got {part!r}", place="--where")
        pairs[name] = value
    return pairs
