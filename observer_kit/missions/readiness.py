"""What a phone says of itself before the day, and what of it still stands between the phone and the day."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from observer_kit.clock import read_stamp
from observer_kit.errors import ReadinessMalformed
from observer_kit.missions.conduct import LONGEST_VERSION, conduct_of
from observer_kit.missions.model import Mission

STATES: Final = ("ok", "weak", "failed", "unknown")
"""As it should be; it works, and could be better; it does not work; the browser can't say, or nobody tried."""
CHECKS: Final = ("storage", "space", "private", "installed", "offline", "camera", "position", "pin")
"""What the phone finds out by itself; clock and delivery show in the report's own arrival."""
_NEEDED: Final = ("space", "private", "offline")
_MOST_FREE: Final = 10_000_000
_SHELL: Final = re.compile(r"[0-9a-f]{16}")
CLOCK_FINE, CLOCK_BEARABLE = 120, 600
"""Seconds: beyond the first it should be set right, beyond the second every report is marked."""


@dataclass(frozen=True, slots=True)
class Report:
    """What a phone said: its checks, the version of its pages, megabytes free, the code of conduct it accepted."""

    checks: Mapping[str, str]
    shell: str | None
    free: int | None
    conduct: str | None
    conduct_at: datetime | None


@dataclass(frozen=True, slots=True)
class Readiness:
    """A report with what its arrival showed: when it came, how far off the clock was, whether it came sealed."""

    at: datetime
    report: Report
    clock: float
    sealed: bool


def read_report(values: Mapping[str, Any]) -> Report:
    """Read what a phone says of itself; raises ReadinessMalformed naming the key."""
    if unknown := sorted(set(map(str, values)) - {"checks", "shell", "free", "conduct"}):
        raise ReadinessMalformed("expected checks, shell, free, conduct and nothing else", place=unknown[0][:40])
    checks = values.get("checks")
    if not isinstance(checks, dict):
        raise ReadinessMalformed("expected an object of checks", place="checks")
    for name, state in checks.items():
        if name not in CHECKS:
            raise ReadinessMalformed(f"expected only {', '.join(CHECKS)}", place=f"checks.{str(name)[:40]}")
        if state not in STATES:
            raise ReadinessMalformed(f"expected one of {', '.join(STATES)}", place=f"checks.{name}")
    shell, free = values.get("shell"), values.get("free")
    if shell is not None and not (isinstance(shell, str) and _SHELL.fullmatch(shell)):
        raise ReadinessMalformed("expected the version of the pages, or null", place="shell")
    if free is not None and not (type(free) is int and 0 <= free <= _MOST_FREE):
        raise ReadinessMalformed("expected whole megabytes, or null", place="free")
    version, at = _conduct(values.get("conduct"))
    return Report(dict(checks), shell, free, version, at)


def _conduct(found: Any) -> tuple[str | None, datetime | None]:
    if found is None:
        return None, None
    version, at = (found.get("version"), found.get("at")) if isinstance(found, dict) else (None, None)
    if not isinstance(version, str) or not isinstance(at, str) or set(found) != {"version", "at"}:
        raise ReadinessMalformed("expected version and at, or null", place="conduct")
    if not version.isprintable() or len(version) > LONGEST_VERSION or len(at) > LONGEST_VERSION:
        raise ReadinessMalformed("expected one short line", place="conduct")
    try:
        return version, read_stamp(at)
    except (ValueError, OverflowError):
        raise ReadinessMalformed("expected ISO 8601 with an offset", place="conduct.at") from None


def lacking(known: Readiness, mission: Mission) -> tuple[str, ...]:
    """Name what this phone must still have before the day; empty when it is ready."""
    policy, state = mission.policy, known.report.checks.get
    found = [name for name in _NEEDED if state(name) not in ("ok", "weak")]
    if abs(known.clock) > CLOCK_BEARABLE:
        found.append("clock")
    if policy.pin == "required" and state("pin") != "ok":
        found.append("pin")
    if policy.seal and not known.sealed:
        found.append("sealing")
    if known.report.conduct != conduct_of(mission).version:
        found.append("conduct")
    return tuple(found)


def remarks(known: Readiness, mission: Mission, shell: str | None = None) -> tuple[str, ...]:
    """Name what could be better on this phone; `shell` is the version of the pages that the server gives now."""
    policy, state = mission.policy, known.report.checks.get
    asked = {"storage": True, "installed": True, "camera": policy.photos, "position": policy.position}
    found = [name for name, wanted in asked.items() if wanted and state(name) != "ok"]
    found += [name for name in _NEEDED if state(name) == "weak"]
    if policy.pin == "offered" and state("pin") != "ok":
        found.append("pin")
    if CLOCK_FINE < abs(known.clock) <= CLOCK_BEARABLE:
        found.append("clock")
    if shell is not None and known.report.shell != shell:
        found.append("version")
    return tuple(found)
