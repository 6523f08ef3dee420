"""Fill in and send without scripts: a session cookie, ids made by the server, stored whatever was answered.

A one-time code opens the session. Reports go in under the server's own device
for these pages, which does not sign; the mission sees that. Nothing here is
ever cached.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Any, Final

from cryptography.hazmat.primitives.asymmetric import ec
from flask import Blueprint, current_app, make_response, redirect, render_template, request, session
from itsdangerous import BadSignature, URLSafeSerializer
from werkzeug.wrappers import Response as Answer

from observer_kit import clock
from observer_kit.checklists.model import LANGUAGES, STAGES, Checklist
from observer_kit.collection.forms import answers_from_form, form_class
from observer_kit.errors import CodeInvalid, NotFound, TooManyAttempts
from observer_kit.missions.model import Location, Mission
from observer_kit.storage import checklists, devices, enrolment, missions, register
from observer_kit.storage.intake import Intake
from observer_kit.trust.model import Device
from observer_kit.trust.signatures import b64u, point_of
from observer_kit.web.access import audience, store
from observer_kit.web.observer.controls import leaves, text_in
from observer_kit.words import words

bp = Blueprint("plain", __name__, url_prefix="/plain")

KEPT: Final = 20
"""Receipts that the session remembers."""


@bp.after_request
def _never_kept(response: Answer) -> Answer:
    response.headers["Cache-Control"] = "no-store"
    return response


@bp.get("/")
@audience("public")
def start() -> Answer:
    """Lead to the pages in the browser's language."""
    return redirect(f"/plain/{request.accept_languages.best_match(LANGUAGES) or 'en'}/")


@bp.get("/<any(en, ru, kk):language>/")
@audience("public")
def home(language: str) -> str:
    """Show the checklists and what was sent, or ask for the code."""
    device = _device()
    if device is None:
        return _page("enrol", language)
    with store().reading() as tx:
        mission = missions.get(tx, device.mission)
        asked = sorted(checklists.current(tx, mission.code).values(), key=lambda each: STAGES.index(each.stage))
    titles = {each.name: text_in(each.title, language) for each in asked}
    sent = session["plain"].get("sent", [])
    return _page("home", language, mission=mission, checklists=asked, titles=titles, sent=sent, text_in=text_in)


