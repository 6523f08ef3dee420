"""Open what phones sealed to a mission's public key, so that they can't show it themselves: HPKE (RFC 9180).

Base mode, DHKEM(P-256, HKDF-SHA-256), HKDF-SHA-256, AES-256-GCM; `enc`, the
65-byte point, stands in front of the ciphertext. What is sealed is bound to its
own id by HPKE's info: put under another id, it does not open. A payload that
begins with a byte 0 is deflated (RFC 1951) behind it.
"""

from __future__ import annotations

import zlib
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.hpke import AEAD, KDF, KEM, Suite

from observer_kit.collection.envelope import LONGEST_PAYLOAD
from observer_kit.errors import NotOpened
from observer_kit.trust.keys import Key
from observer_kit.trust.signatures import unb64u

_SUITE: Final = Suite(KEM.P256, KDF.HKDF_SHA256, AEAD.AES_256_GCM)
_ENVELOPE: Final = b"observer-kit envelope\n"
_PHOTO: Final = b"observer-kit photo\n"
_RECORD: Final = b"observer-kit file\n"


def open_payload(key: Key | None, sealed: str, id: str, payload: str) -> str:
    """Give the payload's JSON text as it was before an envelope of this id was sealed; raises NotOpened."""
    try:
        content = unb64u(payload)
    except ValueError:
        raise NotOpened("the sealed payload is not base64url", why="altered") from None
    try:
        return _lengthened(_open(key, sealed, content, _ENVELOPE + id.encode())).decode()
    except UnicodeDecodeError:
        raise NotOpened("what was sealed is not UTF-8", why="not_json") from None


def open_photo(key: Key | None, sealed: str, id: str, content: bytes) -> bytes:
    """Give a photo's bytes as they were before a photo of this id was sealed; raises NotOpened."""
    return _open(key, sealed, content, _PHOTO + id.encode())


def open_record(key: Key | None, sealed: str, id: str, content: bytes) -> bytes:
    """Give a record of a handed-over file as it was before a file of this id was sealed; raises NotOpened."""
    return _open(key, sealed, content, _RECORD + id.encode())


def _lengthened(content: bytes) -> bytes:
    if content[:1] != b"\0":
        return content
    inflater = zlib.decompressobj(wbits=-zlib.MAX_WBITS)
    try:
        text = inflater.decompress(content[1:], LONGEST_PAYLOAD)
    except zlib.error:
        raise NotOpened("what was sealed does not unpack", why="not_json") from None
    if not inflater.eof or inflater.unused_data:
        raise NotOpened(f"what was sealed is cut off, or longer than {LONGEST_PAYLOAD} bytes", why="not_json")
    return text


def _open(key: Key | None, sealed: str, content: bytes, info: bytes) -> bytes:
    if key is None or key.id != sealed:
        raise NotOpened(f"the key {sealed!r} to which it is sealed is not here", why="key_unknown")
    try:
        return _SUITE.decrypt(content, key.private, info)
    except InvalidTag:
        raise NotOpened("it was altered, or sealed for another id or mission", why="altered") from None
