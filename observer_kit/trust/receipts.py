"""Receipts: what the server signs, and how anyone with its public key checks it."""

from __future__ import annotations

from observer_kit.trust import signatures
from observer_kit.trust.keys import Key
from observer_kit.trust.model import Receipt


def signed_bytes(id: str, hash: str, received: str, sequence: int) -> bytes:
    """Give the bytes that a receipt's signature covers."""
    return f"{id}\n{hash}\n{received}\n{sequence}".encode()


def issue(key: Key, id: str, hash: str, received: str, sequence: int) -> Receipt:
    """Sign that the envelope of this id and hash was received, as this row of the chain."""
    return Receipt(id, hash, received, sequence, key.id, key.sign(signed_bytes(id, hash, received, sequence)))


def verify(receipt: Receipt, public: str) -> bool:
    """Tell whether a receipt was signed by the key of this public point."""
    data = signed_bytes(receipt.id, receipt.hash, receipt.received, receipt.sequence)
    return signatures.verify(public, data, receipt.signature)
