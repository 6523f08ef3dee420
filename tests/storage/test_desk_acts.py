"""The desk on both databases: plans, calls, notes, drafts, conflicts, many decisions; check proves all of it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import time
from random import Random

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from observer_kit.errors import Conflict, NotFound
from observer_kit.missions.deployment import Deployed
from observer_kit.missions.model import Team
from observer_kit.storage import (
    Store,
    accounts,
    calls,
    checklists,
    conflicts,
    deployment,
    listing,
    notes,
    received,
    register,
    reviews,
    typing_drafts,
)
from observer_kit.storage.check import check
from observer_kit.storage.intake import Intake
from observer_kit.web.desk.conflicts import at_one_place
from tests.phones import MISSION, Phone, enrol
from tests.storage.test_check import tamper

PLAN = [Deployed("T1", "opening", "A-1", time(8, 30)), Deployed("T1", "voting"), Deployed("T2", "voting", "B-1")]


@pytest.fixture
def sent(store: Store, intake: Intake, phone: Phone) -> list[str]:
    """One report with two corrections, one report of another team from the same place, one from elsewhere."""
    other = enrol(store, phone.checklist, team="T2")
    first = phone.envelope({"vo_stuffing": "no"})
    made = [
        first,
        phone.envelope({"vo_stuffing": "yes"}, visit=first["visit"], supersedes=first["id"]),
        phone.envelope({"vo_stuffing": "no"}, visit=first["visit"], supersedes=first["id"]),
    ]
    theirs = other.envelope({"vo_stuffing": "yes"})
    intake.receive(made, device=phone.device, via="http")
    intake.receive([theirs], device=other.device, via="http")
    return [each["id"] for each in (*made, theirs)]


def test_a_plan_is_kept_as_it_was_and_replaced_whole(store: Store, phone: Phone) -> None:
    with store.atomic() as tx:
        assert deployment.replace(tx, MISSION, []) == 0
        assert deployment.replace(tx, MISSION, PLAN) == 3
    with store.reading() as tx:
        assert deployment.all(tx, MISSION) == PLAN
        assert deployment.any(tx, MISSION)
    with store.atomic() as tx:
        deployment.replace(tx, MISSION, PLAN[:1])
    with store.reading() as tx:
        assert deployment.all(tx, MISSION) == PLAN[:1]
    assert check(store) == []
    with store.atomic() as tx:
        deployment.replace(tx, MISSION, [])
    assert check(store) == []


def test_what_was_sent_is_counted_by_place_and_only_while_it_counts(store: Store, sent: list[str]) -> None:
    with store.reading() as tx:
        found = {(each.team, each.location): each.count for each in deployment.sent(tx, MISSION)}
        heard = deployment.heard(tx, MISSION)
        row = listing.row(tx, MISSION, sent[3])
    assert found == {("T1", "A-1"): 1, ("T2", "A-1"): 1}
    assert heard["T2"] == row.received
    with store.atomic() as tx:
        reviews.add(tx, MISSION, sent[3], "excluded", "sent by mistake", None)
    with store.reading() as tx:
        assert [each.team for each in deployment.sent(tx, MISSION)] == ["T1"]
        assert set(deployment.heard(tx, MISSION)) == {"T1", "T2"}
        assert deployment.sent(tx, MISSION, row.received.replace(year=2000)) == []


def test_what_is_kept_in_memory_says_the_same_as_the_slow_count(store: Store, intake: Intake, phone: Phone) -> None:
    phones_ = [phone, enrol(store, phone.checklist, team="T2")]
    planned = frozenset({("T1", "A-1"), ("T2", "B-1")})
    random, made = Random(4), list[str]()

    def slow() -> dict[tuple[str, str | None], int]:
        with store.reading() as tx:
            return {(each.team or "", each.location): each.count for each in deployment.sent(tx, MISSION)}

    for step in range(6):
        for each in phones_:
            some = [
                each.envelope({"vo_stuffing": "no"}, location=random.choice(["A-1", "A-2", "B-1", "A-C", "X-1", "X-2"]))
                for _ in range(5)
            ]
            if step:
                some[0] = each.envelope(visit=some[1]["visit"], supersedes=some[1]["id"])
                some = [*some[1:], some[0]]
            intake.receive(some, device=each.device, via="http")
            made += [one["id"] for one in some]
        with store.atomic() as tx:
            reviews.add(tx, MISSION, random.choice(made), "excluded", "drawn", None)
            reviews.add(tx, MISSION, random.choice(made), "received", "", None)
        with store.reading() as tx:
            quick, heard = received.sent(tx, MISSION, ["voting"], planned)
            assert heard == deployment.heard(tx, MISSION)
        expected = slow()
        with store.reading() as tx:
            came = {(each.team, each.location): each.at for each in deployment.sent(tx, MISSION)}
        # The moment is that of the first report that counts, however it is asked for.
        assert all(each.at == came[each.team, each.location] for each in quick if (each.team, each.location) in planned)
        for team in ("T1", "T2"):
            total = sum(each.count for each in quick if each.team == team)
            assert total == sum(number for (whose, _), number in expected.items() if whose == team)
        for team, place in planned:
            assert sum(each.count for each in quick if (each.team, each.location) == (team, place)) == expected.get(
                (team, place), 0
            )


def test_a_reader_that_began_earlier_makes_nobody_count_twice(store: Store, intake: Intake, phone: Phone) -> None:
    def count(tx: Session) -> int:
        return sum(each.count for each in received.sent(tx, MISSION, ["voting"], frozenset())[0])

    intake.receive([phone.envelope()], device=phone.device, via="http")
    with store.reading() as early:
        early.scalar(text("SELECT count(*) FROM chain"))
        intake.receive([phone.envelope()], device=phone.device, via="http")
        with store.reading() as late:
            assert count(late) == 2
        count(early)
        with store.reading() as late:
            assert count(late) == 2


def test_many_decisions_are_one_transaction_and_leave_alone_what_was_decided_since(
    store: Store, sent: list[str]
) -> None:
    with store.reading() as tx:
        before = reviews.chain.head(tx)[0]
        planned = reviews.outlook(tx, MISSION, [sent[1], sent[3], "none"], "excluded")
    assert [(each.submission, each.state, each.to_state, each.why, each.chosen) for each in planned] == [
        (sent[1], "counted", "excluded", None, True), (sent[3], "counted", "excluded", None, True),
        ("none", "", "", "gone", True), (sent[2], "superseded", "counted", None, False),
    ]  # fmt: skip
    with store.atomic() as tx:
        reviews.add(tx, MISSION, sent[3], "queried", "", "ann")
    with store.atomic() as tx:
        done = reviews.add_many(tx, MISSION, [sent[1], sent[3]], "excluded", "wrong", "ann", before)
    assert {each.submission: each.why for each in done if each.chosen} == {sent[1]: None, sent[3]: "decided"}
    with store.reading() as tx:
        rows = listing.some(tx, MISSION, sent)
    assert [rows[id].state for id in sent] == ["superseded", "excluded", "counted", "counted"]
    assert check(store) == []


@pytest.mark.parametrize(("state", "reason"), [("excluded", "  "), ("praised", "x")])
def test_a_refused_act_leaves_nothing_behind(store: Store, sent: list[str], state: str, reason: str) -> None:
    with pytest.raises(Conflict), store.atomic() as tx:
        reviews.add_many(tx, MISSION, sent, state, reason, None, None)
    with pytest.raises(Conflict), store.atomic() as tx:
        reviews.add_many(tx, MISSION, sent * 300, "verified", "", None, None)
    with store.reading() as tx:
        assert [reviews.of(tx, id) for id in sent] == [[]] * 4


def test_undo_goes_back_one_step_by_a_step_of_its_own(store: Store, sent: list[str]) -> None:
    with store.atomic() as tx, pytest.raises(Conflict):
        reviews.undo(tx, MISSION, sent[3], "", None)
    for act in ("verified", None, None):
        with store.atomic() as tx:
            reviews.add(tx, MISSION, sent[3], act, "", "a") if act else reviews.undo(tx, MISSION, sent[3], "", "a")
    with store.reading() as tx:
        assert [each.state for each in reviews.of(tx, sent[3])] == ["verified", "received", "verified"]


def test_conflicts_are_those_that_a_person_must_look_at(store: Store, sent: list[str]) -> None:
    with store.reading() as tx:
        assert conflicts.corrections(tx, MISSION, 10, 10) == (1, [])
        number, [twofold] = conflicts.corrections(tx, MISSION, 10)
        assert number == 1
        voting = list(checklists.current(tx, MISSION).values())
        total, [teams] = at_one_place(tx, MISSION, conflicts.TEAMS, voting, 10)
        assert at_one_place(tx, MISSION, conflicts.TWICE, voting, 10) == (0, [])
        assert at_one_place(tx, MISSION, conflicts.TEAMS, voting, 10, 10) == (1, [])
    assert (twofold.about, twofold.submissions) == (sent[0], (sent[1], sent[2]))
    assert (total, teams.about, set(teams.submissions)) == (1, "A-1", {sent[1], sent[3]})
    with store.atomic() as tx:
        reviews.add(tx, MISSION, sent[2], "excluded", "the first is right", None)
    with store.reading() as tx:
        assert conflicts.corrections(tx, MISSION, 10) == (0, [])


def test_two_reports_of_no_team_at_one_place_are_shown_without_those_of_a_team(
    store: Store, sent: list[str], intake: Intake, phone: Phone
) -> None:
    free = enrol(store, phone.checklist, team=None)
    nobodys = [free.envelope({"vo_stuffing": "no"}) for _ in range(2)]
    intake.receive(nobodys, device=free.device, via="http")
    with store.reading() as tx:
        voting = list(checklists.current(tx, MISSION).values())
        total, found = at_one_place(tx, MISSION, conflicts.TWICE, voting, 10)
    assert (total, [each.submissions for each in found]) == (1, [tuple(each["id"] for each in nobodys)])


def test_a_fault_while_the_reports_are_counted_counts_none_twice(store: Store, sent: list[str]) -> None:
    def broken_off() -> Iterator[str]:
        yield "voting"
        raise OSError("the database is gone")

    with store.reading() as tx, pytest.raises(OSError, match="gone"):
        received.sent(tx, MISSION, broken_off(), frozenset())
    with store.reading() as tx:
        found, _ = received.sent(tx, MISSION, ["voting"], frozenset())
        right = deployment.sent(tx, MISSION)
    assert {(each.team, each.location): each.count for each in found} == {
        (each.team, each.location): each.count for each in right
    }


def test_a_draft_is_its_owner_s_until_it_is_stored(store: Store, sent: list[str]) -> None:
    with store.atomic() as tx:
        ann, bob = (accounts.create(tx, name, "long enough to be one", {}).id for name in ("Ann", "Bob"))
        typing_drafts.keep(tx, MISSION, ann, "d-1", "v", {"pairs": [["a", "1"]]})
        typing_drafts.keep(tx, MISSION, ann, "d-1", "v", {"pairs": [["a", "2"]]})
        typing_drafts.keep(tx, MISSION, ann, sent[0], "v", {"pairs": []})  # stored meanwhile: nothing is kept
    with store.atomic() as tx, pytest.raises(NotFound):
        typing_drafts.keep(tx, MISSION, bob, "d-1", "v", {})
    with store.atomic() as tx:
        typing_drafts.drop(tx, MISSION, bob, "d-1")
    with store.reading() as tx:
        assert [each.document for each in typing_drafts.all(tx, MISSION, ann)] == [{"pairs": [["a", "2"]]}]
        assert typing_drafts.get(tx, MISSION, bob, "d-1") is None


def test_whatever_of_the_desk_is_altered_is_named(store: Store, sent: list[str]) -> None:
    with store.atomic() as tx:
        deployment.replace(tx, MISSION, PLAN)
        register.save_teams(tx, MISSION, [Team("T1", "One", "A", "+7 701 1"), Team("T2", "Two")])
        calls.add(tx, MISSION, "T1", "no_answer", "rang long", "ann")
        notes.add(tx, MISSION, sent[3], "vo_stuffing", "asked again", "ann")
    assert check(store) == []
    tamper(
        store,
        "UPDATE deployment SET location = 'A-2' WHERE position = 0",
        "UPDATE teams SET phone = '+7 702 2' WHERE code = 'T1'",
        "UPDATE calls SET outcome = 'reached'",
        "UPDATE notes SET text = 'asked nobody'",
    )
    assert {fault.kind for fault in check(store)} == {
        "deployment_altered", "teams_altered", "call_altered", "note_altered",
    }  # fmt: skip
    tamper(store, "DELETE FROM calls", "DELETE FROM notes")
    assert "row_missing" in {fault.kind for fault in check(store)}
