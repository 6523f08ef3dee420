"""A whole mission as one archive: every submission by checklist, the register and the teams; Parquet or CSV.

In Parquet each question has two columns: its value, empty unless answered,
and `<question>.state` (see everything.columns for its name). Blocks are written as they are read, so that memory
does not grow with the mission.
"""

from __future__ import annotations

import tempfile
import zipfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import IO, Any, Final

from sqlalchemy.orm import Session

from observer_kit.checklists.model import Question
from observer_kit.errors import KitError
from observer_kit.exchange import everything
from observer_kit.exchange.spreadsheets import csv_pieces
from observer_kit.storage import checklists, register, whole
from observer_kit.storage.filters import Filters
from observer_kit.storage.whole import ABOUT, Told

KINDS: Final = ("parquet", "csv")
LOCATION: Final = (
    "code", "kind", "name", "parent", "reports_to", "region", "number", "special", "setting", "voters", "zone",
)  # fmt: skip
TEAM: Final = ("code", "name", "region")
_NUMBERS: Final = {"sequence": "int64", "hour": "int64", "problems": "int64"}


class ExportKindUnknown(KitError):
    """A mission is given out as Parquet or as CSV, and as nothing else."""

    code = "export_kind_unknown"
    status = 404


def write_archive(tx: Session, mission: str, kind: str, out: IO[bytes], marks: Mapping[str, str]) -> list[str]:
    """Write the archive; gives the names of its files. `marks` stand beside every row, as of a reconstruction."""
    if kind not in KINDS:
        raise ExportKindUnknown(f"expected {' or '.join(KINDS)}, found {kind!r}")
    names: list[str] = []
    packing = zipfile.ZIP_STORED if kind == "parquet" else zipfile.ZIP_DEFLATED
    with zipfile.ZipFile(out, "w", packing, compresslevel=1) as archive:
        for name in checklists.current(tx, mission):
            asked = everything.questions(checklists.versions(tx, mission, name))
            blocks = whole.submissions(tx, mission, name, Filters())
            names.append(f"submissions-{name}.{kind}")
            if kind == "parquet":
                _keep_parquet(archive, names[-1], _tables(blocks, asked, marks))
            else:
                _keep_csv(archive, names[-1], everything.head(asked, marks), everything.rows(blocks, asked, marks))
        for name, fields, found in (
            ("locations", LOCATION, register.find(tx, mission)), ("teams", TEAM, register.teams(tx, mission)),
        ):  # fmt: skip
            rows = ([getattr(each, field) for field in fields] for each in found)
            names.append(f"{name}.{kind}")
            if kind == "parquet":
                _keep_parquet(archive, names[-1], _plain(fields, rows))
            else:
                _keep_csv(archive, names[-1], fields, rows)
    return names


def _keep_csv(archive: zipfile.ZipFile, name: str, head: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    with archive.open(name, "w", force_zip64=True) as file:
        for piece in csv_pieces(head, rows):
            file.write(piece)


def _keep_parquet(archive: zipfile.ZipFile, name: str, tables: Iterator[Any]) -> None:
    from pyarrow.parquet import ParquetWriter  # a tenth of a second: only who asks for it pays

    with tempfile.TemporaryDirectory(prefix="observer-kit-") as folder:
        path = Path(folder) / name
        first = next(tables)
        with ParquetWriter(path, first.schema, compression="zstd") as writer:
            writer.write_table(first)
            for table in tables:
                writer.write_table(table)
        archive.write(path, name)


def _plain(fields: Sequence[str], rows: Iterable[Sequence[Any]]) -> Iterator[Any]:
    import pyarrow as pa

    schema = pa.schema([(field, pa.int64() if field == "voters" else pa.string()) for field in fields])
    columns = list(zip(*rows, strict=True)) or [()] * len(fields)
    yield pa.table([pa.array(values, type=one.type) for values, one in zip(columns, schema, strict=True)], schema)


def _tables(blocks: Iterable[Sequence[Told]], asked: Sequence[Question], marks: Mapping[str, str]) -> Iterator[Any]:
    """Make a table of every few blocks; the first may be empty, so that even no submission gives a file."""
    import pyarrow as pa

    named = everything.columns(asked)
    types = {name: pa.type_for_alias(_NUMBERS[name]) if name in _NUMBERS else pa.string() for name in ABOUT}
    schema = pa.schema(
        [
            *types.items(),
            *(
                pair
                for each in asked
                for pair in ((named[each.name], _type(each)), (f"{named[each.name]}.state", pa.string()))
            ),
            (everything.COMMENTS, pa.string()),
            *((name, pa.string()) for name in marks),
        ]
    )
    yield schema.empty_table()
    for part in _gathered(blocks):
        columns: list[Any] = [[about[name] for about, _, _ in part] for name in ABOUT]
        for question in asked:
            taken = [everything.answer_of(question, answers) for _, answers, _ in part]
            number = _type(question) != pa.string()
            columns += [[_fitting(value, number) for _, value in taken], [state for state, _ in taken]]
        columns.append(["\n".join(f"{name}: {text}" for name, text in said.items()) or None for _, _, said in part])
        columns += [[value] * len(part) for value in marks.values()]
        arrays = [pa.array(values, type=one.type) for values, one in zip(columns, schema, strict=True)]
        yield pa.table(arrays, schema)


def _gathered(blocks: Iterable[Sequence[Told]], least: int = 20_000) -> Iterator[list[Told]]:
    """Join blocks into pieces that Parquet packs well."""
    piece: list[Told] = []
    for block in blocks:
        piece += block
        if len(piece) >= least:
            yield piece
            piece = []
    if piece:
        yield piece


def _type(question: Question) -> Any:
    import pyarrow as pa

    return pa.float64() if question.type in ("integer", "decimal") and not question.repeat else pa.string()


def _fitting(value: Any, number: bool) -> Any:
    """Give a value the type of its column; what another version asked as another type is left to its state."""
    if number:
        return float(value) if isinstance(value, int | float) else None
    return value if value is None or isinstance(value, str) else str(value)
