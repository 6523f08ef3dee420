"""Envelopes and receipts as codes: letter by letter the same again, whatever order, and bad ones named."""

import hashlib
import json
import random
import zlib

import pytest
from cryptography.hazmat.primitives.asymmetric import ec

from observer_kit import clock
from observer_kit.errors import CodeDamaged, CodeForeign, KitError, TooLarge, UnpacksTooLarge
from observer_kit.exchange import packing, qr
from observer_kit.trust import sealing
from observer_kit.trust.keys import Key, key_id
from observer_kit.trust.signatures import b64u, point_of
from tests.phones import seal_payload

TEXT = """комиссиясының мүшелері дауыс беруге арналған жәшіктерді байқаушылардың көзінше мөрлемеді учаскеде бөгде
адамдар болды хаттаманың көшірмесін беруден бас тартты бюллетеньдерді санау кезінде жарық сөндірілді төраға"""
WORDS = TEXT.split()


def report(answers=40, comments=5, **header):
    """Make an envelope as a phone does, with comments of ten Kazakh words."""
    chance = random.Random(7)
    codes = ("yes", "no", "not_observed", "not_applicable")
    content = {
        "location": "KAR-0144", "location_name": None, "team": "T01",
        "answers": {f"vo_{chance.choice(WORDS)[:4]}_question_{i}": chance.choice(codes) for i in range(answers)},
        "comments": {f"vo_question_{i}": " ".join(chance.sample(WORDS, 10)) for i in range(comments)},
        "overrides": {}, "started": "2026-11-22T08:11:04.123+05:00", "finished": "2026-11-22T08:41:44.523+05:00",
    }  # fmt: skip
    payload = header.pop("payload", None) or json.dumps(content, ensure_ascii=False, separators=(",", ":"))
    return {
        "id": clock.new_id(), "mission": "kz-2011", "checklist": "voting", "version": chance.randbytes(32).hex(),
        "visit": clock.new_id(), "supersedes": None, "device": clock.new_id(), "clock": "2026-11-22T08:41:44.523+05:00",
        "hash": hashlib.sha256(payload.encode()).hexdigest(), "sealed": None,
        "signature": packing.base64.urlsafe_b64encode(chance.randbytes(64)).rstrip(b"=").decode(), "payload": payload,
    } | header  # fmt: skip


def receipt(sequence=1):
    chance = random.Random(sequence)
    return {
        "id": clock.new_id(), "received": "2026-11-22T05:41:44.523Z", "sequence": sequence, "key": "ab" * 8,
        "signature": packing.base64.urlsafe_b64encode(chance.randbytes(64)).rstrip(b"=").decode(), "quarantined": False,
    }  # fmt: skip


@pytest.mark.parametrize(
    "header",
    [
        {},
        {"supersedes": "00000000-0000-4000-8000-000000000001"},
        {"sealed": "0123456789abcdef", "payload": "q" * 2999 + "A"},
        {"sealed": "0123456789abcdef", "payload": "q" * 2999 + "B"},  # no canonical base64url: must stay as it is
        {"signature": None},
        {"signature": "AAAA"},
        {"device": "demo-phone", "mission": "abcd", "checklist": "ab"},  # looks like hex, and is
        {"hash": "ab" * 32},  # of other bytes than the payload's: the server is to see exactly that
        {"payload": ""},
        {"payload": "short"},
        {"clock": "2026-11-22T03:41:44Z"},
    ],
)
def test_an_envelope_is_letter_by_letter_the_same_again(header):
    envelope = report(**header)
    assert packing.unpack_envelope(packing.pack_envelope(envelope)) == envelope


def test_forty_answers_with_five_kazakh_comments_go_into_four_codes_of_version_20_or_less():
    import segno

    envelope = report()
    texts = qr.frames(qr.REPORT, packing.pack_envelope(envelope))
    codes = [segno.make_qr(text, error="m", boost_error=False) for text in texts]
    assert 1 <= len(codes) <= 4
    assert all(code.version <= 20 for code in codes)
    assert all(code.mode == "alphanumeric" for code in codes)


def test_the_same_report_sealed_goes_into_as_many():
    import segno

    plain = report()
    packer = zlib.compressobj(9, wbits=-zlib.MAX_WBITS)
    text = b"\0" + packer.compress(plain["payload"].encode()) + packer.flush()  # as static/js/seal.js does
    private = ec.generate_private_key(ec.SECP256R1())
    public = b64u(point_of(private.public_key()))
    key = Key(key_id(public), private, public)
    sealed = report(sealed=key.id, id=plain["id"], payload=seal_payload(key, plain["id"], text))
    assert sealing.open_payload(key, key.id, plain["id"], sealed["payload"]) == plain["payload"]
    texts = qr.frames(qr.REPORT, packing.pack_envelope(sealed))
    assert 1 <= len(texts) <= 4
    assert all(segno.make_qr(text, error="m", boost_error=False).version <= 20 for text in texts)


def test_the_largest_frame_fits_a_code_of_version_20():
    import segno

    texts = qr.frames(qr.REPORT, random.Random(1).randbytes(qr.PIECE))
    assert len(texts) == 1
    assert segno.make_qr(texts[0], error="m", boost_error=False).version == 20


