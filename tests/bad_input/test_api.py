"""What a phone may send that is wrong: each envelope answered by itself, and what was good beside it counted."""

from __future__ import annotations

import hashlib
import io
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from observer_kit import clock
from observer_kit.app import create_app
from observer_kit.checklists.versions import seal
from observer_kit.config import Config
from observer_kit.storage import Store, devices, open_store, submissions
from observer_kit.storage import checklists as published
from observer_kit.storage.check import check
from observer_kit.storage.filters import Filters
from observer_kit.web import numbers
from tests import phones
from tests.builders import checklist, question
from tests.phones import Phone

ONE_MEGABYTE = 1_000_000


@dataclass
class Server:
    """A running application, its store, and one enrolled phone."""

    client: FlaskClient
    store: Store
    phone: Phone

    def post(self, body: Any = None, *, token: str | None = "", **more: Any) -> TestResponse:
        """Send a request; its token is the phone's unless told."""
        header = {"Authorization": f"Bearer {self.phone.token if token == '' else token}"} if token is not None else {}
        content = {"json": body} if body is not None else {}
        return self.client.post("/api/submissions", headers=header, **content, **more)

    def send(self, *envelopes: Any) -> list[dict[str, Any]]:
        """Send envelopes in one request, and give the result of each."""
        answer = self.post({"envelopes": list(envelopes)})
        assert answer.status_code == 200, answer.text
        assert answer.json is not None
        results: list[dict[str, Any]] = answer.json["results"]
        assert len(results) == len(envelopes)
        return results

    def stored(self, identifier: str) -> Any:
        """Give a submission as it was judged."""
        with self.store.reading() as tx:
            return submissions.get(tx, phones.MISSION, identifier).submission

    def tally(self, name: str) -> Any:
        """Give the tally of one question of the voting checklist."""
        with self.store.reading() as tx:
            filters = Filters(checklist="voting")
            (row,) = numbers.tallies(tx, phones.MISSION, self.phone.checklist, filters=filters, question=name)
        return row

    def counted(self) -> int:
        """Give the number of reports that count."""
        with self.store.reading() as tx:
            return int(submissions.standing(tx, phones.MISSION)["counted"])


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    config = Config(data=tmp_path, exports=tmp_path / "exports", database_url=f"sqlite:///{tmp_path / 'kit.sqlite'}")
    store = open_store(config)
    phone = phones.enrol(store, phones.lay_ground(store))
    yield Server(create_app(config, store).test_client(), store, phone)
    assert check(store) == []  # whatever came in, the chain is whole
    store.close()


def assert_refused(answer: TestResponse, status: int, code: str, *says: str) -> None:
    """Hold the refusal of a whole request to the one documented shape."""
    assert (answer.status_code, answer.mimetype) == (status, "application/json")
    assert answer.json is not None
    assert set(answer.json) == {"error"}
    error = answer.json["error"]
    assert error["code"] == code
    assert set(error) <= {"code", "message", "place", "detail"}
    for part in says:
        assert part in error["message"]
    assert "\n" not in error["message"]
    assert "Traceback" not in answer.text


# ------------------------------------------------------------------ the request


@pytest.mark.parametrize(
    ("body", "says"),
    [
        (b"", "the request is no JSON"),
        (b"answers: none", "the request is no JSON"),
        (b'{"envelopes": [', "the request is no JSON"),
        (b'{"envelopes": ["\xff"]}', "the request is no JSON"),
        (b"[" * 50_000, "the request is no JSON"),
        (b"[]", "the request is no JSON object"),
        (b"null", "the request is no JSON object"),
        (b"{}", "expected {envelopes: [...]}"),
        (b'{"envelopes": {}}', "expected {envelopes: [...]}"),
        (b'{"envelopes": 5}', "expected {envelopes: [...]}"),
    ],
)
def test_a_body_of_another_shape_is_malformed(server: Server, body: bytes, says: str) -> None:
    assert_refused(server.post(data=body), 400, "malformed", says)
    assert server.counted() == 0


def test_a_body_of_two_megabytes_is_too_large_and_says_how_much_is_not(server: Server) -> None:
    answer = server.post(data=b'{"envelopes": ["' + b"x" * 2 * ONE_MEGABYTE + b'"]}')
    assert_refused(answer, 413, "too_large", f"at most {ONE_MEGABYTE} bytes")
    assert answer.json is not None
    assert answer.json["error"]["detail"] == {"most": ONE_MEGABYTE}


