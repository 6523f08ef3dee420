"""Checks over several documents."""

from dataclasses import dataclass, field

import pytest

from observer_kit.errors import FormsInvalid
from observer_kit.protocols import across, load_rules
from observer_kit.protocols.across import Printed
from observer_kit.protocols.checks import CHECKS, load_checks
from observer_kit.protocols.printed import read_cell
from observer_kit.protocols.tables import Row, Table

CHECK = load_checks()


@dataclass
class Sheet:
    id: str
    location: str | None = "1"
    region: str | None = "A"
    answers: dict = field(default_factory=dict)


def said(found):
    return [(each.location, each.field, each.state, each.difference) for each in found]


def row(line, location, why=None, **cells):
    return Row(line, location or "?", location, {name: read_cell(text) for name, text in cells.items()}, why)


def test_every_check_of_the_list_is_a_rule_or_a_check_of_several_documents():
    for event in ("election", "referendum"):
        rules = {rule.id.partition("_")[0] for rule in load_rules(event)}
        assert rules | set(CHECK) == {f"S{n}" for n in range(1, 20)} | {"C1", "C2", "C3"} | {
            f"U{n}" for n in range(1, 8)
        }
    assert set(CHECK) == set(CHECKS)


def test_figures_noted_live_are_held_against_the_protocol_of_the_same_station():
    live = Sheet("c", answers={"co_unused_number": 100, "co_signatures_number": None})
    other = Sheet("d", location="2", answers={"co_unused_number": 1})
    protocol = Sheet("p", answers={"b_cancelled": 90, "signatures": 5})
    assert said(across.noted(CHECK["S19"], [protocol], {"counting": [live, other]})) == [
        ("1", "b_cancelled", "fail", 10), ("1", "signatures", "not_computable", None),
    ]  # fmt: skip


def visit(id, hour, so_far, seen, hours=1):
    times = {"arrival": f"2026-04-03T{hour:02}:00:00Z", "departure": f"2026-04-03T{hour + hours:02}:00:00Z"}
    return Sheet(id, answers={**times, "vo_voted_so_far": so_far, "vo_voters_seen": seen})


def test_turnout_that_grows_faster_than_people_were_seen_voting_is_a_warning():
    # 20 and 30 an hour were seen; in four hours 100 are likely.
    assert said(across.grown(CHECK["S15"], [visit("a", 8, 50, 20), visit("b", 12, 160, 30)])) == [
        ("1", "vo_voted_so_far", "pass", 10)
    ]
    assert said(across.grown(CHECK["S15"], [visit("a", 8, 50, 20), visit("b", 12, 350, 30)])) == [
        ("1", "vo_voted_so_far", "fail", 200)
    ]
    assert said(across.grown(CHECK["S15"], [visit("a", 8, 50, 20)])) == []
    assert said(across.grown(CHECK["S15"], [visit("a", 8, 5, 2, 0), visit("b", 9, 6, 2, 0)]))[0][2] == "not_computable"


def test_invalid_ballots_far_above_the_region_are_a_warning_and_few_protocols_say_nothing():
    ordinary = [Sheet(f"p{n}", location=str(n), answers={"valid": 990, "invalid": 10}) for n in range(9)]
    high = Sheet("high", location="h", answers={"valid": 900, "invalid": 100})
    found = {each.location: each for each in across.invalid_shares(CHECK["S16"], [*ordinary, high])}
    assert (found["h"].state, found["h"].left, found["h"].right) == ("fail", 100, 10)
    assert {each.state for place, each in found.items() if place != "h"} == {"pass"}
    few = list(across.invalid_shares(CHECK["S16"], [*ordinary[:5], high, Sheet("blank")]))
    assert {(each.state, each.right) for each in few} == {("not_computable", None)}


def test_two_copies_of_one_protocol_are_compared_in_what_stands_in_both():
    one = Sheet("a", answers={"valid": 5, "invalid": None, "signed": "yes"})
    other = Sheet("b", answers={"valid": 7, "invalid": 1, "signed": "no"})
    assert said(across.copies([one, other, Sheet("c", location=None), Sheet("d", location="2")])) == [
        ("1", "valid", "fail", -2)
    ]
    assert said(across.copies([one, one]))[0][2] == "pass"


ROWS = (row(2, "1", valid="5", invalid="–"), row(3, "2", valid="7", invalid="1"), row(4, None, "unknown", valid="1"))
TABLE = Printed("DEC", "D1", "final", Table(ROWS, (row(5, None, valid="12", invalid="1"),)), ("3",))


def test_printed_totals_and_the_commissions_own_protocol_are_the_sums_of_the_rows():
    own = Sheet("d", location="D1", answers={"valid": 13, "invalid": 1})
    assert said(across.summed([TABLE], [own])) == [
        ("D1", "valid", "fail", -1), ("D1", "invalid", "not_computable", None),
        ("D1", "valid", "pass", 0), ("D1", "invalid", "not_computable", None),
    ]  # fmt: skip


def test_unknown_doubled_and_missing_stations_fail_by_name():
    twice = Printed("T", None, "final", Table((row(2, "1"), row(3, "1", "doubled"), row(4, "2"))))
    found = [(each.location, each.state, each.note) for each in across.rows_exist([TABLE, twice])]
    assert found == [
        ("1", "pass", None), ("2", "pass", None), ("?", "fail", "unknown"), ("3", "fail", "missing"),
        ("1", "fail", "doubled"), ("1", "fail", "doubled"), ("2", "pass", None),
    ]  # fmt: skip


def test_preliminary_and_final_rows_are_held_against_each_other():
    first = Printed("P", "D1", "preliminary", Table((row(2, "1", valid="4"), row(3, "9", valid="1"))))
    assert said(across.preliminary([first, TABLE])) == [("1", "valid", "fail", 1)]


def test_a_wrong_file_of_checks_is_refused_with_its_place(tmp_path):
    path = tmp_path / "checks.toml"
    path.write_text('[[check]]\nid = "S99"\n')
    with pytest.raises(FormsInvalid, match="check 1: id: expected one of S15"):
        load_checks(path)
