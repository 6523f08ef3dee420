"""Seal a file's records as phones do."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import orjson
from cryptography.hazmat.primitives.hpke import AEAD, KDF, KEM, Suite

from observer_kit.trust.keys import Key
from observer_kit.trust.signatures import b64u

_SUITE = Suite(KEM.P256, KDF.HKDF_SHA256, AEAD.AES_256_GCM)


def sealed_lines(key: Key, id: str, records: Iterable[tuple[dict[str, Any], bytes]]) -> Iterator[bytes]:
    """Give the lines of a file that only this key opens."""
    for head, body in records:
        plain = orjson.dumps(head) + b"\n" + body
        content = _SUITE.encrypt(plain, key.private.public_key(), b"observer-kit file\n" + id.encode())
        yield f"OKB1 {id} {key.id} {b64u(content)}\n".encode()
