from __future__ import annotations

import stat
import threading
from pathlib import Path

import pytest

from observer_kit.config import Config
from observer_kit.errors import StorageFault
from observer_kit.trust import keys, receipts
from observer_kit.trust.model import Receipt


@pytest.fixture
def config(tmp_path: Path) -> Config:
    return Config(tmp_path / "data", tmp_path / "exports", "sqlite://")


def test_keys_are_made_once_and_only_their_owner_reads_them(config: Config) -> None:
    first = keys.receipt_key(config)
    assert keys.receipt_key(config).id == first.id
    assert stat.S_IMODE(config.keys.stat().st_mode) == 0o700
    assert [stat.S_IMODE(path.stat().st_mode) for path in config.keys.iterdir()] == [0o600]


def test_each_mission_has_a_key_of_its_own(config: Config) -> None:
    one, other = keys.mission_key(config, "one"), keys.mission_key(config, "other")
    assert len({one.id, other.id, keys.receipt_key(config).id}) == 3
    assert set(one.jwk()) == {"kty", "crv", "x", "y"}


def test_the_session_secret_stays_the_same(config: Config) -> None:
    assert keys.session_key(config) == keys.session_key(config)
    assert len(keys.session_key(config)) >= 64


def test_processes_that_start_together_agree_on_the_key(config: Config) -> None:
    found: set[str] = set()
    start = threading.Barrier(8)

    def load() -> None:
        start.wait()
        found.add(keys.receipt_key(config).id)

    threads = [threading.Thread(target=load) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 1
    assert [path.name for path in config.keys.iterdir()] == ["receipt.pem"]


def test_a_key_of_another_curve_is_named(config: Config) -> None:
    from cryptography.hazmat.primitives.asymmetric import ec
    from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

    keys.receipt_key(config)
    wrong = ec.generate_private_key(ec.SECP384R1())
    (config.keys / "receipt.pem").write_bytes(wrong.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    with pytest.raises(StorageFault, match="P-256"):
        keys.receipt_key(config)


def test_a_receipt_is_good_for_its_own_words_only(config: Config) -> None:
    key = keys.receipt_key(config)
    receipt = receipts.issue(key, "id", "hash", "2026-11-22T10:00:00.000Z", 7)
    assert receipts.verify(receipt, key.public)
    for change in ({"id": "other"}, {"hash": "other"}, {"received": "later"}, {"sequence": 8}):
        assert not receipts.verify(Receipt(**(receipt.as_dict() | change)), key.public)


def test_a_receipts_words_are_those_the_phone_checks() -> None:
    assert receipts.signed_bytes("i", "h", "r", 1) == b"i\nh\nr\n1"
