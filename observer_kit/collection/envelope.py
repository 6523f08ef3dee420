"""Read the wrapping: every field of an envelope is there and of its kind, or the envelope is malformed."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from typing import Any, Final

import orjson

from observer_kit.clock import read_stamp
from observer_kit.collection.model import Envelope
from observer_kit.errors import EnvelopeMalformed

_UUID: Final = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
_HASH: Final = re.compile(r"[0-9a-f]{64}")
_NAME: Final = re.compile(r"[A-Za-z0-9_.-]{1,80}")
_BASE64URL: Final = re.compile(r"[A-Za-z0-9_-]{1,200}")
_FIELDS: Final[Mapping[str, tuple[re.Pattern[str], str]]] = {
    "id": (_UUID, "a UUID in lower case"),
    "mission": (_NAME, "a mission's code"),
    "checklist": (_NAME, "a checklist's name"),
    "version": (_HASH, "a SHA-256 in hex"),
    "visit": (_UUID, "a UUID in lower case"),
    "device": (_NAME, "a device's id"),
    "hash": (_HASH, "a SHA-256 in hex"),
}
_OPTIONAL: Final[Mapping[str, tuple[re.Pattern[str], str]]] = {
    "supersedes": (_UUID, "a UUID in lower case, or null"),
    "sealed": (_NAME, "the name of a sealing key, or null"),
    "signature": (_BASE64URL, "base64url, or null"),
}
_HALF: Final = re.compile(r"[\ud800-\udfff]")
LONGEST_PAYLOAD: Final = 900_000
"""Bytes: below the server's request limit, so that one envelope always fits in a request."""


def read_envelope(value: Any) -> Envelope:
    """Read one envelope as parsed from JSON; raises EnvelopeMalformed naming the field and what is expected."""
    if not isinstance(value, Mapping):
        raise EnvelopeMalformed("an envelope is an object")
    for name, (pattern, expected) in _FIELDS.items():
        found = value.get(name)
        if not isinstance(found, str) or not pattern.fullmatch(found):
            raise EnvelopeMalformed(f"expected {expected}", place=name)
    for name, (pattern, expected) in _OPTIONAL.items():
        found = value.get(name)
        if found is not None and (not isinstance(found, str) or not pattern.fullmatch(found)):
            raise EnvelopeMalformed(f"expected {expected}", place=name)
    clock, payload = value.get("clock"), value.get("payload")
    if not isinstance(clock, str) or len(clock) > 40 or "\n" in clock:
        raise EnvelopeMalformed("expected ISO 8601 with an offset", place="clock")
    try:
        read_stamp(clock)
    except (ValueError, OverflowError):
        raise EnvelopeMalformed("expected ISO 8601 with an offset", place="clock") from None
    if not isinstance(payload, str):
        raise EnvelopeMalformed("expected the payload's JSON as a text", place="payload")
    return Envelope(
        id=value["id"],
        mission=value["mission"],
        checklist=value["checklist"],
        version=value["version"],
        visit=value["visit"],
        supersedes=value.get("supersedes"),
        device=value["device"],
        clock=clock,
        hash=value["hash"],
        sealed=value.get("sealed"),
        signature=value.get("signature"),
        payload=payload,
    )


def check_hash(envelope: Envelope) -> None:
    """Hold the payload's bytes against the envelope's hash; raises EnvelopeMalformed."""
    try:
        content = envelope.payload.encode()
    except UnicodeEncodeError:
        raise EnvelopeMalformed("the payload is not UTF-8", place="payload") from None
    if len(content) > LONGEST_PAYLOAD:
        raise EnvelopeMalformed(f"the payload is longer than {LONGEST_PAYLOAD} bytes", place="payload")
    if hashlib.sha256(content).hexdigest() != envelope.hash:
        raise EnvelopeMalformed("the payload's SHA-256 is not the hash", place="hash")


def read_payload(envelope: Envelope) -> dict[str, Any]:
    """Parse the payload; raises EnvelopeMalformed when it is no JSON object (its answers are judged elsewhere)."""
    try:
        value = orjson.loads(envelope.payload)
    except ValueError:
        value = _with_half_characters(envelope.payload)
    if not isinstance(value, dict):
        raise EnvelopeMalformed("the payload is not an object", place="payload")
    return value


def _with_half_characters(payload: str) -> Any:
    """Parse a payload that writes half a character: a browser does, for a text cut in the middle of an emoji."""
    try:
        whole = json.dumps(json.loads(payload), ensure_ascii=False, allow_nan=False)
    except (ValueError, RecursionError):
        raise EnvelopeMalformed("the payload is not JSON", place="payload") from None
    return orjson.loads(_HALF.sub("\ufffd", whole))
