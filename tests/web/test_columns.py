"""Columns kept from page to page: never older than the mission, and the same numbers as the database gives."""

from dataclasses import replace

import pytest

from observer_kit.missions.model import Location
from observer_kit.statistics import tally
from observer_kit.storage import register, reviews, submissions
from observer_kit.storage.filters import Filters
from observer_kit.web import numbers
from observer_kit.web.columns import columns_of, dimensions_of
from tests.web.conftest import VOTING, station


def stuffing(tx, filters=None):
    return numbers.tallies(tx, "m-1", VOTING, filters=filters, question="vo_stuffing")[0]


def test_a_page_without_news_counts_from_the_same_columns(store, sender):
    sender.send({"vo_stuffing": "no"})
    with store.reading() as tx:
        first = columns_of(tx, "m-1", VOTING)
    with store.reading() as tx:
        assert columns_of(tx, "m-1", VOTING) is first
        assert columns_of(tx, "m-1", replace(VOTING, version="another")) is not first
        assert columns_of(tx, "r-1", VOTING).size == 0


def test_whatever_arrives_or_is_reviewed_is_counted_at_once(store, sender):
    sender.send({"vo_stuffing": "no"})
    with store.reading() as tx:
        assert stuffing(tx).counts["yes"] == 0
    seen, _ = sender.send({"vo_stuffing": "yes"})
    with store.reading() as tx:
        assert stuffing(tx).counts["yes"] == 1
    with store.atomic() as tx:
        reviews.add(tx, "m-1", seen, "excluded", "sent twice", None)
    with store.reading() as tx:
        assert stuffing(tx).counts["yes"] == 0


def test_a_new_register_moves_reports_to_their_new_region(store, sender):
    sender.send({"vo_stuffing": "no"}, location="R-1")
    with store.reading() as tx:
        assert stuffing(tx, Filters(region="A")).reports == 1
    with store.atomic() as tx:
        register.replace(tx, "m-1", [Location("B", "region", "Aktobe region"), station("R-1", "B", "urban")])
    with store.reading() as tx:
        assert (stuffing(tx, Filters(region="A")).reports, stuffing(tx, Filters(region="B")).reports) == (0, 1)


@pytest.mark.parametrize(
    "filters",
    [
        Filters(), Filters(region="A"), Filters(region="B", team="T02"), Filters(setting="urban"), Filters(hour=9),
        Filters(hour=0), Filters(location="R-2"), Filters(review="verified"), Filters(checklist="voting", counted=True),
        Filters(counted=False), Filters(with_problems=True), Filters(question="vo_stuffing", answer="yes"),
        Filters(search="station 1"),
    ],
)  # fmt: skip
def test_every_filter_counts_what_the_database_would(store, sender, filters):
    ids = [
        sender.send(answers, location=location, team=team, hour=hour)[0]
        for answers, location, team, hour in (
            ({"vo_stuffing": "no"}, "R-1", "T01", 9),
            ({"vo_stuffing": "yes", "env_urban_rural": "urban"}, "R-2", "T02", 9),
            ({"vo_stuffing": "not_observed", "vo_women": "many"}, "R-2", "T01", 11),
            ({"vo_women": 4}, None, None, 10),
        )
    ]
    with store.atomic() as tx:
        reviews.add(tx, "m-1", ids[1], "verified", "asked the team", None)
    with store.reading() as tx:
        expected = tally(submissions.reports(tx, "m-1", "voting", filters=filters), VOTING)
        counted = numbers.tallies(tx, "m-1", VOTING, filters=filters)
    # What does not count, the columns know besides.
    assert [row._replace(superseded=None, excluded=None, quarantined=None) for row in counted] == expected


def test_only_values_of_dimensions_are_filtered_in_columns():
    assert dimensions_of(None) == {}
    assert dimensions_of(Filters(hour=0, team="T01", counted=True)) == {"hour": 0, "team": "T01"}
    assert dimensions_of(Filters(counted=False)) is None
    assert dimensions_of(Filters(team="T01", with_findings=True)) is None


def test_counted_submissions_are_those_of_the_reports(store, sender):
    sender.send({"vo_stuffing": "no"}, location="R-1")
    sender.send({"vo_stuffing": "no"}, location=None, team=None)
    dropped, _ = sender.send({"vo_stuffing": "yes"}, location="R-2", team="T02")
    with store.atomic() as tx:
        reviews.add(tx, "m-1", dropped, "excluded", "sent twice", None)
    fields = ("id", "checklist", "version", "location", "region", "team")
    with store.reading() as tx:
        told = [tuple(getattr(each, name) for name in fields) for each in submissions.counted(tx, "m-1")]
        full = [tuple(getattr(each, name) for name in fields) for each in submissions.reports(tx, "m-1")]
        visited = [place.code for place in register.find(tx, "m-1", visited=True)]
    assert told == full
    assert len(told) == 2
    assert visited == ["R-1", "R-2"]
