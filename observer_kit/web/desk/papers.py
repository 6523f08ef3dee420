"""What the desk gives on paper: the briefing, the digest, a submission, forms blank and filled, the deployment plan."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import time

from flask import Response, request

from observer_kit import clock
from observer_kit.checklists.model import LANGUAGES
from observer_kit.errors import NotFound
from observer_kit.missions.model import Mission
from observer_kit.statements.papers import briefing as briefing_paper
from observer_kit.statements.papers import deployment as deployment_paper
from observer_kit.statements.papers import incidents as incidents_paper
from observer_kit.statements.papers import submission as submission_paper
from observer_kit.storage import checklists, handlings, typing_drafts
from observer_kit.web.access import READERS, audience, config, current_account, may, store
from observer_kit.web.access import mission as this_mission
from observer_kit.web.chase import Wanted
from observer_kit.web.desk import bp
from observer_kit.web.desk.filters import read_filters
from observer_kit.web.downloads import given_paper
from observer_kit.web.exports import name_of
from observer_kit.web.moments import moment_at
from observer_kit.web.sheets import briefing, deployment, forms, incidents, submission
from observer_kit.web.sheets.hours import hour as hour_of
from observer_kit.web.speech import language, speaking, tell

TYPISTS = ("coordinator", "administrator")
"""Who sees the teams' telephone numbers, and types reports in."""


@bp.get("/briefing.pdf")
@audience(*READERS)
def briefing_pdf(mission: str) -> Response:
    """Give the coordinator's briefing as the day stands now, or stood `at` a moment gone by.

    `since` asks for another hour than the last briefing's.
    """
    found, wanted = this_mission(), request.args.get("at")
    at = moment_at(wanted, found.zone, "at") if wanted else None
    with _spoken() as spoken, store().reading() as tx:
        hour = hour_of(tx, found, clock.now(), at)
        since = briefing.since_of(found, hour.at, _hour(request.args.get("since", "")))
        made = briefing_paper.paper(briefing.gather(hour, since), spoken)
    return given_paper(_named(found, "briefing", spoken), made)


@bp.get("/incidents.pdf")
@audience(*READERS)
def incidents_pdf(mission: str) -> Response:
    """Give the incidents that the inbox shows, narrowed as the inbox is."""
    found = this_mission()
    wanted = request.args.get("incident", "")
    state = wanted if wanted in handlings.STATES else None
    filters = read_filters(checklist=None, question=None, answer=None, review=None, state=None, hour=None)
    with _spoken() as spoken, store().reading() as tx:
        narrowed = incidents.narrowed_by(tx, found, filters, state)
        made = incidents_paper.paper(
            incidents.gather(tx, found, clock.now(), filters, state, narrowed=narrowed), spoken
        )
    return given_paper(_named(found, "incidents", spoken), made)


@bp.get("/submissions/<id>.pdf")
@audience(*READERS)
def submission_pdf(mission: str, id: str) -> Response:
    """Give one submission with its photos and its history."""
    found = this_mission()
    with _spoken() as spoken, store().reading() as tx:
        made = submission_paper.paper(submission.gather(tx, config(), found, id), spoken)
    return given_paper(_named(found, f"submission-{id[:8]}", spoken), made)


@bp.get("/submissions/<id>/form.pdf")
@audience(*READERS)
def submission_form(mission: str, id: str) -> Response:
    """Give one submission as the paper form, filled in."""
    found = this_mission()
    with _spoken() as spoken, store().reading() as tx:
        made = forms.filled(tx, found, id)
    return given_paper(_named(found, f"form-{id[:8]}", spoken), made)


@bp.get("/typing/<version>/form.pdf")
@audience(*TYPISTS)
def form_pdf(mission: str, version: str) -> Response:
    """Give a checklist's form: blank, or with what this clerk's draft holds so far."""
    found, wanted = this_mission(), request.args.get("draft")
    account = current_account()
    with _spoken() as spoken, store().reading() as tx:
        asked = checklists.published(tx, mission, version)
        if wanted:
            draft = typing_drafts.get(tx, mission, account.id if account else "", wanted)
            if draft is None or draft.version != version:
                raise NotFound(tell("typing.no_draft"))
            pairs = [(str(name), str(value)) for name, value in draft.document["pairs"]]
            head = {name.removeprefix("head:"): value for name, value in pairs if name.startswith("head:")}
            made = forms.drafted(found, asked, pairs, head)
        else:
            made = forms.blank(found, asked)
    return given_paper(_named(found, f"form-{asked.name}", spoken), made)


@bp.get("/deployment.pdf")
@audience(*READERS)
def deployment_pdf(mission: str) -> Response:
    """Give the deployment plan, a page for each team; the numbers only to those who call."""
    found = this_mission()
    wanted = Wanted(region=request.args.get("region") or None, team=request.args.get("team") or None)
    with _spoken() as spoken, store().reading() as tx:
        told = deployment.gather(tx, found, clock.now(), wanted, phones=may(*TYPISTS))
        made = deployment_paper.paper(told, spoken)
    return given_paper(_named(found, "deployment", spoken), made)


@contextmanager
def _spoken() -> Iterator[str]:
    """Speak the language that the address asks for, else the page's."""
    wanted = request.args.get("lang", "")
    chosen = wanted if wanted in LANGUAGES else language()
    with speaking(chosen):
        yield chosen


def _named(mission: Mission, what: str, spoken: str) -> str:
    return f"{name_of(mission, what)}-{spoken}.pdf"


def _hour(text: str) -> time | None:
    try:
        return time.fromisoformat(text) if len(text) == 5 else None
    except ValueError:
        return None
