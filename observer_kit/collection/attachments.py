"""Read what a phone announces of a photo before it sends the first piece."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from observer_kit.errors import AttachmentMalformed, TooLarge

MOST_BYTES: Final = 12_000_000
"""Of one photo: far above what a phone makes of the largest side that a mission can ask for."""

_HASH: Final = re.compile(r"[0-9a-f]{64}")
_UUID: Final = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
_NAME: Final = re.compile(r"[A-Za-z0-9_.-]{1,80}")
_OPTIONAL: Final[Mapping[str, tuple[re.Pattern[str], str]]] = {
    "sealed": (_NAME, "the name of a sealing key, or null"),
    "photo": (_UUID, "a UUID in lower case, or null"),
    "submission": (_UUID, "a UUID in lower case, or null"),
}


@dataclass(frozen=True, slots=True)
class Announced:
    """A photo to come: its bytes' hash and number, and what they are, as the phone says.

    `sealed` names the key to which they are sealed, `photo` is the id to which
    that sealing is bound, `submission` the report that names the hash.
    """

    sha256: str
    size: int
    sealed: str | None = None
    photo: str | None = None
    submission: str | None = None


def read_hash(sha256: str) -> str:
    """Read the name of a photo; raises AttachmentMalformed."""
    if not _HASH.fullmatch(sha256):
        raise AttachmentMalformed("expected a SHA-256 in hex, in small letters", place="sha256")
    return sha256


def read_announced(sha256: str, value: Any) -> Announced:
    """Read an announcement as parsed from JSON; raises AttachmentMalformed naming the field, and TooLarge."""
    read_hash(sha256)
    if not isinstance(value, Mapping):
        raise AttachmentMalformed("expected an object: {size, sealed, photo, submission}")
    size = value.get("size")
    if type(size) is not int or size < 1:
        raise AttachmentMalformed("expected a number of bytes", place="size")
    if size > MOST_BYTES:
        raise TooLarge(f"at most {MOST_BYTES} bytes in one photo", place="size", most=MOST_BYTES)
    for name, (pattern, expected) in _OPTIONAL.items():
        found = value.get(name)
        if found is not None and not (isinstance(found, str) and pattern.fullmatch(found)):
            raise AttachmentMalformed(f"expected {expected}", place=name)
    if value.get("sealed") and not value.get("photo"):
        raise AttachmentMalformed("a sealed photo is bound to its id: expected a UUID", place="photo")
    return Announced(sha256, size, value.get("sealed"), value.get("photo"), value.get("submission"))
