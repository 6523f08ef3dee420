"""`init`: make the data folder, the database and the server's keys."""

from __future__ import annotations

import click

from observer_kit.cli import Context


@click.command()
@click.pass_obj
def init(context: Context) -> None:
    """Make the data folder, the database and the server's keys; harmless when they exist."""
    config = context.config
    store = context.made_store
    click.echo(f"data folder  {config.data}")
    click.echo(f"database     {store.engine.url.render_as_string(hide_password=True)}")
    click.echo(f"receipt key  {store.receipt_key.id} (in {config.keys})")
    store.close()
