"""Files of handed-over reports: everything good is read, everything else is named in its place."""

import hashlib
import io
import json

import pytest

from observer_kit import clock
from observer_kit.config import Config
from observer_kit.exchange import bundle
from observer_kit.exchange.bundle import Broken, Carried, Picture
from observer_kit.trust import keys
from observer_kit.trust.signatures import b64u
from tests.exchange.sealed import sealed_lines

PHOTO = b"\xff\xd8 a photo's bytes \xff\xd9"


@pytest.fixture
def key(tmp_path):
    return keys.mission_key(Config(tmp_path, tmp_path / "exports", "sqlite://"), "m-2026")


def envelope(number):
    return {"id": f"00000000-0000-4000-8000-{number:012}", "mission": "m-2026", "payload": f"report № {number}"}


def records(count=3, photo=PHOTO):
    named = hashlib.sha256(photo).hexdigest()
    listed = [["envelope", envelope(n)["id"]] for n in range(count)] + [["photo", named]]
    yield {"kind": "contents", "mission": "m-2026", "device": "d-1", "made": "…", "records": listed}, b""
    for n in range(count):
        yield {"kind": "envelope", "id": envelope(n)["id"]}, json.dumps(envelope(n)).encode()
    yield {"kind": "photo", "sha256": named, "size": len(photo), "sealed": None}, photo


def lines(key=None):
    id = clock.new_id()
    return list(bundle.write(id, records()) if key is None else sealed_lines(key, id, records()))


def read(content, key=None):
    found = list(bundle.parts(io.BytesIO(content), lambda id: key if key and id == key.id else None))
    good = [each for each in found if not isinstance(each, Broken)]
    return good, [(each.line, each.error.code) for each in found if isinstance(each, Broken)]


@pytest.mark.parametrize("sealed", [False, True])
def test_a_file_gives_what_was_put_in(key, sealed):
    good, broken = read(b"".join(lines(key if sealed else None)), key)
    assert broken == []
    assert [each.envelope for each in good if isinstance(each, Carried)] == [envelope(n) for n in range(3)]
    (picture,) = [each for each in good if isinstance(each, Picture)]
    assert (picture.content, picture.mission, picture.device) == (PHOTO, "m-2026", "d-1")


def test_a_sealed_file_shows_nothing_of_observer_station_or_report(key):
    content = b"".join(lines(key))
    for telling in (b"m-2026", b"d-1", b"envelope", envelope(1)["id"].encode(), b64u(b"report")[:-2].encode()):
        assert telling not in content


@pytest.mark.parametrize("sealed", [False, True])
@pytest.mark.parametrize("which", range(5))
def test_an_altered_line_is_named_and_costs_only_its_own_record(key, sealed, which):
    made = lines(key if sealed else None)
    middle = len(made[which]) // 2
    made[which] = made[which][:middle] + b"*" + made[which][middle + 1 :]
    good, broken = read(b"".join(made), key)
    assert broken[0] == (which + 1, "bundle_unreadable")
    assert len(good) == (4 if which == 0 else 3)
    assert len(broken) == (1 if which == 0 else 2)  # the contents say which one is missing


def test_a_letter_turned_into_another_does_not_open(key):
    made = lines(key)
    made[2] = made[2][:-3] + (b"A" if made[2][-3:-2] != b"A" else b"B") + made[2][-2:]
    good, broken = read(b"".join(made), key)
    assert (3, "bundle_unreadable") in broken
    assert len(good) == 3


@pytest.mark.parametrize("share", [0.1, 0.3, 0.5, 0.7, 0.9, 0.99])
def test_a_file_that_is_cut_off_gives_what_is_whole_and_says_what_is_missing(key, share):
    content = b"".join(lines(key))
    good, broken = read(content[: int(len(content) * share)], key)
    assert broken[0][1] == "bundle_unreadable"
    missing = [each for each in broken if each == (0, "bundle_incomplete")]
    assert share == 0.1 or len(good) + len(missing) == 4


def test_a_file_cut_off_between_two_lines_is_not_taken_for_whole(key):
    good, broken = read(b"".join(lines(key)[:3]), key)
    assert len(good) == 2
    assert broken == [(0, "bundle_incomplete")] * 2


def test_lines_may_come_in_another_order_twice_and_with_other_line_ends(key):
    made = lines(key)
    good, broken = read(b"".join(each.replace(b"\n", b"\r\n") for each in [*reversed(made), made[2]]), key)
    assert broken == []
    assert len([each for each in good if isinstance(each, Carried)]) == 4


def test_a_file_of_another_mission_is_named_as_such(key):
    good, broken = read(b"".join(lines(key)), None)
    assert good == []
    assert {code for _, code in broken} == {"bundle_key_unknown"}


def test_a_line_of_another_file_does_not_open_under_this_ones_name(key):
    made, other = lines(key), lines(key)
    made[2] = made[2][:42] + other[2][42:]
    assert (3, "bundle_unreadable") in read(b"".join(made), key)[1]


def test_a_photo_that_is_not_the_one_its_hash_names_is_refused():
    id, other = clock.new_id(), b"\xff\xd8 another photo'sx \xff\xd9"
    made = [(head, other if head["kind"] == "photo" else body) for head, body in records(0)]
    good, broken = read(b"".join(bundle.write(id, made)))
    assert good == []
    assert broken == [(2, "attachment_altered"), (0, "bundle_incomplete")]


def test_a_photo_that_claims_two_gigabytes_is_refused():
    made = [(head | {"size": 2_000_000_000} if head["kind"] == "photo" else head, body) for head, body in records(0)]
    assert read(b"".join(bundle.write(clock.new_id(), made)))[1][0] == (2, "too_large")


def test_a_line_without_end_is_passed_over_and_named(monkeypatch):
    monkeypatch.setattr(bundle, "MOST_LINE", 5000)
    made = lines()
    made.insert(2, b"OKB1 " + b"A" * 200_000 + b"\n")
    good, broken = read(b"".join(made))
    assert broken == [(3, "too_large")]
    assert len(good) == 4


@pytest.mark.parametrize("nonsense", [b"PK\x03\x04" + b"\n\x00\xff" * 5000, b"[" * 5000 + b"\n", b"\n" * 50, b""])
def test_another_kind_of_file_is_answered_with_codes_and_soon(nonsense):
    good, broken = read(nonsense)
    assert good == []
    assert len(broken) <= bundle.MOST_NONSENSE + 1
    assert {code for _, code in broken} <= {"malformed", "bundle_unreadable"}
    assert bool(broken) == bool(nonsense.strip())


def test_an_envelope_by_itself_on_a_line_is_taken_as_other_programs_write_it():
    good, broken = read(json.dumps(envelope(1)).encode() + b"\n")
    assert [each.envelope for each in good] == [envelope(1)]
    assert broken == []
