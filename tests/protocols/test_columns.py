"""Many protocols at once give what one at a time gives."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from observer_kit.protocols import load_rules, reconcile
from observer_kit.protocols.columns import reconcile_all

VALUES = st.one_of(
    st.integers(-3, 12), st.integers(0, 2**53 - 1), st.none(),
    st.sampled_from(["not_observed", "not_applicable", {"problem": "not_an_integer"}]),
)  # fmt: skip
NUMBERS = (
    "reg_open", "reg_added", "reg_removed", "reg_close", "b_received", "signatures", "b_issued", "b_issued_mobile",
    "m_requests", "b_cancelled", "b_spoiled", "avc_voted", "avc_kept", "box_mobile", "box_fixed", "valid", "invalid",
    "v_yes", "v_no", "both_marked", "b_issued_member[0]", "b_issued_member[1]", "v[0]", "v[1]", "v[2]",
)  # fmt: skip
WORDS = ("complete", "corrections", "presigned", "signed", "posted", "copy_given")
SAID = st.sampled_from(["yes", "no", "refused", "not_observed", "not_applicable", None])
PROTOCOL = st.fixed_dictionaries(
    {}, optional={**dict.fromkeys(NUMBERS, VALUES), **dict.fromkeys(WORDS, SAID)}
)  # fmt: skip


@pytest.mark.parametrize("event", ["election", "referendum"])
@settings(max_examples=60, deadline=None)
@given(protocols=st.lists(PROTOCOL, max_size=6), ballots=st.integers(0, 3), share=st.sampled_from([None, 0.25]))
def test_every_rule_says_the_same_of_many_as_of_one(event, protocols, ballots, share):
    rules = tuple(
        replace(rule, ballots=ballots, tolerance=share) if rule.kind in ("equal", "at_most") else rule
        for rule in load_rules(event)
    )
    found = reconcile_all(protocols, rules)
    assert found.size == len(protocols)
    one_by_one = [reconcile(answers, event, rules) for answers in protocols]
    assert list(found.all()) == one_by_one
    assert [found.of(place) for place in range(found.size)] == one_by_one


def test_counts_and_buckets_are_those_of_the_results():
    rules = [rule for rule in load_rules("election") if rule.id == "S1"]
    sides = [(900, 900), (900, 897), (900, 890), (900, 100), (3000, 2985), (900, None)]
    found = reconcile_all(
        [{"b_received": received, "b_issued": issued, "b_cancelled": 0} for received, issued in sides], rules
    )
    assert [found.judged["S1"].count(state) for state in ("pass", "fail", "not_computable")] == [1, 4, 1]
    assert found.buckets("S1") == {"1-5": 1, "over_20": 2, "6-20": 1}  # ten of 900 are over one per cent
