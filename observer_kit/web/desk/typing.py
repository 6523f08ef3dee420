"""Typing in what was phoned in or came on paper: one page, the keyboard alone, the ordinary intake.

What is typed is kept at the server at every change, so that a closed page or a
dead battery costs nothing. Without JavaScript the same page is a plain form.
"""

from __future__ import annotations

from dataclasses import asdict
from typing import Any, Final
from urllib.parse import urlencode

from flask import flash, jsonify, redirect, render_template, request, url_for
from itsdangerous import BadSignature
from markupsafe import Markup
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from observer_kit.checklists.model import Checklist
from observer_kit.errors import KitError, NotFound
from observer_kit.missions.model import Mission
from observer_kit.storage import checklists, listing, register, submissions, typed, typing_drafts
from observer_kit.storage.submissions import StoredSubmission
from observer_kit.storage.typed import SOURCES
from observer_kit.trust.model import Account
from observer_kit.web import numbers
from observer_kit.web.access import audience, current_account, store
from observer_kit.web.access import mission as this_mission
from observer_kit.web.desk import bp
from observer_kit.web.desk.keyed import HEAD, Pairs, bind, failing_rules, pairs_from, pairs_of
from observer_kit.web.desk.typing_head import LONGEST, Head, already_sent, head_of, station_said, team_said, told
from observer_kit.web.desk.typing_page import KEYS, page, signer
from observer_kit.web.desk.typing_send import CorrectedAlready, Ticket, send
from observer_kit.web.speech import language, tell

LATEST: Final = 12


class PageExpired(KitError):
    """The page's ticket is not one of this server's: it was altered, or the server has a new key."""

    code = "page_expired"


@bp.get("/typing")
@audience("coordinator", "administrator")
def typing(mission: str) -> str | Response:
    """Choose team, station and checklist; with all of them given, lead to the page."""
    given = {name: request.args.get(name, "")[:LONGEST].strip() for name in ("team", "station", "source", "checklist")}
    with store().reading() as tx:
        current = numbers.in_order(checklists.current(tx, mission))
        wanted = current.get(given["checklist"])
        if wanted is not None:
            head = {name: value for name, value in given.items() if name != "checklist" and value}
            address = url_for("desk.type_in", mission=mission, version=wanted.version)
            return redirect(f"{address}?{urlencode(head)}", code=303)
        latest = typed.latest(tx, mission, LATEST)
        rows = {id: listing.row(tx, mission, id) for id in latest}
        drafts = typing_drafts.all(tx, mission, _clerk().id)
        titles = {each.version: checklists.get(tx, each.version).title for each in drafts}
        teams = register.teams(tx, mission)
    return render_template(
        "desk/typing.html",
        mission=this_mission(),
        current=current,
        given=given,
        teams=teams,
        sources=tuple(SOURCES),
        keys=KEYS,
        drafts=[(each, titles[each.version], dict(each.document["pairs"])) for each in drafts],
        latest=[(rows[id], each) for id, each in latest.items()],
    )


@bp.get("/typing/<version>")
@audience("coordinator", "administrator")
def type_in(mission: str, version: str) -> str:
    """Show the page: empty, a draft that goes on, or a report that is to be corrected."""
    found = this_mission()
    with store().reading() as tx:
        checklist = checklists.published(tx, mission, version)
        ticket, pairs = _begin(tx, found, checklist)
        head = head_of(tx, found, pairs)
    return page(found, checklist, ticket, pairs, head)


@bp.post("/typing/<version>")
@audience("coordinator", "administrator")
def typed_in(mission: str, version: str) -> str | Response | tuple[str, int]:
    """Check, keep, or store what was typed; what the judge doubts is asked about once, and never refused."""
    found, act = this_mission(), request.form.get("act", "send")
    ticket, pairs = _ticket(), pairs_of(request.form)
    with store().reading() as tx:
        checklist = checklists.published(tx, mission, version)
        head = head_of(tx, found, pairs)
        corrected = submissions.get(tx, mission, ticket.supersedes) if ticket.supersedes else None
    _keep(found, checklist, ticket, pairs)
    if act == "keep":
        flash(tell("typing.kept_now"))
        return redirect(url_for("desk.typing", mission=mission), code=303)
    form = bind(checklist, pairs, found.day, language())
    fine = form.validate() and not failing_rules(checklist, form)
    if act == "check" or head.missing or (act != "store" and not fine):
        return page(found, checklist, ticket, pairs, head, form, act), 200 if act == "check" else 422
    try:
        stored = send(
            found, checklist, form, ticket=ticket, team=head.team, place=head.place, source=str(head.source),
            clerk=_clerk(), kept=_unkeyed(checklist, corrected), told=request.form.get("told"),
        )  # fmt: skip
    except CorrectedAlready as other:
        _keep(found, checklist, ticket, pairs)
        return page(found, checklist, ticket, pairs, head, form, act, other.latest), other.status
    with store().atomic() as tx:
        typing_drafts.drop(tx, mission, _clerk().id, ticket.id)
    flash(_said(mission, stored, head, corrected is not None))
    if corrected is not None:
        return redirect(url_for("desk.submission", mission=mission, id=stored), code=303)
    return redirect(url_for("desk.typing", mission=mission, source=head.source), code=303)


