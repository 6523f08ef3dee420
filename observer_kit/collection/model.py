"""What arrived: an envelope, and what the intake makes of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

HEADER: Final = (
    "id", "mission", "checklist", "version", "visit", "supersedes", "device", "clock", "hash", "sealed",
)  # fmt: skip
"""The fields that a device signs, in this order, one per line, null as an empty line."""


@dataclass(frozen=True, slots=True)
class Envelope:
    """The bytes a phone made once, and their header.

    `payload` is the JSON text as sent (UTF-8); `hash` is the SHA-256 hex of
    those bytes; `clock` the phone's own time with its offset, ISO 8601;
    `signature` is base64url of the raw r‖s over the header; `sealed` and
    `signature` are None where not used.
    """

    id: str
    mission: str
    checklist: str
    version: str
    visit: str
    supersedes: str | None
    device: str
    clock: str
    hash: str
    sealed: str | None
    signature: str | None
    payload: str

    def signed_bytes(self) -> bytes:
        """Give the bytes that the device signed."""
        return "\n".join(getattr(self, name) or "" for name in HEADER).encode()


@dataclass(frozen=True, slots=True)
class Problem:
    """An answer that can't be read or is impossible: out of the tallies, counted as such."""

    question: str  # name or name[i]
    code: str  # not_an_integer, out_of_range, not_a_choice, not_a_moment, unknown_question, ...
    value: Any = None


@dataclass(frozen=True, slots=True)
class Finding:
    """Readable but questionable, or the very thing observed: it counts, flagged."""

    code: (
        str  # constraint_overridden, protocol_fails, times_out_of_order, clock_off, location_unknown, team_unknown ...
    )
    question: str | None = None
    detail: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Submission:
    """An envelope's content, judged answer by answer.

    `answers` maps every question that was asked (by name, or name[i]) to its
    value; to "not_applicable" or "not_observed"; to None when asked and left
    blank; to {"problem": code} when unreadable. A question that is absent was
    not asked. `arrived`/`departed` are the visit's own times, in UTC.
    """

    id: str
    mission: str
    checklist: str
    version: str
    visit: str
    supersedes: str | None
    device: str
    team: str | None
    location: str | None
    location_name: str | None
    clock: datetime
    arrived: datetime | None
    departed: datetime | None
    answers: Mapping[str, Any]
    comments: Mapping[str, str]
    problems: tuple[Problem, ...] = ()
    findings: tuple[Finding, ...] = ()


@dataclass(frozen=True, slots=True)
class Report:
    """One counted submission with its dimensions, as the statistics see it; `answers` as in Submission.

    `hour` is the station's local hour of arrival (0 to 23).
    """

    id: str
    checklist: str
    version: str
    location: str | None
    region: str | None
    setting: str | None
    special: str | None
    team: str | None
    hour: int | None
    review: str  # received | queried | verified
    answers: Mapping[str, Any]
    comments: Mapping[str, str]
    kind: str | None = None  # of the location: polling_station, commission
