"""`check`: prove that nothing was lost or altered."""

from __future__ import annotations

import json
import sys
from dataclasses import asdict

import click

from observer_kit.cli import Context
from observer_kit.storage import chain
from observer_kit.storage.check import check as find_faults


@click.command()
@click.option("--format", "shape", type=click.Choice(("table", "json")), default="table", show_default=True)
@click.pass_obj
def check(context: Context, shape: str) -> None:
    """Walk the chain; check references, hashes, receipts and judged answers. A fault is one line; exit code 2."""
    faults = find_faults(context.store)
    with context.store.reading() as tx:
        length, head = chain.head(tx)
    if shape == "json":
        told = {"faults": [asdict(fault) for fault in faults], "chain": {"length": length, "head": head}}
        click.echo(json.dumps(told, indent=1, ensure_ascii=False))
    else:
        for fault in faults:
            click.echo(f"{fault.place}: {fault.message} [{fault.kind}]")
        if not faults:
            click.echo(f"nothing lost, nothing altered: {length} rows of the chain, head {head}")
    if faults:
        sys.exit(2)
