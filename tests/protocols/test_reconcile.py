"""The rules on worked identities of 2011 and 2022, and on what is missing."""

import re

import pytest

from observer_kit.errors import FormsInvalid
from observer_kit.protocols import load_rules, reconcile
from observer_kit.protocols.rules import own_rules

STATION = {
    "reg_open": 1200, "reg_added": 10, "reg_removed": 3, "reg_close": 1207, "b_received": 1210, "b_issued": 1000,
    "b_issued_member[0]": 600, "b_issued_member[1]": 400, "b_issued_mobile": 20, "m_requests": 20,
    "b_cancelled": 210, "box_mobile": 20, "box_fixed": 980, "valid": 990, "invalid": 10, "signatures": 1000,
    "v[0]": 700, "v[1]": 290, "avc_voted": 4, "avc_kept": 4, "complete": "yes", "corrections": "no",
    "presigned": "no", "signed": "yes", "posted": "yes", "copy_given": "given",
}  # fmt: skip


def states(answers, event="election"):
    return {result.rule: result.state for result in reconcile(answers, event)}


def results(answers, event="election"):
    return {result.rule: result for result in reconcile(answers, event)}


def test_a_protocol_that_adds_up_passes_every_rule():
    assert set(states(STATION).values()) == {"pass"}


@pytest.mark.parametrize(
    ("change", "rule", "difference"),
    [
        ({"b_cancelled": 205}, "S1", 5),
        ({"b_issued_member[0]": 590}, "S2", 10),
        ({"invalid": 12}, "S4", -2),
        ({"v[0]": 701}, "S5", 1),
        ({"signatures": 990}, "S6", -10),
        ({"box_fixed": 985}, "S7", 5),
        ({"box_mobile": 25, "box_fixed": 975}, "S8_issued", 5),
        ({"box_fixed": 1001}, "S9", 21),
        ({"reg_close": 900}, "S10", 96),
        ({"reg_added": 11}, "S11", -1),
        ({"b_received": 1300}, "S12", 100),
        ({"avc_kept": 5}, "S14", -1),
        ({"presigned": "yes", "posted": "no"}, "S18_paper", -2),
        ({"copy_given": "refused"}, "S18_paper", -1),
        ({"reg_close": 1000}, "S13_turnout", 0),
    ],
)
def test_each_rule_fails_with_its_signed_difference(change, rule, difference):
    found = results(STATION | change)[rule]
    assert (found.state, found.difference) == ("fail", difference)


@pytest.mark.parametrize("blank", [None, {"problem": "not_an_integer"}, "not_observed"])
def test_a_missing_number_is_not_computable_and_never_zero(blank):
    found = states(STATION | {"b_cancelled": blank})
    assert found["S1"] == "not_computable"
    assert found["S4"] == "pass"


def test_figures_by_member_left_blank_are_a_finding_of_their_own():
    """72 of 333 protocols in 2011 (EOM XIV.B para 6)."""
    assert states(STATION | {"b_issued_member[1]": None})["S3"] == "fail"
    without = {name: value for name, value in STATION.items() if "member" not in name}
    assert states(without)["S3"] == "fail"
    assert states(without)["S2"] == "not_computable"


def test_what_the_observer_could_not_read_says_nothing_of_what_the_commission_wrote():
    assert states(STATION | {"b_issued_member[1]": "not_observed"})["S3"] == "not_computable"
    assert states(STATION | {"b_issued_member[0]": None, "b_issued_member[1]": "not_observed"})["S3"] == "fail"
    assert states(STATION | {"posted": "not_observed"})["S18_paper"] == "not_computable"
    assert states(STATION | {"posted": "not_observed", "signed": "no"})["S18_paper"] == "fail"


def test_a_copy_that_nobody_asked_for_is_no_fault():
    assert states(STATION | {"copy_given": "not_requested"})["S18_paper"] == "pass"


def test_ballots_for_mobile_voting_may_be_issued_apart_from_the_members():
    assert states(STATION | {"b_issued": 1020, "b_received": 1230})["S2"] == "pass"


def test_spoiled_ballots_count_only_where_they_are_reported_apart():
    assert states(STATION | {"b_spoiled": None})["S1"] == "pass"
    assert states(STATION | {"b_spoiled": 2, "b_cancelled": 208})["S1"] == "pass"


