from __future__ import annotations

import hashlib
import threading
from typing import Any

import orjson
import pytest
from sqlalchemy import select, text

from observer_kit import clock
from observer_kit.checklists.versions import seal
from observer_kit.statistics import tally
from observer_kit.storage import Store, chain, checklists, devices, public_keys, register, reviews, submissions
from observer_kit.storage import tables as t
from observer_kit.storage.check import check
from observer_kit.storage.intake import Intake
from observer_kit.storage.submissions import Filters
from observer_kit.trust import receipts
from observer_kit.trust.model import Device, Receipt
from tests.builders import checklist, question
from tests.phones import MISSION, Phone, a_checklist, enrol, lay_ground


def send(intake: Intake, phone: Phone, *envelopes: Any, **more: Any) -> list[dict[str, Any]]:
    return intake.receive(envelopes, device=phone.device, **({"via": "http"} | more))


def counted(store: Store) -> list[str]:
    with store.reading() as tx:
        return [report.id for report in submissions.reports(tx, MISSION)]


def codes(store: Store, id: str) -> set[str]:
    with store.reading() as tx:
        return {finding.code for finding in submissions.get(tx, MISSION, id).submission.findings}


def test_a_stored_envelope_gets_a_receipt_signed_by_the_servers_key(store: Store, intake: Intake, phone: Phone) -> None:
    envelope = phone.envelope()
    [result] = send(intake, phone, envelope)
    receipt = Receipt(**result["receipt"])
    assert (result["id"], result["status"]) == (envelope["id"], "stored")
    assert (receipt.id, receipt.hash) == (envelope["id"], envelope["hash"])
    with store.reading() as tx:
        assert receipts.verify(receipt, public_keys.get(tx, receipt.key) or "")
        assert chain.head(tx)[0] == receipt.sequence
    assert check(store) == []


def test_the_envelopes_bytes_are_stored_as_sent(store: Store, intake: Intake, phone: Phone) -> None:
    envelope = phone.envelope({"vo_stuffing": "yes"}, comments={"vo_stuffing": "Көрдім: екі бюллетень"})
    send(intake, phone, envelope)
    with store.reading() as tx:
        stored = submissions.get(tx, MISSION, envelope["id"])
    assert {name: getattr(stored.envelope, name) for name in envelope} == envelope
    assert stored.submission.comments == {"vo_stuffing": "Көрдім: екі бюллетень"}


def test_resending_gives_the_first_receipt_again(store: Store, intake: Intake, phone: Phone) -> None:
    envelope = phone.envelope()
    [first] = send(intake, phone, envelope)
    [second] = send(intake, phone, envelope)
    assert second == {"id": envelope["id"], "status": "known", "receipt": first["receipt"]}
    assert counted(store) == [envelope["id"]]


def test_the_same_envelope_twice_in_one_request_is_stored_once(store: Store, intake: Intake, phone: Phone) -> None:
    envelope = phone.envelope()
    first, second = send(intake, phone, envelope, dict(envelope))
    assert (first["status"], second["status"]) == ("stored", "known")
    assert first["receipt"] == second["receipt"]
    assert counted(store) == [envelope["id"]]


def test_another_payload_under_the_same_id_is_a_conflict_and_changes_nothing(
    store: Store, intake: Intake, phone: Phone
) -> None:
    envelope = phone.envelope({"vo_stuffing": "no"})
    send(intake, phone, envelope)
    [result] = send(intake, phone, phone.envelope({"vo_stuffing": "yes"}, id=envelope["id"]))
    assert result["status"] == "conflict"
    assert result["error"]["code"] == "conflict"
    with store.reading() as tx:
        assert submissions.get(tx, MISSION, envelope["id"]).submission.answers["vo_stuffing"] == "no"


