"""Deciding about many submissions at once: choose, see what it would change and what it can't, then do it whole."""

from __future__ import annotations

from typing import Any, Final

from flask import flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from observer_kit.errors import Conflict
from observer_kit.storage import chain, listing, reviews
from observer_kit.storage.reviews import Outlook
from observer_kit.web.access import audience, current_account, store
from observer_kit.web.access import mission as this_mission
from observer_kit.web.desk import bp
from observer_kit.web.desk.filters import REVIEWS, filter_choices, query, read_filters
from observer_kit.web.speech import tell

REASON_LIMIT: Final = 2000
MOST: Final = reviews.MOST


@bp.get("/review")
@audience("coordinator", "administrator")
def review_many(mission: str) -> str:
    """List what the filters let through, each with a box to tick, and the decision to be made."""
    return _choose(mission)


@bp.post("/review")
@audience("coordinator", "administrator")
def preview_many(mission: str) -> str | tuple[str, int]:
    """Show what the decision would change and what it would leave alone; nothing is stored."""
    chosen, state, reason = _asked()
    refusal = _refused(chosen, state, reason)
    if refusal is not None:
        return _choose(mission, refusal, chosen, state, reason), refusal.status
    with store().reading() as tx:
        found = reviews.outlook(tx, mission, chosen, state)
        seen = chain.head(tx)[0]
        rows = listing.some(tx, mission, [each.submission for each in found])
    return render_template(
        "desk/review_preview.html",
        mission=this_mission(),
        state=state,
        reason=reason,
        seen=seen,
        rows=rows,
        changes=[each for each in found if each.why is None and each.chosen],
        beside=[each for each in found if not each.chosen],
        left=[each for each in found if each.why is not None],
        counting=_counting(found),
        back=request.form.get("back", ""),
    )


@bp.post("/review/apply")
@audience("coordinator", "administrator")
def apply_many(mission: str) -> Response:
    """Decide, all of it in one transaction; what somebody else decided since the preview is left alone."""
    chosen, state, reason = _asked()
    refusal = _refused(chosen, state, reason)
    if refusal is not None:
        raise refusal
    account, seen = current_account(), request.form.get("seen", "")[:18]
    with store().atomic() as tx:
        done = reviews.add_many(
            tx, mission, chosen, state, reason, account.id if account else None, int(seen) if seen.isdecimal() else 0
        )
    changed = sum(each.why is None and each.chosen for each in done)
    flash(tell("review.done", n=changed, state=tell(f"desk.review_{state}")))
    if left := sum(each.why is not None for each in done):
        flash(tell("review.left", n=left))
    return redirect(url_for("desk.submissions", mission=mission), code=303)


def _choose(
    mission: str,
    refusal: Conflict | None = None,
    chosen: list[str] | None = None,
    state: str = "",
    reason: str = "",
) -> str:
    filters = read_filters()
    with store().reading() as tx:
        found = listing.page(tx, mission, filters, 0, MOST)
        choices = filter_choices(tx, mission)
    return render_template(
        "desk/review_many.html",
        mission=this_mission(),
        found=found,
        most=MOST,
        filters=filters,
        link=query(filters),
        **choices,
        chosen=None if chosen is None else set(chosen),
        state=state,
        reason=reason,
        refusal=refusal,
    )


def _asked() -> tuple[list[str], str, str]:
    chosen = list(dict.fromkeys(request.form.getlist("id")))
    return chosen, request.form.get("state", ""), request.form.get("reason", "").strip()


def _refused(chosen: list[str], state: str, reason: str) -> Conflict | None:
    if not chosen:
        return Conflict(tell("review.none_chosen"))
    if len(chosen) > MOST:
        return Conflict(tell("review.too_many", n=MOST))
    if state not in REVIEWS:
        return Conflict(tell("review.no_state"))
    if state == "excluded" and not reason:
        return Conflict(tell("desk.reason_needed"))
    return Conflict(tell("desk.reason_too_long", n=REASON_LIMIT)) if len(reason) > REASON_LIMIT else None


def _counting(found: list[Outlook]) -> dict[str, int]:
    """Say how many would count no longer, and how many would count anew."""
    moved: list[Any] = [each for each in found if each.state != each.to_state]
    return {
        "stop": sum(each.state == "counted" for each in moved),
        "begin": sum(each.to_state == "counted" for each in moved),
    }
