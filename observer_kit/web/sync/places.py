"""A large register, apart from the manifest: in pieces, each a few hundred kilobytes, so that a load can go on later.

    GET /api/locations?after=<position>    (-1 or nothing: from the start)

The answer is NDJSON. Its first line is {revision, count, next}: `next` is what
to ask for after this piece, null for the last one; a revision other than the
manifest's means that the register was replaced meanwhile. Each further line is
one place: [code, kind, number, name, region], its name by language where the
register has more than one.
"""

from __future__ import annotations

import gzip
import hashlib
from typing import Final

import orjson
from flask import Response, request
from werkzeug.wrappers import Response as Answer

from observer_kit.errors import DeviceUnknown
from observer_kit.missions.model import Location
from observer_kit.storage import devices, register
from observer_kit.web.access import audience, store
from observer_kit.web.sync import bp
from observer_kit.web.sync.cookieless import bearer
from observer_kit.web.sync.manifest import KINDS, shortest

PIECE: Final = 4000


@bp.get("/locations")
@audience("device")
def locations() -> Answer:
    """Give the next piece of the register; the same bytes and the same ETag until it changes."""
    token = bearer()
    after = request.args.get("after", -1, type=int)
    with store().reading() as tx:
        device = devices.by_token(tx, token)
        if device is None or device.revoked is not None:
            raise DeviceUnknown("this device token is not known here, or was withdrawn")
        revision, count = register.edition(tx, device.mission, KINDS)
        tag = hashlib.sha256(f"{revision} {count} {after} {PIECE}".encode()).hexdigest()[:32]
        unchanged = request.if_none_match.contains_weak(tag)
        found = [] if unchanged else register.page(tx, device.mission, KINDS, after, PIECE)
    head = {"revision": revision, "count": count, "next": found[-1][0] if len(found) == PIECE else None}
    body = b"\n".join([orjson.dumps(head), *(_line(place) for _, place in found)]) + b"\n"
    zipped = request.accept_encodings.best_match(("gzip",)) is not None
    answer = Response(gzip.compress(body, 5) if zipped else body, mimetype="application/x-ndjson")
    if zipped:
        answer.headers["Content-Encoding"] = "gzip"
    answer.headers["Vary"] = "Accept-Encoding"
    answer.headers["Cache-Control"] = "no-cache"
    answer.set_etag(tag, weak=True)
    return answer.make_conditional(request) if unchanged else answer


def _line(place: Location) -> bytes:
    return orjson.dumps((place.code, place.kind, place.number, shortest(place.names), place.region))
