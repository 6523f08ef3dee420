"""The wrapping: each field of its kind, the hash over the very bytes."""

import hashlib

import pytest

from observer_kit.collection.envelope import check_hash, read_envelope, read_payload
from observer_kit.errors import EnvelopeMalformed

PAYLOAD = '{"answers": {"sealed": "да"}}'
GOOD = {
    "id": "0b6f3c1e-6a53-4a86-9d9a-0123456789ab", "mission": "m-1", "checklist": "voting", "version": "a" * 64,
    "visit": "1b6f3c1e-6a53-4a86-9d9a-0123456789ab", "supersedes": None, "device": "d1",
    "clock": "2026-11-22T18:31:07.123+05:00", "hash": hashlib.sha256(PAYLOAD.encode()).hexdigest(),
    "sealed": None, "signature": None, "payload": PAYLOAD,
}  # fmt: skip


def test_a_good_envelope_is_read_and_its_hash_is_over_the_bytes_as_sent():
    found = read_envelope(GOOD)
    check_hash(found)
    assert read_payload(found) == {"answers": {"sealed": "да"}}


def test_the_signed_bytes_are_the_header_one_field_a_line():
    lines = read_envelope(GOOD).signed_bytes().decode().split("\n")
    assert lines == [GOOD["id"], "m-1", "voting", "a" * 64, GOOD["visit"], "", "d1", GOOD["clock"], GOOD["hash"], ""]


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("id", "not-a-uuid"), ("id", None), ("id", GOOD["id"].upper()), ("mission", "a b"), ("mission", "../x"),
        ("version", "abc"), ("visit", 5), ("supersedes", "x"), ("device", ""), ("clock", "yesterday"),
        ("clock", "2026-11-22T18:31:07"), ("clock", "9999-12-31T23:59:59.999-14:00"), ("hash", "z" * 64),
        ("signature", "a=b"), ("payload", None), ("payload", {"answers": {}}),
    ],
)  # fmt: skip
def test_a_field_of_another_kind_is_named(field, value):
    with pytest.raises(EnvelopeMalformed) as caught:
        read_envelope(GOOD | {field: value})
    assert caught.value.place == field


def test_an_envelope_is_an_object():
    with pytest.raises(EnvelopeMalformed):
        read_envelope([GOOD])


def test_other_bytes_than_the_hash_says_are_malformed():
    with pytest.raises(EnvelopeMalformed, match="SHA-256"):
        check_hash(read_envelope(GOOD | {"payload": PAYLOAD + " "}))


@pytest.mark.parametrize("payload", ["{", "[]", '"text"', "{}{}"])
def test_a_payload_that_is_no_json_object_is_malformed(payload):
    with pytest.raises(EnvelopeMalformed):
        read_payload(read_envelope(GOOD | {"payload": payload}))


def test_half_a_character_in_a_text_does_not_cost_the_report():
    """A browser writes half an emoji as an escape when a text is cut in its middle."""
    found = read_envelope(GOOD | {"payload": '{"answers": {"remarks": "well \\ud83d", "sealed": "yes"}}'})
    assert read_payload(found) == {"answers": {"remarks": "well \ufffd", "sealed": "yes"}}


@pytest.mark.parametrize("payload", ['{"a": NaN}', '{"a": ' + "[" * 100_000, '{"a": "\\ud83d", "b": Infinity}'])
def test_what_json_does_not_know_is_malformed(payload):
    with pytest.raises(EnvelopeMalformed, match="not JSON"):
        read_payload(read_envelope(GOOD | {"payload": payload}))
