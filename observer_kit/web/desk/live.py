"""What is new since a page was made: one small question, answered by "nothing" for next to no cost."""

from __future__ import annotations

from typing import Final

from flask import Response, g, jsonify, request
from sqlalchemy.orm import Session

from observer_kit.storage import arrived
from observer_kit.web.access import READERS, audience, store
from observer_kit.web.desk import bp
from observer_kit.web.speech import language, tell

PAGES: Final = frozenset(
    f"desk.{name}"
    for name in (
        "day", "incidents", "submissions", "questions", "question", "comparisons", "quality", "protocols",
        "aggregation", "chase",
    )
)  # fmt: skip
"""Pages that show what came in; where people type, nothing speaks up."""
IN_PLACE: Final = frozenset({"desk.day"})
"""Pages whose numbers are brought up to date where they stand."""


@bp.before_request
def remember() -> None:
    """Note the mission's revision before the page is read: what arrives in between is then said, never missed."""
    if request.method == "GET" and request.endpoint in PAGES and (request.view_args or {}).get("mission"):
        with store().reading() as tx:
            g.since = arrived.revision(tx, request.view_args["mission"])  # type: ignore[index]


@bp.app_template_global("live_since")
def live_since() -> int | None:
    """Give the mission's revision that this page shows; None for a page that does not follow it."""
    found: int | None = g.get("since")
    return found


@bp.app_template_global("live_in_place")
def live_in_place() -> bool:
    """Say whether this page's numbers are brought up to date where they stand."""
    return request.endpoint in IN_PLACE


@bp.get("/live.json")
@audience(*READERS)
def live(mission: str) -> Response:
    """Say how many reports came since a revision; 304 while nothing has happened at all."""
    since = request.args.get("since", "")
    known = int(since) if since.isdecimal() and len(since) < 19 else 0
    with store().reading() as tx:
        return _news(tx, mission, known)


def _news(tx: Session, mission: str, since: int) -> Response:
    revision = arrived.revision(tx, mission)
    tag = f"{revision}-{since}-{language()}"  # what is said is of one language
    if request.if_none_match.contains(tag):
        response = Response(status=304)
    else:
        reports, incidents = arrived.since(tx, mission, since)
        said = [tell("live.reports", n=reports)] if reports else []
        if incidents:
            said.append(tell("live.incidents", n=incidents))
        response = jsonify(
            revision=revision, reports=reports, incidents=incidents, said=" · ".join(said),
            changed=tell("live.changed") if revision != since and not said else "",
        )  # fmt: skip
    response.set_etag(tag)
    return response
