"""The command line as a person types it, and sample missions made once for a module's tests."""

from __future__ import annotations

from pathlib import Path

from click.testing import CliRunner

from observer_kit.cli import cli


def run(data: Path, *words: object) -> str:
    """Run one command that has to succeed; gives what it printed."""
    result = CliRunner().invoke(cli, ["--data", str(data), *map(str, words)], catch_exceptions=False)
    assert result.exit_code == 0, result.output
    return result.output


def demonstrated(folder: Path, *missions: str) -> Path:
    """Make the data folder of these sample missions."""
    for mission in missions:
        run(folder, "demo", mission, "--no-sign-ins")
    return folder
