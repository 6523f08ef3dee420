"""`demo`: a real mission rebuilt from its published figures, taken in like any submission."""

from __future__ import annotations

import sys
from collections import Counter
from itertools import islice
from pathlib import Path
from typing import Final

import click

from observer_kit.cli import Context
from observer_kit.cli.mission import IMPORTED, import_folder
from observer_kit.config import resources
from observer_kit.errors import MissionUnknown, NotFound, StorageFault
from observer_kit.missions.load import MissionFolder, open_folder
from observer_kit.missions.planned import planned
from observer_kit.missions.rebuild import rebuild, rebuild_sheets
from observer_kit.storage import Store, accounts, checklists, deployment, devices, missions, settings
from observer_kit.storage.intake import Intake
from observer_kit.trust.model import EVERY_MISSION
from observer_kit.trust.passwords import random_password

BATCH: Final = 250
PEOPLE: Final = ("coordinator", "staff", "administrator")


def sample_missions() -> list[str]:
    """Name the missions that come with the kit."""
    return sorted(path.parent.name for path in (resources("forms") / "missions").glob("*/mission.toml"))


@click.command()
@click.argument("mission", metavar="MISSION")
@click.option(
    "--sign-ins/--no-sign-ins",
    default=None,
    help="Give the demonstration's people new passwords and print them; or make none. Unless told: make them once.",
)
@click.pass_obj
def demo(context: Context, mission: str, sign_ins: bool | None) -> None:
    """Import a sample mission and rebuild its submissions from its published figures, with the plan behind them.

    A second run on the same data changes nothing and says so.
    """
    folder = open_folder(_sample(mission))
    store = context.made_store
    if _is_imported(store, folder):
        click.echo(f"{mission}: already imported")
    else:
        count = import_folder(store, folder, bar=sys.stderr.isatty())
        click.echo(f"{mission}: {count} locations imported")
    told = _submit(context, folder)
    click.echo(f"{mission}: {told}")
    if folder.mission.reconstruction:
        click.echo(f"Reconstruction from published figures; not issued by {folder.mission.reconstruction}")
    for name, password in [] if sign_ins is False else _people(store, renew=bool(sign_ins)):
        click.echo(f"sign in as {name}: {password}")


def _sample(name: str) -> Path:
    if name not in sample_missions():
        raise MissionUnknown(f"no sample mission is called {name!r}: {', '.join(sample_missions())}")
    return resources("forms") / "missions" / name


def _is_imported(store: Store, folder: MissionFolder) -> bool:
    """Say whether exactly this folder was the last to be imported."""
    code = folder.mission.code
    with store.reading() as tx:
        known = any(one.code == code for one in missions.all(tx))
        return known and settings.get(tx, code, IMPORTED) == folder.digest()


def _submit(context: Context, folder: MissionFolder) -> str:
    """Put the plan behind the rebuilt reports, hand these to the intake in batches, and tell what became of them."""
    code = folder.mission.code
    with context.store.reading() as tx:
        current = checklists.current(tx, code)
    sheets = rebuild_sheets(folder, current)
    plan = [*folder.deployment()] or planned(folder.mission, sheets, folder.register, folder.teams())
    with context.store.atomic() as tx:
        device = devices.office(tx, code, "demo")
        if deployment.all(tx, code) != plan:
            deployment.replace(tx, code, plan)
    intake = Intake(context.store, context.config)
    counts: Counter[str] = Counter()
    envelopes = rebuild(folder, current, device.id, sheets)
    while batch := list(islice(envelopes, BATCH)):
        for result in intake.receive(batch, device=device, via="demo"):
            counts[result["status"]] += 1
    if not counts:
        return "this mission published no counts, so nothing is rebuilt"
    if other := sum(counts.values()) - counts["stored"] - counts["known"]:
        raise StorageFault(
            f"{other} of {sum(counts.values())} submissions differ from those stored by an earlier version: "
            "use a new data folder",
            place=code,
        )
    return f"{counts['stored']} submissions rebuilt and taken in, {counts['known']} already known"


def _people(store: Store, *, renew: bool) -> list[tuple[str, str]]:
    """Make the demonstration's accounts once, each with a random password; give those that are new."""
    made = []
    for name in PEOPLE:
        with store.atomic() as tx:
            password = random_password()
            try:
                account = accounts.named(tx, name)
            except NotFound:
                accounts.create(tx, name, password, {EVERY_MISSION: name})
            else:
                if not renew:
                    continue
                accounts.set_password(tx, account.id, password)
            made.append((name, password))
    return made
