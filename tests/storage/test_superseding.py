"""Corrections: of each report and what corrects it exactly one counts, in whatever order they arrive."""

from __future__ import annotations

from typing import Any

import pytest

from observer_kit import clock
from observer_kit.storage import Store, checklists, devices, listing, reviews, submissions
from observer_kit.storage.check import check
from observer_kit.storage.filters import Filters
from observer_kit.storage.intake import Intake
from tests.phones import MISSION, Phone, a_checklist, enrol
from tests.storage.arrivals import codes, counted, send


class TestSuperseding:
    def test_a_correction_takes_the_place_of_what_it_names(self, store: Store, intake: Intake, phone: Phone) -> None:
        old = phone.envelope()
        new = phone.envelope(visit=old["visit"], supersedes=old["id"])
        send(intake, phone, old)
        send(intake, phone, new)
        assert counted(store) == [new["id"]]
        with store.reading() as tx:
            assert submissions.get(tx, MISSION, old["id"]).row.successor == new["id"]
        assert check(store) == []

    def test_a_correction_may_arrive_first(self, store: Store, intake: Intake, phone: Phone) -> None:
        old = phone.envelope()
        new = phone.envelope(visit=old["visit"], supersedes=old["id"])
        send(intake, phone, new)
        assert counted(store) == [new["id"]]
        send(intake, phone, old)
        assert counted(store) == [new["id"]]

    def test_both_may_arrive_in_one_request_in_any_order(self, store: Store, intake: Intake, phone: Phone) -> None:
        one = phone.envelope()
        two = phone.envelope(visit=one["visit"], supersedes=one["id"])
        three = phone.envelope(visit=one["visit"], supersedes=two["id"])
        send(intake, phone, three, one, two)
        assert counted(store) == [three["id"]]
        assert check(store) == []

    @pytest.mark.parametrize("other", ["visit", "checklist"])
    def test_a_correction_of_another_visit_or_checklist_supersedes_nothing(
        self, store: Store, intake: Intake, phone: Phone, other: str
    ) -> None:
        opening = a_checklist("opening")
        with store.atomic() as tx:
            checklists.publish(tx, MISSION, opening)
        old = phone.envelope()
        header = {"visit": old["visit"], "supersedes": old["id"]}
        header |= (
            {"visit": clock.new_id()} if other == "visit" else {"checklist": "opening", "version": opening.version}
        )
        new = phone.envelope(**header)
        send(intake, phone, old, new)
        assert sorted(counted(store)) == sorted([old["id"], new["id"]])

    def test_another_phone_can_not_supersede_but_the_desk_can(
        self, store: Store, intake: Intake, phone: Phone, asked: Any
    ) -> None:
        old = phone.envelope()
        other = enrol(store, asked)
        send(intake, phone, old)
        send(intake, other, foreign := other.envelope(visit=old["visit"], supersedes=old["id"]))
        assert counted(store) == [old["id"], foreign["id"]]
        with store.atomic() as tx:
            desk = devices.office(tx, MISSION, "desk")
        mended = phone.envelope(visit=old["visit"], supersedes=old["id"], device=desk.id, sign_it=False)
        intake.receive([mended], device=desk, via="desk")
        assert counted(store) == [foreign["id"], mended["id"]]

    def test_of_two_corrections_the_first_counts_until_it_is_excluded(
        self, store: Store, intake: Intake, phone: Phone
    ) -> None:
        old = phone.envelope()
        first, second = (phone.envelope(visit=old["visit"], supersedes=old["id"]) for _ in range(2))
        send(intake, phone, old)
        send(intake, phone, first)
        send(intake, phone, second)
        assert "superseded_twice" in codes(store, second["id"])
        assert counted(store) == [first["id"]]
        assert check(store) == []
        with store.reading() as tx:
            stored = submissions.get(tx, MISSION, old["id"])
            assert submissions.get(tx, MISSION, second["id"]).row.successor == first["id"]
        assert stored.row.successor == first["id"]
        assert stored.successors == (first["id"], second["id"])
        with store.atomic() as tx:
            reviews.add(tx, MISSION, first["id"], "excluded", "sent by mistake", "ann")
        with store.reading() as tx:
            assert submissions.get(tx, MISSION, old["id"]).row.successor == second["id"]
        assert counted(store) == [second["id"]]
        assert check(store) == []

    def test_excluding_the_only_correction_lets_the_first_report_count_again(
        self, store: Store, intake: Intake, phone: Phone
    ) -> None:
        old = phone.envelope()
        new = phone.envelope(visit=old["visit"], supersedes=old["id"])
        send(intake, phone, old, new)
        with store.atomic() as tx:
            reviews.add(tx, MISSION, new["id"], "excluded", "wrong station", "ann")
        assert counted(store) == [old["id"]]
        with store.atomic() as tx:
            reviews.add(tx, MISSION, new["id"], "verified", "right after all", "ann")
        assert counted(store) == [new["id"]]
        assert check(store) == []

    def test_an_excluded_link_of_a_chain_of_corrections_does_not_bring_two_reports_back(
        self, store: Store, intake: Intake, phone: Phone
    ) -> None:
        one = phone.envelope()
        two = phone.envelope(visit=one["visit"], supersedes=one["id"])
        three = phone.envelope(visit=one["visit"], supersedes=two["id"])
        send(intake, phone, one, two, three)
        with store.atomic() as tx:
            reviews.add(tx, MISSION, two["id"], "excluded", "wrong", "ann")
        assert counted(store) == [three["id"]]

    def test_corrections_that_name_each_other_do_not_both_vanish(
        self, store: Store, intake: Intake, phone: Phone
    ) -> None:
        a, b = clock.new_id(), clock.new_id()
        visit = clock.new_id()
        one = phone.envelope(id=a, visit=visit, supersedes=b)
        two = phone.envelope(id=b, visit=visit, supersedes=a)
        send(intake, phone, one)
        send(intake, phone, two)
        send(intake, phone, own := phone.envelope(id=(c := clock.new_id()), supersedes=c))
        assert counted(store) == [a, own["id"]]
        assert "supersedes_in_a_circle" in codes(store, b)

    def test_of_many_corrections_in_any_order_of_arrival_exactly_one_counts(
        self, store: Store, intake: Intake, phone: Phone
    ) -> None:
        old = phone.envelope()
        first, second, third = (phone.envelope(visit=old["visit"], supersedes=old["id"]) for _ in range(3))
        after = phone.envelope(visit=old["visit"], supersedes=second["id"])
        send(intake, phone, after, first)
        send(intake, phone, second, third)
        assert counted(store) == [first["id"]]
        send(intake, phone, old)
        assert counted(store) == [first["id"]]
        assert check(store) == []
        with store.atomic() as tx:
            reviews.add(tx, MISSION, first["id"], "excluded", "sent by mistake", "ann")
        assert counted(store) == [after["id"]]
        with store.atomic() as tx:
            reviews.add(tx, MISSION, after["id"], "excluded", "this one too", "ann")
        assert counted(store) == [second["id"]]
        with store.atomic() as tx:
            reviews.add(tx, MISSION, first["id"], "verified", "right after all", "ann")
        assert counted(store) == [first["id"]]
        assert check(store) == []

    @pytest.mark.parametrize("other", ["device", "visit", "checklist"])
    def test_a_correction_that_does_not_fit_counts_beside_and_both_the_desk_and_its_list_say_so(
        self, store: Store, intake: Intake, phone: Phone, asked: Any, other: str
    ) -> None:
        opening = a_checklist("opening")
        with store.atomic() as tx:
            checklists.publish(tx, MISSION, opening)
        spare = enrol(store, asked) if other == "device" else phone
        changes = {
            "visit": {"visit": clock.new_id()},
            "checklist": {"checklist": "opening", "version": opening.version},
        }
        old = phone.envelope()
        new = spare.envelope(**({"visit": old["visit"], "supersedes": old["id"]} | changes.get(other, {})))
        send(intake, phone, old)
        send(intake, spare, new)
        assert counted(store) == [old["id"], new["id"]]
        assert codes(store, new["id"]) == {"supersedes_not_its_own"}
        with store.reading() as tx:
            assert submissions.get(tx, MISSION, old["id"]).foreign == (new["id"],)
            assert [row.id for row in listing.page(tx, MISSION, Filters(with_findings=True)).rows] == [new["id"]]
        assert check(store) == []

    @pytest.mark.parametrize("together", [True, False])
    def test_a_foreign_correction_that_comes_first_is_told_of_the_report_that_it_names(
        self, store: Store, intake: Intake, phone: Phone, asked: Any, together: bool
    ) -> None:
        old = phone.envelope()
        spare = enrol(store, asked)
        new = spare.envelope(visit=old["visit"], supersedes=old["id"])
        if together:
            send(intake, phone, new, old)
        else:
            send(intake, spare, new)
            send(intake, phone, old)
        assert codes(store, old["id"]) == {"corrected_by_another"}
        assert sorted(counted(store)) == sorted([old["id"], new["id"]])

    def test_a_foreign_correction_is_no_second_one_to_the_phones_own(
        self, store: Store, intake: Intake, phone: Phone, asked: Any
    ) -> None:
        old = phone.envelope()
        spare = enrol(store, asked)
        send(intake, phone, old)
        send(intake, spare, spare.envelope(visit=old["visit"], supersedes=old["id"]))
        send(intake, phone, own := phone.envelope(visit=old["visit"], supersedes=old["id"]))
        assert codes(store, own["id"]) == set()

    def test_a_long_chain_of_corrections_counts_once_and_is_flagged_beyond_fifty(
        self, store: Store, intake: Intake, phone: Phone
    ) -> None:
        chained = [phone.envelope()]
        for _ in range(60):
            chained.append(phone.envelope(visit=chained[0]["visit"], supersedes=chained[-1]["id"]))
        send(intake, phone, *chained[:30])
        send(intake, phone, *chained[30:])
        assert counted(store) == [chained[-1]["id"]]
        assert "corrected_too_often" not in codes(store, chained[50]["id"])
        assert "corrected_too_often" in codes(store, chained[51]["id"])
        assert check(store) == []

    @pytest.mark.parametrize("backwards", [False, True])
    def test_a_thousand_quarantined_corrections_in_a_chain_neither_fail_nor_change_what_counts(
        self, store: Store, intake: Intake, phone: Phone, backwards: bool
    ) -> None:
        send(intake, phone, root := phone.envelope())
        chained = [root]
        for _ in range(1100):
            chained.append(phone.envelope(visit=root["visit"], supersedes=chained[-1]["id"], sign_it=False))
        rest = chained[:0:-1] if backwards else chained[1:]
        for start in range(0, len(rest), 100):
            statuses = {result["status"] for result in send(intake, phone, *rest[start : start + 100])}
            assert statuses == {"quarantined"}
        assert counted(store) == [root["id"]]
        with store.atomic() as tx:
            reviews.add(tx, MISSION, root["id"], "verified", "", "ann")
        assert counted(store) == [root["id"]]
        assert check(store) == []

    def test_a_correction_in_quarantine_supersedes_nothing(self, store: Store, intake: Intake, phone: Phone) -> None:
        old = phone.envelope()
        new = phone.envelope(visit=old["visit"], supersedes=old["id"], sign_it=False)
        send(intake, phone, old, new)
        assert counted(store) == [old["id"]]
