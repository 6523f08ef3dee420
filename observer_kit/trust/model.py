"""People, phones and receipts, as every room above knows them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

ROLES: Final = ("administrator", "coordinator", "staff", "head")
EVERY_MISSION: Final = "*"
OFFICE_KINDS: Final = ("demo", "plain", "desk", "file")
"""The server's own devices, which do not sign: demo rebuilds, pages without JavaScript, the desk, files."""


@dataclass(frozen=True, slots=True)
class Device:
    """A phone (with a public key, base64url of the uncompressed point), or one of the server's own."""

    id: str
    mission: str
    team: str | None
    label: str
    kind: str  # phone | demo | plain | desk | file
    public_key: str | None
    enrolled: datetime
    revoked: datetime | None = None


@dataclass(frozen=True, slots=True)
class Account:
    """A person at a laptop; `roles` maps a mission's code, or "*" for every mission, to a role.

    `session` grows when every session so far has ended: by a sign-out, or a new password.
    """

    id: str
    name: str
    roles: Mapping[str, str] = field(default_factory=dict)
    session: int = field(default=0, compare=False)

    def role(self, mission: str) -> str | None:
        """Give the role in this mission, or None."""
        return self.roles.get(mission) or self.roles.get(EVERY_MISSION)


@dataclass(frozen=True, slots=True)
class Receipt:
    """The server's signed word that an envelope is stored; `sequence` is its row in the audit chain."""

    id: str
    hash: str
    received: str
    sequence: int
    key: str
    signature: str

    def as_dict(self) -> dict[str, Any]:
        """Give the receipt as the phone gets it."""
        return {
            "id": self.id, "hash": self.hash, "received": self.received,
            "sequence": self.sequence, "key": self.key, "signature": self.signature,
        }  # fmt: skip


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that is not as it was left: what kind, where, and in words."""

    kind: str
    place: str
    message: str
