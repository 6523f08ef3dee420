"""Passwords: argon2id, and random ones for a first sign-in."""

from __future__ import annotations

import secrets

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from observer_kit.errors import PasswordTooShort

MINIMUM = 10
_ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"  # nothing that is misread on paper

# OWASP's second recommended setting: 19 MiB, so that several sign-ins at once fit a small laptop.
_hasher = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)
_NOBODY = _hasher.hash(secrets.token_urlsafe(16))


def hash_password(password: str) -> str:
    """Hash a password with argon2id; raises PasswordTooShort."""
    if len(password) < MINIMUM:
        raise PasswordTooShort(f"a password needs at least {MINIMUM} characters")
    return _hasher.hash(password)


def verify(hashed: str | None, password: str) -> bool:
    """Tell whether the password belongs to the hash; without a hash it takes as long and says no."""
    try:
        return _hasher.verify(hashed or _NOBODY, password) and hashed is not None
    except (VerificationError, InvalidHashError):
        return False


def needs_rehash(hashed: str) -> bool:
    """Tell whether a hash was made with weaker settings than today's."""
    return _hasher.check_needs_rehash(hashed)


def random_password() -> str:
    """Make a password that can be read from paper: four groups of four, about 79 bits."""
    return "-".join("".join(secrets.choice(_ALPHABET) for _ in range(4)) for _ in range(4))
