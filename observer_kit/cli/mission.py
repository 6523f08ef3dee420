"""`mission`: make an empty mission folder, import one, list and show what is there."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any, Final

import click
import orjson

from observer_kit.checklists.catalogue import load_catalogue
from observer_kit.cli import Context
from observer_kit.cli.tables import FORMATS, show
from observer_kit.clock import now
from observer_kit.errors import MissionInvalid, OutputUnwritable
from observer_kit.missions.blank import write_blank
from observer_kit.missions.checklists import mission_checklists
from observer_kit.missions.load import MissionFolder, open_folder
from observer_kit.missions.mission_file import CODE
from observer_kit.missions.model import Location
from observer_kit.protocols.across import FINAL
from observer_kit.protocols.checks import check_links, own_checks
from observer_kit.protocols.rules import check_fields, load_rules, own_rules
from observer_kit.statements.definitions import mission_definitions
from observer_kit.storage import (
    Store,
    aggregation,
    checklists,
    deployment,
    diary,
    missions,
    published,
    register,
    settings,
    shapes,
)
from observer_kit.web import papers
from observer_kit.web.protocols import OWN_CHECKS, OWN_RULES, STAGES

IMPORTED: Final = "imported_folder"
"""The setting that holds the digest of the folder a mission was last imported from."""


@click.group()
def mission() -> None:
    """Make a mission's folder, import it, list missions, show one."""


@mission.command("new")
@click.argument("name")
@click.option("--event", type=click.Choice(("election", "referendum")), default="election", show_default=True)
@click.option(
    "--folder",
    type=click.Path(file_okay=False, path_type=Path),
    help="Where to write it (a folder called NAME here, unless told).",
)
def new(name: str, event: str, folder: Path | None) -> None:
    """Write an empty mission folder that works: five stations, two teams, and what each column means."""
    folder = folder or Path(name)
    if not CODE.fullmatch(name):
        raise MissionInvalid("expected letters, digits, - _ . without spaces (at most 60)", place=f"NAME {name!r}")
    try:
        if folder.exists() and any(folder.iterdir()):
            raise MissionInvalid("this folder is not empty", place=str(folder))
        write_blank(folder, name, event, now().date())
    except OSError as error:
        raise OutputUnwritable(f"can't be written: {error.strerror}", place=str(folder)) from None
    click.echo(f"{folder}: a mission of five stations and two teams; fill in its files, then")
    click.echo(f"  observer-kit mission import {folder}")


@mission.command("import")
@click.argument("folder", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.pass_obj
def import_(context: Context, folder: Path) -> None:
    """Import a mission's folder, all of it or nothing; a second import puts the new in place of the old."""
    opened = open_folder(folder)
    count = import_folder(context.made_store, opened, bar=sys.stderr.isatty())
    names = ", ".join(opened.mission.checklists) or "all"
    click.echo(f"{opened.mission.code}: {count} locations; checklists: {names}")


@mission.command("list")
@click.option("--format", "shape", type=click.Choice(FORMATS), default="table", show_default=True)
@click.pass_obj
def list_(context: Context, shape: str) -> None:
    """List the missions of this data folder."""
    with context.store.reading() as tx:
        rows = [
            {
                "code": one.code,
                "day": one.day.isoformat(),
                "event": one.event,
                "name": one.name["en"],
                "stations": register.count(tx, one.code, kind="polling_station"),
                "teams": len(register.teams(tx, one.code)),
            }
            for one in missions.all(tx)
        ]
    show(rows, shape)


@mission.command("show")
@click.argument("code")
@click.option("--format", "shape", type=click.Choice(("table", "json")), default="table", show_default=True)
@click.pass_obj
def show_(context: Context, code: str, shape: str) -> None:
    """Show one mission: what is observed, its register, teams and checklists."""
    with context.store.reading() as tx:
        found = missions.get(tx, code)
        kinds = ("region", "district", "commission", "polling_station")
        counts = {kind: register.count(tx, code, kind=kind) for kind in kinds}
        teams = len(register.teams(tx, code))
        current = checklists.current(tx, code)
    asked: dict[str, dict[str, Any]] = {
        name: {"version": one.version, "length": one.length, "questions": sum(1 for _ in one.questions())}
        for name, one in current.items()
    }
    if shape == "json":
        document = {**asdict(found), "register": counts, "teams": teams, "asked": asked}
        click.echo(orjson.dumps(document, option=orjson.OPT_INDENT_2).decode())
        return
    click.echo(f"{found.code}: {found.name['en']}")
    click.echo(f"{found.event_name['en']} ({found.event}), {found.day.isoformat()}, {found.zone}")
    if found.reconstruction:
        click.echo(f"Reconstruction from published figures; not issued by {found.reconstruction}")
    click.echo(", ".join(f"{count} {kind.replace('_', ' ')}" for kind, count in counts.items()) + f"; {teams} teams")
    for name, one in asked.items():
        click.echo(f"  {name:<12} {one['length']:<5} {one['questions']:>4} questions  {one['version'][:12]}")


def import_folder(store: Store, folder: MissionFolder, *, bar: bool = False) -> int:
    """Store a mission with register, teams, diary and checklists in one transaction; gives the number of locations.

    Everything is read and checked before the transaction begins, so that a
    bad row stops nobody else's work.
    """
    mission = folder.mission
    rules, checks = folder.rules(), folder.checks()
    own = None if rules is None else own_rules(rules, mission.event)
    ruled = {rule.id for rule in (load_rules(mission.event) if own is None else own)}
    mission_definitions(mission.figures, "figures.toml", event=mission.event, rules=ruled)
    made = mission_checklists(mission, load_catalogue(), folder.own_checklists(), folder.layout, rules)
    protocol = made.get("protocol")
    fields = {question.name for question in protocol.questions()} if protocol else None
    if own is not None:
        check_fields(own, fields or ())
    if checks is not None:
        check_links(own_checks(checks).values(), made)
    count = folder.check(fields)
    styles = papers.take_styles(store.config, mission, folder.styles())
    with store.atomic() as tx:
        missions.save(tx, mission)
        with click.progressbar(
            folder.register, length=count, label=mission.code, file=sys.stderr, hidden=not bar
        ) as locations:
            register.replace(tx, mission.code, _each(locations))
        register.save_teams(tx, mission.code, folder.teams())
        deployment.replace(tx, mission.code, folder.deployment())
        diary.replace(tx, mission.code, folder.diary())
        shapes.replace(tx, mission.code, folder.shapes())
        published.replace(tx, mission.code, folder.published())
        aggregation.replace(tx, mission.code, folder.aggregation())
        for checklist in made.values():
            checklists.publish(tx, mission.code, checklist)
        stages = {cell["table"]: cell["stage"] for cell in folder.aggregation() if cell["stage"] != FINAL} or None
        for name, value in ((OWN_RULES, rules), (OWN_CHECKS, checks), (STAGES, stages)):
            if settings.get(tx, mission.code, name) != value:
                settings.put(tx, mission.code, name, value, None)
        settings.put(tx, mission.code, IMPORTED, folder.digest(), None)
    papers.put_styles(store.config, mission, styles)
    return count


def _each(locations: Any) -> Iterator[Location]:
    yield from locations