def test_another_header_around_the_same_payload_is_a_conflict_too(intake: Intake, phone: Phone) -> None:
    envelope = phone.envelope()
    send(intake, phone, envelope)
    [result] = send(intake, phone, phone.envelope(payload=envelope["payload"], id=envelope["id"], visit=clock.new_id()))
    assert result["status"] == "conflict"


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"hash": "0" * 64}, "malformed"),
        ({"id": "not-a-uuid"}, "malformed"),
        ({"payload": "no json"}, "malformed"),
        ({"payload": "[1, 2]"}, "malformed"),
        ({"clock": "yesterday"}, "malformed"),
        ({"mission": "another"}, "mission_mismatch"),
        ({"version": "f" * 64}, "checklist_unknown"),
        ({"checklist": "opening"}, "checklist_unknown"),
    ],
)
def test_a_bad_envelope_is_refused_by_code_and_its_neighbours_are_kept(
    store: Store, intake: Intake, phone: Phone, change: dict[str, Any], code: str
) -> None:
    good, bad, last = phone.envelope(), phone.envelope(**change), phone.envelope()
    results = send(intake, phone, good, bad, last)
    assert [result["status"] for result in results] == ["stored", "malformed", "stored"]
    assert results[1]["error"]["code"] == code
    assert results[1]["id"] == bad["id"]
    assert counted(store) == [good["id"], last["id"]]


@pytest.mark.parametrize("junk", [None, 7, "envelope", [], {}, {"id": 3}])
def test_what_is_no_envelope_at_all_is_refused_beside_good_ones(
    store: Store, intake: Intake, phone: Phone, junk: object
) -> None:
    good = phone.envelope()
    results = send(intake, phone, junk, good)
    assert [result["status"] for result in results] == ["malformed", "stored"]
    assert counted(store) == [good["id"]]


def test_bad_answers_are_problems_and_the_rest_of_the_report_counts(store: Store, intake: Intake, phone: Phone) -> None:
    envelope = phone.envelope({"vo_stuffing": "yes", "vo_boxes": -3, "vo_secrecy_breached": "perhaps", "vo_odd": 1})
    [result] = send(intake, phone, envelope)
    assert result["status"] == "stored"
    with store.reading() as tx:
        stored = submissions.get(tx, MISSION, envelope["id"]).submission
        page = submissions.page(tx, MISSION, Filters(with_problems=True))
    assert {problem.question for problem in stored.problems} == {"vo_boxes", "vo_secrecy_breached", "vo_odd"}
    assert stored.answers["vo_stuffing"] == "yes"
    assert "problem" in stored.answers["vo_boxes"]
    assert [(row.id, row.problems) for row in page.rows] == [(envelope["id"], 3)]


def test_a_station_and_a_team_nobody_knows_are_findings(store: Store, intake: Intake, phone: Phone) -> None:
    envelope = phone.envelope(location="X-9", team="T9")
    send(intake, phone, envelope)
    assert {"location_unknown", "team_unknown"} <= codes(store, envelope["id"])
    assert counted(store) == [envelope["id"]]


def test_a_station_that_the_register_learns_later_is_known_from_then_on(
    store: Store, intake: Intake, phone: Phone
) -> None:
    before = phone.envelope(location="X-9")
    send(intake, phone, before)
    with store.atomic() as tx:
        known = register.find(tx, MISSION)
        register.replace(tx, MISSION, [*known, register.Location("X-9", "polling_station", "New", region="A")])
    after = phone.envelope(location="X-9")
    send(intake, phone, after)
    assert "location_unknown" in codes(store, before["id"])
    assert "location_unknown" not in codes(store, after["id"])


