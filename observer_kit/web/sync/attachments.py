"""Photos, in pieces, after the reports that name them; each call may come any number of times, in any order.

    POST /api/attachments/<sha256>           {size, sealed?, photo?, submission?}
                                             → {sha256, size, received, piece, stored, receipt?}
    PUT  /api/attachments/<sha256>/<offset>  the bytes of a piece
                                             → the same

A phone announces a photo (POST) by the SHA-256 of the bytes it will send, and
hears how many of them, from the first, are here: `received`. It sends the next
piece from there (PUT), at most `piece` bytes, and hears the same again. The
piece that completes it has it checked and stored; from then on every answer
says `stored` and holds a receipt, signed as a report's, whose id and hash are
both the SHA-256. Only that receipt lets a phone clear its copy.

A piece that leaves a gap changes nothing; one that was here already, neither.
A photo may come before its report, or without one: it is kept, and the desk
sees it apart. `submission` says which report names it, `photo` is the photo's
own id, to which a sealed one (`sealed`, the key) is bound. A withdrawn phone's
photos are taken like its reports.

Errors, as everywhere {error: {code, message, place?, detail?}}:

    400 attachment_malformed  no SHA-256, no JSON, a size, id or offset that is none
    401 device_unknown        token missing or unknown
    404 upload_unknown        a piece of what was not announced, or too long ago: announce it
    413 too_large             more bytes than a photo, or a piece, may have
    413 attachments_full      this phone has sent as much as the server takes of one
    415 not_a_picture         whole, and no JPEG that can be decoded: it is not kept
    422 attachment_altered    whole, and not of this SHA-256: begin anew from the first byte
    429 too_many_uploads      too many of this phone's photos are half sent
    5xx                       nothing was stored that has no receipt: send again
"""

from __future__ import annotations

from typing import Any

import orjson
from flask import Response, request
from werkzeug.exceptions import ClientDisconnected, RequestEntityTooLarge

from observer_kit.collection.attachments import read_announced, read_hash
from observer_kit.errors import AttachmentMalformed, DeviceUnknown, TooLarge
from observer_kit.storage import attachments, devices, spool
from observer_kit.storage.attachments import Stored
from observer_kit.trust.model import Device
from observer_kit.web.access import audience, config, store
from observer_kit.web.sync import bp
from observer_kit.web.sync.cookieless import bearer

LONGEST_ANNOUNCEMENT = 2000


@bp.post("/attachments/<sha256>")
@audience("device")
def announce_attachment(sha256: str) -> Response:
    """Begin or resume a photo."""
    device = _device()
    try:
        said = orjson.loads(_bytes(LONGEST_ANNOUNCEMENT))
    except orjson.JSONDecodeError as error:
        raise AttachmentMalformed(f"the announcement is no JSON: {error}") from None
    announced = read_announced(sha256, said)
    return _told(announced.sha256, announced.size, spool.announce(store(), device, announced))


@bp.put("/attachments/<sha256>/<offset>")
@audience("device")
def add_piece(sha256: str, offset: str) -> Response:
    """Take the next piece of a photo."""
    device = _device()
    if not (offset.isascii() and offset.isdecimal() and len(offset) <= 12):
        raise AttachmentMalformed("expected a number of bytes", place="offset")
    return _told(read_hash(sha256), None, spool.add(store(), device, sha256, int(offset), _bytes(_piece())))


def _piece() -> int:
    return min(spool.PIECE, config().max_request_bytes)


def _device() -> Device:
    with store().reading() as tx:
        device = devices.by_token(tx, bearer())
    if device is None:
        raise DeviceUnknown("this device token is not known here")
    return device


def _bytes(most: int) -> bytes:
    """Read the request's body; raises TooLarge, and AttachmentMalformed where the connection ended before it did."""
    if (request.content_length or 0) > most:
        raise TooLarge(f"at most {most} bytes in one request here", most=most)
    try:
        body = request.get_data(cache=False)
    except RequestEntityTooLarge:
        raise TooLarge(f"at most {most} bytes in one request here", most=most) from None
    except ClientDisconnected:
        raise AttachmentMalformed("the connection ended before the piece did") from None
    if len(body) > most:
        raise TooLarge(f"at most {most} bytes in one request here", most=most)
    return body


def _told(sha256: str, size: int | None, found: Stored | int) -> Response:
    """Say how far a photo has come."""
    said: dict[str, Any] = {"sha256": sha256, "piece": _piece(), "stored": isinstance(found, Stored)}
    if isinstance(found, Stored):
        said |= {"size": found.size, "received": found.size}
        said["receipt"] = attachments.receipt(store(), found).as_dict()
    else:
        said |= {"size": size, "received": found}
    response = Response(orjson.dumps(said), mimetype="application/json")
    response.headers["Cache-Control"] = "no-store"
    return response