@bp.post("/typing/<version>/draft")
@audience("coordinator", "administrator")
def keep_typing(mission: str, version: str) -> Response:
    """Keep the page as it stands, and say what the judge and the register say of it so far."""
    found, ticket, pairs = this_mission(), _ticket(), pairs_of(request.form)
    with store().reading() as tx:
        checklist = checklists.published(tx, mission, version)
        head = head_of(tx, found, pairs)
        already = already_sent(tx, found, checklist, head, ticket)
    _keep(found, checklist, ticket, pairs)
    form = bind(checklist, pairs, found.day, language())
    form.validate()
    given = {name for name, value in pairs if value.strip()}
    problems = {name: list(map(str, field.errors)) for name, field in form._fields.items() if field.errors}
    return jsonify(
        draft=ticket.id,
        problems={name: said for name, said in problems.items() if name in given},
        said={"team": team_said(head), "station": station_said(head.place)},
        already=[
            {"id": row.id, "address": url_for("desk.submission", mission=mission, id=row.id), "said": told(row)}
            for row in already
        ],
    )


@bp.post("/typing/discard")
@audience("coordinator", "administrator")
def discard_typing(mission: str) -> Response:
    """Throw a draft away."""
    with store().atomic() as tx:
        typing_drafts.drop(tx, mission, _clerk().id, request.form.get("draft", ""))
    flash(tell("typing.discarded"))
    return redirect(url_for("desk.typing", mission=mission), code=303)


def _begin(tx: Session, mission: Mission, checklist: Checklist) -> tuple[Ticket, Pairs]:
    """Give ticket and content of the page that is asked for."""
    if wanted := request.args.get("draft"):
        draft = typing_drafts.get(tx, mission.code, _clerk().id, wanted)
        if draft is None or draft.version != checklist.version:
            raise NotFound(tell("typing.no_draft"))
        return Ticket(**draft.document["ticket"]), [(str(name), str(value)) for name, value in draft.document["pairs"]]
    if wanted := request.args.get("correct"):
        stored = submissions.get(tx, mission.code, wanted)
        if stored.submission.version != checklist.version:
            raise NotFound(tell("typing.no_draft"))
        place = stored.submission.location
        location = register.get(tx, mission.code, place) if place else None
        zone = location.zone if location else mission.zone
        before = typed.of(tx, [wanted]).get(wanted)
        pairs = pairs_from(checklist, stored.submission, zone, before.source if before else "")
        return Ticket.new(stored.submission.visit, wanted), pairs
    return Ticket.new(), [(name, request.args.get(name[5:], "")[:LONGEST]) for name in HEAD]


def _keep(mission: Mission, checklist: Checklist, ticket: Ticket, pairs: Pairs) -> None:
    document = {"ticket": asdict(ticket), "pairs": [list(pair) for pair in pairs if pair[1]]}
    with store().atomic() as tx:
        typing_drafts.keep(tx, mission.code, _clerk().id, ticket.id, checklist.version, document)


def _unkeyed(checklist: Checklist, corrected: StoredSubmission | None) -> dict[str, Any]:
    """Give what no keyboard gives, so that a correction does not lose it: the photos."""
    if corrected is None:
        return {}
    photos = {question.name for question in checklist.questions() if question.type == "photo"}
    answers = corrected.submission.answers
    return {
        name: value
        for name, value in answers.items()
        if name.partition("[")[0] in photos and isinstance(value, str)
    }  # fmt: skip


def _clerk() -> Account:
    account = current_account()
    assert account is not None  # no view of this page is open to anyone who is not signed in
    return account


def _ticket() -> Ticket:
    try:
        return Ticket(**signer().loads(request.form.get("ticket", "")))
    except (BadSignature, TypeError):
        raise PageExpired(tell("typing.expired")) from None


def _said(mission: str, stored: str, head: Head, correction: bool) -> Markup:
    """Say that it is stored, with the way to it."""
    link = Markup('<a href="{}">{}</a>').format(url_for("desk.submission", mission=mission, id=stored), stored[:8])
    said = tell("typing.stored_correction" if correction else "typing.stored", team=head.team.code if head.team else "")
    return Markup("{} {}").format(said, link)
