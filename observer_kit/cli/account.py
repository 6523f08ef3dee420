"""`account`: people who sign in. A password is asked for or made at random; there is no default one."""

from __future__ import annotations

import json

import click

from observer_kit.cli import Context
from observer_kit.errors import Conflict
from observer_kit.storage import accounts
from observer_kit.trust.model import EVERY_MISSION, ROLES
from observer_kit.trust.passwords import random_password

_ask = click.option("--ask", is_flag=True, help="Ask for the password; else a random one is made and printed.")


@click.group()
def account() -> None:
    """Add people who sign in, list them, change a password."""


@account.command()
@click.argument("name")
@click.option(
    "--role",
    "roles",
    multiple=True,
    metavar="MISSION:ROLE",
    required=True,
    help=f"A role in a mission ({', '.join(ROLES)}); * for every mission. May be given several times.",
)
@_ask
@click.pass_obj
def add(context: Context, name: str, roles: tuple[str, ...], ask: bool) -> None:
    """Add a person."""
    given = dict(_role(text) for text in roles)
    password = _password(ask)
    with context.store.atomic() as tx:
        accounts.create(tx, name, password, given)
    _tell(name, password, ask)


@account.command("list")
@click.option("--format", "shape", type=click.Choice(("table", "json")), default="table", show_default=True)
@click.pass_obj
def list_(context: Context, shape: str) -> None:
    """List the people who may sign in, with their roles."""
    with context.store.reading() as tx:
        people = accounts.all(tx)
    if shape == "json":
        click.echo(json.dumps([{"id": one.id, "name": one.name, "roles": dict(one.roles)} for one in people], indent=1))
        return
    for one in people:
        click.echo(f"{one.name}\t{', '.join(f'{mission}:{role}' for mission, role in one.roles.items())}")


@account.command("password")
@click.argument("name")
@_ask
@click.pass_obj
def password_(context: Context, name: str, ask: bool) -> None:
    """Give a person a new password."""
    password = _password(ask)
    with context.store.atomic() as tx:
        accounts.set_password(tx, accounts.named(tx, name).id, password)
    _tell(name, password, ask)


def _role(text: str) -> tuple[str, str]:
    mission, colon, role = text.rpartition(":")
    if not colon:
        mission = EVERY_MISSION
    if role not in ROLES:
        raise Conflict(f"{role!r} is no role: {', '.join(ROLES)}", place="--role")
    return mission, role


def _password(ask: bool) -> str:
    if ask:
        return str(click.prompt("Password", hide_input=True, confirmation_prompt=True))
    return random_password()


def _tell(name: str, password: str, asked: bool) -> None:
    click.echo(f"{name}: the password is set" if asked else f"{name}: {password}")
