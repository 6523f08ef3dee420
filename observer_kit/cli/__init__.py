"""The command line: one `observer-kit`, each group of commands in its own module.

Every error is one clear line on standard error and exit code 2, no traceback.
Modules are imported when their command is called, so that `--help` is quick.
"""

from __future__ import annotations

import sys
import tempfile
import traceback
from functools import cached_property
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from observer_kit.config import Config, from_environment
from observer_kit.errors import KitError

if TYPE_CHECKING:
    from observer_kit.storage import Store

COMMANDS = {
    "account": "account",
    "check": "check",
    "checklist": "checklist",
    "demo": "demo",
    "figures": "figures",
    "init": "init",
    "mission": "mission",
    "serve": "serve",
    "statement": "statement",
    "submissions": "submissions",
    "tally": "figures",
}
"""Each command, and the module of this package that defines it."""


class Context:
    """What a command works with: the configuration, and the store once it is asked for."""

    def __init__(self, config: Config) -> None:
        self.config = config

    @cached_property
    def store(self) -> Store:
        """Open the database, bringing it to the present schema."""
        from observer_kit.storage import open_store

        return open_store(self.config)


class Commands(click.Group):
    """A group that imports a command's module only when it is called."""

    def list_commands(self, context: click.Context) -> list[str]:
        """Name every command."""
        return sorted(COMMANDS)

    def get_command(self, context: click.Context, name: str) -> click.Command | None:
        """Import the module of this command and give the command."""
        if name not in COMMANDS:
            return None
        command: Any = getattr(import_module(f"observer_kit.cli.{COMMANDS[name]}"), name.replace("-", "_"))
        return command if isinstance(command, click.Command) else None


@click.command(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.option(
    "--data",
    type=click.Path(file_okay=False, path_type=Path),
    help="Folder of database, attachments and keys (else OBSERVER_KIT_DATA, else ./data).",
)
@click.version_option(package_name="observer-kit")
@click.pass_context
def cli(context: click.Context, data: Path | None) -> None:
    """Run an election-observation mission: checklists, submissions, figures, statements."""
    context.obj = Context(from_environment(data))


def main() -> None:
    """Run the command line; a KitError becomes one line and exit code 2."""
    try:
        cli(prog_name="observer-kit", standalone_mode=True)
    except KitError as error:
        click.echo(f"observer-kit: {error} [{error.code}]", err=True)
        sys.exit(2)
    except BrokenPipeError:
        sys.exit(0)
    except Exception as error:
        log = Path(tempfile.gettempdir()) / "observer-kit-error.log"
        log.write_text(traceback.format_exc(), "utf-8")
        said = f"observer-kit: unexpected {type(error).__name__}; what led to it is in {log} [unexpected]"
        click.echo(said, err=True)
        sys.exit(2)
