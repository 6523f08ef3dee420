"""What phones speak with: JSON in, JSON out, the device's token in a header, no cookie.

    POST /api/enrol        {code, public_key, label?}
                           → {device, token, mission, team, receipt_key: {id, jwk}, keys, manifest}
    GET  /api/mission      → {mission, team, locations, checklists, keys, demo}, with an ETag
    GET  /api/locations    ?after= → the register in pieces, for a mission of many stations (places.py)
    POST /api/readiness    {envelope} of what the phone says of itself → {receipt}
    POST /api/submissions  {envelopes: [...]}
                           → {results: [{id, status, receipt?, error?}]}

Photos come after the reports, in pieces: attachments.py.

`public_key` is a P-256 key: base64url of the uncompressed point, or a JWK.
All but enrolment need `Authorization: Bearer <token>`.

Each envelope is judged by itself; its `status` is

    stored        in the database, durably; `receipt` proves it
    known         it was there already; `receipt` is the first one
    quarantined   stored, not counted (device withdrawn or unknown, signature
                  missing or wrong, sealed and not to be opened); `receipt`
                  proves it all the same, and it stays so however often it is
                  sent
    conflict      another envelope with this id is stored; `error`
    malformed     it can't be read, or names a mission or checklist that is not
                  this device's; or another device hands it in and its maker's
                  signature is missing or wrong, signature_not_of_device;
                  `error`, the phone keeps it

An `error` is {code, message, place?, detail?} in all places. A request that
fails as a whole is answered {error} with its status:

    400 malformed           no JSON, or not of this shape; public_key_invalid
    401 device_unknown      token missing, unknown, or (for /api/mission) withdrawn
    403 code_invalid        enrolment code unknown, used, or too old
    429 too_many_attempts   too many codes from this address did not fit;
                            detail.wait and Retry-After in seconds
    413 too_large           more bytes than the server takes, or more than 200
                            envelopes: send fewer
    5xx                     nothing was stored that has no receipt: send again
"""

from __future__ import annotations

import hashlib
from typing import Any

import orjson
from flask import Blueprint, Response, current_app, request
from werkzeug.exceptions import RequestEntityTooLarge

from observer_kit.errors import DeviceUnknown, EnvelopeMalformed, TooLarge
from observer_kit.storage import devices, enrolment, readiness
from observer_kit.storage.devices import LABEL_LIMIT
from observer_kit.storage.intake import Intake
from observer_kit.web.access import audience, config, store
from observer_kit.web.sync import manifest
from observer_kit.web.sync.cookieless import Cookieless, bearer

MOST_ENVELOPES = 200
"""In one request: the reply has an answer for each, and phones send twenty."""

bp = Blueprint("sync", __name__, url_prefix="/api")
bp.record_once(lambda state: setattr(state.app, "session_interface", Cookieless()))


@bp.post("/enrol")
@audience("public")
def enrol() -> Response:
    """Exchange a one-time code for a device and its token."""
    body = _body()
    code, key, label = body.get("code"), body.get("public_key"), body.get("label")
    if not isinstance(code, str) or not isinstance(key, str | dict) or not isinstance(label, str | None):
        raise EnvelopeMalformed("expected {code, public_key, label}: text, a P-256 key, text")
    if label is not None and (len(label) > LABEL_LIMIT or not label.isprintable()):
        raise EnvelopeMalformed(f"expected a label in one line of at most {LABEL_LIMIT} characters", place="label")
    with store().atomic() as tx:
        device, token = enrolment.redeem(tx, code, key, label, request.remote_addr or "")
        known = devices.get(tx, device)
        told = manifest.build(tx, known, config())
    answer = _json(
        {
            "device": device,
            "token": token,
            "mission": known.mission,
            "team": known.team,
            "receipt_key": manifest.receipt_key(store().receipt_key),
            "keys": told["keys"],
            "manifest": told,
        }
    )
    answer.headers["Cache-Control"] = "no-store"  # the token is for this phone alone
    return answer


@bp.get("/mission")
@audience("device")
def mission() -> Response:
    """Tell the phone what it must know of its mission."""
    token = bearer()
    with store().reading() as tx:
        device = devices.by_token(tx, token)
        if device is None or device.revoked is not None:
            raise DeviceUnknown("this device token is not known here, or was withdrawn")
        answer = _json(manifest.build(tx, device, config()))
    answer.set_etag(hashlib.sha256(answer.get_data()).hexdigest()[:32])
    answer.headers["Cache-Control"] = "no-cache"
    answer.make_conditional(request)
    return answer


@bp.post("/readiness")
@audience("device")
def ready() -> Response:
    """Keep what a phone says of itself before the day; its receipt proves that a report would arrive."""
    token = bearer()
    envelope = _body().get("envelope")
    if not isinstance(envelope, dict):
        raise EnvelopeMalformed("expected {envelope}: one object")
    with store().atomic() as tx:
        device = devices.by_token(tx, token)
        if device is None:
            raise DeviceUnknown("this device token is not known here")
        receipt = readiness.take(tx, device, envelope)
    return _json({"receipt": receipt.as_dict()})


@bp.post("/submissions")
@audience("device")
def submissions() -> Response:
    """Take envelopes in; the reply follows the commit that holds them."""
    token = bearer()
    envelopes = _body().get("envelopes")
    if not isinstance(envelopes, list):
        raise EnvelopeMalformed("expected {envelopes: [...]}")
    if len(envelopes) > MOST_ENVELOPES:
        raise TooLarge(f"at most {MOST_ENVELOPES} envelopes in one request", most=MOST_ENVELOPES)
    intake: Intake = current_app.extensions["intake"]
    return _json({"results": intake.receive_by_token(token, envelopes, via="http")})


def _body() -> dict[str, Any]:
    """Read the request's JSON object; raises TooLarge and EnvelopeMalformed."""
    most = config().max_request_bytes
    if (request.content_length or 0) > most:
        raise TooLarge(f"at most {most} bytes in one request", most=most)
    try:
        body = orjson.loads(request.get_data(cache=False))
    except RequestEntityTooLarge:
        raise TooLarge(f"at most {most} bytes in one request", most=most) from None
    except orjson.JSONDecodeError as error:
        raise EnvelopeMalformed(f"the request is no JSON: {error}") from None
    if not isinstance(body, dict):
        raise EnvelopeMalformed("the request is no JSON object")
    return body


def _json(value: dict[str, Any]) -> Response:
    return Response(orjson.dumps(value), mimetype="application/json")


from observer_kit.web.sync import attachments, places  # noqa: E402  # they add their routes to the blueprint above

__all__ = ["attachments", "bp", "places"]
