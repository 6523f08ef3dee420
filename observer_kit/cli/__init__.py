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
from observer_kit.errors import KitError, StorageFault

if TYPE_CHECKING:
    from observer_kit.storage import Store

COMMANDS = {
    "account": "account",
    "chase": "chase",
    "check": "check",
    "checklist": "checklist",
    "compare": "compare",
    "demo": "demo",
    "device": "device",
    "export": "export",
    "figures": "figures",
    "hub": "hub",
    "init": "init",
    "mission": "mission",
    "paper": "paper",
    "protocols": "protocols",
    "published": "published",
    "reconcile": "reconcile",
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
        """Open the database that is there, bringing it to the present schema; raises SetupIncomplete without one."""
        from observer_kit.storage.engine import require_store

        require_store(self.config)
        return self.made_store

    @cached_property
    def made_store(self) -> Store:
        """Open the database, or make it: for the commands that a data folder begins with."""
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
    """Run the command line; every error becomes one line and exit code 2."""
    try:
        code = cli(prog_name="observer-kit", standalone_mode=False)
        sys.exit(code if isinstance(code, int) else 0)
    except click.exceptions.NoArgsIsHelpError as error:
        error.show()
        sys.exit(2)
    except click.ClickException as error:
        context = getattr(error, "ctx", None)
        asked = context.command_path if context else "observer-kit"
        said = f"{error.format_message()} (see {asked} --help) [usage]"
    except click.Abort:
        said = "stopped [stopped]"
    except KitError as error:
        said = f"{error} [{error.code}]"
    except BrokenPipeError:
        sys.exit(0)
    except OSError as error:
        place = f"{error.filename}: " if error.filename else ""
        said = f"{place}{error.strerror or error} [{StorageFault.code}]"
    except Exception as error:
        said = _unforeseen(error)
    click.echo(f"observer-kit: {' '.join(said.split())}", err=True)
    sys.exit(2)


def _unforeseen(error: Exception) -> str:
    """Say what the database refused in one line; of anything else only where the account of it lies."""
    from sqlalchemy.exc import DBAPIError

    if isinstance(error, DBAPIError):
        return f"the database says: {str(error.orig).splitlines()[0]} [{StorageFault.code}]"
    log = Path(tempfile.gettempdir()) / "observer-kit-error.log"
    log.write_text(traceback.format_exc(), "utf-8")
    return f"unexpected {type(error).__name__}; what led to it is in {log} [unexpected]"