def test_the_devices_team_stands_in_where_the_payload_names_none(store: Store, intake: Intake, phone: Phone) -> None:
    envelope = phone.envelope(team=None)
    send(intake, phone, envelope)
    with store.reading() as tx:
        stored = submissions.get(tx, MISSION, envelope["id"]).submission
    assert stored.team == "T1"
    assert "team_unknown" not in {finding.code for finding in stored.findings}


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"sign_it": False}, "unsigned"),
        ({"sign_it": False, "signature": "A" * 86}, "signature_invalid"),
        ({"sealed": "mission-key", "payload": "c2VhbGVk"}, "sealed"),
    ],
)
def test_what_can_not_be_trusted_or_opened_is_stored_apart_with_a_receipt(
    store: Store, intake: Intake, phone: Phone, change: dict[str, Any], reason: str
) -> None:
    envelope = phone.envelope(**change)
    [result] = send(intake, phone, envelope)
    assert result["status"] == "quarantined"
    assert result["receipt"]["hash"] == envelope["hash"]
    assert counted(store) == []
    with store.reading() as tx:
        row = submissions.get(tx, MISSION, envelope["id"]).row
        assert submissions.standing(tx, MISSION)["quarantined"] == 1
    assert (row.state, row.quarantine) == ("quarantined", reason)
    assert check(store) == []


def test_a_signature_over_other_bytes_is_noticed(store: Store, intake: Intake, phone: Phone) -> None:
    envelope = phone.envelope()
    moved = {**envelope, "visit": clock.new_id()}
    [result] = send(intake, phone, moved)
    assert result["status"] == "quarantined"


@pytest.mark.parametrize("signature", [None, "A" * 86])
def test_nobody_can_spoil_anothers_report_by_handing_it_in_without_its_signature(
    store: Store, intake: Intake, phone: Phone, asked: Any, signature: str | None
) -> None:
    courier = enrol(store, asked, "T2")
    envelope = phone.envelope()
    [spoilt] = send(intake, courier, {**envelope, "signature": signature})
    assert (spoilt["status"], spoilt["error"]["code"]) == ("malformed", "signature_not_of_device")
    [own] = send(intake, phone, envelope)
    assert own["status"] == "stored"
    assert counted(store) == [envelope["id"]]


def test_a_file_may_not_spoil_a_phones_report_either(store: Store, intake: Intake, phone: Phone) -> None:
    with store.atomic() as tx:
        file = devices.office(tx, MISSION, "file")
    envelope = phone.envelope()
    [spoilt] = intake.receive([{**envelope, "signature": None}], device=file, via="file")
    assert spoilt["error"]["code"] == "signature_not_of_device"
    assert [result["status"] for result in send(intake, phone, envelope)] == ["stored"]


@pytest.mark.parametrize("apart", [True, False])
def test_an_envelope_in_quarantine_is_told_so_every_time_it_comes(
    store: Store, intake: Intake, phone: Phone, apart: bool
) -> None:
    with store.atomic() as tx:
        devices.revoke(tx, phone.device.id, None)
        phone.device = devices.get(tx, phone.device.id)
    envelope = phone.envelope()
    if apart:
        results = [send(intake, phone, envelope)[0] for _ in range(2)]
    else:
        results = send(intake, phone, envelope, dict(envelope))
    assert [result["status"] for result in results] == ["quarantined", "quarantined"]
    assert results[0]["receipt"] == results[1]["receipt"]


def test_a_withdrawn_device_is_heard_and_not_counted(store: Store, intake: Intake, phone: Phone) -> None:
    before, after = phone.envelope(), phone.envelope()
    send(intake, phone, before)
    with store.atomic() as tx:
        devices.revoke(tx, phone.device.id, None)
        withdrawn = devices.get(tx, phone.device.id)
    [again, late] = intake.receive([before, after], device=withdrawn, via="http")
    assert (again["status"], late["status"]) == ("known", "quarantined")
    assert counted(store) == [before["id"]]


def test_a_phone_enrolled_anew_still_delivers_what_it_signed_before(
    store: Store, intake: Intake, phone: Phone, asked: Any
) -> None:
    anew = enrol(store, asked)
    envelope = phone.envelope()
    [result] = send(intake, anew, envelope)
    assert result["status"] == "stored"


def test_nobody_speaks_for_the_desk_but_the_desk(store: Store, intake: Intake, phone: Phone) -> None:
    with store.atomic() as tx:
        desk = devices.office(tx, MISSION, "desk")
    forged = phone.envelope(device=desk.id, sign_it=False)
    [result] = send(intake, phone, forged)
    assert (result["status"], result["error"]["code"]) == ("malformed", "signature_not_of_device")
    [own] = intake.receive([phone.envelope(device=desk.id, sign_it=False)], device=desk, via="desk")
    assert own["status"] == "stored"


