"""What leaves the house as a file, noted in the chain: a table as CSV or XLSX, a paper as PDF."""

from __future__ import annotations

import tempfile
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain
from typing import IO, Final
from urllib.parse import quote

from flask import Response, g, request, stream_with_context

from observer_kit.errors import NotFound
from observer_kit.exchange.spreadsheets import csv_pieces, write_xlsx
from observer_kit.statements.papers.frame import Paper
from observer_kit.statements.press import PaperNotMade
from observer_kit.web.access import current_account, mission, store
from observer_kit.web.exports import note
from observer_kit.web.speech import tell

FORMATS: Final = ("csv", "xlsx")
XLSX: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
PDF: Final = "application/pdf"
_PIECE: Final = 256 * 1024


def download(name: str, format: str, head: Sequence[str], rows: Iterable[Sequence[object]]) -> Response:
    """Give rows as a file called `name` and the format; no limit of rows, raises NotFound for another format.

    `rows` may be a generator that reads from the database while the file goes
    out, and may say sentences in the page's language. A cell is a text, a
    number, a moment or None, which stays empty. A fault before the first piece
    is answered like any other; a later one breaks the transfer off, so that
    half a table never passes for a whole.
    """
    if format in FORMATS:
        noted(f"{name}.{format}")
    if format == "csv":
        return given(f"{name}.csv", "text/csv; charset=utf-8", csv_pieces(head, rows))
    if format == "xlsx":
        return given_file(f"{name}.xlsx", XLSX, _workbook(head, rows))
    raise NotFound(f"a table is given as {' or '.join(FORMATS)}, not as {format!r}")


def noted(name: str) -> None:
    """Note in the chain that a file of the mission's left the house: what was asked for, and by whom."""
    if "mission" not in g:
        return  # of no mission, there is nothing in it of any
    account = current_account()
    note(store(), mission().code, name, request.args.to_dict(flat=False), account.id if account else None)


def given_paper(name: str, paper: Paper) -> Response:
    """Set a paper and send it as a PDF of this name; raises PaperNotMade."""
    try:
        made = paper.pressed()
    except PaperNotMade as fault:
        raise PaperNotMade(tell("paper.not_made")) from fault
    noted(name)
    return _attached(Response(made, mimetype=PDF), name)


def given(name: str, kind: str, pieces: Iterator[bytes]) -> Response:
    """Send pieces as they are made, as a file of this name."""
    started = chain([next(pieces, b"")], pieces)
    return _attached(Response(stream_with_context(started), content_type=kind), name)


def given_file(name: str, kind: str, file: IO[bytes]) -> Response:
    """Send a temporary file under this name, and close it after."""
    size = file.seek(0, 2)
    file.seek(0)
    response = Response(_pieces(file), content_type=kind)
    response.content_length = size
    response.call_on_close(file.close)
    return _attached(response, name)


def _pieces(file: IO[bytes]) -> Iterator[bytes]:
    with file:
        while piece := file.read(_PIECE):
            yield piece


def _workbook(head: Sequence[str], rows: Iterable[Sequence[object]]) -> IO[bytes]:
    file = tempfile.TemporaryFile(prefix="observer-kit-")  # noqa: SIM115 -- closed when it has been sent
    try:
        write_xlsx(file, head, rows)
    except BaseException:
        file.close()
        raise
    return file


def _attached(response: Response, name: str) -> Response:
    names = {"filename": name.encode("ascii", "replace").decode().replace("?", "_")}
    if not name.isascii():
        names["filename*"] = f"UTF-8''{quote(name)}"
    response.headers.set("Content-Disposition", "attachment", **names)
    return response
