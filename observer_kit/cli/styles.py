"""`statement check-style`, `statement try-style`: what is wrong in a style's folder, and what it comes to."""

from __future__ import annotations

import re
import sys
from pathlib import Path

import click

from observer_kit.checklists.model import LANGUAGES
from observer_kit.cli import Context
from observer_kit.cli.tables import format_option, show


def _folder(name: str, context: Context, mission: str | None) -> Path:
    """Find a style's folder: a path, a mission's own style, or one of the kit's."""
    from observer_kit.statements.text import StyleUnknown, folders
    from observer_kit.web.papers import own_styles

    if "/" in name or (Path(name) / "style.toml").is_file():
        return Path(name)
    found = folders(own_styles(context.config, mission) if mission else None)
    if name not in found:
        raise StyleUnknown(f"no style {name!r}; there are {', '.join(found)}")
    return found[name]


@click.command("check-style")
@click.argument("style")
@click.option("--mission", help="Hold figures and facts against this mission; without it, against the sample missions.")
@format_option()
@click.pass_obj
def check_style(context: Context, style: str, mission: str | None, shape: str) -> None:
    """Name what is wrong in a style: a name, or the folder of one. Exit code 1 when there is anything."""
    from observer_kit.statements.definitions import mission_definitions
    from observer_kit.statements.text import check_style as check

    folder = _folder(style, context, mission)
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
    if shape == "table":
        for each in problems:
            click.echo(f"{each.code:<18} {each.place}: {each.message}")
        if not problems:
            click.echo(f"{folder.name}: nothing to mend")
    else:
        show([{"code": each.code, "place": each.place, "message": each.message} for each in problems], shape)
    sys.exit(1 if problems else 0)


@click.command("try-style")
@click.argument("mission")
@click.argument("style")
@click.option("--lang", type=click.Choice(LANGUAGES), default="en", show_default=True)
@click.option("--section", help="Only this section.")
@click.option(
    "--number", type=click.IntRange(0), help="Make every figure this number, to proofread how sentences agree."
)
@click.option("--as", "shape", type=click.Choice(("text", "marks", "html")), default="text", show_default=True)
@click.pass_obj
def try_style(
    context: Context, mission: str, style: str, lang: str, section: str | None, number: int | None, shape: str
) -> None:
    """Draft a style from a mission's stored figures and print it: its text, its Markdown with the marks, or HTML."""
    from observer_kit.statements.text import read_style
    from observer_kit.storage import missions
    from observer_kit.web import papers

    chosen = read_style(_folder(style, context, mission))
    with context.store.reading() as tx:
        drafted, done = papers.try_style(tx, missions.get(tx, mission), chosen, lang, number=number)
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
