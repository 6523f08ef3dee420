"""`statement`: a mission's statement as a file, and what of such a file can be proved."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from observer_kit.checklists.model import LANGUAGES
from observer_kit.cli import Context
from observer_kit.cli.released import list_releases, rebuild
from observer_kit.cli.styles import check_style, try_style
from observer_kit.cli.tables import format_option, show

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from typing import Any

    from observer_kit.statements.edition.findings import Finding, Say
    from observer_kit.statements.edition.witness import Database

KINDS = ("pdf", "html", "docx", "txt")


@click.group()
def statement() -> None:
    """Build a mission's statement, and verify one."""


@statement.command()
@click.argument("mission")
@click.option("--style", help="A style of templates/statements or the mission's own; else the one mission.toml names.")
@click.option("--lang", type=click.Choice(LANGUAGES), default="en", show_default=True)
@click.option("--format", "kind", type=click.Choice(KINDS), help="Unless told, by the name of --out; else PDF.")
@click.option("--section", help="Only this section and those below it (Word and plain text).")
@click.option("--logo", type=click.Path(dir_okay=False, path_type=Path), help="A picture for the head of the page.")
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), help="Where to write it.")
@click.pass_obj
def build(
    context: Context, mission: str, style: str | None, lang: str, kind: str | None, section: str | None,
    logo: Path | None, out: Path | None,
) -> None:  # fmt: skip
    """Draft the statement from what is stored now, write it, and print its path.

    It is a draft and says so: the office approves and publishes.
    """
    from observer_kit.statements.edition import build as press
    from observer_kit.statements.text import load_style
    from observer_kit.storage import missions
    from observer_kit.web import editions
    from observer_kit.web.exports import note
    from observer_kit.web.papers import own_styles

    suffix = out.suffix.removeprefix(".") if out else ""
    kind = kind or (suffix if suffix in KINDS else "pdf")
    with context.store.reading() as tx:
        found = missions.get(tx, mission)
        chosen = load_style(style or found.style, own_styles(context.config, found))
        edition = editions.edition_of(tx, context.config, found, chosen, lang, kind=kind, logo=logo)
    path = out or editions.file_of(context.config, found, chosen.id, lang, kind)
    editions.write(path, lambda: press.build(edition, kind, only=section))
    note(context.store, mission, path.name, {"style": chosen.id, "language": lang, "section": section}, None)
    click.echo(str(path))
    for problem in edition.text.problems:
        click.echo(f"{problem.code}  {problem.place}  {problem.message}", err=True)


@statement.command()
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--key", type=click.Path(dir_okay=False, path_type=Path), help="The mission's public key, as published.")
@click.option("--data", "folder", type=click.Path(file_okay=False, path_type=Path), help="A data folder to hold it to.")
@click.option(
    "--lang", type=click.Choice(LANGUAGES), help="Language of what it says; else that of the statement, else English."
)
@format_option()
@click.pass_obj
def verify(
    context: Context, file: Path, key: Path | None, folder: Path | None, lang: str | None, shape: str
) -> None:  # fmt: skip
    """Say what of a statement's PDF can be proved, and what can't.

    Bring the public key, or the data folder that the statement came from, or
    both: whoever makes a false file can make it agree with itself, so that
    without a key nothing tells who made it. The key comes from elsewhere than
    the file: the mission's site, its press office, a printed copy.

    It speaks the language that the file says the statement is in, unless told
    by --lang; a file that can't be read is spoken of in English. As JSON and
    CSV, `state` and `check` are the same words in every language.

    Exit code 0: nothing that was checked is wrong, and the signature was
    checked; 1: something is wrong; 3: nothing is wrong, but the signature
    could not be checked; 4: nothing is wrong, but a later version has taken
    this one's place.
    """
    from observer_kit.errors import NotFound
    from observer_kit.statements.edition.bounds import NotAStatement, read
    from observer_kit.statements.edition.findings import NOTED, UNCHECKED, WRONG, Say, follows
    from observer_kit.statements.edition.opened import taken_apart
    from observer_kit.statements.edition.signature import read_public
    from observer_kit.statements.edition.verify import checked
    from observer_kit.statements.edition.witness import ISSUED

    if key is None and folder is None:
        raise click.UsageError(Say(lang or "en")("no_witness"))
    try:
        pdf = read(file)
        public = read_public(key.read_bytes()) if key else None
    except OSError as error:
        raise NotFound(f"can't be read: {error.strerror}", place=str(error.filename)) from None
    try:
        taken = taken_apart(pdf)
    except NotAStatement as refusal:
        raise refusal.told(lang or "en") from None
    say = Say(lang or taken.language)
    database = None
    if folder is not None:
        own, database = _held_to(folder, pdf, taken.manifest)
        public = public or own
    found = checked(pdf, taken, say, public=public, database=database)
    if shape == "table":  # sentences, whole
        _told(found, follows(found, issued=taken.manifest["state"] in ISSUED, say=say), say)
    else:
        show([{"state": each.state, "check": each.check, "message": each.message} for each in found], shape)
    if any(each.state == WRONG for each in found):
        sys.exit(1)
    if any(each.check == "signature" and each.state == UNCHECKED for each in found):
        sys.exit(3)
    if any(each.check == "standing" and each.state == NOTED for each in found):
        sys.exit(4)


def _told(found: Sequence[Finding], conclusions: Sequence[str], say: Say) -> None:
    """Print each finding on a line of its own, and what follows from them all."""
    from observer_kit.statements.edition.findings import STATES

    def named(kind: str, code: str) -> str:
        return say(f"{kind}_{code.replace(' ', '_')}")

    width = max(len(named("state", state)) for state in STATES)
    for each in found:
        click.echo(f"{named('state', each.state):<{width}}  {named('check', each.check)}: {each.message}")
    click.echo()
    for conclusion in conclusions:
        click.echo(conclusion)


def _held_to(folder: Path, pdf: bytes, manifest: Mapping[str, Any]) -> tuple[str | None, Database]:
    """Ask the data folder for its key and for what its database knows."""
    from observer_kit.config import from_environment
    from observer_kit.errors import MissionUnknown
    from observer_kit.statements.edition.attached import sha256
    from observer_kit.storage import missions
    from observer_kit.trust.keys import statement_key_at_hand
    from observer_kit.web.proving import database_of

    context = Context(from_environment(folder))
    own = statement_key_at_hand(context.config)
    with context.store.reading() as tx:
        try:
            mission = missions.get(tx, str(manifest.get("mission")))
        except MissionUnknown:
            mission = None
        return own.public if own else None, database_of(tx, mission, manifest, sha256(pdf))


@statement.command("key")
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), help="Where to write it; else print it.")
@click.pass_obj
def public_key(context: Context, out: Path | None) -> None:
    """Give the public key that statements are checked with; publish it where people will look."""
    from observer_kit.statements.edition.signature import public_pem
    from observer_kit.trust.keys import statement_key
    from observer_kit.web.editions import write

    pem = public_pem(statement_key(context.config).public)
    if out is None:
        click.echo(pem.decode(), nl=False)
    else:
        click.echo(str(write(out, lambda: pem)))


@statement.command()
@format_option()
def styles(shape: str) -> None:
    """List the styles and languages there are."""
    from observer_kit.statements.text import folders, load_style

    show([{"style": name, "language": each} for name in folders() for each in load_style(name).languages], shape)


statement.add_command(check_style)
statement.add_command(list_releases)
statement.add_command(rebuild)
statement.add_command(try_style)
