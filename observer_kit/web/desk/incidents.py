"""The inbox of incidents: what happened, where, how far the desk has come with it, and every step it took."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

from flask import flash, redirect, render_template, request, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from observer_kit.errors import Conflict
from observer_kit.storage import accounts, checklists, handlings, register, submissions
from observer_kit.storage.filters import Filters
from observer_kit.storage.handlings import Handling
from observer_kit.storage.listing import Row
from observer_kit.web.access import READERS, audience, current_account, store
from observer_kit.web.access import mission as this_mission
from observer_kit.web.desk import bp
from observer_kit.web.desk.filters import narrowing, page_number, query, read_filters
from observer_kit.web.desk.sorting import shown_as, sorting
from observer_kit.web.downloads import download
from observer_kit.web.speech import moment, region_name, tell
from observer_kit.web.telling.answers import headline_of

PER_PAGE: Final = 50
WHOLE: Final = 1_000_000


@dataclass(frozen=True, slots=True)
class Incident:
    """One incident report with the words that stand in the list, and the steps taken."""

    row: Row
    state: str
    headline: str
    detail: str
    steps: tuple[Handling, ...] = ()

    @property
    def open(self) -> bool:
        """Say whether the desk still has to act."""
        return self.state != handlings.CLOSED


@bp.get("/incidents")
@audience(*READERS)
def incidents(mission: str) -> str | Response:
    """Show the incidents that count and fit the filters: the new ones first."""
    return _page(mission)


@bp.post("/incidents/<id>/step")
@audience("coordinator", "administrator")
def handle(mission: str, id: str) -> Response | tuple[str, int]:
    """Log a step with an incident; what was done before stays, and another step undoes it."""
    account = current_account()
    state, note = request.form.get("state", ""), request.form.get("note", "").strip()
    try:
        with store().atomic() as tx:
            if len(note) > handlings.LONGEST_NOTE:
                raise Conflict(tell("desk.reason_too_long", n=handlings.LONGEST_NOTE))
            if not note and state == handlings.state_of(tx, id):
                raise Conflict(tell("desk.step_empty"))
            handlings.add(tx, mission, id, state, note, account.id if account else None)
    except Conflict as refusal:
        return _page(mission, (id, state, note, refusal)), refusal.status  # type: ignore[return-value]
    flash(tell("desk.step_saved"))
    where: dict[str, Any] = _kept()
    return redirect(url_for("desk.incidents", mission=mission, **where, _anchor=f"i-{id}"), code=303)


def _kept() -> dict[str, str]:
    """Keep the inbox as it was narrowed and sorted: the form's address carries it."""
    return {name: value for name, value in request.args.items() if name in _NAMES}


_NAMES: Final = ("region", "setting", "team", "search", "incident", "sort", "page")


def _page(mission: str, refused: tuple[str, str, str, Conflict] | None = None) -> str | Response:
    shown_as("desk.incidents", mission=mission)
    wanted = request.args.get("incident", "")
    state = wanted if wanted in handlings.STATES else None
    filters = read_filters(checklist=None, question=None, answer=None, review=None, state=None, hour=None)
    order = sorting(dict.fromkeys(handlings.ORDERS, lambda _: None), default="state")
    page = page_number()
    with store().reading() as tx:
        if request.args.get("format"):
            return _export(tx, mission, filters, state)
        found = handlings.inbox(
            tx, mission, filters, state=state, order=order.column or "state", down=order.down,
            offset=(page - 1) * PER_PAGE, limit=PER_PAGE,
        )  # fmt: skip
        told = told_incidents(tx, mission, found.ids)
        regions, teams = register.regions(tx, mission), register.teams(tx, mission)
        people = {each.id: each.name for each in accounts.all(tx)}
    return render_template(
        "desk/incidents.html",
        mission=this_mission(),
        incidents=told,
        total=found.total,
        states=found.states,
        state=state,
        page=page,
        per_page=PER_PAGE,
        filters=filters,
        where=narrowing(filters),
        link={**query(filters), **({"incident": state} if state else {})},
        kept=_kept(),
        order=order,
        regions=regions,
        region_names={each.code: region_name(each) for each in regions},
        teams=teams,
        people=people,
        refused=refused,
        longest=handlings.LONGEST_NOTE,
    )


def newest_incidents(tx: Session, mission: str, limit: int, offset: int = 0) -> list[Incident]:
    """Give the incidents that count, the new ones before the handled and closed."""
    return told_incidents(tx, mission, handlings.inbox(tx, mission, Filters(), limit=limit, offset=offset).ids)


def told_incidents(tx: Session, mission: str, found: list[tuple[str, str]]) -> list[Incident]:
    """Put incidents into words."""
    told = []
    for id, state in found:
        stored = submissions.get(tx, mission, id)
        headline, detail = headline_of(checklists.get(tx, stored.row.version), stored.submission.answers)
        told.append(Incident(stored.row, state, headline, detail, tuple(handlings.of(tx, id))))
    return told


def _export(tx: Session, mission: str, filters: Filters, state: str | None) -> Response:
    """Give every incident that fits as a file; without the paging of the screen."""
    zone = this_mission().zone
    names = {each.code: region_name(each) for each in register.regions(tx, mission)}
    ids = handlings.inbox(tx, mission, filters, state=state, order="received", down=True, limit=WHOLE).ids

    def rows() -> Iterator[tuple[object, ...]]:
        for start in range(0, len(ids), PER_PAGE):
            with store().reading() as reading:
                told = told_incidents(reading, mission, ids[start : start + PER_PAGE])
            for each in told:
                last = each.steps[-1] if each.steps else None
                yield (
                    each.row.id, moment(each.row.received, zone), tell(f"desk.incident_{each.state}"), each.headline,
                    each.detail, each.row.location, each.row.place or each.row.location_name,
                    names.get(each.row.region or ""), each.row.team, last.note if last else None,
                    moment(last.at, zone) if last else None,
                )  # fmt: skip

    head = ("id", *(tell(f"desk.{each}") for each in (
        "received", "incident_state", "what", "detail", "location", "place", "region", "team", "last_step", "when",
    )))  # fmt: skip
    prefix = "reconstruction-" if this_mission().reconstruction else ""
    return download(f"{prefix}{mission}-incidents", request.args.get("format", ""), head, rows())
