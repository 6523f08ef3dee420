"""`export`: a mission's submissions as CSV, XLSX or Parquet, for other programs and other people."""

from __future__ import annotations

from pathlib import Path

import click

from observer_kit.cli import Context
from observer_kit.errors import ChecklistUnknown, KitError, OutputUnwritable


class ExportUnclear(KitError):
    """XLSX holds one table: it needs to know which checklist."""

    code = "export_unclear"


@click.command()
@click.argument("mission")
@click.option("--checklist", help="Only this checklist's submissions, as one table.")
@click.option("--format", "shape", type=click.Choice(("csv", "xlsx", "parquet")), default="csv", show_default=True)
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), required=True, help="File to write.")
@click.pass_obj
def export(context: Context, mission: str, checklist: str | None, shape: str, out: Path) -> None:
    """Write submissions to a file: one checklist as CSV or XLSX, the whole mission as an archive of CSV or Parquet."""
    from observer_kit.exchange import everything
    from observer_kit.exchange.archive import write_archive
    from observer_kit.exchange.spreadsheets import csv_pieces, write_xlsx
    from observer_kit.storage import checklists, missions
    from observer_kit.storage.filters import Filters
    from observer_kit.web import exports

    if (shape == "xlsx" and checklist is None) or (shape == "parquet" and checklist is not None):
        raise ExportUnclear("xlsx is of one --checklist, parquet of the whole mission", place="--format")
    with context.store.reading() as tx:
        found = missions.get(tx, mission)
        current = checklists.current(tx, mission)
        if checklist is not None and checklist not in current:
            raise ChecklistUnknown(f"{mission} has no checklist {checklist!r}; it has {', '.join(sorted(current))}")
        asked = exports.asked_of(tx, mission, checklist) if checklist else []
    part = out.with_name(out.name + ".part")
    try:
        with part.open("wb") as file:
            if checklist is None:
                with context.store.reading() as tx:
                    write_archive(tx, mission, shape, file, exports.marks_of(found))
            else:
                head = everything.head(asked, exports.marks_of(found))
                rows = exports.rows(context.store, found, checklist, Filters(), asked)
                if shape == "xlsx":
                    write_xlsx(file, head, rows)
                else:
                    file.writelines(csv_pieces(head, rows))
        part.replace(out)  # half a file never bears the name of a whole one
    except OSError as error:
        raise OutputUnwritable(f"can't be written: {error.strerror}", place=str(out)) from error
    finally:
        part.unlink(missing_ok=True)
    exports.note(context.store, mission, out.name, {"checklist": checklist}, None)
    click.echo(f"{out}: {out.stat().st_size:,} bytes")
