"""The list of submissions, behind every number of the desk."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from flask import Response, render_template, request

from observer_kit.checklists.model import Checklist
from observer_kit.storage import listing, register, typed
from observer_kit.storage.filters import Filters
from observer_kit.web.access import READERS, audience, store
from observer_kit.web.access import mission as this_mission
from observer_kit.web.desk import bp
from observer_kit.web.desk.filters import filter_choices, page_number, query, read_filters
from observer_kit.web.desk.sorting import sorting
from observer_kit.web.downloads import download
from observer_kit.web.speech import moment, region_name, tell, tell_or, text
from observer_kit.web.telling.answers import written

PER_PAGE: Final = 50
STREAMED: Final = 1000
"""Rows read at once for a file, each piece on its own, so that no reading holds the database up for long."""


@bp.get("/submissions")
@audience(*READERS)
def submissions(mission: str) -> str | Response:
    """List the submissions that fit the filters, the latest received first unless sorted otherwise."""
    filters = read_filters()
    page = page_number()
    if request.args.get("format"):
        return _export(mission, filters)
    order = sorting(dict.fromkeys(listing.ORDERS, lambda _: None), default="-received")
    with store().reading() as tx:
        found = listing.page(
            tx, mission, filters, (page - 1) * PER_PAGE, PER_PAGE, order=order.column or "received", down=order.down
        )
        choices = filter_choices(tx, mission)
    chosen = ""
    if filters.question:
        asked = choices["current"].get(filters.checklist or "")
        chosen = _chosen(asked, filters.question, filters.answer or "asked")
    return render_template(
        "desk/submissions.html",
        mission=this_mission(),
        found=found,
        page=page,
        per_page=PER_PAGE,
        filters=filters,
        chosen=chosen,
        link={**query(filters), **({"sort": request.args["sort"]} if request.args.get("sort") else {})},
        order=order,
        **choices,
    )


def _export(mission: str, filters: Filters) -> Response:
    """Give every submission that fits as a file: as many as there are."""
    found = this_mission()
    with store().reading() as tx:
        names = {each.code: region_name(each) for each in register.regions(tx, mission)}

    def rows() -> Iterator[tuple[object, ...]]:
        before = None
        while True:
            with store().reading() as tx:
                piece = listing.before(tx, mission, filters, before, STREAMED)
                keyed = typed.of(tx, [row.id for row in piece if row.via in typed.VIA])
            for row in piece:
                by = keyed.get(row.id)
                yield (
                    row.id, row.checklist, moment(row.received, found.zone), row.location,
                    row.place or row.location_name, names.get(row.region or ""), row.team, row.hour, row.problems,
                    "; ".join(tell_or(f"desk.finding_{code}", code) for code in dict.fromkeys(row.findings)),
                    row.state, row.review, tell(f"typing.source_{by.source}") if by else None, by.name if by else None,
                )  # fmt: skip
            if len(piece) < STREAMED:
                return
            before = piece[-1].sequence

    head = ("id", *(tell(f"desk.{each}") for each in (
        "checklist", "received", "location", "place", "region", "team", "hour", "col_problems", "findings",
        "standing_word", "review",
    )), tell("typing.source"), tell("typing.clerk"))  # fmt: skip
    prefix = "reconstruction-" if found.reconstruction else ""
    return download(f"{prefix}{mission}-submissions", request.args.get("format", ""), head, rows())


def _chosen(checklist: Checklist | None, name: str, answers: str) -> str:
    """Say in words which answer led here."""
    question = next((each for each in checklist.questions() if each.name == name), None) if checklist else None
    words = [
        written(question, code) if question and code in question.codes else tell_or(f"desk.state_{code}", code)
        for code in answers.split(",")
    ]
    return tell("desk.chosen", question=text(question.label) if question else name, answer=" / ".join(words))
