"""The laptop's own authority: what it vouches for, for how long, and what it can't vouch for even if stolen."""

from __future__ import annotations

import ssl
import stat
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path
from socket import create_connection, create_server

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import ExtendedKeyUsageOID

from observer_kit import clock
from observer_kit.config import Config
from observer_kit.errors import AuthorityExpired
from observer_kit.trust import authority as room
from observer_kit.trust.authority import Authority

HERE = ip_address("127.0.0.1")
NAMES = ("laptop.local",)


@pytest.fixture
def config(tmp_path: Path) -> Config:
    return Config(data=tmp_path / "data", exports=tmp_path, database_url="")


@pytest.fixture
def issuer(config: Config) -> Authority:
    return room.authority(config, "laptop")


def certificate(path: Path) -> x509.Certificate:
    return x509.load_pem_x509_certificate(path.read_bytes())


@contextmanager
def served(path: Path) -> Iterator[int]:
    """Serve TLS with this certificate on a free port of this machine; one connection after the other."""
    with closing(create_server(("127.0.0.1", 0))) as listener:
        context = room.context(path)

        def serve() -> None:
            while True:
                try:
                    client, _ = listener.accept()
                except OSError:
                    return
                try:
                    with context.wrap_socket(client, server_side=True) as tls:
                        tls.recv(1)
                except OSError:
                    client.close()

        threading.Thread(target=serve, daemon=True).start()
        yield listener.getsockname()[1]
        listener.shutdown(2)


def ask(port: int, issuer: Authority, host: str) -> None:
    """Shake hands as a device that trusts the authority alone and wants to speak to this host."""
    trusting = ssl.create_default_context(cadata=issuer.der)
    with create_connection(("127.0.0.1", port), 10) as raw, trusting.wrap_socket(raw, server_hostname=host) as tls:
        tls.sendall(b"x")


@pytest.mark.parametrize("host", ["laptop.local", "127.0.0.1"])
def test_a_device_that_trusts_the_authority_trusts_the_laptops_names_and_addresses(config, issuer, host) -> None:
    with served(room.leaf(config, issuer, NAMES, [HERE])) as port:
        ask(port, issuer, host)


@pytest.mark.parametrize("host", ["other.local", "127.0.0.2", "localhost"])
def test_a_name_or_address_that_is_not_the_laptops_is_refused(config, issuer, host) -> None:
    with (
        served(room.leaf(config, issuer, NAMES, [HERE])) as port,
        pytest.raises(ssl.SSLCertVerificationError, match="mismatch|doesn't match|not valid for"),
    ):
        ask(port, issuer, host)


@pytest.mark.parametrize(
    ("names", "addresses", "host"),
    [(("bank.example",), [HERE], "bank.example"), ((), [HERE, ip_address("8.8.8.8")], "127.0.0.1")],
)
def test_the_authority_can_vouch_for_nothing_on_the_internet(config, issuer, names, addresses, host) -> None:
    with (
        served(room.leaf(config, issuer, names, addresses)) as port,
        pytest.raises(ssl.SSLCertVerificationError, match="permitted subtree"),
    ):
        ask(port, issuer, host)


def test_another_laptops_authority_is_not_trusted(config, issuer, tmp_path) -> None:
    other = room.authority(Config(data=tmp_path / "other", exports=tmp_path, database_url=""), "laptop")
    assert other.name != issuer.name
    with served(room.leaf(config, issuer, NAMES, [HERE])) as port, pytest.raises(ssl.SSLCertVerificationError):
        ask(port, other, "laptop.local")


def test_after_a_change_of_address_the_certificate_is_another_and_the_same_authority_vouches(config, issuer) -> None:
    path = room.leaf(config, issuer, NAMES, [ip_address("192.168.1.5")])
    before = path.read_bytes()
    assert room.leaf(config, issuer, NAMES, [ip_address("192.168.1.5")]).read_bytes() == before
    with served(path) as port, pytest.raises(ssl.SSLCertVerificationError):
        ask(port, issuer, "127.0.0.1")
    again = room.authority(config, "renamed")
    assert again.fingerprint == issuer.fingerprint
    with served(room.leaf(config, again, NAMES, [HERE])) as port:
        ask(port, issuer, "127.0.0.1")


def test_the_certificate_is_made_anew_before_it_ends_and_when_damaged(config, issuer, monkeypatch) -> None:
    path = room.leaf(config, issuer, NAMES, [HERE])
    first = path.read_bytes()
    path.write_bytes(first[:300])
    second = room.leaf(config, issuer, NAMES, [HERE]).read_bytes()
    assert certificate(path).serial_number
    monkeypatch.setattr(clock, "now", lambda: datetime.now(UTC) + room.LEAF_LASTS - timedelta(days=20))
    assert room.leaf(config, issuer, NAMES, [HERE]).read_bytes() != second


def test_certificates_last_as_long_as_apples_devices_take_them(config, issuer) -> None:
    leaf = certificate(room.leaf(config, issuer, NAMES, [HERE]))
    assert leaf.not_valid_after_utc - leaf.not_valid_before_utc <= timedelta(days=397)
    usage = leaf.extensions.get_extension_for_class(x509.ExtendedKeyUsage).value
    assert list(usage) == [ExtendedKeyUsageOID.SERVER_AUTH]
    assert leaf.not_valid_before_utc < datetime.now(UTC) - timedelta(hours=40)  # for a phone that is two hours behind
    lasts = issuer.certificate.not_valid_after_utc - issuer.certificate.not_valid_before_utc
    assert timedelta(days=3 * 365) <= lasts <= timedelta(days=3 * 366)


def test_an_authority_near_its_end_is_named_before_phones_are_turned_away(config, issuer, monkeypatch) -> None:
    monkeypatch.setattr(clock, "now", lambda: datetime.now(UTC) + room.LASTS - timedelta(days=29))
    with pytest.raises(AuthorityExpired, match=r"authority\.pem: ends on"):
        room.authority(config, "laptop")


def test_keys_are_for_their_owner_alone_and_stay_out_of_what_is_handed_out(config, issuer) -> None:
    path = room.leaf(config, issuer, NAMES, [HERE])
    for file in (path, config.keys / room.FILE):
        assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert stat.S_IMODE(config.keys.stat().st_mode) == 0o700
    assert issuer.der == issuer.certificate.public_bytes(Encoding.DER)
    assert b"PRIVATE" not in issuer.der
    assert {each.name for each in config.keys.iterdir()} == {room.FILE, room.LEAF}
