"""Files of handed-over reports: one record a line, each line complete in itself.

    OKB1 <the file's id> <key, or -> <base64url of a record>

A record is a JSON object, a line feed, and what it holds: nothing after
`contents` (what the file should hold), an envelope's JSON as it is after
`envelope`, a photo's bytes after `photo`. Where a key stands, the record is
sealed to the mission's public key, so that a file that is lost shows nothing
but how large it is. A line that is cut off, altered or missing costs its own
record only; it is named, and all others are taken. Any other line is an
envelope's JSON by itself, as other programs write them.

static/js/bundle.js writes the same.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any, BinaryIO, Final

import orjson

from observer_kit.collection.attachments import Announced, read_announced
from observer_kit.errors import (
    AttachmentAltered,
    BundleIncomplete,
    BundleKeyUnknown,
    BundleUnreadable,
    EnvelopeMalformed,
    KitError,
    NotOpened,
    TooLarge,
)
from observer_kit.trust import sealing
from observer_kit.trust.keys import Key
from observer_kit.trust.signatures import b64u, unb64u

MARK: Final = b"OKB1 "
LINE_FEED: Final = b"\n"
MOST_LINE: Final = 17_000_000
"""Bytes: the largest photo, sealed, in base64url."""
MOST_NONSENSE: Final = 100
"""Lines without one that can be read: then it is another kind of file."""
_LINE: Final = re.compile(rb"OKB1 ([0-9a-f-]{36}) (-|[0-9a-f]{16}) ([A-Za-z0-9_-]+)")
_PIECE: Final = 1 << 16


@dataclass(frozen=True, slots=True)
class Carried:
    """An envelope as it was handed over, in this line."""

    line: int
    envelope: Any


@dataclass(frozen=True, slots=True)
class Picture:
    """A photo's bytes, which are those that its hash names."""

    line: int
    mission: str | None
    device: str | None
    announced: Announced
    content: bytes


@dataclass(frozen=True, slots=True)
class Broken:
    """What could not be read, in this line; 0 for what is not in the file at all."""

    line: int
    error: KitError


Part = Carried | Picture | Broken
KeyOf = Callable[[str], Key | None]


@dataclass(slots=True)
class _Contents:
    """What one file says that it holds, and what of it was met."""

    mission: str | None = None
    device: str | None = None
    listed: list[tuple[str, str]] = field(default_factory=list)
    met: set[tuple[str, str]] = field(default_factory=set)


def parts(file: BinaryIO, key_of: KeyOf) -> Iterator[Part]:
    """Read a file line by line: everything good in it, and everything that is not, in its place."""
    contents: dict[bytes, _Contents] = {}
    good = bad = 0
    for number, line in _lines(file):
        try:
            if isinstance(line, KitError):
                raise line
            part = _part(number, line, key_of, contents) if line.startswith(MARK) else _naked(number, line)
            good += 1
        except KitError as error:
            part, bad = Broken(number, error), bad + 1
        if part is not None:
            yield part
        if bad == MOST_NONSENSE and not good:
            yield Broken(number, BundleUnreadable("this is no file of reports"))
            return
    for known in contents.values():
        yield from _missing(known)


def write(id: str, records: Iterable[tuple[dict[str, Any], bytes]]) -> Iterator[bytes]:
    """Write records as lines, open; phones seal theirs."""
    for head, body in records:
        yield MARK + f"{id} - {b64u(orjson.dumps(head) + LINE_FEED + body)}\n".encode()


def _lines(file: BinaryIO) -> Iterator[tuple[int, bytes | KitError]]:
    number = 0
    while line := file.readline(MOST_LINE):
        number += 1
        if len(line) == MOST_LINE and not line.endswith(b"\n"):
            while (rest := file.readline(_PIECE)) and not rest.endswith(b"\n"):
                pass
            yield number, TooLarge(f"a line of more than {MOST_LINE} bytes", most=MOST_LINE)
        elif line.strip():
            yield number, line.strip()


def _naked(number: int, line: bytes) -> Carried:
    try:
        return Carried(number, orjson.loads(line))
    except orjson.JSONDecodeError as error:
        raise EnvelopeMalformed(f"no JSON: {error}") from None


def _part(number: int, line: bytes, key_of: KeyOf, contents: dict[bytes, _Contents]) -> Part | None:
    found = _LINE.fullmatch(line)
    if found is None:
        raise BundleUnreadable("the line is cut off or altered")
    id, key, text = found.groups()
    head, body = _opened(id.decode(), key.decode(), text.decode(), key_of)
    known = contents.setdefault(id, _Contents())
    kind = head.get("kind")
    if kind == "contents":
        _list(known, head)
        return None
    if kind == "envelope":
        carried = _naked(number, body)
        known.met.add(("envelope", str(head.get("id"))))
        return carried
    if kind == "photo":
        announced = read_announced(str(head.get("sha256")), head)
        if len(body) != announced.size or sha256(body).hexdigest() != announced.sha256:
            raise AttachmentAltered("the photo's bytes are not those that its hash names", place=announced.sha256)
        known.met.add(("photo", announced.sha256))
        return Picture(number, known.mission, known.device, announced, body)
    raise BundleUnreadable("a record of a kind that is not known here")


def _opened(id: str, key: str, text: str, key_of: KeyOf) -> tuple[dict[str, Any], bytes]:
    try:
        raw = unb64u(text)
        if key != "-":
            raw = sealing.open_record(key_of(key), key, id, raw)
        head, _, body = raw.partition(b"\n")
        value = orjson.loads(head)
    except NotOpened as error:
        if error.detail.get("why") == "key_unknown":
            raise BundleKeyUnknown("the file was sealed for another mission: its key is not here", key=key) from None
        raise BundleUnreadable("the line was altered: it does not open") from None
    except ValueError:
        raise BundleUnreadable("the line is cut off or altered") from None
    if not isinstance(value, dict):
        raise BundleUnreadable("the line holds no record")
    return value, body


def _list(known: _Contents, head: dict[str, Any]) -> None:
    mission, device, records = head.get("mission"), head.get("device"), head.get("records")
    known.mission = mission if isinstance(mission, str) else None
    known.device = device if isinstance(device, str) else None
    for record in records if isinstance(records, list) else ():
        if isinstance(record, list) and len(record) == 2 and all(isinstance(each, str) for each in record):
            known.listed.append((record[0], record[1]))


def _missing(known: _Contents) -> Iterator[Broken]:
    for kind, name in known.listed:
        if (kind, name) not in known.met:
            what = "report" if kind == "envelope" else "photo"
            yield Broken(0, BundleIncomplete(f"the file lists this {what}, which can't be read from it", place=name))
