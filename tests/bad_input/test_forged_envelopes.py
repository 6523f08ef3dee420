"""Envelopes that someone altered, forged, took from elsewhere or sent under another id: open ones and sealed ones."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from sqlalchemy import text

from observer_kit import clock
from observer_kit.app import create_app
from observer_kit.collection.model import HEADER
from observer_kit.config import Config
from observer_kit.storage import open_store, submissions
from observer_kit.storage.check import check
from observer_kit.trust import keys
from observer_kit.trust.keys import Key
from observer_kit.trust.signatures import b64u, sign
from tests import phones
from tests.bad_input.conftest import Run
from tests.bad_input.test_api import Server
from tests.bad_input.test_file_of_envelopes import write
from tests.phones import MISSION, Phone

Envelope = dict[str, Any]


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    config = Config(data=tmp_path, exports=tmp_path / "exports", database_url=f"sqlite:///{tmp_path / 'kit.sqlite'}")
    store = open_store(config)
    phone = phones.enrol(store, phones.lay_ground(store))
    yield Server(create_app(config, store).test_client(), store, phone)
    assert len(rows(store)) == 1, "something is stored half"
    assert check(store) == []
    store.close()


def rows(store: Any) -> set[int]:
    """Give how many rows each table has that an envelope is stored in."""
    with store.reading() as tx:
        tables = ("envelopes", "submissions", "standings", "chain WHERE kind = 'intake'")
        return {int(tx.scalar(text(f"SELECT count(*) FROM {table}"))) for table in tables}


@pytest.fixture(params=["open", "sealed"])
def make(request: pytest.FixtureRequest, server: Server) -> Callable[..., Envelope]:
    """Make an envelope of the server's phone, as the mission's phones send it: open or sealed."""
    key = keys.mission_key(server.store.config, MISSION) if request.param == "sealed" else None

    def made(**more: Any) -> Envelope:
        return server.phone.envelope({"vo_stuffing": "yes"}, seal_to=key, **more)

    return made


def signed_by(key: ec.EllipticCurvePrivateKey, envelope: Envelope) -> Envelope:
    return envelope | {"signature": sign(key, "\n".join(envelope[name] or "" for name in HEADER).encode())}


def other_payload(envelope: Envelope, payload: str) -> Envelope:
    return envelope | {"payload": payload, "hash": hashlib.sha256(payload.encode()).hexdigest()}


def held_apart(server: Server, forged: Envelope) -> str | None:
    """Send it between two good ones; it must not count, and they must. Gives why it is kept apart."""
    before, result, after = server.send(server.phone.envelope(), forged, server.phone.envelope())
    assert (before["status"], result["status"], after["status"]) == ("stored", "quarantined", "stored")
    assert result["receipt"]["hash"] == forged["hash"]
    assert server.counted() == 2
    with server.store.reading() as tx:
        return submissions.get(tx, MISSION, forged["id"]).row.quarantine


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("visit", "00000000-0000-4000-8000-000000000000"),
        ("supersedes", "00000000-0000-4000-8000-000000000000"),
        ("clock", "2026-11-22T10:00:00.000+05:00"),
        ("id", "00000000-0000-4000-8000-000000000000"),
    ],
)
def test_a_header_that_was_altered_after_signing_is_kept_apart(
    server: Server, make: Callable[..., Envelope], field: str, value: str
) -> None:
    assert held_apart(server, make() | {field: value}) in ("signature_invalid", "not_opened")


def test_a_replay_under_another_id_does_not_count_again_and_does_not_touch_the_first(
    server: Server, make: Callable[..., Envelope]
) -> None:
    genuine = make()
    [first] = server.send(genuine)
    [replayed] = server.send(genuine | {"id": clock.new_id()})
    assert (first["status"], replayed["status"]) == ("stored", "quarantined")
    assert server.counted() == 1
    [again] = server.send(genuine)
    assert (again["status"], again["receipt"]) == ("known", first["receipt"])


def test_a_sealed_payload_put_under_another_id_by_its_own_phone_does_not_open(server: Server) -> None:
    """Even whoever holds the phone's key can't make a second report out of a sealed one: the id is sealed with it."""
    key = keys.mission_key(server.store.config, MISSION)
    genuine = server.phone.envelope(seal_to=key)
    assert held_apart(server, server.phone.envelope(payload=genuine["payload"], sealed=key.id)) == "not_opened"


def test_the_seal_struck_out_of_the_header_makes_no_open_report(server: Server) -> None:
    genuine = server.phone.envelope(seal_to=keys.mission_key(server.store.config, MISSION))
    [result] = server.send(genuine | {"sealed": None})
    assert (result["status"], result["error"]["code"], result["error"]["place"]) == (
        "malformed", "malformed", "payload",
    )  # fmt: skip
    assert server.send(genuine)[0]["status"] == "stored"


def test_an_open_payload_that_is_called_sealed_is_kept_apart(server: Server) -> None:
    key = keys.mission_key(server.store.config, MISSION)
    assert held_apart(server, server.phone.envelope({"vo_stuffing": "yes"}, sealed=key.id)) == "not_opened"


def test_other_bytes_under_the_same_hash_are_refused_and_the_genuine_one_still_comes_in(
    server: Server, make: Callable[..., Envelope]
) -> None:
    genuine = make()
    last = "B" if genuine["payload"].endswith("A") else "A"
    [result] = server.send(genuine | {"payload": genuine["payload"][:-1] + last})
    assert (result["status"], result["error"]["code"], result["error"]["place"]) == ("malformed", "malformed", "hash")
    assert server.send(genuine)[0]["status"] == "stored"


def test_other_bytes_with_their_own_hash_are_kept_apart(server: Server, make: Callable[..., Envelope]) -> None:
    genuine = make()
    forged = other_payload(genuine, genuine["payload"].replace("yes", "no") + " ")
    assert held_apart(server, forged) in ("signature_invalid", "not_opened")


WRONG = {
    "none": lambda good: None,
    "another phone's": lambda good: sign(ec.generate_private_key(ec.SECP256R1()), b"x"),
    "short": lambda good: good[:40],
    "zeros": lambda good: b64u(bytes(64)),
    "longer": lambda good: good + "AAAA",
}


@pytest.mark.parametrize("name", WRONG)
def test_a_wrong_signature_keeps_a_report_apart(server: Server, make: Callable[..., Envelope], name: str) -> None:
    genuine = make()
    why = held_apart(server, genuine | {"signature": WRONG[name](genuine["signature"])})
    assert why == ("unsigned" if name == "none" else "signature_invalid")


@pytest.mark.parametrize("signature", ["", " ", "not base64url!", "x" * 201, 5, {"r": 1}])
def test_what_can_not_be_a_signature_is_malformed_by_name(
    server: Server, make: Callable[..., Envelope], signature: Any
) -> None:
    [result] = server.send(make() | {"signature": signature})
    assert (result["status"], result["error"]["place"]) == ("malformed", "signature")
    assert server.counted() == 0


def test_a_report_forged_in_another_phones_name_is_refused_and_leaves_room_for_the_genuine_one(
    server: Server, make: Callable[..., Envelope]
) -> None:
    thief = phones.enrol(server.store, server.phone.checklist, "T2")
    genuine = make()
    forged = signed_by(thief.key, other_payload(genuine, '{"answers": {"vo_stuffing": "no"}}') | {"sealed": None})
    answer = server.client.post(
        "/api/submissions", headers={"Authorization": f"Bearer {thief.token}"}, json={"envelopes": [forged]}
    )
    assert answer.json is not None
    [result] = answer.json["results"]
    assert (result["status"], result["error"]["code"]) == ("malformed", "signature_not_of_device")
    assert server.send(genuine)[0]["status"] == "stored"


def test_a_report_that_another_phone_claims_as_its_own_does_not_stand_for_the_first_phone(
    server: Server, make: Callable[..., Envelope]
) -> None:
    """Whoever sees an envelope can send its payload under the own name; as a report of its own phone, if it opens."""
    thief = phones.enrol(server.store, server.phone.checklist, "T2")
    genuine = make()
    claimed = signed_by(thief.key, genuine | {"device": thief.device.id, "id": clock.new_id()})
    answer = server.client.post(
        "/api/submissions", headers={"Authorization": f"Bearer {thief.token}"}, json={"envelopes": [claimed]}
    )
    assert answer.json is not None
    assert answer.json["results"][0]["status"] == ("quarantined" if genuine["sealed"] else "stored")
    assert server.send(genuine)[0]["status"] == "stored"
    if not genuine["sealed"]:
        found = {one.code for one in server.stored(claimed["id"]).findings}
        assert "team_not_its_own" in found


def test_a_report_of_another_mission_is_refused_whole(server: Server, make: Callable[..., Envelope]) -> None:
    other = phones.enrol(server.store, phones.lay_ground(server.store, code="m-other"), code="m-other")
    good, result = server.send(make(), other.envelope(seal_to=keys.mission_key(server.store.config, "m-other")))
    assert (good["status"], result["status"]) == ("stored", "malformed")
    assert result["error"]["code"] == "mission_mismatch"
    assert server.counted() == 1


# ------------------------------------------------------------------ the same, by file


@pytest.fixture
def key(server: Server) -> Key:
    return keys.mission_key(server.store.config, MISSION)


def bring(server: Server, run: Run, *options: str, lines: list[Envelope]) -> tuple[int, str, str]:
    """Write a file of envelopes and import it; gives exit code, summary and complaints."""
    file = server.store.config.data / "night.jsonl"
    write(file, *lines)
    database = "--data", server.store.config.data
    done = run(*database, "submissions", "import", file, *options)
    return done.code, done.out, done.said


@pytest.fixture
def by_file(server: Server, run: Run, monkeypatch: pytest.MonkeyPatch) -> Callable[..., tuple[int, str, str]]:
    monkeypatch.setenv("OBSERVER_KIT_DATABASE_URL", server.store.config.database_url)
    return lambda *options, lines: bring(server, run, *options, lines=lines)


def test_a_file_of_sealed_reports_is_taken_in_once_however_often_it_comes(
    server: Server, key: Key, by_file: Callable[..., tuple[int, str, str]]
) -> None:
    lines = [server.phone.envelope({"vo_stuffing": "yes"}, seal_to=key) for _ in range(3)]
    assert by_file(lines=lines)[:2] == (0, "3 stored\n")
    assert by_file(lines=lines)[:2] == (0, "3 known\n")
    assert server.tally("vo_stuffing").counts == {"no": 0, "yes": 3}


def test_a_bad_line_among_sealed_reports_is_named_and_the_others_count(
    server: Server, key: Key, by_file: Callable[..., tuple[int, str, str]]
) -> None:
    phone: Phone = server.phone
    genuine = phone.envelope({"vo_stuffing": "yes"}, seal_to=key)
    lines = [
        genuine,
        phone.envelope(seal_to=key) | {"id": clock.new_id()},  # altered: not the phone's signature any more
        phone.envelope(payload=genuine["payload"], sealed=key.id),  # signed, but sealed under another id
        phone.envelope(sealed="0123456789abcdef"),
        phone.envelope({"vo_stuffing": "no"}, seal_to=key),
    ]
    code, summary, said = by_file(lines=lines)
    assert (code, summary) == (2, "1 malformed, 2 quarantined, 2 stored\n")
    assert "line 2" in said
    assert "signature_not_of_device" in said
    assert server.tally("vo_stuffing").counts == {"no": 1, "yes": 1}


def test_unsigned_is_waived_by_the_administrator_and_unopened_is_not(
    server: Server, key: Key, by_file: Callable[..., tuple[int, str, str]]
) -> None:
    opens = server.phone.envelope({"vo_stuffing": "yes"}, seal_to=key, sign_it=False)
    closed = server.phone.envelope(sealed="0123456789abcdef", sign_it=False)
    code, summary, _ = by_file("--accept-unsigned", lines=[opens, closed])
    assert (code, summary) == (0, "1 quarantined, 1 stored\n")
    assert server.counted() == 1


def test_a_file_of_sealed_reports_from_another_mission_is_refused_line_by_line(
    server: Server, by_file: Callable[..., tuple[int, str, str]]
) -> None:
    stranger = phones.enrol(server.store, phones.lay_ground(server.store, code="m-other"), code="m-other")
    lines = [stranger.envelope() | {"mission": "nowhere"}, server.phone.envelope(device=stranger.device.id)]
    code, summary, said = by_file(lines=lines)
    assert (code, summary) == (2, "1 malformed, 1 quarantined\n")
    assert "mission_unknown" in said
    assert server.counted() == 0
