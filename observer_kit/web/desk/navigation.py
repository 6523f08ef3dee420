"""The desk's navigation: a line of a few groups, and under it the pages of the group one is in."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from flask import current_app, request

from observer_kit.web.access import audiences_of, may
from observer_kit.web.desk import bp
from observer_kit.web.speech import tell


@dataclass(frozen=True, slots=True)
class Tab:
    """A page of the navigation; `family` are beginnings of the endpoints that belong to it."""

    label: str
    endpoint: str
    family: tuple[str, ...] = ()

    def fits(self, here: str) -> int:
        """Give how well an endpoint belongs here: the length of what they share, 0 where it does not."""
        return max((len(each) for each in (self.endpoint, *self.family) if here.startswith(each)), default=0)


@dataclass(frozen=True, slots=True)
class Group:
    """A group of pages that answer one kind of question."""

    label: str
    tabs: tuple[Tab, ...]


GROUPS: Final = (
    Group("desk.group_day", (
        Tab("desk.tab_day", "desk.day"),
        Tab("desk.tab_incidents", "desk.incidents", ("desk.incident",)),
        Tab("desk.tab_diary", "desk.diary"),
    )),
    Group("desk.group_reports", (
        Tab("desk.tab_submissions", "desk.submissions", (
            "desk.submission", "desk.review", "desk.photo", "desk.note", "desk.conflicts", "desk.beside",
            "desk.preview_many",
        )),
        Tab("desk.tab_typing", "desk.typing", ("desk.typ", "desk.key")),
        Tab("desk.tab_arrivals", "desk.arrivals", ("desk.arriv", "desk.bring")),
    )),
    Group("desk.group_teams", (
        Tab("desk.tab_chase", "desk.chase", ("desk.call",)),
        Tab("desk.tab_teams", "desk.teams", ("desk.team", "desk.phone")),
    )),
    Group("desk.group_answers", (
        Tab("desk.tab_questions", "desk.questions_first", ("desk.question",)),
        Tab("desk.tab_comparisons", "desk.comparisons", ("desk.compar",)),
        Tab("desk.tab_quality", "desk.quality"),
    )),
    Group("desk.group_results", (
        Tab("desk.tab_protocols", "desk.protocols", ("desk.protocol",)),
        Tab("desk.tab_aggregation", "desk.aggregation", ("desk.aggregat",)),
    )),
    Group("desk.tab_office", (Tab("desk.tab_office", "office.figures", ("office.",)),)),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Link:
    """One link of the navigation, as the page shows it."""

    label: str
    endpoint: str
    current: bool


@bp.app_template_global("desk_navigation")
def desk_navigation() -> tuple[list[Link], list[Link]]:
    """Give the groups, and the pages of the one that this page is in: only what this person may open."""
    here = request.endpoint or ""
    best = max((tab.fits(here) for group in GROUPS for tab in group.tabs), default=0)
    groups, pages = [], []
    for group in GROUPS:
        tabs = [tab for tab in group.tabs if _open(tab.endpoint)]
        if not tabs:
            continue
        within = best > 0 and any(tab.fits(here) == best for tab in group.tabs)
        groups.append(Link(tell(group.label), tabs[0].endpoint, within))
        if within and len(tabs) > 1:
            pages = [Link(tell(tab.label), tab.endpoint, tab.fits(here) == best) for tab in tabs]
    return groups, pages


def _open(endpoint: str) -> bool:
    return endpoint in current_app.view_functions and may(*audiences_of(endpoint))
