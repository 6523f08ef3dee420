"""What the phone sealed, the server opens: tests/seal_vectors.json was made by static/js/seal.js."""

from __future__ import annotations

import json
import zlib
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from hypothesis import given
from hypothesis import strategies as st

from observer_kit.collection.envelope import LONGEST_PAYLOAD
from observer_kit.errors import NotOpened
from observer_kit.trust import sealing
from observer_kit.trust.keys import Key, key_id
from observer_kit.trust.signatures import b64u, point_of, unb64u
from tests.phones import seal_payload

VECTORS: dict[str, Any] = json.loads((Path(__file__).resolve().parents[1] / "seal_vectors.json").read_text("utf-8"))
ID = "7f3a91c0-4b1d-4c5e-9a10-2f6b8c0d1e2f"


def _vectors_key() -> Key:
    secret = int.from_bytes(unb64u(VECTORS["private_key"]["d"]), "big")
    private = ec.derive_private_key(secret, ec.SECP256R1())
    return Key(VECTORS["key"]["id"], private, b64u(point_of(private.public_key())))


KEY = _vectors_key()


def by_name(part: str) -> Any:
    return pytest.mark.parametrize("vector", VECTORS[part], ids=lambda vector: vector["name"])


def test_the_vectors_key_is_named_as_the_server_names_its_own() -> None:
    assert KEY.public == VECTORS["key"]["public_key"]
    assert key_id(KEY.public) == KEY.id


@by_name("open")
def test_what_the_browsers_module_sealed_opens_here_to_the_same_bytes(vector: dict[str, str]) -> None:
    assert sealing.open_payload(KEY, vector["sealed"], vector["id"], vector["payload"]) == vector["text"]


@by_name("refused")
def test_what_was_altered_or_is_not_for_this_place_does_not_open(vector: dict[str, str]) -> None:
    with pytest.raises(NotOpened) as refused:
        sealing.open_payload(KEY, vector["sealed"], vector["id"], vector["payload"])
    assert refused.value.detail["why"] == vector["why"]


@by_name("unreadable")
def test_what_is_no_report_still_opens(vector: dict[str, str]) -> None:
    assert isinstance(sealing.open_payload(KEY, vector["sealed"], vector["id"], vector["payload"]), str)


def test_a_photo_that_the_browsers_module_sealed_opens_here_under_its_own_id_only() -> None:
    photo = VECTORS["photo"]
    content = unb64u(photo["content"])
    assert sealing.open_photo(KEY, photo["sealed"], photo["id"], content) == unb64u(photo["plain"])
    with pytest.raises(NotOpened):
        sealing.open_photo(KEY, photo["sealed"], photo["id"].replace("7", "8", 1), content)
    with pytest.raises(NotOpened):
        sealing.open_payload(KEY, photo["sealed"], photo["id"], photo["content"])


def test_without_a_key_nothing_opens_and_the_missing_key_is_named() -> None:
    vector = VECTORS["open"][0]
    with pytest.raises(NotOpened, match=vector["sealed"]) as refused:
        sealing.open_payload(None, vector["sealed"], vector["id"], vector["payload"])
    assert refused.value.detail["why"] == "key_unknown"


def test_another_missions_key_does_not_open_it_even_under_the_same_name() -> None:
    vector = VECTORS["open"][0]
    private = ec.generate_private_key(ec.SECP256R1())
    with pytest.raises(NotOpened) as refused:
        sealing.open_payload(replace(KEY, private=private), vector["sealed"], vector["id"], vector["payload"])
    assert refused.value.detail["why"] == "altered"


def _deflated(text: bytes) -> bytes:
    packer = zlib.compressobj(9, wbits=-zlib.MAX_WBITS)
    return b"\0" + packer.compress(text) + packer.flush()


@given(st.text().map(lambda text: text.encode(errors="replace")))
def test_a_deflated_text_comes_out_as_it_went_in(text: bytes) -> None:
    assert sealing.open_payload(KEY, KEY.id, ID, seal_payload(KEY, ID, _deflated(text))).encode() == text


@pytest.mark.parametrize(
    "content",
    [
        _deflated(b"x" * (LONGEST_PAYLOAD + 1)),
        _deflated(b"{}" * 500)[:-2],
        _deflated(b"{}") + b"more",
        b"\0",
        b"\0\xff\xff",
    ],
    ids=["too long", "cut off", "more behind it", "nothing", "no deflated text"],
)
def test_what_does_not_unpack_is_refused(content: bytes) -> None:
    with pytest.raises(NotOpened) as refused:
        sealing.open_payload(KEY, KEY.id, ID, seal_payload(KEY, ID, content))
    assert refused.value.detail["why"] == "not_json"


@given(st.text().map(lambda text: text.encode(errors="replace").decode()).filter(lambda text: text[:1] != "\0"))
def test_any_text_comes_out_as_it_went_in(text: str) -> None:
    assert sealing.open_payload(KEY, KEY.id, ID, seal_payload(KEY, ID, text.encode())) == text


@given(st.data())
def test_one_bit_changed_anywhere_is_noticed(data: st.DataObject) -> None:
    sealed = bytearray(unb64u(VECTORS["open"][0]["payload"]))
    place = data.draw(st.integers(0, len(sealed) * 8 - 1))
    sealed[place // 8] ^= 1 << place % 8
    with pytest.raises(NotOpened):
        sealing.open_payload(KEY, KEY.id, ID, b64u(bytes(sealed)))


@given(st.text(max_size=400))
def test_no_text_in_a_payloads_place_makes_more_than_a_refusal(text: str) -> None:
    with pytest.raises(NotOpened):
        sealing.open_payload(KEY, KEY.id, ID, text)
