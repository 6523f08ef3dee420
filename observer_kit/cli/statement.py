"""`statement`: a mission's figures as a PDF to be signed."""

from __future__ import annotations

from pathlib import Path

import click

from observer_kit.checklists.model import LANGUAGES
from observer_kit.cli import Context
from observer_kit.cli.tables import format_option, show


@click.group()
def statement() -> None:
    """Draft a mission's statement from a snapshot."""


@statement.command()
@click.argument("mission")
@click.option("--style", default="odihr", show_default=True, help="Folder of templates/statements.")
@click.option("--lang", type=click.Choice(LANGUAGES), default="en", show_default=True)
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), help="Where to write it.")
@click.pass_obj
def build(context: Context, mission: str, style: str, lang: str, out: Path | None) -> None:
    """Write the statement's PDF and print its path."""
    from observer_kit.storage import missions
    from observer_kit.web import papers

    with context.store.reading() as tx:
        found = missions.get(tx, mission)
        path = papers.build(
            tx, found, style=style, language=lang, out=out or papers.path_for(context.config, found, style, lang)
        )
    click.echo(str(path))


@statement.command()
@format_option()
def styles(shape: str) -> None:
    """List the styles and languages there are."""
    from observer_kit.statements import available

    show([{"style": style, "language": language} for style, language in available()], shape)


from observer_kit.cli.styles import check_style, try_style  # noqa: E402

statement.add_command(check_style)
statement.add_command(try_style)
