"""ECDSA P-256 as browsers write it: raw r‖s in base64url, public keys as points or JWK."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature, encode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from observer_kit.errors import PublicKeyInvalid

_SHA256 = ec.ECDSA(SHA256())
_ALIKE = ec.ECDSA(SHA256(), deterministic_signing=True)
_CURVE = ec.SECP256R1()


def b64u(raw: bytes) -> str:
    """Write bytes as base64url without padding."""
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def unb64u(text: str) -> bytes:
    """Read base64url, padded or not; raises ValueError for anything else."""
    try:
        return base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
    except binascii.Error as error:
        raise ValueError("not base64url") from error


def point_of(key: ec.EllipticCurvePublicKey) -> bytes:
    """Give a public key as its uncompressed point (65 bytes)."""
    return key.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)


def as_jwk(point: str) -> dict[str, str]:
    """Give a stored public key as the JWK a browser imports."""
    raw = unb64u(point)
    return {"kty": "EC", "crv": "P-256", "x": b64u(raw[1:33]), "y": b64u(raw[33:65])}


def public_key(offered: str | Mapping[str, Any]) -> str:
    """Normalise a public key (base64url point or JWK) to the base64url of its uncompressed point.

    Raises PublicKeyInvalid for anything that is no point of P-256.
    """
    try:
        if isinstance(offered, Mapping):
            x, y = unb64u(str(offered["x"])), unb64u(str(offered["y"]))
            if (
                offered.get("kty", "EC") != "EC"
                or offered.get("crv", "P-256") != "P-256"
                or len(x) != 32
                or len(y) != 32
            ):
                raise ValueError("not a P-256 key")
            raw = b"\x04" + x + y
        else:
            raw = unb64u(offered)
        return b64u(point_of(ec.EllipticCurvePublicKey.from_encoded_point(_CURVE, raw)))
    except (ValueError, KeyError, TypeError, UnicodeEncodeError) as error:
        raise PublicKeyInvalid("the public key is no P-256 point (base64url) or JWK with x and y") from error


@lru_cache(maxsize=4096)
def _loaded(point: str) -> ec.EllipticCurvePublicKey:
    return ec.EllipticCurvePublicKey.from_encoded_point(_CURVE, unb64u(point))


def verify(point: str, data: bytes, signature: str) -> bool:
    """Tell whether this raw r‖s signature over the data was made by the key of this point."""
    try:
        raw = unb64u(signature)
        if len(raw) != 64:
            return False
        der = encode_dss_signature(int.from_bytes(raw[:32], "big"), int.from_bytes(raw[32:], "big"))
        _loaded(point).verify(der, data, _SHA256)
    except (InvalidSignature, ValueError, UnicodeEncodeError):
        return False
    return True


def sign(key: ec.EllipticCurvePrivateKey, data: bytes, *, alike: bool = False) -> str:
    """Sign data as a browser would: base64url of raw r‖s; `alike`: the same each time (RFC 6979)."""
    r, s = decode_dss_signature(key.sign(data, _ALIKE if alike else _SHA256))
    return b64u(r.to_bytes(32, "big") + s.to_bytes(32, "big"))
