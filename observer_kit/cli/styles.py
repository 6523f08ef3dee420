"""`statement check-style`, `statement try-style`: what is wrong in a style's folder, and what it comes to."""

from __future__ import annotations

import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from observer_kit.checklists.model import LANGUAGES
from observer_kit.cli import Context
from observer_kit.cli.tables import format_option, show

if TYPE_CHECKING:
    from observer_kit.statements.text import Style


def _style(name: str, context: Context, mission: str | None) -> Style:
    from observer_kit.statements.text import load_style, read_style

    if Path(name).is_dir():
        return read_style(Path(name))
    return load_style(name, context.config.data / "styles" / mission if mission else None)


@click.command("check-style")
@click.argument("style")
@click.option("--mission", help="Hold figures and facts against this mission; without it, against the sample missions.")
@format_option()
@click.pass_obj
def check_style(context: Context, style: str, mission: str | None, shape: str) -> None:
    """Name what is wrong in a style: a name, or the folder of one. Exit code 1 when there is anything."""
    from observer_kit.statements.definitions import mission_definitions
    from observer_kit.statements.text import check_style as check
    from observer_kit.statements.text import folders

    folder = (
        Path(style)
        if Path(style).is_dir()
        else _folder(style, folders(context.config.data / "styles" / (mission or "")))
    )
    if mission:
        from observer_kit.storage import missions

        with context.store.reading() as tx:
            known = [missions.get(tx, mission)]
    else:
        from observer_kit.config import resources
        from observer_kit.missions.load import open_folder

        known = [
            open_folder(path.parent).mission
            for path in sorted((resources("forms") / "missions").glob("*/mission.toml"))
        ]
    figures = {each.name for one in known for each in mission_definitions(one.figures, one.code)}
    facts = {name for one in known for name in one.facts}
    problems = check(folder, figures=figures, facts=facts)
    show([{"code": each.code, "place": each.place, "message": each.message} for each in problems], shape)
    if not problems and shape == "table":
        click.echo(f"{folder.name}: nothing to mend")
    sys.exit(1 if problems else 0)


def _folder(name: str, found: dict[str, Path]) -> Path:
    from observer_kit.statements.text import StyleUnknown

    if name not in found:
        raise StyleUnknown(f"no style {name!r}; there are {', '.join(found)}")
    return found[name]


@click.command("try-style")
@click.argument("mission")
@click.argument("style")
@click.option("--lang", type=click.Choice(LANGUAGES), default="en", show_default=True)
@click.option("--section", help="Only this section.")
@click.option("--as", "shape", type=click.Choice(("text", "marks", "html")), default="text", show_default=True)
@click.pass_obj
def try_style(context: Context, mission: str, style: str, lang: str, section: str | None, shape: str) -> None:
    """Draft a style from a mission's stored figures and print it: its text, its Markdown with the marks, or HTML."""
    from observer_kit.storage import missions
    from observer_kit.web import papers

    chosen = _style(style, context, mission)
    with context.store.reading() as tx:
        drafted, done = papers.try_style(tx, missions.get(tx, mission), chosen, lang)
    if shape == "marks":
        for each in drafted:
            if section in (None, each.id):
                click.echo(f"== {each.id}\n\n{each.text}\n")
    else:
        for one in done.sections:
            if section in (None, one.id):
                click.echo(
                    f"== {one.number} {one.title or one.id}\n\n{one.html if shape == 'html' else _plain(one.html)}\n"
                )
    for problem in done.problems:
        click.echo(f"{problem.code}  {problem.place}  {problem.message}", err=True)


def _plain(html: str) -> str:
    """Show a section on a terminal: no tags, no numbers of figures."""
    from html import unescape

    text = re.sub(r'<sup class="mark">.*?</sup>|<svg.*?</svg>', "", html, flags=re.DOTALL)
    text = re.sub(r'<span class="footnote"[^>]*>', " ^[", text)
    return unescape(re.sub(r"<[^>]+>", "", text)).strip()
