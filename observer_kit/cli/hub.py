"""`hub`: make another laptop take a mission's reports in, and bring home what it took."""

from __future__ import annotations

import gzip
import os
import secrets
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import click
import orjson

from observer_kit.cli import Context
from observer_kit.errors import HubInvalid, StorageFault
from observer_kit.storage import hubs, missions
from observer_kit.trust import keys

_out = click.argument("out", type=click.Path(dir_okay=False, path_type=Path))


@click.group()
def hub() -> None:
    """Let another laptop take reports in where the mission's server can't be reached."""


@hub.command("export")
@click.argument("mission")
@_out
@click.option("--address", help="The hub's address as mission.toml names it (needed where it names several).")
@click.pass_obj
def export(context: Context, mission: str, out: Path, address: str | None) -> None:
    """Write what a hub needs into OUT: mission, register, checklists, phones, and the key that signs its receipts.

    Run it again when phones were enrolled or withdrawn; the hub imports it over
    what it has. Carry the file by hand and delete it afterwards.
    """
    with context.store.reading() as tx:
        named = missions.get(tx, mission).policy.hubs
        if address is None and len(named) != 1:
            raise HubInvalid(f"[policy] of mission.toml names {len(named)} hubs: say which by --address", place=mission)
        packed = hubs.pack(tx, context.config, mission, address or named[0])
    _write(out, [gzip.compress(orjson.dumps(packed), mtime=0)])
    click.echo(f"{out}: {mission} for the hub {packed['address']}, {len(packed['phones'])} phones")


@hub.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.pass_obj
def import_(context: Context, file: Path) -> None:
    """Make this data folder a hub, or bring the hub up to date; its data folder serves no mission of its own."""
    packed = _read(file)
    hub = hubs.read(packed)
    pem = str(packed.get("key")).encode()
    try:
        keys.read_pem(pem, str(file))
    except StorageFault:
        raise HubInvalid("holds no key for receipts", place=str(file)) from None
    if not keys.adopt_receipt_key(context.config, pem):
        raise HubInvalid(
            "this data folder signs receipts with a key of its own: choose another with --data", place=str(file)
        )
    with context.made_store.atomic() as tx:
        hubs.unpack(tx, hub)
    click.echo(f"{hub.mission.code}: this is now the hub {hub.address}, {len(hub.phones)} phones")
    click.echo("  observer-kit serve --lan")


@hub.command("collect")
@click.argument("mission")
@_out
@click.pass_obj
def collect(context: Context, mission: str, out: Path) -> None:
    """Write every report that was taken in here into OUT, for `submissions import` at the mission's server.

    The bytes are those that came, so that it may be imported any number of times.
    """
    count = 0

    def lines() -> Iterable[bytes]:
        nonlocal count
        for envelope in hubs.envelopes(tx, mission):
            count += 1
            yield orjson.dumps(envelope, option=orjson.OPT_APPEND_NEWLINE)

    with context.store.reading() as tx:
        missions.get(tx, mission)
        _write(out, lines())
    click.echo(f"{out}: {count} reports")


def _read(file: Path) -> dict[str, Any]:
    try:
        packed = orjson.loads(gzip.decompress(file.read_bytes()))
    except (OSError, EOFError, ValueError) as fault:
        raise HubInvalid(f"can't be read, or is cut off: {fault}", place=str(file)) from None
    if not isinstance(packed, dict) or packed.get("kind") != hubs.KIND:
        raise HubInvalid("is no file of `hub export`", place=str(file))
    if packed.get("format") != hubs.FORMAT:
        raise HubInvalid("was written by another version of the program: use the same on both", place=str(file))
    return packed


def _write(out: Path, pieces: Iterable[bytes]) -> None:
    """Write a file whole or not at all, for its owner's eyes alone."""
    fresh = out.with_name(f".{out.name}.{secrets.token_hex(4)}")
    try:
        with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.writelines(pieces)
            file.flush()
            os.fsync(file.fileno())
        fresh.replace(out)
    finally:
        fresh.unlink(missing_ok=True)
