"""The list of submissions, behind every number of the desk."""

from __future__ import annotations

from flask import render_template

from observer_kit.checklists.model import Checklist
from observer_kit.storage import checklists, register
from observer_kit.web import numbers
from observer_kit.web.access import READERS, audience, store
from observer_kit.web.access import mission as this_mission
from observer_kit.web.desk import bp
from observer_kit.web.desk.answers import written
from observer_kit.web.desk.filters import REVIEWS, STATES, page_number, query, read_filters
from observer_kit.web.speech import tell, tell_or, text

PER_PAGE = 50


@bp.get("/submissions")
@audience(*READERS)
def submissions(mission: str) -> str:
    """List the submissions that fit the filters, the latest received first."""
    filters = read_filters()
    page = page_number()
    with store().reading() as tx:
        found = numbers.listed(tx, mission, filters, (page - 1) * PER_PAGE, PER_PAGE)
        current = numbers.in_order(checklists.current(tx, mission))
        regions, teams = register.regions(tx, mission), register.teams(tx, mission)
    chosen = ""
    if filters.question:
        asked = current.get(filters.checklist or "")
        chosen = _chosen(asked, filters.question, filters.answer or "asked")
    return render_template(
        "desk/submissions.html",
        mission=this_mission(),
        found=found,
        page=page,
        per_page=PER_PAGE,
        filters=filters,
        chosen=chosen,
        link=query(filters),
        current=current,
        regions=regions,
        region_names={each.code: each.name for each in regions},
        teams=teams,
        reviews=REVIEWS,
        states=STATES,
    )


def _chosen(checklist: Checklist | None, name: str, answers: str) -> str:
    """Say in words which answer led here."""
    question = next((each for each in checklist.questions() if each.name == name), None) if checklist else None
    words = [
        written(question, code) if question and code in question.codes else tell_or(f"desk.state_{code}", code)
        for code in answers.split(",")
    ]
    return tell("desk.chosen", question=text(question.label) if question else name, answer=" / ".join(words))
