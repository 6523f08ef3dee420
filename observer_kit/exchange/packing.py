"""Envelopes and receipts as few bytes, for codes: unpacked they are letter by letter what they were.

A field is one tag and its bytes. UUIDs, hashes and signatures travel as bytes,
a payload deflated (or as bytes, when it is sealed), and what can be computed
not at all. static/js/pack.js writes and reads the same.
"""

from __future__ import annotations

import base64
import hashlib
import re
import uuid
import zlib
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from observer_kit import clock
from observer_kit.errors import CodeDamaged, UnpacksTooLarge

ENVELOPE: Final = (
    "id", "mission", "checklist", "version", "visit", "supersedes",
    "device", "clock", "hash", "sealed", "signature", "payload",
)  # fmt: skip
MOST: Final = 900_000
"""Bytes of one text, as of one payload: more is a bomb, or a mistake."""
_NULL, _UUID, _HEX, _BASE64, _TEXT, _DEFLATED, _COMPUTED, _MOMENT = range(8)
_UUID_LOOK: Final = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
_HEX_LOOK: Final = re.compile(r"(?:[0-9a-f]{2})+")
_BASE64_LOOK: Final = re.compile(r"[A-Za-z0-9_-]{40,}")
_WORTH: Final = 100
"""Bytes below which deflating gains nothing."""
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_MOMENT_BYTES: Final = 6


def pack_envelope(envelope: Mapping[str, Any]) -> bytes:
    """Write an envelope as bytes."""
    computed = hashlib.sha256(envelope["payload"].encode()).hexdigest()
    return b"".join(
        bytes([_COMPUTED]) if name == "hash" and envelope["hash"] == computed else _field(envelope[name])
        for name in ENVELOPE
    )


def unpack_envelope(data: bytes) -> dict[str, Any]:
    """Read the envelope that was packed; raises CodeDamaged, or UnpacksTooLarge for a bomb."""
    reader = _Reader(data)
    found: dict[str, Any] = {name: reader.field() for name in ENVELOPE}
    reader.end()
    if found["hash"] is _Computed:
        found["hash"] = hashlib.sha256(str(found["payload"]).encode()).hexdigest()
    if _Computed in found.values():
        raise CodeDamaged("only a hash can be computed")
    return found


def pack_receipts(receipts: Sequence[Mapping[str, Any]]) -> bytes:
    """Write receipts, each with whether its report was set aside, without what the phone knows: the hash."""
    parts = [_number(len(receipts))]
    for each in receipts:
        parts += [_field(each["id"]), bytes([bool(each.get("quarantined"))]), _moment(each["received"])]
        parts += [_number(each["sequence"]), _field(each["key"]), _field(each["signature"])]
    return b"".join(parts)


def unpack_receipts(data: bytes) -> list[dict[str, Any]]:
    """Read receipts that were packed, without their hashes; raises CodeDamaged."""
    reader = _Reader(data)
    receipts = [
        {
            "id": reader.field(), "quarantined": reader.take(1) != b"\x00", "received": reader.field(),
            "sequence": reader.number(), "key": reader.field(), "signature": reader.field(),
        }
        for _ in range(min(reader.number(), len(data)))
    ]  # fmt: skip
    reader.end()
    return receipts


def receipts_in(room: int, receipts: Sequence[Mapping[str, Any]]) -> list[bytes]:
    """Pack receipts into as few pieces as fit into the room, each complete in itself."""
    pieces: list[list[Mapping[str, Any]]] = []
    for each in receipts:
        if not pieces or len(pack_receipts([*pieces[-1], each])) > room:
            pieces.append([])
        pieces[-1].append(each)
    return [pack_receipts(piece) for piece in pieces]


class _Computed:
    """Stands for a hash that follows from the payload."""


def _number(value: int) -> bytes:
    out = bytearray()
    while value > 0x7F:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    out.append(value)
    return bytes(out)


