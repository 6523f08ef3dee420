"""Official results against themselves."""

from decimal import Decimal

import pytest

from observer_kit.errors import MissionInvalid
from observer_kit.missions.official import read_official
from observer_kit.protocols.printed import read_printed
from observer_kit.protocols.upward import check_official

ANNEX = {
    "reg_close": 11734642,
    "voted": 7985769,
    "yes": 6163516,
    "no": 1490470,
    "invalid": 205924,
    "both_marked": 125859,
}


def found(results, rule):
    return [each for each in check_official(read_official(results)) if each.rule == rule]


@pytest.mark.parametrize(
    ("text", "value"),
    [("1234", 1234), ("9,200,208", 9200208), ("9 200 208", 9200208), ("16.970", 16970), ("0", 0),
     ("1,6970", None), ("1,23", None), ("12,34,567", None), ("-5", None), ("", None), ("1,234 567", None)],
)  # fmt: skip
def test_a_printed_number_is_well_formed_or_none(text, value):
    assert read_printed(text) == value


def test_the_worked_identities_of_2022_hold():
    """RAM Annex: the four kinds of ballots add up to those who voted; the per cents recompute and add up to 100."""
    assert sum(ANNEX[name] for name in ("yes", "no", "invalid", "both_marked")) == ANNEX["voted"]
    printed = [
        {"territory": "KZ", "field": name, "of": ["voted"], "text": text, "locator": "Annex"}
        for name, text in (("yes", "77.18"), ("no", "18.66"), ("invalid", "2.58"), ("both_marked", "1.58"))
    ]
    rows = found({"KZ": ANNEX, "printed": printed}, "U4")
    assert [row.state for row in rows] == ["pass"] * 4
    assert sum(Decimal(row.left) for row in rows) == Decimal("100.00")


def test_a_total_that_is_not_the_sum_fails_by_the_signed_difference():
    [row] = found({"total": "KZ", "KZ": {"yes": 12}, "A": {"yes": 4}, "B": {"yes": 9}}, "U2")
    assert (row.state, row.left, row.right, row.difference) == ("fail", "12", "13", Decimal(-1))


def test_a_field_that_one_territory_lacks_is_not_computable_and_never_0():
    [row] = found({"total": "KZ", "KZ": {"yes": 12}, "A": {"yes": 12}, "B": {"no": 1}}, "U2")
    assert (row.state, row.right, row.difference) == ("not_computable", None, None)


def test_a_per_cent_of_nothing_is_not_computable():
    printed = [{"territory": "KZ", "field": "yes", "of": ["voted"], "text": "0.0", "locator": "x"}]
    [row] = found({"KZ": {"yes": 0, "voted": 0}, "printed": printed}, "U4")
    assert (row.state, row.difference) == ("not_computable", None)


def test_more_than_half_is_more_than_half():
    rule = [{"territory": "KZ", "field": "voted", "of": ["reg_close"], "locator": "x"}]
    for voted, state in ((50, "fail"), (51, "pass")):
        [row] = found({"KZ": {"voted": voted, "reg_close": 100}, "decision": rule}, "U7")
        assert row.state == state


ONE = {"territory": "KZ", "field": "no", "text": "1", "locator": ""}
RULE = {"territory": "A", "field": "yes", "of": [], "locator": ""}


@pytest.mark.parametrize(
    ("results", "named"),
    [
        ({"KZ": {"yes": "1,6970"}}, "results.KZ"),
        ({"KZ": {"yes": -1}}, "results.KZ"),
        ({"total": "XX", "KZ": {}}, "results.total"),
        ({"KZ": {"yes": 1}, "printed": [ONE]}, "results.printed"),
        ({"KZ": {"yes": 1}, "printed": {"field": "yes"}}, "results.printed"),
        ({"KZ": {"yes": 1}, "decision": [RULE]}, "results.decision"),
        ({"KZ": {"yes": 1}, "shares": {"XX": {"yes": "1.00"}}}, "results.shares"),
        ({"KZ": {"yes": 1}, "shares": {"KZ": {"no": "1.00"}}}, "results.shares.KZ"),
        ({"KZ": {"yes": 1}, "shares": {"KZ": {"yes": 1.0}}}, "results.shares.KZ"),
    ],
)  # fmt: skip
def test_what_cannot_be_read_is_refused_with_its_key(results, named):
    with pytest.raises(MissionInvalid) as refused:
        read_official(results)
    assert named in str(refused.value.place)