def test_a_body_of_two_megabytes_without_a_length_is_too_large(server: Server) -> None:
    stream = io.BytesIO(b'{"envelopes": ["' + b"x" * 2 * ONE_MEGABYTE + b'"]}')
    answer = server.post(input_stream=stream, environ_overrides={"wsgi.input_terminated": True})
    assert_refused(answer, 413, "too_large", f"at most {ONE_MEGABYTE} bytes")


@pytest.mark.parametrize("token", [None, "", " ", "wrong", "ñ", "x" * 5000])
def test_a_request_without_a_known_token_is_refused_and_stores_nothing(server: Server, token: str | None) -> None:
    header = {} if token is None else {"Authorization": f"Bearer {token}"}
    body = {"envelopes": [server.phone.envelope()]}
    assert_refused(server.client.post("/api/submissions", headers=header, json=body), 401, "device_unknown")
    assert server.counted() == 0


def test_a_token_in_a_scheme_that_is_none_is_refused(server: Server) -> None:
    header = {"Authorization": f"Basic {server.phone.token}"}
    assert_refused(
        server.client.post("/api/submissions", headers=header, json={"envelopes": []}), 401, "device_unknown"
    )


def test_a_withdrawn_phone_is_heard_and_not_counted(server: Server) -> None:
    kept = server.send(server.phone.envelope())
    with server.store.atomic() as tx:
        devices.revoke(tx, server.phone.device.id, None)
    (result,) = server.send(server.phone.envelope())
    assert (kept[0]["status"], result["status"]) == ("stored", "quarantined")
    assert result["receipt"]["id"] == result["id"]
    assert server.counted() == 1


def test_two_hundred_envelopes_in_one_request_are_answered_one_by_one(server: Server) -> None:
    good = server.phone.envelope()
    results = server.send(*[{}] * 100, good, *[7] * 99)
    assert [one["status"] for one in results].count("malformed") == 199
    assert (results[100]["id"], results[100]["status"]) == (good["id"], "stored")
    assert server.counted() == 1


def test_more_envelopes_than_one_reply_holds_are_refused_as_a_whole(server: Server) -> None:
    header = {"Authorization": f"Bearer {server.phone.token}"}
    body = {"envelopes": [server.phone.envelope(), *[0] * 10_000]}
    assert_refused(server.client.post("/api/submissions", headers=header, json=body), 413, "too_large")
    assert server.counted() == 0


# ------------------------------------------------------------------ the envelope


@pytest.mark.parametrize(
    ("field", "value", "says"),
    [
        ("id", "7", "a UUID in lower case"),
        ("id", None, "a UUID in lower case"),
        ("mission", "", "a mission's code"),
        ("mission", 5, "a mission's code"),
        ("checklist", "vot ing", "a checklist's name"),
        ("version", "v1", "a SHA-256 in hex"),
        ("visit", "first", "a UUID in lower case"),
        ("supersedes", "the last one", "a UUID in lower case, or null"),
        ("device", {"id": 1}, "a device's id"),
        ("clock", "yesterday", "ISO 8601 with an offset"),
        ("clock", "2026-11-22T18:31:07", "ISO 8601 with an offset"),
        ("clock", "2026-02-30T18:31:07+05:00", "ISO 8601 with an offset"),
        ("clock", 1795359067, "ISO 8601 with an offset"),
        ("hash", "0" * 63, "a SHA-256 in hex"),
        ("hash", "0" * 64, "the payload's SHA-256 is not the hash"),
        ("sealed", 5, "the name of a sealing key, or null"),
        ("signature", "not base64!", "base64url, or null"),
        ("payload", {"answers": {}}, "the payload's JSON as a text"),
        ("payload", None, "the payload's JSON as a text"),
    ],
)
def test_a_malformed_field_is_named_and_its_neighbours_are_stored(
    server: Server, field: str, value: Any, says: str
) -> None:
    bad = server.phone.envelope() | {field: value}
    before, result, after = server.send(server.phone.envelope(), bad, server.phone.envelope())
    assert (before["status"], after["status"]) == ("stored", "stored")
    assert result["status"] == "malformed"
    assert (result["error"]["code"], result["error"]["place"]) == ("malformed", field)
    assert says in result["error"]["message"]
    assert "receipt" not in result
    assert server.counted() == 2


@pytest.mark.parametrize("payload", ["answers", "[]", '"text"', "{", "NaN"])
def test_a_payload_that_is_no_object_is_malformed(server: Server, payload: str) -> None:
    (result,) = server.send(server.phone.envelope(payload=payload))
    assert (result["status"], result["error"]["code"], result["error"]["place"]) == (
        "malformed",
        "malformed",
        "payload",
    )


