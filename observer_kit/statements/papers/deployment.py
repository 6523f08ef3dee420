"""The deployment plan: for each team its own pages, with the stations of each day, their hours, what is expected."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from observer_kit.statements.papers.frame import STYLES, Paper, render, say

OWN: Final = ("deployment.css",)


@dataclass(frozen=True, slots=True)
class Task:
    """One report that is expected, and until when, on the station's clock."""

    stage: str
    due: str


@dataclass(frozen=True, slots=True)
class Stop:
    """One place a team is sent to, its hours, and what is expected from there."""

    place: str
    about: str
    hours: str
    tasks: tuple[Task, ...]


@dataclass(frozen=True, slots=True)
class Day:
    """One day of a team."""

    label: str
    stops: tuple[Stop, ...]


@dataclass(frozen=True, slots=True)
class TeamPlan:
    """One team's pages; `phone` is None where the reader may not see it."""

    team: str
    name: str
    region: str
    phone: str | None
    days: tuple[Day, ...]


@dataclass(frozen=True, slots=True)
class Deployment:
    """The whole plan; `emergency` are whom to call, each with a number."""

    mission: str
    organisation: str
    at: str
    teams: tuple[TeamPlan, ...]
    emergency: tuple[tuple[str, str], ...]
    remark: str = ""
    notice: str | None = None


def render_html(told: Deployment, language: str, *, on_screen: bool = False) -> str:
    """Set the plan as HTML, every team on pages of its own."""
    return render(
        "deployment.html", language, styles=OWN, title=say(language, "paper", "deployment_title"),
        mission=told.mission, organisation=told.organisation, notice=told.notice, on_screen=on_screen, told=told,
    )  # fmt: skip


def paper(told: Deployment, language: str) -> Paper:
    """Give the plan, ready to be set."""
    return Paper((render_html(told, language),), (*STYLES, *OWN))
