"""Draws depend on their names alone, and shares of a whole number add up to it."""

import uuid

import pytest
from hypothesis import given
from hypothesis import strategies as st

from observer_kit.missions.draw import apportion, identifier, in_turn, share_count, unit, whole


def test_same_names_give_the_same_number_everywhere():
    assert unit("eom-2011", "voting", "R-0001") == unit("eom-2011", "voting", "R-0001")
    assert round(unit("observer", "kit"), 6) == 0.716376


def test_id_reads_as_a_uuid_and_depends_on_the_names():
    assert uuid.UUID(identifier("a", "b")).version == 8
    assert identifier("a", "b") != identifier("ab")


@given(st.dictionaries(st.text(max_size=3), st.integers(0, 50), min_size=1), st.data())
def test_apportioned_shares_add_up_and_stay_below_their_ceiling(sizes, data):
    total = data.draw(st.integers(0, sum(sizes.values())))
    shares = apportion(total, sizes)
    assert sum(shares.values()) == total
    assert all(shares[key] <= sizes[key] for key in sizes)


def test_more_than_there_is_room_for_can_not_be_apportioned():
    with pytest.raises(ValueError, match="room for 3"):
        apportion(4, {"a": 1, "b": 2})


@given(st.integers(0, 100), st.integers(200, 5000))
def test_count_for_a_per_cent_rounds_to_it(percent, base):
    assert round(100 * share_count(percent, base) / base) == percent


def test_per_cent_that_no_count_gives_is_refused():
    with pytest.raises(ValueError, match="no count over 3"):
        share_count(50, 3)


@given(st.integers(-5, 5), st.integers(0, 9), st.text())
def test_whole_number_stays_in_its_range(low, width, name):
    assert low <= whole(low, low + width, name) <= low + width


def test_groups_take_turns():
    assert in_turn("abcd", {"a": "1", "b": "1", "c": "2", "d": "2"}) == ["a", "c", "b", "d"]
