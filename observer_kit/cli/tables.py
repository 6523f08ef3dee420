"""Rows on a terminal: as an aligned table, JSON, or CSV."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeVar

import click
import orjson

Command = TypeVar("Command", bound=Callable[..., Any])
FORMATS = ("table", "json", "csv")


def format_option(default: str = "table") -> Callable[[Command], Command]:
    """Add --format table|json|csv to a command."""
    return click.option("--format", "shape", type=click.Choice(FORMATS), default=default, show_default=True)


def show(rows: Sequence[Mapping[str, Any]], shape: str, columns: Sequence[str] | None = None) -> None:
    """Print rows in the chosen shape; a table and a CSV take their columns from the first row unless told."""
    if shape == "json":
        click.echo(orjson.dumps(list(rows), option=orjson.OPT_INDENT_2 | orjson.OPT_NON_STR_KEYS).decode())
        return
    names = list(columns or (rows[0] if rows else ()))
    cells = [[_cell(row.get(name)) for name in names] for row in rows]
    if shape == "csv":
        out = io.StringIO()
        writer = csv.writer(out, lineterminator="\n")
        writer.writerow(names)
        writer.writerows(cells)
        click.echo(out.getvalue(), nl=False)
        return
    widths = [min(max(len(name), *(len(row[i]) for row in cells)), 60) for i, name in enumerate(names)] if cells else []
    numeric = [all(_is_number(row.get(name)) for row in rows) for name in names]
    for line in [names, *cells] if cells else []:
        padded = (
            cell[:width].rjust(width) if right else cell[:width].ljust(width)
            for cell, width, right in zip(line, widths, numeric, strict=True)
        )
        click.echo("  ".join(padded).rstrip())


def _is_number(value: Any) -> bool:
    return value is None or (isinstance(value, int | float) and not isinstance(value, bool))


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, float):
        return f"{value:.2f}"
    if isinstance(value, Mapping):
        return " ".join(f"{key}={inner}" for key, inner in value.items() if inner is not None)
    return str(value)
