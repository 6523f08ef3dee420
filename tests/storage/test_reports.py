"""What storage gives back: reports with their dimensions, filters that find what they name, standings."""

from __future__ import annotations

from typing import Any

import pytest

from observer_kit.checklists.versions import seal
from observer_kit.statistics import tally
from observer_kit.storage import Store, listing, reviews, submissions
from observer_kit.storage.filters import Filters
from observer_kit.storage.intake import Intake
from tests.builders import checklist, question
from tests.phones import MISSION, Phone, enrol, lay_ground
from tests.storage.arrivals import send


def test_the_visits_hour_is_the_stations_own(store: Store, intake: Intake, phone: Phone) -> None:
    at_a = phone.envelope({"arrival": "2026-11-22T09:10:00+05:00"}, location="A-1")
    nowhere = phone.envelope({"arrival": "2026-11-22T04:10:00Z"}, location=None, location_name="a school")
    broken = phone.envelope({"arrival": "0001-01-01T00:30:00+00:00"}, location="B-1")
    send(intake, phone, at_a, nowhere, broken)
    with store.reading() as tx:
        hours = {report.id: report.hour for report in submissions.reports(tx, MISSION)}
    assert hours[at_a["id"]] == hours[nowhere["id"]] == 9
    assert len(hours) == 3


def test_reports_carry_their_dimensions_from_answers_and_register(store: Store, intake: Intake, phone: Phone) -> None:
    told = phone.envelope({"env_urban_rural": "rural"}, location="A-1", team="T2")
    untold = phone.envelope({}, location="A-1")
    special = phone.envelope({"vo_stuffing": "not_observed"}, location="A-2")
    send(intake, phone, told, untold, special)
    with store.reading() as tx:
        found = {report.id: report for report in submissions.reports(tx, MISSION, "voting")}
    assert (found[told["id"]].setting, found[told["id"]].region, found[told["id"]].team) == ("rural", "A", "T2")
    assert (found[untold["id"]].setting, found[untold["id"]].kind) == ("urban", "polling_station")
    assert found[special["id"]].special == "military"