def test_one_choice_above_99_per_cent_is_a_warning():
    found = results(STATION | {"v[0]": 989, "v[1]": 1})["S13_choice"]
    assert (found.state, found.left, found.right) == ("fail", 989, 990)


def test_the_referendum_of_2022_reconciles_only_when_both_marked_is_kept_apart():
    annex = {"v_yes": 6163516, "v_no": 1490470, "both_marked": 125859, "valid": 7779845, "invalid": 205924,
             "b_issued": 7985769, "reg_close": 11734642, "reg_open": 11722536, "reg_added": 12106}  # fmt: skip
    found = states(annex, "referendum")
    assert (found["S4"], found["S5"], found["S11"]) == ("pass", "pass", "pass")
    assert states(annex | {"both_marked": 0, "invalid": 205924 + 125859}, "referendum")["S5"] == "fail"


def test_the_candidates_of_2011_add_up_to_the_valid_votes():
    annex = {"v[0]": 111924, "v[1]": 94452, "v[2]": 159036, "v[3]": 7850958, "valid": 8216370}
    assert states(annex)["S5"] == "pass"


@pytest.mark.parametrize(
    ("change", "bucket"),
    [({}, "0"), ({"b_cancelled": 207}, "1-5"), ({"b_cancelled": 202}, "6-20"), ({"b_cancelled": 150}, "over_20")],
)
def test_differences_are_sized(change, bucket):
    assert results(STATION | change)["S1"].bucket == bucket


def test_a_rule_of_an_unknown_kind_is_refused_with_its_place(tmp_path):
    path = tmp_path / "rules.toml"
    path.write_text('[[rule]]\nid = "S1"\nkind = "roughly"\nseverity = "E"\nleft = ["a"]\nright = []\nsource = "x"\n'
                    'label = {en = "a", ru = "a", kk = "a"}\n')  # fmt: skip
    with pytest.raises(FormsInvalid, match="roughly") as caught:
        load_rules("election", path)
    assert caught.value.place == f"{tmp_path.name}/rules.toml, rule S1"


class TestAMissionsOwnRules:
    def test_a_rule_is_added_replaced_eased_or_left_out(self):
        label = {"en": "a", "ru": "б", "kk": "в"}
        own = {
            "rule": [{"id": "M1", "kind": "at_most", "severity": "W", "left": ["b_spoiled"], "right": ["b_cancelled"],
                      "source": "our mission", "label": label}],
            "tolerance": [{"rule": "S1", "ballots": 2}, {"rule": "S4", "share": 0.01}],
            "off": ["S12"],
        }  # fmt: skip
        rules = own_rules(own, "election")
        assert {rule.id for rule in rules} == {rule.id for rule in load_rules("election")} - {"S12"} | {"M1"}
        answers = {"b_received": 102, "b_issued": 100, "b_cancelled": 0, "valid": 98, "invalid": 1, "b_spoiled": None}
        found = {one.rule: one for one in reconcile(answers, "election", rules)}
        assert (found["S1"].state, found["S1"].difference) == ("pass", 2)  # what is let pass is shown all the same
        assert (found["S4"].state, found["S4"].difference) == ("fail", 1)  # one per cent of 99 is under one ballot
        assert found["M1"].state == "not_computable"
        worse = reconcile({**answers, "b_received": 103}, "election", rules)
        assert {one.rule: one.state for one in worse}["S1"] == "fail"

    @pytest.mark.parametrize(
        ("own", "said"),
        [
            ({"tolerance": [{"rule": "S3", "ballots": 1}]}, "rules.toml, tolerance 1: rule: expected one of S1"),
            ({"tolerance": [{"rule": "S1"}]}, "tolerance 1: ballots: expected a whole number"),
            ({"tolerance": [{"rule": "S1", "ballots": -1}]}, "tolerance 1: ballots: expected"),
            ({"tolerance": [{"rule": "S1", "share": 2.0}]}, "share between 0 and 1"),
            ({"off": ["S99"]}, "off: expected a list of"),
            ({"rules": []}, "unknown key 'rules'"),
            ({"rule": [{"id": "M1", "kind": "sum"}]}, "rule M1: kind: expected one of equal"),
        ],
    )
    def test_what_cannot_be_read_is_refused_with_file_key_and_what_is_expected(self, own, said):
        with pytest.raises(FormsInvalid, match=re.escape(said)):
            own_rules(own, "election")
