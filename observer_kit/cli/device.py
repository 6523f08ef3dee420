"""`device`: the phones of a mission, and the sheets of codes by which they join."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

import click

from observer_kit import clock
from observer_kit.checklists.model import LANGUAGES
from observer_kit.cli import Context
from observer_kit.cli.tables import format_option, show
from observer_kit.errors import Conflict, NotFound, OutputUnwritable
from observer_kit.missions.model import Mission
from observer_kit.statements.papers import enrolment as paper
from observer_kit.storage import devices, missions
from observer_kit.trust.model import Device
from observer_kit.web import phones
from observer_kit.web.sheets import enrolment as sheets
from observer_kit.words import words

_LEAST = 4


@click.group()
def device() -> None:
    """Print the sheets by which phones join a mission, list its phones, withdraw one."""


@device.command("sheets")
@click.argument("mission")
@click.option("--address", required=True, help="Where the phones reach this server: https://name:port.")
@click.option("--language", type=click.Choice(LANGUAGES), default="en", show_default=True, help="Language of the page.")
@click.option("--team", "teams", multiple=True, help="Only this team; may be given several times.")
@click.option(
    "--out",
    type=click.Path(dir_okay=False, path_type=Path),
    help="The PDF to write (else <mission>-enrolment-<language>.pdf among the exports).",
)
@click.pass_obj
def sheets_(
    context: Context, mission: str, address: str, language: str, teams: tuple[str, ...], out: Path | None
) -> None:
    """Make fresh codes and a page for each team; codes that nobody has used stop working."""
    base = sheets.origin(address)
    out = out or context.config.exports / f"{mission}-enrolment-{language}.pdf"
    with context.store.reading() as tx:
        found = missions.get(tx, mission)
    # The place is opened before any code is made: without its paper a code would be lost.
    with _opened(out) as file:
        with context.store.atomic() as tx:
            made = sheets.make(tx, found, list(teams) or None, language, base)
        name = found.name.get(language) or found.name["en"]
        file.write(paper.render_pdf(name, made, language, notice=_notice(found, language)))
    days = devices.CODE_LASTS.days
    click.echo(f"{out}: {len(made)} pages; the codes stand nowhere else, and are good for {days} days")


@device.command("list")
@click.argument("mission")
@format_option()
@click.pass_obj
def list_(context: Context, mission: str, shape: str) -> None:
    """List a mission's devices: team, name, when enrolled and last heard from, readiness."""
    with context.store.reading() as tx:
        rows = phones.standing(tx, missions.get(tx, mission), None)
    show(
        [
            {
                "device": row.device.id,
                "team": row.device.team,
                "label": row.device.label,
                "kind": row.device.kind,
                "enrolled": clock.stamp(row.device.enrolled),
                "heard": None if row.heard is None else clock.stamp(row.heard),
                "revoked": None if row.device.revoked is None else clock.stamp(row.device.revoked),
                "state": row.state if row.device.kind == "phone" else None,
                "missing": " ".join(row.lacks),
            }
            for row in rows
        ],
        shape,
        ("device", "team", "label", "kind", "enrolled", "heard", "revoked", "state", "missing"),
    )


@device.command()
@click.argument("mission")
@click.argument("device")
@click.option("--yes", is_flag=True, help="Do not ask once more.")
@click.pass_obj
def revoke(context: Context, mission: str, device: str, yes: bool) -> None:
    """Withdraw a phone, by its id or the beginning of it, for good: what it sends is kept apart and not counted."""
    with context.store.reading() as tx:
        missions.get(tx, mission)
        wanted = _the_one(devices.all(tx, mission), device)
    if wanted.revoked is not None:
        raise Conflict(f"{wanted.label!r} of team {wanted.team} was withdrawn already", place=wanted.id)
    if not yes:
        click.confirm(
            f"{wanted.label!r} of team {wanted.team}: what it still sends is stored apart and not counted, and this "
            "can't be undone. Withdraw it?",
            abort=True,
        )
    with context.store.atomic() as tx:
        devices.revoke(tx, wanted.id, None)
    click.echo(f"{wanted.label} ({wanted.id}) is withdrawn")


def _the_one(known: list[Device], named: str) -> Device:
    """Give the only phone whose id begins so; raises NotFound and Conflict."""
    found = [each for each in known if each.kind == "phone" and len(named) >= _LEAST and each.id.startswith(named)]
    if not found:
        raise NotFound(f"no phone of this mission has an id that begins with {named!r} (at least {_LEAST} characters)")
    if len(found) > 1:
        raise Conflict(f"{len(found)} phones have an id that begins with {named!r}")
    return found[0]


def _notice(mission: Mission, language: str) -> str | None:
    organisation = mission.issued_by(language)
    return None if organisation is None else words(language)("doors.reconstruction", organisation=organisation)


@contextmanager
def _opened(path: Path) -> Iterator[BinaryIO]:
    """Open a file that only its owner may read; it takes its place when it is whole. Raises OutputUnwritable."""
    fresh = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except OSError as error:
        raise OutputUnwritable(f"can't be written: {error.strerror}", place=str(path)) from error
    try:
        with os.fdopen(descriptor, "wb") as file:
            yield file
        fresh.replace(path)
    finally:
        fresh.unlink(missing_ok=True)
