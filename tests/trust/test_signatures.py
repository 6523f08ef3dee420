from __future__ import annotations

from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from hypothesis import given
from hypothesis import strategies as st

from observer_kit.errors import PublicKeyInvalid
from observer_kit.trust import signatures
from observer_kit.trust.signatures import as_jwk, b64u, point_of, unb64u

KEY = ec.generate_private_key(ec.SECP256R1())
POINT = b64u(point_of(KEY.public_key()))


def test_a_signature_fits_its_key_and_its_bytes_only() -> None:
    signature = signatures.sign(KEY, b"report")
    other = b64u(point_of(ec.generate_private_key(ec.SECP256R1()).public_key()))
    assert signatures.verify(POINT, b"report", signature)
    assert not signatures.verify(POINT, b"repair", signature)
    assert not signatures.verify(other, b"report", signature)


def test_a_signature_is_raw_r_and_s() -> None:
    assert len(unb64u(signatures.sign(KEY, b"report"))) == 64


@pytest.mark.parametrize(
    "broken", ["", "A", "A" * 85, "A" * 86, "é" * 86, "!" * 86, b64u(b"\0" * 64), b64u(b"\xff" * 64)]
)
def test_what_is_no_signature_is_only_wrong(broken: str) -> None:
    assert not signatures.verify(POINT, b"report", broken)


def test_a_point_and_a_jwk_name_the_same_key() -> None:
    assert signatures.public_key(POINT) == signatures.public_key(as_jwk(POINT)) == POINT
    assert signatures.public_key(POINT + "=") == POINT


@pytest.mark.parametrize(
    "offered",
    [
        "", "nonsense", b64u(b"\x04" + b"\1" * 64), b64u(b"\x02" + b"\1" * 32)[:-4], POINT[:-4], "é",
        {}, {"x": "AA", "y": "AA"}, {**as_jwk(POINT), "crv": "P-384"}, {**as_jwk(POINT), "x": 7},
    ],
    ids=["empty", "words", "off-the-curve", "half", "cut", "accent", "none", "short", "other-curve", "number"],
)  # fmt: skip
def test_what_is_no_point_of_the_curve_is_refused(offered: Any) -> None:
    with pytest.raises(PublicKeyInvalid):
        signatures.public_key(offered)


@given(st.binary(max_size=200))
def test_base64url_comes_back_as_it_was(raw: bytes) -> None:
    assert unb64u(b64u(raw)) == raw


@given(st.text(max_size=120), st.binary(max_size=80))
def test_verifying_anything_never_fails(signature: str, data: bytes) -> None:
    assert signatures.verify(POINT, data, signature) is False
