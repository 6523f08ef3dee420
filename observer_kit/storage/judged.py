"""One envelope on its way in: judged, and as the rows that will hold it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from operator import itemgetter
from typing import Any, Final
from zoneinfo import ZoneInfo

import orjson

from observer_kit import clock
from observer_kit.collection.model import Envelope, Finding, Submission
from observer_kit.missions.model import Location
from observer_kit.trust.chain import content_hash

SETTING_QUESTION: Final = "env_urban_rural"
SETTINGS: Final = ("urban", "rural")
_FROM_ENVELOPE: Final = (
    "id", "mission", "checklist", "version", "visit", "supersedes", "device",
    "clock", "hash", "sealed", "signature", "payload",
)  # fmt: skip


@dataclass(slots=True)
class Judged:
    """An envelope that will be stored, with everything but its place in the chain."""

    envelope: Envelope
    quarantine: str | None
    row: dict[str, Any]  # of submissions
    findings: Sequence[Finding]
    desk: bool = False  # made by the desk, which may correct any report

    def add_finding(self, code: str, **detail: Any) -> None:
        """Note what only the whole store could tell."""
        finding = Finding(code, None, detail)
        if finding in self.findings:
            return  # a transaction that was tried again
        self.findings = (*self.findings, finding)
        self.row["findings"] = _json(self.findings)
        self.row["finding_count"] = len(self.findings)


def submission_row(submission: Submission, location: Location | None, zone: str) -> dict[str, Any]:
    """Give the row of a judged submission, but for its receipt."""
    setting = submission.answers.get(SETTING_QUESTION)
    words = [submission.location_name or "", *submission.comments.values()]
    return {
        "id": submission.id, "mission": submission.mission, "checklist": submission.checklist,
        "version": submission.version, "visit": submission.visit, "supersedes": submission.supersedes,
        "device": submission.device, "team": _clean(submission.team), "location": _clean(submission.location),
        "location_name": _clean(submission.location_name), "clock": clock.stamp(submission.clock),
        "arrived": _stamp(submission.arrived), "departed": _stamp(submission.departed),
        "hour": _hour(submission.arrived, location.zone if location else zone),
        "setting": setting if setting in SETTINGS else None,
        "answers": _json(submission.answers),
        "comments": _json(submission.comments),
        "problems": _json(submission.problems),
        "findings": _json(submission.findings),
        "problem_count": len(submission.problems), "finding_count": len(submission.findings),
        "search": "\n".join(filter(None, words)).casefold().replace("\x00", "\ufffd"),
    }  # fmt: skip


def envelope_row(envelope: Envelope, via: str, quarantine: str | None) -> dict[str, Any]:
    """Give the row of an envelope, but for its receipt."""
    row = {name: getattr(envelope, name) for name in _FROM_ENVELOPE}
    row["via"], row["quarantine"] = via, quarantine
    return row


def content(sent: Mapping[str, Any], judged: Mapping[str, Any]) -> str:
    """Give the hash under which the chain keeps an envelope as sent (the payload by its hash) and as judged."""
    return content_hash(orjson.dumps([*_SENT(sent), *_JUDGED(judged)]))


_SENT: Final = itemgetter(*(name for name in _FROM_ENVELOPE if name != "payload"), "via", "quarantine")
_JUDGED: Final = itemgetter(
    "supersedes", "team", "location", "location_name", "clock", "received", "arrived", "departed",
    "hour", "setting", "answers", "comments", "problems", "findings",
)  # fmt: skip


def _json(value: object) -> str:
    """Write JSON that PostgreSQL reads too: it knows no NUL, not even escaped."""
    text = orjson.dumps(value).decode()
    return text.replace("\\u0000", "\\ufffd") if "\\u0000" in text else text


def _clean(text: str | None) -> str | None:
    return text if text is None else text.replace("\x00", "\ufffd")


def _stamp(moment: datetime | None) -> str | None:
    return None if moment is None else clock.stamp(moment)


@lru_cache(maxsize=64)
def _zone(name: str) -> ZoneInfo:
    return ZoneInfo(name)


def _hour(moment: datetime | None, zone: str) -> int | None:
    if moment is None:
        return None
    try:
        return moment.astimezone(_zone(zone)).hour
    except OverflowError:  # the first or last day of the calendar, from a broken clock
        return None
