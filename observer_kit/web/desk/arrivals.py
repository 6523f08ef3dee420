"""What phones hand over by file or code: laid down, looked at, taken in; and the receipts they get for it."""

from __future__ import annotations

import io
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack
from itertools import chain
from typing import Any, Final
from uuid import UUID

import segno
from flask import Response, current_app, redirect, render_template, request, session, url_for
from markupsafe import Markup
from werkzeug.wrappers import Response as Answer

from observer_kit.errors import EnvelopeMalformed
from observer_kit.exchange import arrivals as handed
from observer_kit.exchange import packing, qr
from observer_kit.exchange.arrivals import Arrival
from observer_kit.exchange.bundle import Part, parts
from observer_kit.storage import tray
from observer_kit.storage.tray import Lying
from observer_kit.web.access import audience, config, store
from observer_kit.web.access import mission as this_mission
from observer_kit.web.desk import bp
from observer_kit.web.speech import tell

LARGEST: Final = 300_000_000
"""Bytes of all files in one request: a phone's day with its photos."""
MOST_CODES: Final = 400
MOST_ROWS: Final = 200
ORDER: Final = ("malformed", "conflict", "set_aside", "quarantined", "new", "stored", "known")
"""What needs a look comes first."""


@bp.url_value_preprocessor
def _room(endpoint: str | None, values: dict[str, Any] | None) -> None:
    """Let in what is larger than a report, here and from people signed in only: the form's token is read before us."""
    if endpoint == "desk.bring" and session.get("account"):
        request.max_content_length = LARGEST


@bp.get("/arrivals")
@audience("coordinator", "administrator")
def arrivals(mission: str) -> str:
    """Show where files are dropped and codes are read."""
    return render_template("desk/arrivals.html", mission=this_mission(), lying=None, refusal=None)


@bp.post("/arrivals")
@audience("coordinator", "administrator")
def bring(mission: str) -> Answer | str:
    """Lay files and codes down, and lead to the look at them; nothing is stored yet."""
    files = [(each.filename or "?", each.stream) for each in request.files.getlist("files") if each.filename]
    codes = [line for line in request.form.get("codes", "").splitlines() if line.strip()]
    if len(codes) > MOST_CODES:
        raise EnvelopeMalformed(f"at most {MOST_CODES} codes at once")
    if not files and not codes:
        return render_template(
            "desk/arrivals.html", mission=this_mission(), lying=None, refusal=tell("desk.arrivals_none")
        )
    token = tray.put(config(), mission, files, codes)
    return redirect(url_for("desk.arrived", mission=mission, token=token), code=303)


@bp.get("/arrivals/<uuid:token>")
@audience("coordinator", "administrator")
def arrived(mission: str, token: UUID) -> str:
    """Show what would become of it, or what became of it, with the receipts."""
    lying = tray.get(config(), mission, str(token))
    if lying.result is None:
        found = [(name, each) for name, some in _opened(lying) for each in handed.look(store(), mission, some)]
        rows, counts = [_row(name, each) for name, each in found], Counter(each.status for _, each in found)
    else:
        rows, counts = lying.result["rows"], Counter(lying.result["counts"])
    rows.sort(key=lambda row: ORDER.index(row["status"]))
    proofs = lying.result["receipts"] if lying.result else []
    return render_template(
        "desk/arrivals.html",
        mission=this_mission(),
        lying=lying,
        refusal=None,
        rows=rows[:MOST_ROWS],
        more=max(0, len(rows) - MOST_ROWS),
        counts={status: counts[status] for status in ORDER if counts[status]},
        takes=counts["new"] + counts["set_aside"] + counts["known"],
        receipts=len(proofs),
        pictures=_pictures(proofs),
    )


@bp.post("/arrivals/<uuid:token>")
@audience("coordinator", "administrator")
def take_in(mission: str, token: UUID) -> Answer:
    """Store what can be stored, as if it had come over the network, and keep the receipts for the phones."""
    lying = tray.get(config(), mission, str(token))
    if lying.result is None:
        intake, found = current_app.extensions["intake"], []
        for name, some in _opened(lying):
            via = "file" if name else "qr"
            found += [(name, each) for each in handed.take(store(), intake, some, via=via, mission=mission)]
        result = {
            "rows": [_row(name, each) for name, each in found],
            "counts": Counter(each.status for _, each in found),
            "receipts": handed.receipts(each for _, each in found),
        }
        tray.settle(config(), mission, lying, result)
    return redirect(url_for("desk.arrived", mission=mission, token=token), code=303)


@bp.get("/arrivals/<uuid:token>/receipts")
@audience("coordinator", "administrator")
def receipts(mission: str, token: UUID) -> Response:
    """Give the receipts as the file that the phone reads."""
    lying = tray.get(config(), mission, str(token))
    proofs = lying.result["receipts"] if lying.result else []
    answer = Response(handed.receipts_file(proofs), mimetype="application/json")
    answer.headers["Content-Disposition"] = f'attachment; filename="receipts-{str(token)[:8]}.json"'
    return answer


def _opened(lying: Lying) -> Iterator[tuple[str, Iterator[Part]]]:
    """Give each file's parts under its name, and the codes' under none."""
    keys_of = handed.mission_keys(store(), config())
    with ExitStack() as stack:
        for name, path in lying.files:
            yield name, parts(stack.enter_context(path.open("rb")), keys_of)
    if lying.codes:
        yield "", handed.from_codes(lying.codes)


def _row(name: str, arrival: Arrival) -> dict[str, Any]:
    result = arrival.result
    shown = {key: result.get(key) for key in ("id", "status", "why", "checklist", "location", "location_name", "team")}
    error = result.get("error") or {}
    return shown | {
        "kind": arrival.kind, "file": name, "line": arrival.line,
        "code": error.get("code"), "message": error.get("message"), "place": error.get("place"),
        "sequence": (result.get("receipt") or {}).get("sequence"),
    }  # fmt: skip


def _pictures(proofs: list[dict[str, Any]]) -> list[Markup]:
    """Draw the receipts as codes, each complete in itself; colours are attributes, which the page's policy allows."""
    pieces = packing.receipts_in(qr.PIECE, proofs)
    return [_drawn(text) for text in chain.from_iterable(qr.frames(qr.RECEIPTS, piece) for piece in pieces)]


def _drawn(text: str) -> Markup:
    out = io.BytesIO()
    segno.make_qr(text, error="m", boost_error=False).save(
        out, kind="svg", xmldecl=False, svgns=True, border=4, omitsize=True, dark="#000", light="#fff"
    )
    return Markup(out.getvalue().decode())  # noqa: S704 -- segno's own drawing, no text of ours in it