@pytest.mark.parametrize(
    ("filters", "expected"),
    [
        (Filters(question="vo_stuffing", answer="yes"), {0}),
        (Filters(question="vo_stuffing", answer="missing"), {3, 4}),
        (Filters(question="vo_stuffing", answer="not_observed"), {2}),
        (Filters(question="vo_stuffing", answer="answered"), {0, 1}),
        (Filters(question="vo_stuffing", answer="asked"), {0, 1, 2, 3, 4}),
        (Filters(question="vo_stuffing", answer="not_asked"), set()),
        (Filters(question="vo_reasons", answer="secrecy"), {1, 2}),
        (Filters(question="vo_reasons", answer="late"), {1}),
        (Filters(question="vo_boxes", answer="3"), {1}),
        (Filters(question="vo_boxes", answer="problem"), {4}),
        (Filters(question='odd"name', answer="yes"), set()),
        (Filters(region="B"), {3}),
        (Filters(setting="rural"), {3, 4}),
        (Filters(team="T2"), {2}),
        (Filters(hour=10), {4}),
        (Filters(location="A-2"), {2}),
        (Filters(search="школа"), {0, 1, 4}),
        (Filters(search="бюллетень"), {0}),
        (Filters(checklist="opening"), set()),
        (Filters(counted=False), set()),
        (Filters(review="received", counted=True), {0, 1, 2, 3, 4}),
    ],
)
def test_filters_find_exactly_the_submissions_they_name(
    store: Store, intake: Intake, phone: Phone, filters: Filters, expected: set[int]
) -> None:
    sent = [
        phone.envelope({"vo_stuffing": "yes"}, comments={"vo_stuffing": "Екі БЮЛЛЕТЕНЬ"}),
        phone.envelope({"vo_stuffing": "no", "vo_reasons": ["late", "secrecy"], "vo_boxes": 3}),
        phone.envelope({"vo_stuffing": "not_observed", "vo_reasons": ["secrecy"]}, location="A-2", team="T2"),
        phone.envelope({}, location="B-1"),
        phone.envelope({"env_urban_rural": "rural", "arrival": "2026-11-22T05:00:00Z", "vo_boxes": -1}),
    ]
    send(intake, phone, *sent)
    with store.reading() as tx:
        found = listing.page(tx, MISSION, filters)
        counted_ids = {report.id for report in submissions.reports(tx, MISSION, filters=filters)}
    ids = {sent[place]["id"] for place in expected}
    assert {row.id for row in found.rows} == ids
    assert found.total == len(ids)
    assert counted_ids == ids


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        ("answered", {0, 1}),
        ("missing", {2}),
        ("problem", {3}),
        ("not_observed", {4}),
        ("not_applicable", {5}),
        ("asked", {0, 1, 2, 3, 4, 5}),
        ("not_asked", set()),
        ("7", {0, 2, 3, 4}),
    ],
)
def test_a_repeated_question_leads_to_the_same_submissions_that_its_column_counts(
    store: Store, answer: str, expected: set[int]
) -> None:
    issued = question("issued", "integer", minimum=0, repeat="members", not_applicable=True)
    plain = question("issued_in_all", "integer", minimum=0)
    asked = lay_ground(store, seal(checklist(issued, plain, version="")))
    phone, intake = enrol(store, asked), Intake(store, store.config)
    rows: list[list[Any]] = [
        [7, 8], [5, "not_applicable"], [7, None], [7, "many", None], [7, "not_observed", "not_applicable"],
        ["not_applicable", "not_applicable"],
    ]  # fmt: skip
    sent = [phone.envelope({f"issued[{place}]": value for place, value in enumerate(row)}) for row in rows]
    send(intake, phone, *sent)
    with store.reading() as tx:
        found = listing.page(tx, MISSION, Filters(question="issued", answer=answer))
        total = tally(submissions.reports(tx, MISSION), asked, question="issued")[0]
        first = listing.page(tx, MISSION, Filters(question="issued[0]", answer="5"))
    assert {row.id for row in found.rows} == {sent[place]["id"] for place in expected}
    counts = {"answered": total.answered, "missing": total.missing, "problem": total.problems,
              "not_observed": total.not_observed, "not_applicable": total.not_applicable}  # fmt: skip
    assert counts.get(answer, found.total) == found.total
    assert [row.id for row in first.rows] == [sent[1]["id"]]


def test_standing_counts_every_state(store: Store, intake: Intake, phone: Phone) -> None:
    old = phone.envelope({"vo_boxes": "many"})
    new = phone.envelope({"vo_boxes": "few"}, visit=old["visit"], supersedes=old["id"], location="X-9")
    out, apart = phone.envelope(), phone.envelope(sign_it=False)
    send(intake, phone, old, new, out, apart)
    with store.atomic() as tx:
        reviews.add(tx, MISSION, out["id"], "excluded", "a test", None)
    with store.reading() as tx:
        standing = submissions.standing(tx, MISSION)
    assert {name: standing[name] for name in ("counted", "superseded", "excluded", "quarantined")} == {
        "counted": 1, "superseded": 1, "excluded": 1, "quarantined": 1,
    }  # fmt: skip
    assert (standing["with_problems"], standing["with_findings"]) == (1, 1)
    assert standing["first"] is not None
    assert standing["first"] <= standing["last"]


def test_two_missions_in_one_database_never_see_each_other(store: Store, intake: Intake, phone: Phone) -> None:
    elsewhere = lay_ground(store, code="other")
    stranger = enrol(store, elsewhere, code="other")
    send(intake, phone, phone.envelope())
    send(intake, stranger, stranger.envelope())
    with store.reading() as tx:
        for code in (MISSION, "other"):
            assert listing.page(tx, code, Filters()).total == 1
            assert len(list(submissions.reports(tx, code))) == 1
