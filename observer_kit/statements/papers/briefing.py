"""The coordinator's briefing: one A4 page at any hour, of what is in, missing, open, and not known."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from observer_kit.statements.papers.frame import STYLES, Paper, render, say

OWN: Final = ("briefing.css",)


@dataclass(frozen=True, slots=True)
class StageLine:
    """One stage: reports that count, those since the last briefing, and how the expected ones stand.

    None stands where nobody can say: no plan names the teams, or no number is expected.
    """

    name: str
    short: str
    reports: int
    new: int
    places: int
    expected: int | None
    due: int | None
    late: int | None
    silent: int | None
    unreachable: int | None
    printed: bool = True


@dataclass(frozen=True, slots=True)
class RegionLine:
    """One region: the reports of each stage, in the order of the stages, and how many are overdue."""

    name: str
    reports: tuple[int, ...]
    overdue: int | None


@dataclass(frozen=True, slots=True)
class ShareLine:
    """One question's cases over those that answered; `per_cent` is empty where the base is too small for one."""

    stage: str
    question: str
    answers: str
    per_cent: str
    cases: int
    base: int
    not_applicable: int
    not_observed: int
    missing: int
    new: int
    new_base: int
    printed: bool = True


@dataclass(frozen=True, slots=True)
class IncidentLine:
    """One open incident in few words."""

    at: str
    state: str
    severity: str
    headline: str
    place: str
    team: str


@dataclass(frozen=True, slots=True)
class IncidentCount:
    """How many open incidents of one severity stand in each state, in the order of the states."""

    severity: str
    numbers: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class ProtocolLine:
    """One results protocol that does not add up: where, how many formulas, and the first of them."""

    place: str
    formulas: int
    first: str


@dataclass(frozen=True, slots=True)
class Briefing:
    """Everything that stands on the page, in its language; `teams` are (state, codes) of those to call."""

    mission: str
    organisation: str
    at: str
    since: str
    stages: tuple[StageLine, ...]
    regions: tuple[RegionLine, ...]
    teams: tuple[tuple[str, tuple[str, ...]], ...]
    states: tuple[str, ...]
    counts: tuple[IncidentCount, ...]
    incidents: tuple[IncidentLine, ...]
    open: int
    closed: int
    shares: tuple[ShareLine, ...]
    protocols: int
    failing: int
    incomplete: int
    protocol_lines: tuple[ProtocolLine, ...]
    changes: tuple[str, ...]
    unknown: tuple[str, ...]
    sample: str = ""
    notice: str | None = None


@dataclass(frozen=True, slots=True)
class Room:
    """How much of each list a draft shows, and how long a name may be in it."""

    regions: int
    shares: int
    incidents: int
    protocols: int
    teams: int
    changes: int
    letters: int


ROOMS: Final = (
    Room(24, 14, 6, 4, 60, 8, 110),
    Room(21, 11, 5, 4, 44, 8, 100),
    Room(19, 9, 5, 3, 36, 8, 95),
    Room(18, 8, 4, 3, 30, 8, 90),
    Room(17, 7, 4, 2, 24, 8, 85),
    Room(16, 6, 3, 2, 20, 8, 80),
    Room(14, 5, 3, 2, 16, 7, 75),
    Room(12, 5, 2, 1, 14, 7, 70),
    Room(9, 4, 2, 1, 12, 6, 60),
    Room(6, 3, 1, 1, 8, 5, 44),
    Room(2, 2, 1, 0, 2, 3, 22),
)
"""From the fullest page to the barest; whatever a draft leaves out, it says how much that is."""


def clipped(words: str, letters: int) -> str:
    """Cut a text to its first letters, visibly."""
    words = " ".join(words.split())
    return words if len(words) <= letters else words[: letters - 1].rstrip() + "…"


def others(lines: Sequence[RegionLine], name: str) -> RegionLine | None:
    """Add up the regions that a draft has no room for."""
    if not lines:
        return None
    known = [line.overdue for line in lines if line.overdue is not None]
    return RegionLine(
        name, tuple(sum(column) for column in zip(*(line.reports for line in lines), strict=True)),
        sum(known) if known else None,
    )  # fmt: skip


def render_html(told: Briefing, language: str, fit: Room = ROOMS[0], *, on_screen: bool = False) -> str:
    """Set the page with as much in it as there is room for."""
    rest = told.regions[fit.regions :]
    return render(
        "briefing.html", language, styles=OWN, title=say(language, "paper", "briefing_title"),
        mission=clipped(told.mission, 90), organisation=told.organisation,
        sub=say(language, "paper", "briefing_at", at=told.at, since=told.since), notice=told.notice,
        on_screen=on_screen, told=told, fit=fit, clipped=clipped,
        rest=others(rest, say(language, "paper", "briefing_other_regions", n=len(rest))),
    )  # fmt: skip


def paper(told: Briefing, language: str) -> Paper:
    """Give the page, ready to be set: the fullest draft that is one page."""
    return Paper(tuple(render_html(told, language, fit) for fit in ROOMS), (*STYLES, *OWN), most=1)