@bp.post("/<any(en, ru, kk):language>/enrol")
@audience("public")
def enrol(language: str) -> str | Answer:
    """Exchange a one-time code for a session."""
    # A page can keep no key: this one's private half is forgotten at once, and the reports go unsigned.
    point = b64u(point_of(ec.generate_private_key(ec.SECP256R1()).public_key()))
    try:
        with store().atomic() as tx:
            source = request.remote_addr or ""
            device, _ = enrolment.redeem(tx, request.form.get("code", ""), point, "plain page", source)
    except CodeInvalid:
        return _page("enrol", language, wrong=True)
    except TooManyAttempts as refusal:
        wait = int(refusal.detail["wait"])
        answer = make_response(_page("enrol", language, minutes=-(-wait // 60)), refusal.status)
        answer.headers["Retry-After"] = str(wait)
        return answer
    session["plain"] = {"device": device, "sent": []}
    return redirect(f"/plain/{language}/", code=303)


@bp.post("/<any(en, ru, kk):language>/leave")
@audience("public")
def leave(language: str) -> Answer:
    """End the session; what was sent is stored."""
    session.pop("plain", None)
    return redirect(f"/plain/{language}/", code=303)


@bp.route("/<any(en, ru, kk):language>/checklist/<version>", methods=["GET", "POST"])
@audience("public")
def fill(language: str, version: str) -> str | Answer:
    """Show a checklist, check it, or store it; errors stand beside the questions, and nothing is refused for them."""
    device = _device()
    if device is None:
        return _page("enrol", language, expired=request.method == "POST")
    with store().reading() as tx:
        mission = missions.get(tx, device.mission)
        checklist = checklists.published(tx, mission.code, version)
        place = _place(tx, mission, request.form.get("station", ""))
    form = form_class(checklist, language)(request.form if request.method == "POST" else None)
    ticket = _open(request.form.get("ticket")) or _ticket()
    shown: dict[str, Any] = {"stored": None, "refused": None, "checked": None}
    if request.method == "POST":
        form.validate()
        problems = sum(bool(getattr(field, "errors", ())) for field in form)
        if request.form.get("act") == "check":
            shown["checked"] = problems
        else:
            result = _send(mission, device, checklist, form, place, ticket)
            if "receipt" in result:
                _remember(result["id"], checklist, place)
                if not problems:
                    return redirect(f"/plain/{language}/", code=303)
                shown["stored"], shown["problems"] = result["id"], problems
                ticket = _ticket(visit=ticket["visit"], supersedes=result["id"])
            else:
                shown["refused"] = result["error"]["message"]
    return _page(
        "checklist",
        language,
        mission=mission,
        checklist=checklist,
        title=text_in(checklist.title, language),
        sections=leaves(checklist, form, scripted=False),
        ticket=_signer().dumps(ticket),
        correcting=ticket["supersedes"] is not None,
        station=request.form.get("station", ""),
        **shown,
    )


def _page(name: str, language: str, **values: Any) -> str:
    path = f"checklist/{values['checklist'].version}" if name == "checklist" else ""
    return render_template(
        f"observer/plain_{name}.html", language=language, say=words(language), path=path, short=short, **values
    )


def short(submission: str) -> str:
    """Give the short form of an id that people read out, as the phone does: 7F3A-91."""
    digits = submission.replace("-", "").upper()
    return f"{digits[:4]}-{digits[4:6]}"


def _device() -> Device | None:
    """Give the device that this session's code enrolled; None without one, or when it was withdrawn."""
    known = session.get("plain")
    if known is None:
        return None
    try:
        with store().reading() as tx:
            device = devices.get(tx, known["device"])
    except NotFound:
        return None
    return device if device.revoked is None else None


def _place(tx: Any, mission: Mission, typed: str) -> tuple[Location | None, str | None]:
    """Find the station by code or number; what is on no list goes by its name."""
    wanted = typed.strip()
    if not wanted:
        return None, None
    found = register.get(tx, mission.code, wanted.upper())
    if found is None:
        same = [each for each in register.find(tx, mission.code, search=wanted) if each.number == wanted]
        found = same[0] if len(same) == 1 else None
    return found, None if found else wanted


def _signer() -> URLSafeSerializer:
    return URLSafeSerializer(str(current_app.secret_key), salt="plain-ticket")


def _ticket(visit: str | None = None, supersedes: str | None = None) -> dict[str, Any]:
    """Make a report's id, visit and opening time: fixed by the page, so that sending it twice is one report."""
    opened = clock.stamp(clock.now())
    return {"id": clock.new_id(), "visit": visit or clock.new_id(), "supersedes": supersedes, "opened": opened}


def _open(ticket: str | None) -> dict[str, Any] | None:
    try:
        return dict(_signer().loads(ticket or ""))
    except BadSignature:
        return None


def _send(
    mission: Mission,
    device: Device,
    checklist: Checklist,
    form: Any,
    place: tuple[Location | None, str | None],
    ticket: Mapping[str, Any],
) -> Mapping[str, Any]:
    """Put the page's answers into an envelope and hand it to the intake."""
    location, name = place
    zone = location.zone if location else mission.zone
    content = {
        "location": location.code if location else None,
        "location_name": name,
        "team": device.team,
        **answers_from_form(form, zone),
        "started": ticket["opened"],
        "finished": ticket["opened"],
    }
    with store().atomic() as tx:
        own = devices.office(tx, mission.code, "plain")
    intake: Intake = current_app.extensions["intake"]
    envelope = _envelope(ticket, own, checklist, content)
    [result] = intake.receive([envelope], device=own, via="plain")
    if result["status"] == "conflict":
        # The page was sent before with other answers: this is its correction.
        again = _ticket(visit=ticket["visit"], supersedes=ticket["id"])
        [result] = intake.receive([_envelope(again, own, checklist, content)], device=own, via="plain")
    return dict(result)


def _envelope(ticket: Mapping[str, Any], own: Device, checklist: Checklist, content: Any) -> dict[str, Any]:
    payload = json.dumps(content, ensure_ascii=False, separators=(",", ":"))
    return {
        "id": ticket["id"],
        "mission": own.mission,
        "checklist": checklist.name,
        "version": checklist.version,
        "visit": ticket["visit"],
        "supersedes": ticket["supersedes"],
        "device": own.id,
        "clock": ticket["opened"],
        "hash": hashlib.sha256(payload.encode()).hexdigest(),
        "sealed": None,
        "signature": None,
        "payload": payload,
    }


def _remember(submission: str, checklist: Checklist, place: tuple[Location | None, str | None]) -> None:
    location, name = place
    where = (location.number or location.code) if location else name
    known = session["plain"]
    sent = [each for each in known.get("sent", []) if each["id"] != submission]
    sent.append({"id": submission, "checklist": checklist.name, "where": (where or "")[:80]})
    session["plain"] = {**known, "sent": sent[-KEPT:]}
