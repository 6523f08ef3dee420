"""What phones say of themselves: it goes the whole road of a report, and never counts."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from cryptography.hazmat.primitives.hpke import AEAD, KDF, KEM, Suite

from observer_kit import clock
from observer_kit.errors import (
    DeviceUnknown,
    EnvelopeMalformed,
    MissionMismatch,
    NotOpened,
    ReadinessMalformed,
    SignatureNotOfDevice,
    TooLarge,
)
from observer_kit.missions.conduct import conduct_of
from observer_kit.missions.model import Policy
from observer_kit.missions.readiness import CHECKS, lacking, remarks
from observer_kit.storage import Store, devices, readiness, submissions
from observer_kit.storage.check import check
from observer_kit.storage.intake import Intake
from observer_kit.storage.readiness import PROBE
from observer_kit.trust import keys, receipts
from observer_kit.trust.model import Receipt
from observer_kit.trust.signatures import b64u
from tests.phones import MISSION, Phone, a_mission

FINE: dict[str, Any] = {
    "checks": dict.fromkeys(CHECKS, "ok"),
    "shell": "0123456789abcdef",
    "free": 900,
    "conduct": {"version": "1", "at": "2026-11-20T10:00:00+05:00"},
}


def probe(phone: Phone, said: Any = None, **header: Any) -> dict[str, Any]:
    values = {"checklist": PROBE, "version": "0" * 64, "payload": json.dumps(FINE if said is None else said)}
    return phone.envelope(**(values | header))


def take(store: Store, phone: Phone, envelope: Any) -> Receipt:
    with store.atomic() as tx:
        return readiness.take(tx, phone.device, envelope)


def known(store: Store, phone: Phone) -> readiness.Readiness:
    with store.reading() as tx:
        return readiness.all(tx, MISSION)[phone.device.id]


def test_its_receipt_is_the_one_a_report_gets(store: Store, phone: Phone) -> None:
    envelope = probe(phone)
    receipt = take(store, phone, envelope)
    assert (receipt.id, receipt.hash) == (envelope["id"], envelope["hash"])
    assert receipts.verify(receipt, store.receipt_key.public)
    assert not receipts.verify(replace(receipt, sequence=receipt.sequence + 1), store.receipt_key.public)
    assert check(store) == []


def test_it_is_no_submission_and_the_intake_refuses_it(store: Store, phone: Phone, intake: Intake) -> None:
    envelope = probe(phone)
    take(store, phone, envelope)
    [result] = intake.receive([envelope], device=phone.device, via="http")
    assert result["status"] == "malformed"
    with store.reading() as tx:
        assert list(submissions.counted(tx, MISSION)) == []
        assert submissions.standing(tx, MISSION)["counted"] == 0


def test_only_the_latest_word_of_a_phone_stays(store: Store, phone: Phone) -> None:
    take(store, phone, probe(phone))
    take(store, phone, probe(phone, FINE | {"free": 3}))
    assert known(store, phone).report.free == 3


@pytest.mark.parametrize(
    ("said", "place"),
    [
        ({"more": 1}, "more"),
        ({"checks": []}, "checks"),
        ({"checks": {"mood": "ok"}}, "checks.mood"),
        ({"checks": {"space": "<b>"}}, "checks.space"),
        ({"checks": {"space": ["ok"]}}, "checks.space"),
        ({"shell": "x"}, "shell"),
        ({"free": -1}, "free"),
        ({"free": True}, "free"),
        ({"free": 1e99}, "free"),
        ({"conduct": {}}, "conduct"),
        ({"conduct": {"version": "1", "at": "now"}}, "conduct.at"),
        ({"conduct": {"version": "1\n2", "at": "2026-11-20T10:00:00Z"}}, "conduct"),
    ],
)
def test_what_is_not_of_the_agreed_shape_is_refused_with_its_place(
    store: Store, phone: Phone, said: dict[str, Any], place: str
) -> None:
    with pytest.raises(ReadinessMalformed) as refused:
        take(store, phone, probe(phone, FINE | said))
    assert refused.value.place == place
    with store.reading() as tx:
        assert readiness.all(tx, MISSION) == {}


def test_what_was_tampered_with_or_is_no_word_of_readiness_is_refused(store: Store, phone: Phone) -> None:
    for wrong, envelope in (
        (SignatureNotOfDevice, probe(phone, sign_it=False)),
        (SignatureNotOfDevice, probe(phone) | {"clock": "2026-01-01T00:00:00Z"}),
        (EnvelopeMalformed, probe(phone) | {"payload": "{}"}),
        (EnvelopeMalformed, probe(phone, payload="[]")),
        (EnvelopeMalformed, {}),
        (ReadinessMalformed, phone.envelope()),
        (MissionMismatch, probe(phone, mission="other")),
        (TooLarge, probe(phone, payload=json.dumps({"checks": "x" * 7000}))),
    ):
        with pytest.raises(wrong):
            take(store, phone, envelope)


def test_another_phones_word_is_not_taken_from_this_one(store: Store, phone: Phone) -> None:
    from tests.phones import enrol

    other = enrol(store, phone.checklist, "T2")
    with pytest.raises(SignatureNotOfDevice):
        take(store, phone, probe(other))


def test_a_withdrawn_phone_is_told_so(store: Store, phone: Phone) -> None:
    with store.atomic() as tx:
        devices.revoke(tx, phone.device.id, None)
    with store.reading() as tx:
        withdrawn = devices.get(tx, phone.device.id)
    with pytest.raises(DeviceUnknown):
        take(store, replace(phone, device=withdrawn), probe(phone))


def sealed(phone: Phone, public: Any, key: str, id: str) -> dict[str, Any]:
    suite = Suite(KEM.P256, KDF.HKDF_SHA256, AEAD.AES_256_GCM)
    content = suite.encrypt(json.dumps(FINE).encode(), public, b"observer-kit envelope\n" + id.encode())
    return probe(phone, payload=b64u(content), sealed=key, id=id)


def test_a_sealed_word_is_opened_and_one_sealed_to_another_key_is_not(store: Store, phone: Phone) -> None:
    key = keys.mission_key(store.config, MISSION)
    mine = key.private.public_key()
    take(store, phone, sealed(phone, mine, key.id, clock.new_id()))
    assert known(store, phone).sealed
    with pytest.raises(NotOpened):
        take(store, phone, sealed(phone, mine, "0" * 16, clock.new_id()))


def test_a_phone_in_order_lacks_nothing_and_gets_no_remark(store: Store, phone: Phone) -> None:
    take(store, phone, probe(phone))
    mission = a_mission(policy=Policy(pin="required", position=True))
    assert conduct_of(mission).version == "1"
    assert lacking(known(store, phone), mission) == ()
    assert remarks(known(store, phone), mission, "0123456789abcdef") == ()
    assert remarks(known(store, phone), mission, "f" * 16) == ("version",)


@pytest.mark.parametrize(
    ("said", "lacks", "remarked"),
    [
        ({"space": "failed"}, ("space",), ()),
        ({"offline": "unknown"}, ("offline",), ()),
        ({"private": "failed"}, ("private",), ()),
        ({"space": "weak"}, (), ("space",)),
        ({"storage": "failed", "installed": "weak"}, (), ("storage", "installed")),
        ({"camera": "failed"}, (), ("camera",)),
        ({"pin": "unknown"}, (), ("pin",)),
    ],
)
def test_what_loses_reports_stands_in_the_way_and_the_rest_is_a_remark(
    store: Store, phone: Phone, said: dict[str, str], lacks: tuple[str, ...], remarked: tuple[str, ...]
) -> None:
    take(store, phone, probe(phone, FINE | {"checks": FINE["checks"] | said}))
    assert lacking(known(store, phone), a_mission()) == lacks
    assert remarks(known(store, phone), a_mission()) == remarked


def test_what_the_mission_demands_stands_in_the_way(store: Store, phone: Phone) -> None:
    said = FINE | {"checks": FINE["checks"] | {"pin": "weak", "position": "failed"}, "conduct": None}
    take(store, phone, probe(phone, said))
    mission = a_mission(policy=Policy(pin="required", seal=True, photos=False, position=True))
    assert lacking(known(store, phone), mission) == ("pin", "sealing", "conduct")
    assert remarks(known(store, phone), mission) == ("position",)


@pytest.mark.parametrize(
    ("minutes", "lacks", "remarked"), [(1, (), ()), (-5, (), ("clock",)), (30, ("clock",), ()), (-30, ("clock",), ())]
)
def test_a_clock_that_is_off_is_seen_by_when_the_word_came(
    store: Store, phone: Phone, minutes: int, lacks: tuple[str, ...], remarked: tuple[str, ...]
) -> None:
    off = clock.stamp(clock.now() + timedelta(minutes=minutes))
    take(store, phone, probe(phone, clock=off))
    assert lacking(known(store, phone), a_mission()) == lacks
    assert remarks(known(store, phone), a_mission()) == remarked
