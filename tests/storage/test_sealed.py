"""Sealed envelopes at the intake: opened and judged like any other, kept as they came, and proved again by check."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import text

from observer_kit.storage import Store, devices, submissions
from observer_kit.storage import tables as t
from observer_kit.storage.check import check
from observer_kit.storage.intake import Intake
from observer_kit.trust import keys
from observer_kit.trust.keys import Key
from tests.phones import MISSION, Phone, enrol, lay_ground, seal_payload
from tests.storage.arrivals import codes, counted, send
from tests.storage.test_check import tamper

REPORTS: list[dict[str, Any]] = [
    {"answers": {}},
    {"answers": {"vo_stuffing": "yes", "vo_boxes": 0}, "comments": {"vo_stuffing": "Көрдім: екі бюллетень"}},
    {"answers": {"arrival": "2026-11-22T09:00:00+05:00", "departure": "2026-11-22T08:00:00+05:00"}},
    {"answers": {"env_urban_rural": "rural", "vo_reasons": ["late", "weather"], "vo_boxes": -3, "vo_odd": 1}},
    {"answers": {"vo_stuffing": "not_observed", "vo_secrecy_breached": "not_applicable"}, "location": "B-1"},
    {"answers": {"vo_stuffing": "no"}, "location": None, "location_name": "Ескі диірмен", "team": "T9"},
    {"answers": {"vo_stuffing": "no"}, "team": None, "location": "Z-9"},
    {"payload": '{"answers": {"vo_stuffing": "no"}, "comments": {"vo_stuffing": "cut \\ud83d \\u0000"}}'},
    {"payload": '{"answers": [], "comments": 5, "weather": "fine", "location": 5}'},
]
JUDGED = (
    "team", "location", "location_name", "arrived", "departed", "hour", "setting", "answers", "comments",
    "problems", "findings", "problem_count", "finding_count", "search",
)  # fmt: skip


@pytest.fixture
def key(store: Store, asked: Any) -> Key:
    return keys.mission_key(store.config, MISSION)


def row(store: Store, id: str) -> dict[str, Any]:
    with store.reading() as tx:
        found = tx.get(t.Submission, id)
        return {name: getattr(found, name) for name in JUDGED}


@pytest.mark.parametrize("report", REPORTS, ids=range(len(REPORTS)))
def test_a_sealed_report_is_judged_as_the_same_report_unsealed(
    store: Store, intake: Intake, phone: Phone, key: Key, report: dict[str, Any]
) -> None:
    open_, sealed = phone.envelope(**report), phone.envelope(**report, seal_to=key)
    assert [result["status"] for result in send(intake, phone, open_, sealed)] == ["stored", "stored"]
    assert row(store, sealed["id"]) == row(store, open_["id"])
    assert counted(store) == [open_["id"], sealed["id"]]
    assert check(store) == []


def test_the_envelope_keeps_the_sealed_form_and_the_submission_the_judged_answers(
    store: Store, intake: Intake, phone: Phone, key: Key
) -> None:
    envelope = phone.envelope({"vo_stuffing": "yes"}, comments={"vo_stuffing": "Көрдім"}, seal_to=key)
    [result] = send(intake, phone, envelope)
    assert result["receipt"]["hash"] == envelope["hash"]
    with store.reading() as tx:
        stored = submissions.get(tx, MISSION, envelope["id"])
    assert {name: getattr(stored.envelope, name) for name in envelope} == envelope
    assert stored.envelope.sealed == key.id
    assert (stored.submission.answers["vo_stuffing"], stored.submission.comments) == ("yes", {"vo_stuffing": "Көрдім"})


def test_a_sealed_report_sent_again_is_known_and_other_bytes_are_a_conflict(
    store: Store, intake: Intake, phone: Phone, key: Key
) -> None:
    envelope = phone.envelope({"vo_stuffing": "no"}, seal_to=key)
    [first] = send(intake, phone, envelope)
    [again] = send(intake, phone, envelope)
    assert again == {"id": envelope["id"], "status": "known", "receipt": first["receipt"]}
    # The same answers sealed once more are other bytes, and a phone makes them once.
    [other] = send(intake, phone, phone.envelope({"vo_stuffing": "no"}, id=envelope["id"], seal_to=key))
    assert (other["status"], other["error"]["code"]) == ("conflict", "conflict")
    assert counted(store) == [envelope["id"]]


def test_a_sealed_correction_takes_the_place_of_a_sealed_report(
    store: Store, intake: Intake, phone: Phone, key: Key
) -> None:
    first = phone.envelope({"vo_stuffing": "yes"}, seal_to=key)
    second = phone.envelope({"vo_stuffing": "no"}, supersedes=first["id"], visit=first["visit"], seal_to=key)
    send(intake, phone, second, first)
    assert counted(store) == [second["id"]]
    assert check(store) == []


def unopened(phone: Phone, key: Key) -> dict[str, tuple[dict[str, Any], str]]:
    """Give envelopes that are right but for their content, which is not to be opened or read, each with its reason."""
    id = phone.envelope()["id"]
    good = seal_payload(key, id, b'{"answers": {}}')
    flipped = good[:100] + ("A" if good[100] != "A" else "B") + good[101:]

    def of(payload: str, sealed: str = key.id) -> dict[str, Any]:
        return phone.envelope(id=id, payload=payload, sealed=sealed)

    return {
        "key": (of(good, "0123456789abcdef"), "sealed_key_unknown"),
        "altered": (of(flipped), "sealed_altered"),
        "replayed": (phone.envelope(payload=good, sealed=key.id), "sealed_altered"),
        "short": (of(good[:40]), "sealed_altered"),
        "text": (of('{"answers": {}}'), "sealed_altered"),
        "cyrillic": (of("Ответы"), "sealed_altered"),
        "no json": (of(seal_payload(key, id, b"answers: none")), "sealed_not_json"),
        "list": (of(seal_payload(key, id, b"[1]")), "sealed_not_json"),
        "deep": (of(seal_payload(key, id, b"[" * 100_000)), "sealed_not_json"),
        "bytes": (of(seal_payload(key, id, b"{\xff}")), "sealed_not_json"),
        "nul": (of(seal_payload(key, id, b'{"answers": "\x00"}')), "sealed_not_json"),
    }


CASES = ("key", "altered", "replayed", "short", "text", "cyrillic", "no json", "list", "deep", "bytes", "nul")


@pytest.mark.parametrize("case", CASES)
def test_what_does_not_open_is_receipted_and_kept_apart_and_its_neighbours_count(
    store: Store, intake: Intake, phone: Phone, key: Key, case: str
) -> None:
    made = unopened(phone, key)
    assert set(made) == set(CASES)
    bad, why = made[case]
    before, after = phone.envelope(seal_to=key), phone.envelope()
    results = send(intake, phone, before, bad, after)
    assert [result["status"] for result in results] == ["stored", "quarantined", "stored"]
    assert results[1]["receipt"]["hash"] == bad["hash"]
    assert send(intake, phone, bad) == [results[1]]
    with store.reading() as tx:
        stored = submissions.get(tx, MISSION, bad["id"])
    assert (stored.row.state, stored.row.quarantine) == ("quarantined", "not_opened")
    assert (stored.envelope.payload, stored.submission.answers) == (bad["payload"], {})
    assert codes(store, bad["id"]) == {why}
    assert counted(store) == [before["id"], after["id"]]
    assert check(store) == []


def test_a_withdrawn_phones_sealed_report_is_opened_for_the_desk_and_not_counted(
    store: Store, intake: Intake, phone: Phone, key: Key
) -> None:
    with store.atomic() as tx:
        devices.revoke(tx, phone.device.id, None)
        withdrawn = devices.get(tx, phone.device.id)
    opens, not_ = phone.envelope({"vo_stuffing": "yes"}, seal_to=key), unopened(phone, key)["altered"][0]
    results = intake.receive([opens, not_], device=withdrawn, via="http")
    assert [result["status"] for result in results] == ["quarantined", "quarantined"]
    with store.reading() as tx:
        stored = [submissions.get(tx, MISSION, each["id"]) for each in (opens, not_)]
    assert [each.row.quarantine for each in stored] == ["device_revoked", "device_revoked"]
    assert stored[0].submission.answers["vo_stuffing"] == "yes"
    assert codes(store, not_["id"]) == {"sealed_altered"}
    assert check(store) == []


def test_a_report_sealed_to_another_missions_key_does_not_open_here(
    store: Store, intake: Intake, phone: Phone, key: Key
) -> None:
    lay_ground(store, code="m-other")
    send(intake, phone, envelope := phone.envelope(seal_to=keys.mission_key(store.config, "m-other")))
    assert codes(store, envelope["id"]) == {"sealed_key_unknown"}
    assert counted(store) == []


def test_a_key_that_is_put_back_opens_what_comes_from_then_on_and_no_report_makes_one(
    store: Store, intake: Intake, phone: Phone, key: Key
) -> None:
    path = store.config.keys / f"mission-{MISSION}.pem"
    path.rename(path.with_suffix(".away"))
    assert send(intake, phone, phone.envelope(seal_to=key))[0]["status"] == "quarantined"
    assert not path.exists()
    path.with_suffix(".away").rename(path)
    assert send(intake, phone, phone.envelope(seal_to=key))[0]["status"] == "stored"
    path.unlink()
    newer = keys.mission_key(store.config, MISSION)
    assert newer.id != key.id
    assert send(intake, phone, phone.envelope(seal_to=newer))[0]["status"] == "stored"


@pytest.mark.parametrize("content", [b"", b"-----BEGIN PRIVATE KEY-----\n", b"\x00\xff"])
def test_a_damaged_key_file_keeps_the_reports_on_the_phones_instead_of_setting_them_aside(
    store: Store, intake: Intake, phone: Phone, key: Key, content: bytes
) -> None:
    from observer_kit.errors import StorageFault

    envelope = phone.envelope(seal_to=key)
    path = store.config.keys / f"mission-{MISSION}.pem"
    whole = path.read_bytes()
    path.write_bytes(content)
    with pytest.raises(StorageFault, match=r"mission-m-2026\.pem"):
        send(intake, phone, envelope)
    assert send(intake, phone, phone.envelope())[0]["status"] == "stored"
    path.write_bytes(whole)
    assert send(intake, phone, envelope)[0]["status"] == "stored"


@pytest.fixture
def kept(store: Store, intake: Intake, phone: Phone, key: Key) -> str:
    envelope = phone.envelope({"vo_stuffing": "yes"}, comments={"vo_stuffing": "Көрдім"}, seal_to=key)
    send(intake, phone, envelope)
    return str(envelope["id"])


def test_check_opens_a_sealed_report_again_and_names_the_answer_that_was_altered(store: Store, kept: str) -> None:
    tamper(store, """UPDATE submissions SET answers = '{"vo_stuffing":"no"}' WHERE id = :id""", id=kept)
    faults = {(fault.kind, fault.place, fault.message) for fault in check(store)}
    place = f"submission {kept}, question vo_stuffing"
    assert ("answer_altered", place, 'stored "no", sent "yes"') in faults


@pytest.mark.parametrize(
    ("statement", "kind"),
    [
        ("UPDATE submissions SET comments = '{}' WHERE id = :id", "submission_altered"),
        ("UPDATE envelopes SET payload = 'AAAA' WHERE id = :id", "envelope_altered"),
        ("UPDATE envelopes SET sealed = NULL WHERE id = :id", "submission_altered"),
        ("UPDATE envelopes SET quarantine = 'not_opened' WHERE id = :id", "submission_altered"),
    ],
)
def test_check_finds_every_alteration_of_a_sealed_report(store: Store, kept: str, statement: str, kind: str) -> None:
    tamper(store, statement, id=kept)
    assert kind in {fault.kind for fault in check(store) if fault.place.startswith(f"submission {kept}")}


def test_answers_put_into_a_report_that_never_opened_are_found(
    store: Store, intake: Intake, phone: Phone, key: Key
) -> None:
    send(intake, phone, bad := unopened(phone, key)["altered"][0])
    tamper(store, """UPDATE submissions SET answers = '{"vo_stuffing":"no"}' WHERE id = :id""", id=bad["id"])
    [fault] = check(store)
    assert (fault.kind, fault.place) == ("answer_altered", f"submission {bad['id']}, question vo_stuffing")


def test_check_misses_the_key_without_which_sealed_reports_can_not_be_opened_again(
    store: Store, intake: Intake, phone: Phone, key: Key, kept: str
) -> None:
    assert check(store) == []
    path = store.config.keys / f"mission-{MISSION}.pem"
    path.rename(path.with_suffix(".lost"))
    [fault] = check(store)
    assert (fault.kind, fault.place) == ("sealing_key_missing", f"mission {MISSION}")
    path.write_bytes(b"")
    assert [fault.kind for fault in check(store)] == ["sealing_key_missing"]
    path.with_suffix(".lost").rename(path)
    assert check(store) == []


def test_a_phone_of_another_team_may_hand_in_a_sealed_report_but_not_an_altered_one(
    store: Store, intake: Intake, phone: Phone, key: Key, asked: Any
) -> None:
    courier = enrol(store, asked, "T2")
    envelope = phone.envelope(seal_to=key)
    forged = phone.envelope(seal_to=key, sign_it=False) | {"signature": envelope["signature"]}
    [spoilt] = send(intake, courier, forged)
    assert (spoilt["status"], spoilt["error"]["code"]) == ("malformed", "signature_not_of_device")
    [brought] = send(intake, courier, envelope)
    assert brought["status"] == "stored"
    assert counted(store) == [envelope["id"]]
    with store.reading() as tx:
        assert tx.scalar(text("SELECT count(*) FROM envelopes")) == 1
