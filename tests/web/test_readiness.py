"""POST /api/readiness, what the desk sees of it, the limit on enrolment, and the code of conduct in the manifest."""

import re
from dataclasses import replace

import pytest
from cryptography.hazmat.primitives.asymmetric import ec

from observer_kit.missions.conduct import kit_conduct
from observer_kit.missions.model import Conduct
from observer_kit.storage import devices, enrolment, missions, readiness
from observer_kit.trust import receipts
from observer_kit.trust.model import Receipt
from observer_kit.trust.signatures import b64u, point_of
from tests.phones import Phone
from tests.storage.test_readiness import FINE, probe
from tests.web.conftest import VOTING

FEW = 4


def a_phone(store, team="T01", label="phone", mission="m-1"):
    """Enrol a phone of this mission, with a key of its own."""
    key = ec.generate_private_key(ec.SECP256R1())
    with store.atomic() as tx:
        code = devices.enrol_code(tx, mission, team, label)
        device, token = devices.enrol(tx, code, b64u(point_of(key.public_key())))
        return Phone(devices.get(tx, device), token, key, VOTING)


def tell(app, phone, envelope, token=None):
    header = {"Authorization": f"Bearer {token or phone.token}"}
    return app.test_client().post("/api/readiness", json={"envelope": envelope}, headers=header)


def row(page, team):
    return re.search(rf'<tr><th scope="row" class="short"><b>{team}</b>.*?</tr>', page, re.S)[0]


def test_what_a_phone_says_is_answered_with_a_receipt_that_its_pinned_key_proves(app, store):
    phone = a_phone(store)
    envelope = probe(phone)
    answer = tell(app, phone, envelope)
    assert answer.status_code == 200
    receipt = Receipt(**answer.json["receipt"])
    assert (receipt.id, receipt.hash) == (envelope["id"], envelope["hash"])
    assert receipts.verify(receipt, store.receipt_key.public)


def test_it_never_counts(app, store):
    phone = a_phone(store)
    envelope = probe(phone)
    tell(app, phone, envelope)
    header = {"Authorization": f"Bearer {phone.token}"}
    answer = app.test_client().post("/api/submissions", json={"envelopes": [envelope]}, headers=header)
    assert answer.json["results"][0]["status"] == "malformed"
    with store.reading() as tx:
        assert missions.get(tx, "m-1")
        assert readiness.all(tx, "m-1")[phone.device.id].report.free == 900


@pytest.mark.parametrize(
    ("said", "status", "code"),
    [
        (FINE | {"agent": "x"}, 400, "readiness_malformed"),
        (FINE | {"checks": {"space": "good"}}, 400, "readiness_malformed"),
        ([], 400, "malformed"),
        ({"checks": "x" * 7000}, 413, "too_large"),
    ],
)
def test_what_is_not_of_the_agreed_shape_is_refused_with_a_code(app, store, said, status, code):
    phone = a_phone(store)
    answer = tell(app, phone, probe(phone, said))
    assert (answer.status_code, answer.json["error"]["code"]) == (status, code)


@pytest.mark.parametrize("body", [{}, {"envelope": 1}, {"envelope": {}}, {"envelope": {"payload": 5}}, []])
def test_a_request_that_is_none_is_refused_with_a_code(app, store, body):
    header = {"Authorization": f"Bearer {a_phone(store).token}"}
    answer = app.test_client().post("/api/readiness", json=body, headers=header)
    assert (answer.status_code, answer.json["error"]["code"]) == (400, "malformed")


def test_a_phone_without_its_token_withdrawn_or_with_anothers_is_refused(app, store):
    phone, other = a_phone(store), a_phone(store, "T02")
    assert tell(app, phone, probe(phone), token="wrong").status_code == 401
    assert tell(app, phone, probe(phone), token=other.token).json["error"]["code"] == "signature_not_of_device"
    with store.atomic() as tx:
        devices.revoke(tx, phone.device.id, None)
    assert tell(app, phone, probe(phone)).json["error"]["code"] == "device_unknown"


