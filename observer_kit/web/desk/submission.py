"""One submission: what was sent, what the intake made of it, what became of it, and what the desk says to it."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from observer_kit.errors import Conflict, NotFound
from observer_kit.protocols import rules_for
from observer_kit.storage import (
    accounts,
    attachments,
    checklists,
    devices,
    listing,
    notes,
    register,
    reviews,
    submissions,
    typed,
)
from observer_kit.web.access import READERS, audience, current_account, local_path, store
from observer_kit.web.access import mission as this_mission
from observer_kit.web.desk import bp
from observer_kit.web.desk.filters import REVIEWS
from observer_kit.web.speech import tell
from observer_kit.web.telling.answers import loose, photos_named, set_out
from observer_kit.web.telling.histories import histories

REASON_LIMIT = 2000


@bp.get("/submissions/<id>")
@audience(*READERS)
def submission(mission: str, id: str) -> str:
    """Show one submission whole."""
    return _page(mission, id)


@bp.post("/submissions/<id>/review")
@audience("coordinator", "administrator")
def review(mission: str, id: str) -> Response | tuple[str, int]:
    """Add a decision about a submission; what was decided before stays."""
    account = current_account()
    state, reason = request.form.get("state", ""), request.form.get("reason", "").strip()
    try:
        with store().atomic() as tx:
            if len(reason) > REASON_LIMIT:
                raise Conflict(tell("desk.reason_too_long", n=REASON_LIMIT))
            if state == "excluded" and not reason:
                raise Conflict(tell("desk.reason_needed"))
            reviews.add(tx, mission, id, state, reason, account.id if account else None)
    except Conflict as refusal:
        return _page(mission, id, refusal, reason), refusal.status
    flash(tell("desk.review_saved"))
    # From where submissions stand side by side, the decision leads back there.
    back = local_path(request.form.get("back"))
    return redirect(back or url_for("desk.submission", mission=mission, id=id), code=303)


@bp.post("/submissions/<id>/undo")
@audience("coordinator", "administrator")
def undo_review(mission: str, id: str) -> Response:
    """Go back to the decision before the latest, by a decision of its own."""
    account = current_account()
    with store().atomic() as tx:
        listing.row(tx, mission, id)
        reviews.undo(tx, mission, id, tell("review.undone_reason"), account.id if account else None)
    flash(tell("review.undone"))
    return redirect(url_for("desk.submission", mission=mission, id=id, _anchor="review"), code=303)


@bp.post("/submissions/<id>/note")
@audience("coordinator", "administrator")
def note_answer(mission: str, id: str) -> Response | tuple[str, int]:
    """Write a note beside one answer; notes are added and never changed."""
    account = current_account()
    question, written = request.form.get("question", ""), request.form.get("note", "")
    try:
        with store().atomic() as tx:
            row = listing.row(tx, mission, id)
            asked = {each.name for each in checklists.get(tx, row.version).questions()}
            if question.partition("[")[0] not in asked:
                raise NotFound(tell("doors.error_not_found"))
            notes.add(tx, mission, id, question, written, account.id if account else None)
    except Conflict:
        refusal = Conflict(tell("review.note_refused", n=notes.LONGEST))
        return _page(mission, id, refusal), refusal.status
    flash(tell("review.noted"))
    return redirect(url_for("desk.submission", mission=mission, id=id, _anchor=f"a-{question}"), code=303)


def _page(mission: str, id: str, refusal: Conflict | None = None, reason: str = "") -> str:
    found = this_mission()
    with store().reading() as tx:
        stored = submissions.get(tx, mission, id)
        judged = stored.submission
        asked = checklists.get(tx, judged.version)
        location = register.get(tx, mission, judged.location) if judged.location else None
        region = register.get(tx, mission, location.region) if location and location.region else None
        visit = listing.visit(tx, mission, judged.visit)
        photos = attachments.some(tx, mission, photos_named(asked, judged))
        typed_in = typed.of(tx, [id]).get(id)
        zone = location.zone if location else found.zone
        steps = histories(tx, mission, stored, visit, zone)
        written = notes.of(tx, id)
        people = {each.id: each.name for each in accounts.all(tx)}
        try:
            device = devices.get(tx, judged.device)
        except NotFound:
            device = None
    problems, findings = loose(asked, judged)
    return render_template(
        "desk/submission.html",
        mission=found,
        stored=stored,
        judged=judged,
        checklist=asked,
        sections=set_out(asked, judged, zone),
        problems=problems,
        findings=findings,
        location=location,
        region=region,
        zone=zone,
        device=device,
        typed_in=typed_in,
        steps=steps,
        notes=written,
        photos=photos,
        history=[row for row in visit if row.checklist == judged.checklist],
        visit=[row for row in visit if row.checklist != judged.checklist],
        people=people,
        rules={rule.id: rule for rule in rules_for(asked)} if asked.stage == "protocol" else {},
        reviews=REVIEWS,
        refusal=refusal,
        reason=reason,
    )
