"""Typing in what was phoned in or came on paper: one page, the keyboard alone, the ordinary intake.

What is typed is kept at the server at every change, so that a closed page or a
dead battery costs nothing. Without JavaScript the same page is a plain form.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from typing import Any, Final
from urllib.parse import urlencode

from flask import current_app, flash, jsonify, redirect, render_template, request, url_for
from itsdangerous import BadSignature, URLSafeSerializer
from markupsafe import Markup
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from observer_kit.checklists.model import NOT_APPLICABLE, NOT_OBSERVED, Checklist
from observer_kit.collection.keyed import say_time
from observer_kit.errors import KitError, NotFound
from observer_kit.missions.model import Location, Mission, Team
from observer_kit.storage import checklists, register, submissions, typed, typing_drafts
from observer_kit.storage.submissions import Filters, Row, StoredSubmission
from observer_kit.storage.typed import SOURCES
from observer_kit.trust.model import Account
from observer_kit.web import numbers
from observer_kit.web.access import audience, current_account, store
from observer_kit.web.access import mission as this_mission
from observer_kit.web.desk import bp
from observer_kit.web.desk.keyed import (
    HEAD,
    CorrectedAlready,
    Pairs,
    Place,
    Ticket,
    bind,
    failing_rules,
    find_place,
    find_team,
    pairs_from,
    pairs_of,
    send,
)
from observer_kit.web.observer.controls import Control, Leaf, leaves
from observer_kit.web.speech import language, moment, tell, text

LATEST: Final = 12
LONGEST: Final = 200
YES_NO_KEYS: Final = {"yes": "1", "no": "2", NOT_APPLICABLE: "3", NOT_OBSERVED: "4"}
WAY_OUT_KEYS: Final = {NOT_APPLICABLE: "n", NOT_OBSERVED: "o"}
KEYS: Final = "123456789abdefghijklmpqrstuvwxyz"
"""Keys of choices, in their order; c (comment), n and o (the ways out) are left free."""


class PageExpired(KitError):
    """The page's ticket is not one of this server's: it was altered, or the server has a new key."""

    code = "page_expired"


@dataclass(frozen=True, slots=True)
class Option:
    """One answer of a question with the key that gives it; `reserved` is a way out."""

    key: str
    code: str
    label: str
    reserved: bool


@dataclass(frozen=True, slots=True)
class Head:
    """The head of the page: what was typed there and what was found for it."""

    team: Team | None
    place: Place
    source: str | None
    typed: dict[str, str]

    @property
    def missing(self) -> tuple[str, ...]:
        """Name what must be there before a report can be stored."""
        found = {"team": self.team, "station": self.place.location or self.place.name, "source": self.source}
        return tuple(name for name, value in found.items() if value is None)


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
        rows = {id: submissions.row(tx, mission, id) for id in latest}
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
        head = _head(tx, found, pairs)
    return _page(found, checklist, ticket, pairs, head)


@bp.post("/typing/<version>")
@audience("coordinator", "administrator")
def typed_in(mission: str, version: str) -> str | Response | tuple[str, int]:
    """Check, keep, or store what was typed; what the judge doubts is asked about once, and never refused."""
    found, act = this_mission(), request.form.get("act", "send")
    ticket, pairs = _ticket(), pairs_of(request.form)
    with store().reading() as tx:
        checklist = checklists.published(tx, mission, version)
        head = _head(tx, found, pairs)
        corrected = submissions.get(tx, mission, ticket.supersedes) if ticket.supersedes else None
    _keep(found, checklist, ticket, pairs)
    if act == "keep":
        flash(tell("typing.kept_now"))
        return redirect(url_for("desk.typing", mission=mission), code=303)
    form = bind(checklist, pairs, found.day, language())
    fine = form.validate() and not failing_rules(checklist, form)
    if act == "check" or head.missing or (act != "store" and not fine):
        return _page(found, checklist, ticket, pairs, head, form, act), 200 if act == "check" else 422
    try:
        stored = send(
            found, checklist, form, ticket=ticket, team=head.team, place=head.place, source=str(head.source),
            clerk=_clerk(), kept=_unkeyed(checklist, corrected), told=request.form.get("told"),
        )  # fmt: skip
    except CorrectedAlready as other:
        _keep(found, checklist, ticket, pairs)
        return _page(found, checklist, ticket, pairs, head, form, act, other.latest), other.status
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
        head = _head(tx, found, pairs)
        already = _already(tx, found, checklist, head, ticket)
    _keep(found, checklist, ticket, pairs)
    form = bind(checklist, pairs, found.day, language())
    form.validate()
    given = {name for name, value in pairs if value.strip()}
    problems = {name: list(map(str, field.errors)) for name, field in form._fields.items() if field.errors}
    return jsonify(
        draft=ticket.id,
        problems={name: said for name, said in problems.items() if name in given},
        said={"team": _team_said(head), "station": _station_said(head.place)},
        already=[
            {"id": row.id, "address": url_for("desk.submission", mission=mission, id=row.id), "said": _told(row)}
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


def _page(
    mission: Mission,
    checklist: Checklist,
    ticket: Ticket,
    pairs: Pairs,
    head: Head,
    form: Any = None,
    act: str | None = None,
    latest: str | None = None,
) -> str:
    bound = form if form is not None else bind(checklist, pairs, mission.day, language())
    with store().reading() as tx:
        already = _already(tx, mission, checklist, head, ticket)
        teams = register.teams(tx, mission.code)
    sections = leaves(checklist, bound, scripted=False)
    controls = [each for each in _controls(sections) if each.kind != "note"]
    return render_template(
        "desk/typing_page.html",
        mission=mission,
        checklist=checklist,
        sections=sections,
        numbers=_numbers(checklist),
        wrong=[control for control in controls if control.errors],
        rules=failing_rules(checklist, bound) if form is not None else [],
        act=act,
        latest=latest,
        ticket=_signer().dumps(asdict(ticket)),
        draft=ticket.id,
        supersedes=ticket.supersedes,
        head=head,
        head_missing=head.missing if act in ("send", "store", "check") else (),
        said={"team": _team_said(head), "station": _station_said(head.place)},
        already=already,
        teams=teams,
        sources=tuple(SOURCES),
        options=options_of,
        value=lambda control: say_time(control.text, mission.day) if control.type == "datetime" else control.text,
    )


def options_of(control: Control) -> list[Option]:
    """Give each answer its key: 1 to 4 for yes, no and the ways out; digits and then letters for choices."""
    if control.type == "yes_no":
        every = (*control.options, *control.ways_out)
        return [Option(YES_NO_KEYS[code], code, label, code in WAY_OUT_KEYS) for code, label in every]
    found = [Option(key, *option, False) for key, option in zip(KEYS, control.options, strict=False)]
    found += [Option("", code, label, False) for code, label in control.options[len(KEYS) :]]
    return found + [Option(WAY_OUT_KEYS[code], code, label, True) for code, label in control.ways_out]


def _numbers(checklist: Checklist) -> dict[str, int]:
    """Number the questions as the paper form does, so that a voice can say "14: yes"."""
    asked = (question.name for question in checklist.questions() if question.type != "note")
    return {name: place for place, name in enumerate(asked, start=1)}


def _controls(sections: Iterable[Leaf]) -> Iterator[Control]:
    for section in sections:
        for group in section.groups:
            for row in (group.controls, *group.rows):
                yield from row


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


def _head(tx: Session, mission: Mission, pairs: Pairs) -> Head:
    found = {name: value[:LONGEST] for name, value in pairs if name in HEAD}
    given = {name[5:]: found.get(name, "") for name in HEAD}
    team = find_team(register.teams(tx, mission.code), given["team"])
    place = find_place(tx, mission, given["station"], team.region if team else None)
    return Head(team, place, given["source"] if given["source"] in SOURCES else None, given)


def _already(tx: Session, mission: Mission, checklist: Checklist, head: Head, ticket: Ticket) -> list[Row]:
    """Give the reports that this team has sent of this place and checklist: most likely the one that is being typed."""
    if head.team is None or head.place.location is None or ticket.supersedes is not None:
        return []
    filters = Filters(checklist=checklist.name, team=head.team.code, location=head.place.location.code, counted=True)
    return [row for row in submissions.page(tx, mission.code, filters, 0, 5).rows if row.id != ticket.id]


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


def _signer() -> URLSafeSerializer:
    return URLSafeSerializer(str(current_app.secret_key), salt="typing-ticket")


def _ticket() -> Ticket:
    try:
        return Ticket(**_signer().loads(request.form.get("ticket", "")))
    except (BadSignature, TypeError):
        raise PageExpired(tell("typing.expired")) from None


def _team_said(head: Head) -> str:
    if head.team is None:
        return tell("typing.team_unknown") if head.typed["team"] else ""
    return head.team.code if head.team.name == head.team.code else f"{head.team.code} · {head.team.name}"


def _station_said(place: Place) -> str:
    if place.location is not None:
        return _named(place.location)
    if place.several:
        return tell("typing.several", codes=", ".join(each.code for each in place.several))
    return tell("typing.station_unknown") if place.name else ""


def _named(location: Location) -> str:
    parts = (location.code, location.number if location.number != location.code else None, text(location.name))
    return " · ".join(part for part in parts if part)


def _told(row: Row) -> str:
    return tell("typing.already_at", at=moment(row.received, this_mission().zone), short=row.id[:8])


def _said(mission: str, stored: str, head: Head, correction: bool) -> Markup:
    """Say that it is stored, with the way to it."""
    link = Markup('<a href="{}">{}</a>').format(url_for("desk.submission", mission=mission, id=stored), stored[:8])
    said = tell("typing.stored_correction" if correction else "typing.stored", team=head.team.code if head.team else "")
    return Markup("{} {}").format(said, link)
