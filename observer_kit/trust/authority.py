"""The laptop's own certificate authority: HTTPS in a local network that knows no other."""

from __future__ import annotations

import hashlib
import os
import secrets
import ssl
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property
from ipaddress import IPv4Address, IPv6Address, ip_network
from pathlib import Path
from typing import Final

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, load_pem_private_key
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from observer_kit import clock
from observer_kit.config import Config
from observer_kit.errors import AuthorityExpired, StorageFault
from observer_kit.trust.keys import once

Address = IPv4Address | IPv6Address

LASTS: Final = timedelta(days=3 * 365)
LEAF_LASTS: Final = timedelta(days=395)
"""With the days before it 397 in all: Apple's devices take no certificate of a server that lasts longer."""
BEFORE: Final = timedelta(days=2)
"""For phones whose clocks are behind."""
RENEWED: Final = timedelta(days=30)
FILE: Final = "authority.pem"
LEAF: Final = "lan.pem"

# What the authority may vouch for, and so all that whoever steals its key could imitate: names of local networks,
# and addresses that the internet does not route. Every name and address on the internet is out of its reach.
DOMAINS: Final = ("local", "localhost")
NETWORKS: Final = tuple(
    ip_network(each)
    for each in (
        "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16",  # RFC 1918
        "169.254.0.0/16", "100.64.0.0/10", "127.0.0.0/8",  # link-local, carriers', this machine
        "192.0.2.0/24", "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24",  # kept for examples and trials
        "fc00::/7", "fe80::/10", "::1/128",
    )
)  # fmt: skip


@dataclass(frozen=True)
class Authority:
    """The authority's certificate and its key, which never leaves this machine."""

    key: ec.EllipticCurvePrivateKey
    certificate: x509.Certificate

    @cached_property
    def der(self) -> bytes:
        """Give the certificate's bytes as phones install them."""
        return self.certificate.public_bytes(Encoding.DER)

    @property
    def fingerprint(self) -> str:
        """Give the certificate's SHA-256 as systems show it: pairs of hex digits with colons."""
        return hashlib.sha256(self.der).digest().hex(":").upper()

    @property
    def name(self) -> str:
        """Give the name under which a phone lists it."""
        return str(self.certificate.subject.get_attributes_for_oid(NameOID.COMMON_NAME)[0].value)


def authority(config: Config, host: str = "laptop") -> Authority:
    """Load the authority; made once, named after this machine. Raises AuthorityExpired."""
    pem = once(config.keys, FILE, lambda: _new_authority(host))
    place = str(config.keys / FILE)
    try:
        key, certificate = load_pem_private_key(pem, None), x509.load_pem_x509_certificate(pem)
    except ValueError:
        raise StorageFault("is no key with its certificate", place=place) from None
    if not isinstance(key, ec.EllipticCurvePrivateKey):
        raise StorageFault("is no P-256 private key", place=place)
    if certificate.not_valid_after_utc <= clock.now() + RENEWED:
        day = f"{certificate.not_valid_after_utc:%Y-%m-%d}"
        raise AuthorityExpired(
            f"ends on {day}: take the file away, start again, and let every phone trust the new authority", place=place
        )
    return Authority(key, certificate)


def may_vouch(address: Address) -> bool:
    """Tell whether this address lies in what the authority may vouch for."""
    return any(address in network for network in NETWORKS if network.version == address.version)


def leaf(config: Config, issuer: Authority, names: Iterable[str], addresses: Iterable[Address]) -> Path:
    """Give the file of the server's key and certificate; made anew when names or addresses change, or its end nears."""
    path = config.keys / LEAF
    wanted = {*names}, {*addresses}
    if not _still_good(path, issuer, wanted):
        fresh = path.with_name(f".{LEAF}.{secrets.token_hex(8)}")
        descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(_new_leaf(issuer, *wanted))
            file.flush()
            os.fsync(file.fileno())
        fresh.replace(path)
    return path


def context(certificate: Path) -> ssl.SSLContext:
    """Make what a server needs to speak TLS with this certificate."""
    made = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    made.load_cert_chain(certificate)
    return made


def _still_good(path: Path, issuer: Authority, wanted: tuple[set[str], set[Address]]) -> bool:
    try:
        known = x509.load_pem_x509_certificate(path.read_bytes())
        known.verify_directly_issued_by(issuer.certificate)
        held = known.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except (OSError, ValueError, TypeError, InvalidSignature, x509.ExtensionNotFound):
        return False  # not there yet, damaged, or another authority's
    same = (set(held.get_values_for_type(x509.DNSName)), set(held.get_values_for_type(x509.IPAddress))) == wanted
    return same and known.not_valid_before_utc <= clock.now() < known.not_valid_after_utc - RENEWED


def _new_authority(host: str) -> bytes:
    key = ec.generate_private_key(ec.SECP256R1())
    mark = x509.SubjectKeyIdentifier.from_public_key(key.public_key())
    name = x509.Name(
        [
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, "Observer Kit"),
            # The mark tells two laptops of the same name apart in a phone's list.
            x509.NameAttribute(NameOID.COMMON_NAME, f"Observer Kit {host[:32]} {mark.digest.hex()[:6]}"),
        ]
    )
    permitted = [*(x509.DNSName(each) for each in DOMAINS), *(x509.IPAddress(each) for each in NETWORKS)]
    made = (
        _builder(name, name, key, LASTS)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(_usage(sign_certificates=True), critical=True)
        .add_extension(mark, critical=False)
        .add_extension(x509.NameConstraints(permitted, None), critical=True)
        .sign(key, SHA256())
    )
    return _pem(key, made)


def _new_leaf(issuer: Authority, names: set[str], addresses: set[Address]) -> bytes:
    key = ec.generate_private_key(ec.SECP256R1())
    # A common name that is no host's: what counts stands among the alternative names.
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Observer Kit server")])
    ends = issuer.certificate.not_valid_after_utc
    alternative = [*(x509.DNSName(each) for each in sorted(names)), *(x509.IPAddress(each) for each in addresses)]
    made = (
        _builder(subject, issuer.certificate.subject, key, LEAF_LASTS, ends)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_usage(sign_certificates=False), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .add_extension(x509.SubjectAlternativeName(alternative), critical=False)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer.key.public_key()), critical=False)
        .sign(issuer.key, SHA256())
    )
    return _pem(key, made)


def _builder(
    subject: x509.Name,
    issuer: x509.Name,
    key: ec.EllipticCurvePrivateKey,
    lasts: timedelta,
    ends: datetime | None = None,
) -> x509.CertificateBuilder:
    now = clock.now()
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - BEFORE)
        .not_valid_after(min(now + lasts, ends) if ends else now + lasts)
    )


def _usage(*, sign_certificates: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not sign_certificates, key_cert_sign=sign_certificates, crl_sign=sign_certificates,
        content_commitment=False, key_encipherment=False, data_encipherment=False, key_agreement=False,
        encipher_only=False, decipher_only=False,
    )  # fmt: skip


def _pem(key: ec.EllipticCurvePrivateKey, certificate: x509.Certificate) -> bytes:
    private = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    return private + certificate.public_bytes(Encoding.PEM)