def test_a_file_counts_unsigned_envelopes_only_when_told_and_marks_them(
    store: Store, intake: Intake, phone: Phone
) -> None:
    with store.atomic() as tx:
        file = devices.office(tx, MISSION, "file")
    strange = phone.envelope(device=clock.new_id(), sign_it=False)
    other = phone.envelope(sign_it=False)
    third = phone.envelope(sign_it=False)
    assert [r["status"] for r in intake.receive([strange], device=file, via="file")] == ["quarantined"]
    told = intake.receive([other, third | {"device": clock.new_id()}], device=file, via="file", accept_unsigned=True)
    assert [result["status"] for result in told] == ["stored", "stored"]
    assert "unsigned" in codes(store, other["id"])
    assert "device_unknown" in codes(store, third["id"])


def test_the_same_office_device_is_given_every_time(store: Store, asked: Any) -> None:
    with store.atomic() as tx:
        first = devices.office(tx, MISSION, "desk")
    with store.reading() as tx:
        assert devices.office(tx, MISSION, "desk") == first


def test_characters_that_a_database_can_not_hold_do_not_lose_a_report(
    store: Store, intake: Intake, phone: Phone
) -> None:
    content = {"location": "A-1\0", "location_name": "x\0y", "answers": {"vo_stuffing": "\0"}, "comments": {"a": "b\0"}}
    payload = orjson.dumps(content).decode()
    envelope = phone.envelope(payload=payload)
    [result] = send(intake, phone, envelope)
    assert result["status"] == "stored"
    with store.reading() as tx:
        page = submissions.page(tx, MISSION, Filters(question="vo_stuffing", answer="problem"))
        assert submissions.get(tx, MISSION, envelope["id"]).submission.location_name == "x\ufffdy"
    assert page.total == 1


def test_a_fault_of_ours_keeps_the_report_and_those_behind_it(
    store: Store, intake: Intake, phone: Phone, monkeypatch: pytest.MonkeyPatch
) -> None:
    from observer_kit.storage import reception

    real = reception.judge

    def broken(envelope: Any, payload: Any, *rest: Any) -> Any:
        if payload["answers"].get("vo_boxes") == 13:
            raise ZeroDivisionError
        return real(envelope, payload, *rest)

    monkeypatch.setattr(reception, "judge", broken)
    bad, good = phone.envelope({"vo_boxes": 13}), phone.envelope()
    results = send(intake, phone, bad, good)
    assert [result["status"] for result in results] == ["quarantined", "stored"]
    with store.reading() as tx:
        assert submissions.get(tx, MISSION, bad["id"]).row.quarantine == "not_judged"


@pytest.mark.parametrize("place", ["answers", "comments", "strange"])
def test_a_payload_nested_too_deep_to_be_written_again_is_kept_apart_and_its_neighbours_count(
    store: Store, intake: Intake, phone: Phone, place: str
) -> None:
    nested = "[" * 300 + "]" * 300
    payload = f'{{"answers": {{"x": {nested}}}}}' if place == "answers" else f'{{"answers": {{}}, "{place}": {nested}}}'
    good, deep = phone.envelope(), phone.envelope(payload=payload)
    results = send(intake, phone, deep, good)
    assert results[1]["status"] == "stored"
    assert results[0]["receipt"]["hash"] == deep["hash"]
    assert good["id"] in counted(store)
    assert check(store) == []


@pytest.mark.parametrize(("team", "found"), [("T1", set()), (None, set()), ("T2", {"team_not_its_own"}),
                                             ("T9", {"team_unknown"})])  # fmt: skip
def test_a_phone_that_reports_for_another_team_is_flagged(
    store: Store, intake: Intake, phone: Phone, team: str | None, found: set[str]
) -> None:
    send(intake, phone, envelope := phone.envelope(team=team))
    assert codes(store, envelope["id"]) == found
    assert check(store) == []


