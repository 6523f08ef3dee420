"""Device tokens and enrolment codes: random, kept only as their SHA-256."""

from __future__ import annotations

import hashlib
import secrets

_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"  # Crockford's base 32
_READ_AS = str.maketrans({"O": "0", "I": "1", "L": "1", "-": "", " ": ""})


def new_token() -> str:
    """Make a device token (256 random bits)."""
    return secrets.token_urlsafe(32)


def new_code() -> str:
    """Make a one-time enrolment code that can be read aloud (60 random bits)."""
    code = "".join(secrets.choice(_ALPHABET) for _ in range(12))
    return f"{code[:4]}-{code[4:8]}-{code[8:]}"


def hash_token(token: str) -> str:
    """Give what is stored of a token; it has 256 random bits, so a fast hash is enough."""
    return hashlib.sha256(token.encode()).hexdigest()


def hash_code(code: str) -> str:
    """Give what is stored of a code, however it was typed (case, hyphens, O for 0)."""
    return hashlib.sha256(code.upper().translate(_READ_AS).encode()).hexdigest()
