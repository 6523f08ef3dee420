from __future__ import annotations

import hashlib
import threading
from typing import Any

import orjson
import pytest
from sqlalchemy import select, text

from observer_kit import clock
from observer_kit.storage import Store, chain, devices, listing, public_keys, register, submissions
from observer_kit.storage import tables as t
from observer_kit.storage.check import check
from observer_kit.storage.filters import Filters
from observer_kit.storage.intake import Intake
from observer_kit.trust import receipts
from observer_kit.trust.model import Device, Receipt
from tests.phones import MISSION, Phone, enrol
from tests.storage.arrivals import codes, counted, send


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
        page = listing.page(tx, MISSION, Filters(with_problems=True))
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
        ({"sealed": "mission-key", "payload": "c2VhbGVk"}, "not_opened"),
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
        page = listing.page(tx, MISSION, Filters(question="vo_stuffing", answer="problem"))
        assert submissions.get(tx, MISSION, envelope["id"]).submission.location_name == "x\ufffdy"
    assert page.total == 1


def test_a_fault_of_ours_keeps_the_report_and_those_behind_it(
    store: Store, intake: Intake, phone: Phone, monkeypatch: pytest.MonkeyPatch
) -> None:
    from observer_kit.storage import opening

    real = opening.judge

    def broken(envelope: Any, payload: Any, *rest: Any) -> Any:
        if payload["answers"].get("vo_boxes") == 13:
            raise ZeroDivisionError
        return real(envelope, payload, *rest)

    monkeypatch.setattr(opening, "judge", broken)
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