def test_the_desk_sees_each_team_ready_not_ready_and_not_heard_from(app, store, coordinator):
    ready, lacking = a_phone(store, "T01"), a_phone(store, "T02", "Second")
    a_phone(store, "T02", "Silent")
    tell(app, ready, probe(ready))
    tell(app, lacking, probe(lacking, FINE | {"checks": FINE["checks"] | {"offline": "failed"}, "conduct": None}))
    page = coordinator.get("/desk/m-1/teams").text
    assert "Ready: 1. Not ready: 1. Not heard from: 0. Without a phone: 1." in page
    assert ">ready</span>" in row(page, "T01")
    assert "Code of conduct accepted 2026-11-20, version 1" in row(page, "T01")
    second = row(page, "T02")
    assert "Missing: pages or checklists not in the phone, code of conduct" in " ".join(
        re.sub("<[^>]+>", " ", second).split()
    )
    assert "not heard from" in second
    assert "no phone" in row(page, "T03")


def test_an_older_version_of_the_pages_is_remarked(app, store, coordinator):
    phone = a_phone(store)
    worker = app.test_client().get("/sw.js").text
    tell(app, phone, probe(phone, FINE | {"shell": re.search(r'VERSION = "([0-9a-f]{16})"', worker)[1]}))
    assert "older version" not in coordinator.get("/desk/m-1/teams").text
    tell(app, phone, probe(phone))
    assert "older version of the pages" in coordinator.get("/desk/m-1/teams").text


def test_a_withdrawn_phone_makes_no_team_ready(app, store, coordinator):
    phone = a_phone(store)
    tell(app, phone, probe(phone))
    with store.atomic() as tx:
        devices.revoke(tx, phone.device.id, None)
    assert ">no phone</span>" in row(coordinator.get("/desk/m-1/teams").text, "T01")


def enrol(app, code, **more):
    point = b64u(point_of(ec.generate_private_key(ec.SECP256R1()).public_key()))
    return app.test_client().post("/api/enrol", json={"code": code, "public_key": point}, **more)


def test_too_many_wrong_codes_from_one_address_are_told_when_to_come_again(app, store, monkeypatch):
    monkeypatch.setattr(enrolment, "PER_SOURCE", FEW)
    for _ in range(FEW):
        assert enrol(app, "0000-0000-0000").status_code == 403
    with store.atomic() as tx:
        code = devices.enrol_code(tx, "m-1", "T01", "phone")
    answer = enrol(app, code)
    assert answer.status_code == 429
    assert answer.json["error"]["code"] == "too_many_attempts"
    assert 0 < int(answer.headers["Retry-After"]) == answer.json["error"]["detail"]["wait"] <= 901
    assert enrol(app, code, environ_base={"REMOTE_ADDR": "10.9.9.9"}).status_code == 200


def test_the_plain_pages_are_under_the_same_limit_and_say_so_calmly(app, store, visitor, monkeypatch):
    monkeypatch.setattr(enrolment, "PER_SOURCE", FEW)
    for _ in range(FEW):
        enrol(app, "0000-0000-0000")
    answer = visitor.post("/plain/en/enrol", {"code": "0000-0000-0000"}, page="/plain/en/")
    assert answer.status_code == 429
    assert re.search(r"Try again in \d+ minutes", answer.text)
    assert int(answer.headers["Retry-After"]) > 0


def test_a_second_phone_of_the_team_is_told_the_same(app, store):
    told = []
    for label in ("Phone 1", "Spare"):
        with store.atomic() as tx:
            code = devices.enrol_code(tx, "m-1", "T01", label)
        told.append(enrol(app, code).json)
    one, two = told
    assert one["device"] != two["device"]
    assert one["manifest"] == two["manifest"]
    assert one["team"] == two["team"] == "T01"


def test_the_kits_code_of_conduct_or_the_missions_own_comes_with_the_manifest(app, store):
    header = {"Authorization": f"Bearer {a_phone(store).token}"}
    get = app.test_client().get
    first = get("/api/mission", headers=header)
    assert first.json["conduct"]["version"] == kit_conduct().version
    own = Conduct("2026-11", {"en": "Be fair.", "ru": "Будьте честны.", "kk": "Әділ болыңыз."})
    with store.atomic() as tx:
        missions.save(tx, replace(missions.get(tx, "m-1"), conduct=own))
    again = get("/api/mission", headers=header)
    assert again.json["conduct"] == {"version": "2026-11", "text": dict(own.text)}
    assert again.headers["ETag"] != first.headers["ETag"]
    with store.reading() as tx:
        assert missions.get(tx, "m-1").conduct == own
