"""Hubs: other laptops that take a mission's reports in, each with a receipt key that the mission's server vouches for.

A phone pins the server's own keys when it is enrolled and believes a hub's only
under their signature, so that a hub may be named at any time later. A hub's
receipt does not end the phone's care for a report: what a hub took in is
handed over, and kept until the mission's server itself has signed for it, as
with a file or a code. A hub that is lost then loses nothing, and whoever
steals its key can make no phone forget.
"""

from __future__ import annotations

from typing import Any

from observer_kit.config import Config
from observer_kit.trust import keys, signatures
from observer_kit.trust.keys import Key


def signed_bytes(address: str, id: str, public: str) -> bytes:
    """Give the bytes by which the server vouches for a hub's key."""
    return f"observer-kit hub\n{address}\n{id}\n{public}".encode()


def vouch(config: Config, address: str) -> dict[str, Any]:
    """Give a hub as phones are told of it: its address, its key, the server's signature over both."""
    server: Key = keys.receipt_key(config)
    key = keys.hub_key(config, address)
    signature = signatures.sign(server.private, signed_bytes(address, key.id, key.public), alike=True)
    return {
        "address": address, "key": {"id": key.id, "public_key": key.public},
        "by": server.id, "signature": signature,
    }  # fmt: skip
