"""`protocols`: import an aggregation table from a file, list what was imported, put an earlier one back."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from observer_kit.cli import Context
from observer_kit.cli.tables import FORMATS, format_option, show
from observer_kit.errors import KitError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from observer_kit.exchange.grids import Sheet
    from observer_kit.protocols.tables import Field
    from observer_kit.web.tables import Preview


class ColumnUnknown(KitError):
    """--map names a column that the table does not have."""

    code = "column_unknown"


@click.group()
def protocols() -> None:
    """Bring aggregation tables in, and see which are there."""


@protocols.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--mission", required=True, help="The mission's code.")
@click.option("--table", help="The table's name (the file's, unless told).")
@click.option("--map", "said", multiple=True, help="HEADING=FIELD, once for each column; FIELD may be station.")
@click.option("--commission", help="The commission whose table it is: its stations may be named by number alone.")
@click.option("--sheet", help="The sheet of a workbook (the first, unless told).")
@click.option("--header", type=click.IntRange(1), help="The row of the headings, from 1 (guessed unless told).")
@click.option("--encoding", help="Of a CSV, where it is found out wrongly.")
@click.option("--stage", type=click.Choice(("final", "preliminary")), default="final", show_default=True)
@click.option("--look", is_flag=True, help="Only show what would be imported.")
@click.option("--format", "shape", type=click.Choice(FORMATS), default="table", show_default=True)
@click.pass_obj
def import_(
    context: Context, file: Path, mission: str, table: str | None, said: tuple[str, ...], commission: str | None,
    sheet: str | None, header: int | None, encoding: str | None, stage: str, look: bool, shape: str,
) -> None:  # fmt: skip
    """Import an aggregation table as one act; every cell is kept as printed, and nothing is corrected."""
    from observer_kit.exchange.grids import read_sheets
    from observer_kit.protocols.tables import table_map
    from observer_kit.storage import aggregation
    from observer_kit.web import tables as room
    from observer_kit.web.numbers import checklist_named

    data = file.read_bytes()
    read = _sheet(read_sheets(file.name, data, encoding=encoding), sheet)
    name = table or file.stem
    with context.store.atomic() as tx:
        fields = room.protocol_fields(checklist_named(tx, mission, "protocol"))
        guessed = room.guess(read, fields, None if header is None else header - 1)
        columns = _columns(read, guessed.header, said, fields) if said else dict(guessed.columns)
        asked = table_map(guessed.header, columns, [field.code for field in fields])
        looked = room.preview(tx, mission, read, asked, table=name, commission=commission)
        if not look:
            content = room.content_of(
                looked, asked, read, file=file.name, data=data, commission=commission, stage=stage
            )
            aggregation.take_in(tx, mission, name, content, None)
    show(_rows(looked), shape)
    if shape == "table":
        click.echo(
            f"{name}: {looked.count('new')} new, {looked.count('changed')} changed, {looked.count('same')} the same, "
            f"{len(looked.gone)} gone, {len(looked.missing)} missing"
        )
        click.echo("Nothing was stored." if look else "Imported.")


@protocols.command("tables")
@click.argument("mission")
@format_option()
@click.pass_obj
def list_tables(context: Context, mission: str, shape: str) -> None:
    """List every import of a mission's aggregation tables, the latest first."""
    from observer_kit.protocols.tables import from_json
    from observer_kit.storage import aggregation, missions

    with context.store.reading() as tx:
        missions.get(tx, mission)
        counting = {each.sequence for each in aggregation.current(tx, mission).values()}
        found = aggregation.imports(tx, mission)
    rows = []
    for each in found:
        table = from_json(each.content)
        rows.append({
            "import": each.sequence, "table": each.table, "at": each.at.isoformat(), "file": each.content.get("file"),
            "counts": each.sequence in counting, "rows": len(table.rows), "doubled": len(table.doubled),
            "unknown": sum(row.location is None for row in table.rows),
            "unreadable": sum(1 for _ in table.unreadable()),
        })  # fmt: skip
    show(rows, shape)


@protocols.command("undo")
@click.argument("mission")
@click.argument("number", type=int)
@click.pass_obj
def undo(context: Context, mission: str, number: int) -> None:
    """Put the import of this number back in place, as a new import; every import stays."""
    from observer_kit.storage import aggregation

    with context.store.atomic() as tx:
        sequence = aggregation.put_back(tx, mission, number, None)
    click.echo(f"{number} counts again, as import {sequence}")


def _sheet(sheets: Sequence[Sheet], wanted: str | None) -> Sheet:
    for each in sheets:
        if wanted in (None, each.name):
            return each
    raise ColumnUnknown(f"no sheet {wanted!r}; there are {', '.join(each.name for each in sheets)}", place="--sheet")


def _columns(sheet: Sheet, header: int, said: Sequence[str], fields: Sequence[Field]) -> dict[int, str]:
    """Read what --map says; a column is named by its heading, or by its letter as #B."""
    from observer_kit.exchange.grids import letter

    heading = [cell.strip() for cell in sheet.rows[header]] if sheet.rows else []
    letters = [f"#{letter(place)}" for place in range(len(heading))]
    found: dict[int, str] = {}
    for each in said:
        name, _, code = each.rpartition("=")
        names = letters if name in letters else heading
        if name not in names:
            raise ColumnUnknown(f"no column {name!r}; there are {', '.join(filter(None, heading))}", place="--map")
        found[names.index(name)] = code
    return found


def _rows(looked: Preview) -> list[dict[str, Any]]:
    return [
        {
            "row": row.line, "station": row.station, "location": row.location, "state": looked.said[row.line],
            "why": row.why,
            **{field: cell.text if cell.unreadable else cell.value for field, cell in row.cells.items()},
            "unreadable": " ".join(f"{field}:{cell.note}" for field, cell in row.cells.items() if cell.unreadable),
        }
        for row in looked.table.rows
    ]  # fmt: skip