def test_the_desk_belongs_to_no_team_and_may_report_for_any(store: Store, intake: Intake, phone: Phone) -> None:
    with store.atomic() as tx:
        desk = devices.office(tx, MISSION, "desk")
    envelope = phone.envelope(device=desk.id, sign_it=False, team="T2")
    intake.receive([envelope], device=desk, via="desk")
    assert codes(store, envelope["id"]) == set()


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
            assert [row.id for row in submissions.page(tx, MISSION, Filters(with_findings=True)).rows] == [new["id"]]
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


def test_requests_that_come_together_are_committed_together_and_each_gets_its_own_results(
    store: Store, asked: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    intake = Intake(store, store.config)
    team = [enrol(store, asked) for _ in range(6)]
    sent = [[phone.envelope() for _ in range(3)] for phone in team for _ in range(3)]
    results: dict[int, list[dict[str, Any]]] = {}
    start = threading.Barrier(len(sent))

    def deliver(place: int) -> None:
        start.wait()
        results[place] = send(intake, team[place // 3], *sent[place])

    threads = [threading.Thread(target=deliver, args=(place,)) for place in range(len(sent))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for place, envelopes in enumerate(sent):
        assert [result["id"] for result in results[place]] == [envelope["id"] for envelope in envelopes]
        assert {result["status"] for result in results[place]} == {"stored"}
    sequences = [result["receipt"]["sequence"] for some in results.values() for result in some]
    assert len(set(sequences)) == len(sequences) == 54
    with store.reading() as tx:
        moments = tx.scalar(text("SELECT count(DISTINCT received) FROM envelopes"))
    assert moments is not None
    assert moments < len(sent)  # fewer transactions than requests
    assert check(store) == []


def test_two_processes_at_once_keep_one_chain(store: Store, asked: Any) -> None:
    from observer_kit.storage import open_store

    other = open_store(store.config)
    phone = enrol(store, asked)
    same = [phone.envelope() for _ in range(20)]
    outcomes: list[list[dict[str, Any]]] = []
    threads = [
        threading.Thread(
            target=lambda where=where: outcomes.extend(
                send(Intake(where, where.config), phone, envelope) for envelope in same
            )
        )
        for where in (store, other)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    statuses = [outcome[0]["status"] for outcome in outcomes]
    assert sorted(set(statuses)) == ["known", "stored"]
    assert statuses.count("stored") == 20
    assert check(store) == []
    other.close()


def test_a_request_that_fails_does_not_take_its_neighbours_with_it(
    store: Store, intake: Intake, phone: Phone, monkeypatch: pytest.MonkeyPatch
) -> None:
    from observer_kit.storage import group as room

    real = room.receipts.issue
    bad = phone.envelope()

    def broken(key: Any, id: str, *rest: Any) -> Any:
        if id == bad["id"]:
            raise OSError("no space left on device")
        return real(key, id, *rest)

    monkeypatch.setattr(room.receipts, "issue", broken)
    good = [phone.envelope() for _ in range(4)]
    outcomes: dict[str, Any] = {}
    start = threading.Barrier(5)

    def deliver(envelope: dict[str, Any]) -> None:
        start.wait()
        try:
            outcomes[envelope["id"]] = send(intake, phone, envelope)[0]["status"]
        except OSError as failure:
            outcomes[envelope["id"]] = failure

    threads = [threading.Thread(target=deliver, args=(envelope,)) for envelope in [bad, *good]]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert isinstance(outcomes[bad["id"]], OSError)
    assert {outcomes[envelope["id"]] for envelope in good} == {"stored"}
    assert sorted(counted(store)) == sorted(envelope["id"] for envelope in good)
    assert check(store) == []


def test_the_visits_hour_is_the_stations_own(store: Store, intake: Intake, phone: Phone) -> None:
    at_a = phone.envelope({"arrival": "2026-11-22T09:10:00+05:00"}, location="A-1")
    nowhere = phone.envelope({"arrival": "2026-11-22T04:10:00Z"}, location=None, location_name="a school")
    broken = phone.envelope({"arrival": "0001-01-01T00:30:00+00:00"}, location="B-1")
    send(intake, phone, at_a, nowhere, broken)
    with store.reading() as tx:
        hours = {report.id: report.hour for report in submissions.reports(tx, MISSION)}
    assert hours[at_a["id"]] == hours[nowhere["id"]] == 9
    assert len(hours) == 3


def test_reports_carry_their_dimensions_from_answers_and_register(store: Store, intake: Intake, phone: Phone) -> None:
    told = phone.envelope({"env_urban_rural": "rural"}, location="A-1", team="T2")
    untold = phone.envelope({}, location="A-1")
    special = phone.envelope({"vo_stuffing": "not_observed"}, location="A-2")
    send(intake, phone, told, untold, special)
    with store.reading() as tx:
        found = {report.id: report for report in submissions.reports(tx, MISSION, "voting")}
    assert (found[told["id"]].setting, found[told["id"]].region, found[told["id"]].team) == ("rural", "A", "T2")
    assert (found[untold["id"]].setting, found[untold["id"]].kind) == ("urban", "polling_station")
    assert found[special["id"]].special == "military"


@pytest.mark.parametrize(
    ("filters", "expected"),
    [
        (Filters(question="vo_stuffing", answer="yes"), {0}),
        (Filters(question="vo_stuffing", answer="missing"), {3, 4}),
        (Filters(question="vo_stuffing", answer="not_observed"), {2}),
        (Filters(question="vo_stuffing", answer="answered"), {0, 1}),
        (Filters(question="vo_stuffing", answer="asked"), {0, 1, 2, 3, 4}),
        (Filters(question="vo_stuffing", answer="not_asked"), set()),
        (Filters(question="vo_reasons", answer="secrecy"), {1, 2}),
        (Filters(question="vo_reasons", answer="late"), {1}),
        (Filters(question="vo_boxes", answer="3"), {1}),
        (Filters(question="vo_boxes", answer="problem"), {4}),
        (Filters(question='odd"name', answer="yes"), set()),
        (Filters(region="B"), {3}),
        (Filters(setting="rural"), {3, 4}),
        (Filters(team="T2"), {2}),
        (Filters(hour=10), {4}),
        (Filters(location="A-2"), {2}),
        (Filters(search="школа"), {0, 1, 4}),
        (Filters(search="бюллетень"), {0}),
        (Filters(checklist="opening"), set()),
        (Filters(counted=False), set()),
        (Filters(review="received", counted=True), {0, 1, 2, 3, 4}),
    ],
)
def test_filters_find_exactly_the_submissions_they_name(
    store: Store, intake: Intake, phone: Phone, filters: Filters, expected: set[int]
) -> None:
    sent = [
        phone.envelope({"vo_stuffing": "yes"}, comments={"vo_stuffing": "Екі БЮЛЛЕТЕНЬ"}),
        phone.envelope({"vo_stuffing": "no", "vo_reasons": ["late", "secrecy"], "vo_boxes": 3}),
        phone.envelope({"vo_stuffing": "not_observed", "vo_reasons": ["secrecy"]}, location="A-2", team="T2"),
        phone.envelope({}, location="B-1"),
        phone.envelope({"env_urban_rural": "rural", "arrival": "2026-11-22T05:00:00Z", "vo_boxes": -1}),
    ]
    send(intake, phone, *sent)
    with store.reading() as tx:
        found = submissions.page(tx, MISSION, filters)
        counted_ids = {report.id for report in submissions.reports(tx, MISSION, filters=filters)}
    ids = {sent[place]["id"] for place in expected}
    assert {row.id for row in found.rows} == ids
    assert found.total == len(ids)
    assert counted_ids == ids


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        ("answered", {0, 1}),
        ("missing", {2}),
        ("problem", {3}),
        ("not_observed", {4}),
        ("not_applicable", {5}),
        ("asked", {0, 1, 2, 3, 4, 5}),
        ("not_asked", set()),
        ("7", {0, 2, 3, 4}),
    ],
)
def test_a_repeated_question_leads_to_the_same_submissions_that_its_column_counts(
    store: Store, answer: str, expected: set[int]
) -> None:
    issued = question("issued", "integer", minimum=0, repeat="members", not_applicable=True)
    plain = question("issued_in_all", "integer", minimum=0)
    asked = lay_ground(store, seal(checklist(issued, plain, version="")))
    phone, intake = enrol(store, asked), Intake(store, store.config)
    rows: list[list[Any]] = [
        [7, 8], [5, "not_applicable"], [7, None], [7, "many", None], [7, "not_observed", "not_applicable"],
        ["not_applicable", "not_applicable"],
    ]  # fmt: skip
    sent = [phone.envelope({f"issued[{place}]": value for place, value in enumerate(row)}) for row in rows]
    send(intake, phone, *sent)
    with store.reading() as tx:
        found = submissions.page(tx, MISSION, Filters(question="issued", answer=answer))
        total = tally(submissions.reports(tx, MISSION), asked, question="issued")[0]
        first = submissions.page(tx, MISSION, Filters(question="issued[0]", answer="5"))
    assert {row.id for row in found.rows} == {sent[place]["id"] for place in expected}
    counts = {"answered": total.answered, "missing": total.missing, "problem": total.problems,
              "not_observed": total.not_observed, "not_applicable": total.not_applicable}  # fmt: skip
    assert counts.get(answer, found.total) == found.total
    assert [row.id for row in first.rows] == [sent[1]["id"]]


def test_standing_counts_every_state(store: Store, intake: Intake, phone: Phone) -> None:
    old = phone.envelope({"vo_boxes": "many"})
    new = phone.envelope({"vo_boxes": "few"}, visit=old["visit"], supersedes=old["id"], location="X-9")
    out, apart = phone.envelope(), phone.envelope(sign_it=False)
    send(intake, phone, old, new, out, apart)
    with store.atomic() as tx:
        reviews.add(tx, MISSION, out["id"], "excluded", "a test", None)
    with store.reading() as tx:
        standing = submissions.standing(tx, MISSION)
    assert {name: standing[name] for name in ("counted", "superseded", "excluded", "quarantined")} == {
        "counted": 1, "superseded": 1, "excluded": 1, "quarantined": 1,
    }  # fmt: skip
    assert (standing["with_problems"], standing["with_findings"]) == (1, 1)
    assert standing["first"] is not None
    assert standing["first"] <= standing["last"]


def test_two_missions_in_one_database_never_see_each_other(store: Store, intake: Intake, phone: Phone) -> None:
    elsewhere = lay_ground(store, code="other")
    stranger = enrol(store, elsewhere, code="other")
    send(intake, phone, phone.envelope())
    send(intake, stranger, stranger.envelope())
    with store.reading() as tx:
        for code in (MISSION, "other"):
            assert submissions.page(tx, code, Filters()).total == 1
            assert len(list(submissions.reports(tx, code))) == 1


def test_the_chain_row_of_an_intake_covers_what_was_judged(store: Store, intake: Intake, phone: Phone) -> None:
    send(intake, phone, envelope := phone.envelope())
    with store.reading() as tx:
        link = tx.scalars(select(t.Chain).where(t.Chain.kind == "intake")).one()
    assert (link.subject, link.mission, link.by) == (envelope["id"], MISSION, phone.device.id)
    assert envelope["hash"] != link.content
    assert hashlib.sha256(orjson.dumps(envelope)).hexdigest() != link.content


def test_devices_name_who_made_an_envelope(store: Store, intake: Intake, phone: Phone) -> None:
    send(intake, phone, envelope := phone.envelope())
    with store.reading() as tx:
        row = submissions.get(tx, MISSION, envelope["id"]).row
        device: Device | None = devices.by_token(tx, phone.token)
    assert device == phone.device
    assert (row.device, row.device_kind) == (phone.device.id, "phone")
