"""The audit chain's arithmetic: each row's hash covers the row and the hash before it."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from observer_kit.trust.model import Fault

GENESIS: Final = "0" * 64


@dataclass(frozen=True, slots=True)
class Link:
    """One row: what happened to what, by whom, and the hash of its content; never the content."""

    sequence: int
    at: str
    kind: str
    mission: str | None
    subject: str
    by: str | None
    content: str
    previous: str
    hash: str


def link_hash(
    sequence: int, at: str, kind: str, mission: str | None, subject: str, by: str | None, content: str, previous: str
) -> str:
    """Compute a row's hash over its fields, one per line, None as an empty line."""
    fields = f"{sequence}\n{at}\n{kind}\n{mission or ''}\n{subject}\n{by or ''}\n{content}\n{previous}"
    return hashlib.sha256(fields.encode()).hexdigest()


def content_hash(*parts: str | bytes) -> str:
    """Hash content of several parts; each part's length goes in too, so that no two splits are alike."""
    digest = hashlib.sha256()
    for part in parts:
        raw = part.encode() if isinstance(part, str) else part
        digest.update(b"%d:" % len(raw))
        digest.update(raw)
    return digest.hexdigest()


def walk(links: Iterable[Link]) -> Iterator[Fault]:
    """Go along the chain and give every fault: a row missing, a row altered, a row that does not follow."""
    expected, previous = 1, GENESIS
    for link in links:
        place = f"chain row {link.sequence}"
        if link.sequence != expected:
            gap = f"{expected}" if link.sequence == expected + 1 else f"{expected} to {link.sequence - 1}"
            yield Fault("chain_row_missing", place, f"row {gap} before it is gone")
        elif link.previous != previous:
            yield Fault("chain_broken", place, "does not follow the row before it")
        computed = link_hash(
            link.sequence, link.at, link.kind, link.mission, link.subject, link.by, link.content, link.previous
        )
        if computed != link.hash:
            yield Fault("chain_row_altered", place, f"{link.kind} of {link.subject} is not as it was written")
        expected, previous = link.sequence + 1, link.hash
