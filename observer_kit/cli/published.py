"""`published`: the text a mission has already put out, its numbers against each other."""

from __future__ import annotations

from collections import Counter
from dataclasses import asdict
from pathlib import Path
from typing import Any, Final

import click

from observer_kit.cli.tables import show
from observer_kit.config import resources
from observer_kit.missions.printed import PublishedMissing
from observer_kit.missions.relations import read_published
from observer_kit.statements.published import check_published
from observer_kit.statements.published_words import AGREES, CONTRADICTION, STATES, Finding

FOUND: Final = 1
"""The exit code when there is a contradiction; 2 is an error, as everywhere."""


@click.group()
def published() -> None:
    """Look at the figures of a text that is already out."""


@published.command()
@click.argument("mission", metavar="MISSION")
@click.option("--all", "every", is_flag=True, help="Show what agrees too.")
@click.option("--format", "shape", type=click.Choice(("table", "json")), default="table", show_default=True)
@click.pass_context
def check(context: click.Context, mission: str, every: bool, shape: str) -> None:
    """Hold the figures of MISSION's published.toml against each other and against other missions' texts.

    MISSION is a mission's folder, or the name of a sample mission. Nothing is
    corrected. Exit code 0: no contradiction; 1: at least one; 2: an error.
    """
    found = check_published(read_published(_folder(mission)))
    shown = [each for each in found if every or shape == "json" or each.state != AGREES]
    if shape == "json":
        show([_row(each) for each in shown], shape)
    else:
        for each in sorted(shown, key=lambda one: STATES.index(one.state)):
            click.echo(f"{each.state.replace('_', ' ')}: {each.name}\n    {each.says}")
        counts = Counter(each.state for each in found)
        click.echo(", ".join(f"{state.replace('_', ' ')} {counts[state]}" for state in STATES))
    if any(each.state == CONTRADICTION for each in found):
        context.exit(FOUND)


def _folder(mission: str) -> Path:
    """Give the mission's folder; raises PublishedMissing where there is none."""
    from observer_kit.cli.demo import sample_missions

    path = Path(mission)
    if path.is_dir():
        return path.resolve()
    if mission in sample_missions():
        return resources("forms") / "missions" / mission
    names = ", ".join(sample_missions())
    raise PublishedMissing(f"expected the folder of a mission, or one of {names}; found {mission!r}", place="MISSION")


def _row(finding: Finding) -> dict[str, Any]:
    return asdict(finding)
