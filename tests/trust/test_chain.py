from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from observer_kit.trust.chain import GENESIS, Link, content_hash, link_hash, walk


def a_chain(length: int = 5) -> list[Link]:
    links: list[Link] = []
    for sequence in range(1, length + 1):
        previous = links[-1].hash if links else GENESIS
        fields = (sequence, "2026-11-22T10:00:00.000Z", "intake", "m", f"s{sequence}", None, "c", previous)
        links.append(Link(*fields, link_hash(*fields)))
    return links


def test_a_whole_chain_has_no_fault() -> None:
    assert list(walk(a_chain())) == []
    assert list(walk([])) == []


@pytest.mark.parametrize(
    "change", [{"subject": "other"}, {"content": "other"}, {"at": "later"}, {"mission": None}, {"by": "x"}]
)
def test_an_altered_row_is_named(change: dict[str, str]) -> None:
    links = a_chain()
    links[2] = replace(links[2], **change)
    assert [(fault.kind, fault.place) for fault in walk(links)] == [("chain_row_altered", "chain row 3")]


def test_a_row_altered_with_its_hash_breaks_the_next_one() -> None:
    links = a_chain()
    old = links[2]
    fields = (old.sequence, old.at, old.kind, old.mission, "other", old.by, old.content, old.previous)
    links[2] = Link(*fields, link_hash(*fields))
    assert [(fault.kind, fault.place) for fault in walk(links)] == [("chain_broken", "chain row 4")]


def test_a_missing_row_is_named() -> None:
    links = a_chain()
    del links[2]
    assert [fault.kind for fault in walk(links)] == ["chain_row_missing"]


def test_rows_that_changed_places_are_noticed() -> None:
    links = a_chain()
    links[1], links[2] = links[2], links[1]
    assert list(walk(links)) != []


@given(st.lists(st.text(max_size=8), max_size=4), st.lists(st.text(max_size=8), max_size=4))
def test_two_contents_share_a_hash_only_when_they_are_the_same(one: list[str], other: list[str]) -> None:
    assert (content_hash(*one) == content_hash(*other)) == (one == other)
