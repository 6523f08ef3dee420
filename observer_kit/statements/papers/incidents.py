"""The incident digest: the desk's inbox on paper, by state and severity, with every step that was taken."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from observer_kit.statements.papers.frame import STYLES, Paper, render, say

OWN: Final = ("digest.css",)


@dataclass(frozen=True, slots=True)
class Step:
    """What the desk did about an incident, and when."""

    state: str
    note: str
    at: str
    by: str


@dataclass(frozen=True, slots=True)
class Case:
    """One incident: `at` on its station's clock, `facts` what else was answered about it."""

    id: str
    headline: str
    detail: str
    at: str
    place: str
    region: str
    team: str
    facts: tuple[str, ...]
    steps: tuple[Step, ...]
    typed: str = ""


@dataclass(frozen=True, slots=True)
class Group:
    """The incidents of one state and severity."""

    state: str
    severity: str
    cases: tuple[Case, ...]


@dataclass(frozen=True, slots=True)
class Digest:
    """The whole digest; `counts` are the rows of its table: a state and its numbers by severity, in order."""

    mission: str
    organisation: str
    at: str
    filters: str
    severities: tuple[str, ...]
    counts: tuple[tuple[str, tuple[int, ...]], ...]
    groups: tuple[Group, ...]
    total: int
    left_out: int = 0
    notice: str | None = None
    made_up: str = ""


def render_html(told: Digest, language: str, *, on_screen: bool = False) -> str:
    """Set the digest as HTML."""
    said = " · ".join(filter(None, (say(language, "paper", "as_of", at=told.at), told.filters)))
    return render(
        "incidents.html", language, styles=OWN, title=say(language, "paper", "digest_title"), mission=told.mission,
        organisation=told.organisation, sub=said, notice=told.notice, on_screen=on_screen, told=told,
    )  # fmt: skip


def paper(told: Digest, language: str) -> Paper:
    """Give the digest, ready to be set."""
    return Paper((render_html(told, language),), (*STYLES, *OWN))