@pytest.mark.parametrize(
    ("header", "code", "says"),
    [
        ({"checklist": "weather"}, "checklist_unknown", "is of 'voting', not 'weather'"),
        ({"version": "0" * 64}, "checklist_unknown", "has not published a checklist of version"),
        ({"mission": "m-other"}, "mission_mismatch", "this device belongs to mission 'm-2026', not 'm-other'"),
    ],
)
def test_a_checklist_version_or_mission_that_is_not_this_phones_is_refused(
    server: Server, header: dict[str, str], code: str, says: str
) -> None:
    good, result = server.send(server.phone.envelope(), server.phone.envelope(**header))
    assert (good["status"], result["status"]) == ("stored", "malformed")
    assert result["error"]["code"] == code
    assert says in result["error"]["message"]
    assert server.counted() == 1


def test_a_phone_of_another_mission_reaches_only_its_own(server: Server) -> None:
    other = phones.enrol(server.store, phones.lay_ground(server.store, code="m-other"), code="m-other")
    body = {"envelopes": [server.phone.envelope()]}
    answer = server.client.post("/api/submissions", headers={"Authorization": f"Bearer {other.token}"}, json=body)
    assert answer.json is not None
    (result,) = answer.json["results"]
    assert (result["status"], result["error"]["code"]) == ("malformed", "mission_mismatch")
    assert server.counted() == 0


def test_an_envelope_that_names_a_phone_of_another_mission_is_kept_apart(server: Server) -> None:
    other = phones.enrol(server.store, phones.lay_ground(server.store, code="m-other"), code="m-other")
    good, result = server.send(server.phone.envelope(), server.phone.envelope(device=other.device.id))
    assert (good["status"], result["status"]) == ("stored", "quarantined")
    assert result["receipt"]["id"] == result["id"]
    assert server.counted() == 1


def test_the_same_id_with_other_bytes_is_a_conflict_and_the_first_stays(server: Server) -> None:
    first = server.phone.envelope({"vo_stuffing": "no"})
    other = server.phone.envelope({"vo_stuffing": "yes"}, id=first["id"])
    stored, conflict, known = server.send(first, other, first)
    assert (stored["status"], conflict["status"], known["status"]) == ("stored", "conflict", "known")
    assert conflict["error"]["code"] == "conflict"
    assert known["receipt"] == stored["receipt"]
    assert server.tally("vo_stuffing").counts == {"no": 1, "yes": 0}


# ------------------------------------------------------------------ the answers


@pytest.mark.parametrize(
    ("name", "value", "code"),
    [
        ("vo_boxes", -1, "out_of_range"),
        ("vo_boxes", 2**60, "out_of_range"),
        ("vo_boxes", "two", "not_an_integer"),
        ("vo_boxes", 2.5, "not_an_integer"),
        ("vo_boxes", True, "not_an_integer"),
        ("vo_boxes", {"number": 2}, "not_an_integer"),
        ("vo_stuffing", "perhaps", "not_a_choice"),
        ("vo_stuffing", 1, "not_a_choice"),
        ("vo_reasons", ["late", "weather"], "not_a_choice"),
        ("vo_reasons", "late", "not_a_choice"),
        ("arrival", "noon", "not_a_moment"),
        ("env_urban_rural", "not_observed", "not_a_choice"),
    ],
)
def test_an_impossible_answer_is_a_problem_out_of_the_tally_and_counted_there(
    server: Server, name: str, value: Any, code: str
) -> None:
    good = {"vo_boxes": 2, "vo_stuffing": "yes", "vo_reasons": ["late"], "env_urban_rural": "urban",
            "arrival": "2026-11-22T09:00:00+05:00", "vo_secrecy_breached": "no"}  # fmt: skip
    bad = server.phone.envelope(good | {name: value})
    assert [one["status"] for one in server.send(server.phone.envelope(good), bad)] == ["stored", "stored"]
    judged = server.stored(bad["id"])
    assert [(one.question, one.code, one.value) for one in judged.problems] == [(name, code, value)]
    row = server.tally(name)
    assert (row.reports, row.answered, row.problems, row.missing) == (2, 1, 1, 0)
    beside = server.tally("vo_secrecy_breached")
    assert (beside.answered, beside.problems) == (2, 0)


def test_a_question_that_the_checklist_does_not_ask_is_reported_and_costs_nothing(server: Server) -> None:
    sent = server.phone.envelope({"vo_stuffing": "no", "vo_weather": "fine", "vo_boxes[0]": 3})
    assert server.send(sent)[0]["status"] == "stored"
    judged = server.stored(sent["id"])
    assert {(one.question, one.code) for one in judged.problems} == {
        ("vo_weather", "unknown_question"), ("vo_boxes[0]", "unknown_question"),
    }  # fmt: skip
    assert server.tally("vo_stuffing").counts == {"no": 1, "yes": 0}