def _counted(tag: int, raw: bytes) -> bytes:
    return bytes([tag]) + _number(len(raw)) + raw


def _moment(stamp: str) -> bytes:
    milliseconds = (clock.read_stamp(stamp) - _EPOCH) // timedelta(milliseconds=1)
    if milliseconds < 0 or clock.stamp(_EPOCH + timedelta(milliseconds=milliseconds)) != stamp:
        return _field(stamp)
    return bytes([_MOMENT]) + milliseconds.to_bytes(_MOMENT_BYTES, "big")


def _field(value: str | None) -> bytes:
    if value is None:
        return bytes([_NULL])
    if _UUID_LOOK.fullmatch(value):
        return bytes([_UUID]) + uuid.UUID(value).bytes
    if _HEX_LOOK.fullmatch(value):
        return _counted(_HEX, bytes.fromhex(value))
    if _BASE64_LOOK.fullmatch(value):
        raw = base64.urlsafe_b64decode(value + "=" * (-len(value) % 4)) if len(value) % 4 != 1 else b""
        if base64.urlsafe_b64encode(raw).rstrip(b"=").decode() == value:
            return _counted(_BASE64, raw)
    raw = value.encode()
    if len(raw) >= _WORTH:
        deflated = zlib.compress(raw, 9, wbits=-15)
        if len(deflated) < len(raw):
            return bytes([_DEFLATED]) + _number(len(raw)) + _number(len(deflated)) + deflated
    return _counted(_TEXT, raw)


class _Reader:
    """Reads fields one after the other, never further than there are bytes."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._at = 0

    def take(self, count: int) -> bytes:
        piece = self._data[self._at : self._at + count]
        if len(piece) != count:
            raise CodeDamaged(f"expected {count} bytes, found {len(piece)}")
        self._at += count
        return piece

    def number(self) -> int:
        value = 0
        for place in range(5):
            byte = self.take(1)[0]
            value |= (byte & 0x7F) << 7 * place
            if byte < 0x80:
                return value
        raise CodeDamaged("a number has no end")

    def field(self) -> Any:
        tag = self.take(1)[0]
        if tag == _NULL:
            return None
        if tag == _COMPUTED:
            return _Computed
        if tag == _UUID:
            return str(uuid.UUID(bytes=self.take(16)))
        if tag == _MOMENT:
            return self._moment()
        if tag == _HEX:
            return self.take(self.number()).hex()
        if tag == _BASE64:
            return base64.urlsafe_b64encode(self.take(self.number())).rstrip(b"=").decode()
        if tag in (_TEXT, _DEFLATED):
            raw = self._inflated() if tag == _DEFLATED else self.take(self.number())
            try:
                return raw.decode()
            except UnicodeDecodeError:
                raise CodeDamaged("a text is not UTF-8") from None
        raise CodeDamaged(f"no field begins with {tag}")

    def end(self) -> None:
        if self._at != len(self._data):
            raise CodeDamaged(f"{len(self._data) - self._at} bytes too many")

    def _moment(self) -> str:
        try:
            return clock.stamp(_EPOCH + timedelta(milliseconds=int.from_bytes(self.take(_MOMENT_BYTES), "big")))
        except OverflowError:
            raise CodeDamaged("a time beyond the calendar") from None

    def _inflated(self) -> bytes:
        claimed, packed = self.number(), self.take(self.number())
        if claimed > MOST:
            raise UnpacksTooLarge(f"claims {claimed} bytes; at most {MOST} are taken", most=MOST)
        inflater = zlib.decompressobj(wbits=-15)
        try:
            raw = inflater.decompress(packed, claimed + 1)
        except zlib.error as error:
            raise CodeDamaged(f"can't be inflated: {error}") from None
        if len(raw) > claimed:
            raise UnpacksTooLarge(f"is larger than the {claimed} bytes that it claims", most=MOST)
        if len(raw) != claimed or not inflater.eof or inflater.unused_data:
            raise CodeDamaged("is not as long as it claims")
        return raw
