"""The server's and the missions' private keys: files of the data folder that only its owner reads."""

from __future__ import annotations

import hashlib
import os
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)

from observer_kit.config import Config
from observer_kit.errors import StorageFault
from observer_kit.trust.signatures import as_jwk, b64u, point_of, sign

RECEIPT: Final = "receipt.pem"
STATEMENT: Final = "statement.pem"


@dataclass(frozen=True, slots=True)
class Key:
    """A private P-256 key with its id and public point; the private part never leaves the server."""

    id: str
    private: ec.EllipticCurvePrivateKey
    public: str

    def sign(self, data: bytes) -> str:
        """Sign data: base64url of raw r‖s."""
        return sign(self.private, data)

    def pem(self) -> bytes:
        """Give the private half, for the one machine that shall sign with it."""
        return self.private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())

    def jwk(self) -> dict[str, str]:
        """Give the public half as a JWK."""
        return as_jwk(self.public)


def key_id(public: str) -> str:
    """Name a public key by the first 16 hex digits of its point's SHA-256."""
    return hashlib.sha256(public.encode()).hexdigest()[:16]


def receipt_key(config: Config) -> Key:
    """Load the key that signs receipts; made once."""
    return _key(config, RECEIPT)


def statement_key(config: Config) -> Key:
    """Load the key that signs statements, and nothing else; made once."""
    return _key(config, STATEMENT)


def statement_key_at_hand(config: Config) -> Key | None:
    """Load the same key where there is one; makes none."""
    return statement_key(config) if (config.keys / STATEMENT).exists() else None


def mission_key(config: Config, mission: str) -> Key:
    """Load the key that opens what is sealed to this mission; made once."""
    return _key(config, f"mission-{mission}.pem")


def mission_key_at_hand(config: Config, mission: str) -> Key | None:
    """Load the same key where there is one; makes none."""
    return mission_key(config, mission) if (config.keys / f"mission-{mission}.pem").exists() else None


def hub_key(config: Config, address: str) -> Key:
    """Load the key with which the hub at this address signs receipts; made once, at the mission's own server."""
    return _key(config, f"hub-{hashlib.sha256(address.encode()).hexdigest()[:16]}.pem")


def adopt_receipt_key(config: Config, pem: bytes) -> bool:
    """Sign receipts with this key from now on, where there is none yet; False where there is another."""
    return once(config.keys, RECEIPT, lambda: pem) == pem


def session_key(config: Config) -> str:
    """Load the secret that signs session cookies; made once."""
    return once(config.keys, "session.key", lambda: secrets.token_urlsafe(48).encode()).decode()


def read_pem(pem: bytes, place: str) -> ec.EllipticCurvePrivateKey:
    """Read a P-256 private key; raises StorageFault for anything else."""
    try:
        private = load_pem_private_key(pem, None)
    except (ValueError, TypeError) as error:  # cut short, or under a password
        raise StorageFault("can't be read as a private key", place=place) from error
    if not isinstance(private, ec.EllipticCurvePrivateKey) or private.curve.name != "secp256r1":
        raise StorageFault("is no P-256 private key", place=place)
    return private


def _key(config: Config, name: str) -> Key:
    private = read_pem(once(config.keys, name, _new_pem), str(config.keys / name))
    public = b64u(point_of(private.public_key()))
    return Key(key_id(public), private, public)


def _new_pem() -> bytes:
    private = ec.generate_private_key(ec.SECP256R1())
    return private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())


def once(folder: Path, name: str, make: Callable[[], bytes]) -> bytes:
    """Read a secret file, or make it whole: two processes that start together end with the same one."""
    path = folder / name
    if not path.exists():
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        folder.chmod(0o700)
        fresh = folder / f".{name}.{secrets.token_hex(8)}"
        descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(make())
            file.flush()
            os.fsync(file.fileno())
        try:
            os.link(fresh, path)  # unlike a rename, never replaces a key that another process has just made
        except FileExistsError:
            pass
        finally:
            fresh.unlink()
    return path.read_bytes()
