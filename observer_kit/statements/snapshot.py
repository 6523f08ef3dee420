"""The frozen data set from which a statement is drafted."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Snapshot:
    """Which submissions a statement counts, by id and hash, and the head of the audit chain at that moment.

    `standing` says how many were counted, superseded, excluded, quarantined;
    `versions` the checklist versions they answered.
    """

    mission: str
    taken: datetime
    submissions: Mapping[str, str]
    versions: Mapping[str, tuple[str, ...]]
    standing: Mapping[str, int]
    chain_head: str

    @property
    def identity(self) -> str:
        """Give the SHA-256 of the snapshot's content; the same data set has the same identity."""
        lines = [f"{key} {value}" for key, value in sorted(self.submissions.items())]
        lines += [f"{name} {','.join(versions)}" for name, versions in sorted(self.versions.items())]
        return hashlib.sha256("\n".join([self.mission, *lines]).encode()).hexdigest()
