"""What pages and command line fetch alike: coverage, lists, figures and the frozen data set."""

from dataclasses import replace

import pytest

from observer_kit.errors import ChecklistUnknown
from observer_kit.missions.model import Location
from observer_kit.statements.text import load_style
from observer_kit.storage import listing, missions, register, reviews
from observer_kit.storage.filters import Filters
from observer_kit.web import days, numbers, papers
from tests.web.conftest import PROTOCOL


def test_coverage_counts_reports_and_different_locations_by_region(store, sender):
    for location, team in (("R-1", "T01"), ("R-1", "T02"), ("R-2", "T02"), (None, None)):
        sender.send({"vo_stuffing": "no"}, location=location, team=team)
    with store.reading() as tx:
        day = days.day(tx, missions.get(tx, "m-1"))
    voting = next(stage for stage in day.stages if stage.checklist.name == "voting")
    assert (voting.reports, voting.expected, voting.reached.locations) == (4, 12, {"R-1", "R-2"})
    assert dict(voting.by_region) == {
        "A": (2, 1), "B": (1, 1), None: (1, 0),
    }  # fmt: skip
    assert day.teams == {"T01", "T02"}


def test_stations_visited_are_told_apart_from_commissions_and_unknown_places(store, sender):
    with store.atomic() as tx:
        found = register.find(tx, "m-1")
        register.replace(tx, "m-1", [*found, Location("C-1", "commission", "Commission", region="A")])
    for location in ("R-1", "R-1", "C-1", "X-99"):
        sender.send({"vo_stuffing": "no"}, location=location)
    with store.reading() as tx:
        day = days.day(tx, missions.get(tx, "m-1"))
    assert (day.stations, day.commissions, day.unknown) == ({"R-1"}, {"C-1"}, {"X-99"})


def test_a_list_over_several_answers_is_paged_as_one(store, sender):
    ids = [sender.send({"vo_overall": rating})[0] for rating in ("bad", "good", "very_bad", "bad", "very_good")]
    wanted = Filters(checklist="voting", question="vo_overall", answer="bad,very_bad")
    with store.reading() as tx:
        first, second = (listing.page(tx, "m-1", wanted, offset, 2) for offset in (0, 2))
    assert (first.total, second.total) == (3, 3)
    assert [row.id for row in first.rows + second.rows] == [ids[3], ids[2], ids[0]]


def test_the_frozen_data_set_holds_what_counts_and_nothing_else(store, sender):
    kept, _ = sender.send({"vo_stuffing": "no"})
    dropped, _ = sender.send({"vo_stuffing": "yes"})
    with store.atomic() as tx:
        reviews.add(tx, "m-1", dropped, "excluded", "sent twice", None)
    with store.reading() as tx:
        frozen = numbers.snapshot(tx, missions.get(tx, "m-1"))
    assert set(frozen.submissions) == {kept}
    assert len(frozen.submissions[kept]) == 64
    assert frozen.standing["excluded"] == 1
    assert len(frozen.chain_head) == 64


def test_the_evidence_holds_each_rule_s_state_for_each_protocol(store, sender):
    id, _ = sender.send({"b_received": 200, "b_issued": 110, "b_cancelled": 90, "valid": 100}, checklist=PROTOCOL)
    with store.reading() as tx:
        evidence = numbers.evidence(tx, missions.get(tx, "m-1"))
    assert evidence.rules[id]["S1"] == "pass"
    assert evidence.rules[id]["S4"] == "not_computable"
    assert [(table.table, table.differs, table.locations) for table in evidence.tables] == [("DEC 1", True, ("R-1",))]


def test_a_checklist_that_the_mission_does_not_ask_is_named(store):
    with store.reading() as tx, pytest.raises(ChecklistUnknown, match="'opening'"):
        numbers.checklist_named(tx, "m-1", "opening")


def test_a_missions_figures_are_counted_in_each_region_from_which_something_came(store, sender, staff):
    with store.atomic() as tx:
        missions.save(tx, replace(missions.get(tx, "m-1"), figures=()))
    for rating in ("bad", "good", "good"):
        sender.send({"vo_overall": rating}, location="R-1")
    sender.send({"vo_overall": "not_observed"}, location="R-2")
    with store.reading() as tx:
        mission = missions.get(tx, "m-1")
        found = {each.definition.name: each for each in numbers.figures(tx, mission)}
        _, done = papers.try_style(tx, mission, load_style("odihr-preliminary"), "en")
    part, blank = found["voting_negative.A"], found["voting_negative.B"]
    assert (part.numerator, part.denominator, part.definition.label["en"]) == (
        1, 3, "Voting assessed negatively, Almaty region",
    )  # fmt: skip
    assert (blank.numerator, blank.denominator, blank.not_observed) == (0, 0, 1)
    assert not any(name.startswith("count_negative.") for name in found)  # no count was observed anywhere
    assert "voting_negative.A" in done.used
    assert "voting_negative.B" not in done.used  # nothing can be said of one report without a rating
    assert not [each for each in done.problems if "voting_negative" in each.message]
    page = staff.get("/office/m-1/figures/voting_negative.A").text
    assert "Voting assessed negatively, Almaty region" in page
    assert staff.get("/office/m-1/figures/voting_negative.C").status_code == 404
    page = "/office/m-1/figures/voting_negative.A"
    assert staff.post(f"{page}/note", {"act": "withheld", "reason": "one team"}, page=page).status_code == 303
