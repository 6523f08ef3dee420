"""`statement releases` and `rebuild`: what was published, and the same paper made anew from what was frozen with it."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from pathlib import Path

import click

from observer_kit import clock
from observer_kit.cli import Context
from observer_kit.cli.tables import format_option, show


@click.command("releases")
@click.argument("mission")
@format_option()
@click.pass_obj
def list_releases(context: Context, mission: str, shape: str) -> None:
    """List a mission's published versions, the latest first, with the hash of each file."""
    from observer_kit.storage import missions, releases, statements

    with context.store.reading() as tx:
        missions.get(tx, mission)
        by_id = {each.id: each for each in statements.all(tx, mission)}
        rows = [
            {
                "release": each.sequence, "style": by_id[each.statement].style,
                "language": by_id[each.statement].language, "version": each.version, "act": each.act,
                "at": clock.stamp(each.at), "followed by": each.followed, "sha256": each.sha256,
            }
            for each in releases.all(tx, mission)
        ]  # fmt: skip
    show(rows, shape)


@click.command()
@click.argument("mission")
@click.argument("release", type=int)
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), help="Where to write what was made anew.")
@click.pass_obj
def rebuild(context: Context, mission: str, release: int, out: Path | None) -> None:
    """Make a published version's PDF anew from what was frozen with it, and hold it against the file that went out.

    Exit code 0: the same bytes; 1: other bytes. The kit's own pages and the
    programs that set them change by release: where they are not those of
    then, it says so.
    """
    from observer_kit.statements.edition import attached
    from observer_kit.statements.edition.build import build
    from observer_kit.storage import missions, releases
    from observer_kit.web.editions import write
    from observer_kit.web.frozen_sets import edition_then

    with context.store.reading() as tx:
        missions.get(tx, mission)
        one = releases.get(tx, mission, release)
        then = releases.content(tx, mission, release).get("made_with", {})
        edition = edition_then(tx, context.config, mission, one)
    data = build(edition)
    if out is not None:
        click.echo(str(write(out, lambda: data)))
    for told in _otherwise(then, attached.made_with()):
        click.echo(told)
    made = attached.sha256(data)
    if made != one.sha256:
        click.echo(f"other bytes: published {one.sha256}, made anew {made}")
        sys.exit(1)
    click.echo(f"the same bytes: {made}")


def _otherwise(then: Mapping[str, str], now: Mapping[str, str]) -> list[str]:
    """Say which programs are not those that the paper was made with."""
    return [
        f"{name} was {then.get(name, 'of a version not noted')} then and is {version} now"
        for name, version in now.items()
        if then.get(name) != version
    ]
