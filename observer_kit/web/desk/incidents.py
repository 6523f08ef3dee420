"""Incidents, newest first: what happened, where, and how far the desk has come with it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flask import render_template
from sqlalchemy.orm import Session

from observer_kit.checklists.model import Checklist
from observer_kit.storage import checklists, submissions
from observer_kit.storage.submissions import Filters, Row
from observer_kit.web.access import READERS, audience, store
from observer_kit.web.access import mission as this_mission
from observer_kit.web.desk import bp
from observer_kit.web.desk.answers import written
from observer_kit.web.desk.filters import page_number
from observer_kit.web.speech import text

PER_PAGE = 50
HEADLINE = 140


@dataclass(frozen=True, slots=True)
class Incident:
    """One incident report with the words that stand in the list."""

    row: Row
    headline: str
    detail: str

    @property
    def open(self) -> bool:
        """Say whether the desk still has to act."""
        return self.row.review != "verified"


@bp.get("/incidents")
@audience(*READERS)
def incidents(mission: str) -> str:
    """Show every incident that counts."""
    page = page_number()
    with store().reading() as tx:
        found = newest_incidents(tx, mission, PER_PAGE, (page - 1) * PER_PAGE)
        total = submissions.page(tx, mission, Filters(checklist="incident", counted=True), 0, 1).total
    return render_template(
        "desk/incidents.html", mission=this_mission(), incidents=found, total=total, page=page, per_page=PER_PAGE
    )


def newest_incidents(tx: Session, mission: str, limit: int, offset: int = 0) -> list[Incident]:
    """Give the incidents that count, the open ones of each page before the closed."""
    found = submissions.page(tx, mission, Filters(checklist="incident", counted=True), offset, limit)
    told = []
    for row in found.rows:
        stored = submissions.get(tx, mission, row.id)
        headline, detail = headline_of(checklists.get(tx, row.version), stored.submission.answers)
        told.append(Incident(row, headline, detail))
    return sorted(told, key=lambda each: not each.open)


def headline_of(checklist: Checklist, answers: Mapping[str, Any]) -> tuple[str, str]:
    """Choose the words for the list: the first choice answered, and the first text."""
    choice = detail = ""
    for question in checklist.questions():
        value = answers.get(question.name)
        if value in (None, "", []) or isinstance(value, Mapping):
            continue
        if not choice and question.type in ("select_one", "select_multiple") and question.choices:
            choice = written(question, value)
        elif not detail and question.type == "text":
            detail = str(value)
    if not choice and detail:
        choice, detail = detail, ""
    return (choice or text(checklist.title))[:HEADLINE], detail[:HEADLINE]