@pytest.mark.parametrize("answers", [None, [], "none", 5])
def test_answers_that_are_no_object_leave_an_empty_report_with_its_problem(server: Server, answers: Any) -> None:
    payload = json.dumps({"location": "A-1", "team": "T1", "answers": answers})
    sent = server.phone.envelope(payload=payload)
    assert server.send(sent)[0]["status"] == "stored"
    assert [(one.question, one.code) for one in server.stored(sent["id"]).problems] == [("answers", "not_an_object")]
    assert (server.tally("vo_stuffing").reports, server.tally("vo_stuffing").missing) == (1, 1)


Flaw = Callable[[Phone], dict[str, Any]]


@pytest.mark.parametrize(
    ("make", "code", "detail"),
    [
        (lambda phone: phone.envelope({"vo_stuffing": "yes"}, location="Z-9"), "location_unknown", {"location": "Z-9"}),
        (
            lambda phone: phone.envelope({"vo_stuffing": "yes"}, location=None, location_name="The old mill"),
            "location_unknown",
            {"name": "The old mill"},
        ),
        (lambda phone: phone.envelope({"vo_stuffing": "yes"}, team="T99"), "team_unknown", {"team": "T99"}),
        (lambda phone: phone.envelope({"vo_stuffing": "yes"}, clock="2099-01-01T00:00:00+05:00"), "clock_off", {}),
        (lambda phone: phone.envelope({"vo_stuffing": "yes"}, clock="1970-01-01T00:00:00Z"), "clock_off", {}),
        (
            lambda phone: phone.envelope({"vo_stuffing": "yes", "arrival": "2026-11-22T09:00:00+05:00",
                                          "departure": "2026-11-22T08:00:00+05:00"}),
            "times_out_of_order",
            {},
        ),
    ],
    ids=["station", "no station", "team", "clock ahead", "clock of 1970", "times"],
)  # fmt: skip
def test_what_is_questionable_counts_and_is_flagged(
    server: Server, make: Flaw, code: str, detail: dict[str, Any]
) -> None:
    sent = make(server.phone)
    assert server.send(sent)[0]["status"] == "stored"
    judged = server.stored(sent["id"])
    (found,) = [one for one in judged.findings if one.code == code]
    assert detail.items() <= dict(found.detail).items()
    assert judged.problems == ()
    assert server.tally("vo_stuffing").counts == {"no": 0, "yes": 1}


def test_a_clock_says_by_how_much_it_is_off(server: Server) -> None:
    ahead = clock.now().replace(year=clock.now().year + 1, day=1)
    sent = server.phone.envelope(clock=clock.stamp(ahead))
    server.send(sent)
    (found,) = [one for one in server.stored(sent["id"]).findings if one.code == "clock_off"]
    assert found.detail["seconds"] > 300 * 24 * 3600


def test_a_protocol_that_does_not_add_up_counts_with_its_difference(server: Server) -> None:
    fields = ("b_received", "b_issued", "b_cancelled")
    layout = seal(checklist(*(question(name, "integer", minimum=0) for name in fields), name="protocol", version=""))
    with server.store.atomic() as tx:
        published.publish(tx, phones.MISSION, layout)
    answers = {"b_received": 1000, "b_issued": 700, "b_cancelled": 290}
    sent = replace(server.phone, checklist=layout).envelope(answers)
    assert server.send(sent)[0]["status"] == "stored"
    judged = server.stored(sent["id"])
    failed = {one.detail["rule"]: one.detail["difference"] for one in judged.findings if one.code == "protocol_fails"}
    assert failed["S1"] == 10
    assert {name: judged.answers[name] for name in fields} == answers
    assert server.counted() == 1


def test_everything_wrong_at_once_leaves_a_report_that_counts(server: Server) -> None:
    payload = json.dumps(
        {"location": 5, "team": ["T1"], "answers": {"vo_stuffing": "no", "vo_boxes": "many", "x": 1},
         "comments": "none", "overrides": [], "weather": "fine"}
    )  # fmt: skip
    sent = server.phone.envelope(payload=payload, clock="1970-01-01T00:00:00Z")
    assert sent["hash"] == hashlib.sha256(payload.encode()).hexdigest()
    assert server.send(sent)[0]["status"] == "stored"
    judged = server.stored(sent["id"])
    assert {one.question for one in judged.problems} >= {"location", "team", "vo_boxes", "x", "comments", "weather"}
    assert {one.code for one in judged.findings} >= {"location_unknown", "clock_off"}
    assert server.tally("vo_stuffing").answered == 1
