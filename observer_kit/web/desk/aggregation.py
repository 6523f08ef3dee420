"""Aggregation tables at the desk: a file is laid down, its columns are named, it is looked at, and then imported."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final
from uuid import UUID

from flask import flash, redirect, render_template, request, session, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from observer_kit.errors import Conflict, KitError, NotFound
from observer_kit.exchange import grids
from observer_kit.exchange.grids import Sheet, TableUnreadable, letter
from observer_kit.missions.model import Location
from observer_kit.protocols import tables
from observer_kit.protocols.tables import STAGES, STATION, MapInvalid
from observer_kit.storage import accounts, aggregation, register, tray
from observer_kit.web import tables as room
from observer_kit.web.access import READERS, audience, config, current_account, may, store
from observer_kit.web.access import mission as this_mission
from observer_kit.web.desk import bp
from observer_kit.web.desk.aggregation_asked import Asked, map_of, preview_of, protocol_of, read_asked
from observer_kit.web.desk.filters import page_number
from observer_kit.web.desk.protocols import field_label
from observer_kit.web.speech import tell
from observer_kit.web.tables import Preview

IMPORTERS: Final = ("coordinator", "administrator")
MOST_ROWS: Final = 200
HEADINGS: Final = 30
PER_PAGE: Final = 20
"""Tables with their whole history on one page."""


@bp.url_value_preprocessor
def _table_room(endpoint: str | None, values: dict[str, Any] | None) -> None:
    """Let in what is larger than a report, from people signed in only."""
    if endpoint == "desk.aggregation_bring" and session.get("account"):
        request.max_content_length = grids.LARGEST + 100_000


@bp.get("/aggregation", endpoint="aggregation")  # the storage's room of that name is used here
@audience(*READERS)
def aggregation_tables(mission: str) -> str:
    """List the tables with what they hold and who imported them, and take a file."""
    return _list(mission)


@bp.post("/aggregation")
@audience(*IMPORTERS)
def aggregation_bring(mission: str) -> Response | str:
    """Lay a file down, and lead to its columns; nothing is stored yet."""
    file = request.files.get("file")
    if file is None or not file.filename:
        return _list(mission, tell("tables.no_file"))
    token = tray.put(config(), mission, [(file.filename[:200], file.stream)], [])
    return redirect(url_for("desk.aggregation_look", mission=mission, token=token), code=303)


@bp.get("/aggregation/<uuid:token>")
@audience(*IMPORTERS)
def aggregation_look(mission: str, token: UUID) -> str:
    """Show what the columns are taken for, and what an import would do."""
    lying = tray.get(config(), mission, str(token))
    if not lying.files:
        raise NotFound(tell("tables.taken"))
    name, path = lying.files[0]
    encoding, separator = request.args.get("encoding") or None, request.args.get("separator") or None
    sheets: Sequence[Sheet] = ()
    refusal = looked = None
    try:
        sheets = grids.read_sheets(name, path.read_bytes(), encoding=encoding, separator=separator)
    except TableUnreadable as error:
        refusal = _said(error)
    with store().reading() as tx:
        protocol = protocol_of(tx, mission)
        commissions = register.find(tx, mission, kind="commission")
        asked = read_asked(sheets, protocol, name) if sheets else None
        if asked and request.args.get("look"):
            try:
                looked = preview_of(tx, mission, sheets[asked.sheet], asked, protocol)
            except KitError as error:
                refusal = _said(error)
        names = _names(tx, mission, looked) if looked else {}
    fields = [(field.code, field_label(protocol, field.code)) for field in room.protocol_fields(protocol)]
    heading = sheets[asked.sheet].rows if sheets and asked else []
    return render_template(
        "desk/aggregation_look.html",
        mission=this_mission(), token=token, file=name, sheets=sheets, asked=asked, refusal=refusal, looked=looked,
        fields=fields, labels=dict(fields), commissions=commissions, stages=STAGES, station=STATION,
        heading=heading[asked.header] if asked and heading else [], first=heading[:HEADINGS],
        below=_below(heading, asked),
        encodings=grids.ENCODINGS, separators=grids.SEPARATORS, names=names, most=MOST_ROWS,
        letters=[letter(place) for place in range(max((len(row) for row in heading), default=0))],
        unreadable=[(row, field, cell, _column(asked, field)) for row, field, cell in looked.table.unreadable()]
        if looked else [],
    )  # fmt: skip


@bp.post("/aggregation/<uuid:token>")
@audience(*IMPORTERS)
def aggregation_take(mission: str, token: UUID) -> Response:
    """Import the table as it was looked at, in one act."""
    lying = tray.get(config(), mission, str(token))
    if not lying.files:
        raise NotFound(tell("tables.taken"))
    name, path = lying.files[0]
    data = path.read_bytes()
    values = request.form
    sheets = grids.read_sheets(
        name, data, encoding=values.get("encoding") or None, separator=values.get("separator") or None
    )
    account = current_account()
    with store().atomic() as tx:
        protocol = protocol_of(tx, mission)
        asked = read_asked(sheets, protocol, name, form=True)
        sheet = sheets[asked.sheet]
        looked = preview_of(tx, mission, sheet, asked, protocol)
        before = str(looked.before.sequence) if looked.before else ""
        if values.get("before", "") != before:
            raise Conflict(tell("tables.changed_since"))
        content = room.content_of(
            looked, map_of(asked, protocol), sheet,
            file=name, data=data, commission=asked.commission, stage=asked.stage,
        )  # fmt: skip
        aggregation.take_in(tx, mission, asked.table, content, account.id if account else None)
    tray.settle(config(), mission, lying, {"table": asked.table, "rows": [], "counts": {}, "receipts": []})
    flash(tell("tables.imported", n=len(looked.table.rows), table=asked.table))
    return redirect(url_for("desk.aggregation", mission=mission), code=303)


@bp.post("/aggregation/undo")
@audience(*IMPORTERS)
def aggregation_undo(mission: str) -> Response:
    """Put an earlier import back, or take a table out; every import stays."""
    account = current_account()
    by = account.id if account else None
    table, sequence = request.form.get("table", ""), request.form.get("sequence", "")
    with store().atomic() as tx:
        if sequence.isascii() and sequence.isdecimal() and len(sequence) < 18:
            aggregation.put_back(tx, mission, int(sequence), by)
        elif table in aggregation.current(tx, mission):
            aggregation.take_in(tx, mission, table, {"withdrawn": True, "rows": [], "totals": []}, by)
        else:
            raise NotFound(tell("tables.no_such"))
    flash(tell("tables.put_back") if sequence else tell("tables.taken_out"))
    return redirect(url_for("desk.aggregation", mission=mission), code=303)


def _list(mission: str, refusal: str | None = None) -> str:
    page = page_number()
    with store().reading() as tx:
        total, names = aggregation.imported(tx, mission, PER_PAGE, (page - 1) * PER_PAGE)
        found = {
            name: [(each, tables.from_json(each.content)) for each in aggregation.imports(tx, mission, name)]
            for name in names
        }
        every = aggregation.imported(tx, mission, total)[1] if total > len(names) else names
        folder = {name: rows for name, rows in aggregation.sizes(tx, mission).items() if name not in every}
        people = {each.id: each.name for each in accounts.all(tx)}
    return render_template(
        "desk/aggregation.html",
        mission=this_mission(),
        tables=found,
        folder=folder,
        people=people,
        refusal=refusal,
        imports=may(*IMPORTERS),
        page=page,
        per_page=PER_PAGE,
        total=total,
    )


def _below(rows: Sequence[Sequence[str]], asked: Asked | None) -> Sequence[Sequence[str]]:
    return rows[asked.header + 1 : asked.header + 4] if asked else ()


def _column(asked: Asked | None, field: str) -> str:
    columns = asked.columns if asked else {}
    return next((letter(place) for place, code in columns.items() if code == field), "")


def _names(tx: Session, mission: str, looked: Preview) -> dict[str, Location]:
    wanted = [row.location for row in looked.table.rows[:MOST_ROWS] if row.location]
    wanted += [*looked.missing[:MOST_ROWS], *looked.gone[:MOST_ROWS]]
    places = (register.get(tx, mission, code) for code in dict.fromkeys(wanted))
    return {place.code: place for place in places if place}


def _said(error: KitError) -> str:
    if isinstance(error, MapInvalid):
        key = {STATION: "tables.map_station", "map": "tables.map_fields"}.get(error.place or "", "tables.map_twice")
        return tell(key) if error.place in (STATION, "map") else f"{tell(key)} ({error.place})"
    if isinstance(error, TableUnreadable):
        return f"{tell('tables.unreadable_file')} {error}"
    return str(error)