def test_codes_come_in_any_order_and_any_number_of_times():
    envelopes = [report(comments=12), report(comments=9), report(answers=3, comments=0)]
    texts = [text for each in envelopes for text in qr.frames(qr.REPORT, packing.pack_envelope(each))]
    shuffled = texts * 3
    random.Random(5).shuffle(shuffled)
    found = qr.gather(shuffled)
    assert (found.broken, found.missing) == ([], [])
    unpacked = {packing.unpack_envelope(content)["id"]: packing.unpack_envelope(content) for _, content in found.whole}
    assert unpacked == {each["id"]: each for each in envelopes}


def test_a_code_that_is_missing_costs_only_its_own_report():
    large, small = report(comments=20), report(answers=2, comments=0)
    texts = qr.frames(qr.REPORT, packing.pack_envelope(large))
    assert len(texts) > 1
    found = qr.gather(texts[1:] + qr.frames(qr.REPORT, packing.pack_envelope(small)))
    assert found.missing == [(len(texts) - 1, len(texts))]
    assert [packing.unpack_envelope(content) for _, content in found.whole] == [small]


@pytest.mark.parametrize("text", ["https://example.org", "WIFI:T:WPA;S:x;;", "OK", "", "ok1ABC."])
def test_a_foreign_code_is_called_foreign(text):
    with pytest.raises(CodeForeign):
        qr.read(text)


def test_a_code_that_is_cut_off_or_altered_is_called_damaged():
    (text,) = qr.frames(qr.REPORT, b"short")
    assert qr.read(text).piece == b"short"
    for bad in (text[:-1], text[:-3] + ".", text[:5] + "!" + text[6:], "OK1.", "OK1::::::.", "OK10123."):
        with pytest.raises(CodeDamaged):
            qr.read(bad)


def test_pieces_of_two_reports_under_one_name_are_not_taken_for_a_report():
    texts = qr.frames(qr.REPORT, packing.pack_envelope(report(comments=20)))
    first = qr.read(texts[0])
    forged = qr.MARK + qr.encode45(
        bytes([first.kind]) + first.set + bytes([first.index, first.count]) + first.piece[::-1]
    ) + qr.END  # fmt: skip
    found = qr.gather([forged, *texts[1:]])
    assert found.whole == []
    assert [error.code for _, error in found.broken] == ["code_damaged"]


def deflated(claim, raw):
    packed = zlib.compress(raw, 9, wbits=-15)
    return bytes([5]) + packing._number(claim) + packing._number(len(packed)) + packed


@pytest.mark.parametrize("claim", [2_000_000_000, 900_001, 900_000, 10])
def test_a_deflate_bomb_is_refused_without_being_unpacked(claim):
    bomb = deflated(claim, b"0" * 50_000_000)
    with pytest.raises(UnpacksTooLarge):
        packing.unpack_envelope(bomb)


@pytest.mark.parametrize(
    "bad",
    [deflated(99, b"x" * 50), bytes([5, 9, 3]) + b"abc", b"", b"\x09", b"\x04\x05ab", b"\x02\xff\xff\xff\xff\xff\xff"],
)
def test_what_is_not_whole_is_called_damaged(bad):
    with pytest.raises(CodeDamaged):
        packing.unpack_envelope(bad)


def test_whatever_bytes_come_the_answer_is_coded():
    chance = random.Random(11)
    good = packing.pack_envelope(report())
    for _ in range(2000):
        bad = bytearray(good[: chance.randrange(len(good) + 1)])
        if bad:
            bad[chance.randrange(len(bad))] = chance.randrange(256)
        try:
            packing.unpack_envelope(bytes(bad))
            code = "read"
        except KitError as error:
            code = error.code
        assert code in ("read", "code_damaged", "unpacks_too_large")


def test_receipts_come_back_as_they_were_and_each_code_is_complete():
    receipts = [receipt(n) for n in range(1, 41)]
    pieces = packing.receipts_in(qr.PIECE, receipts)
    assert [each for piece in pieces for each in packing.unpack_receipts(piece)] == receipts
    assert all(len(qr.frames(qr.RECEIPTS, piece)) == 1 for piece in pieces)
    assert len(pieces) <= 8


def test_a_receipt_with_an_odd_time_keeps_it():
    odd = receipt() | {"received": "2026-11-22T05:41:44Z"}
    assert packing.unpack_receipts(packing.pack_receipts([odd])) == [odd]


def test_more_than_codes_can_carry_is_refused():
    with pytest.raises(TooLarge):
        qr.frames(qr.REPORT, bytes(qr.PIECE * 256))


def test_base45_is_that_of_the_standard():
    assert qr.encode45(b"Hello!!") == "%69 VD92EX0"  # RFC 9285, section 4.3
    assert qr.decode45("%69 VD92EX0") == b"Hello!!"
    for bad in ("A", "::", "GGW", "a0"):
        with pytest.raises(CodeDamaged):
            qr.decode45(bad)
