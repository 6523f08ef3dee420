"""A hub from beginning to end: made from a file, takes reports in, and the mission's server has each of them once."""

from __future__ import annotations

import gzip
import stat
from dataclasses import replace
from pathlib import Path

import orjson
import pytest
from click.testing import CliRunner

from observer_kit.cli import cli
from observer_kit.config import Config
from observer_kit.errors import HubEnrolsNobody, HubInvalid, KitError, NotFound
from observer_kit.missions.model import Policy
from observer_kit.storage import Store, checklists, devices, hubs, missions, open_store, register
from observer_kit.storage.check import check
from observer_kit.storage.intake import Intake
from observer_kit.trust import receipts
from observer_kit.trust.hubs import vouch
from observer_kit.trust.model import Receipt
from tests.phones import MISSION, Phone, a_mission, enrol, lay_ground

ADDRESS = "https://hub.local:8000"


def config_of(folder: Path) -> Config:
    url = f"sqlite:///{folder / 'observer-kit.sqlite'}"
    return Config(data=folder, exports=folder / "exports", database_url=url)


class Machine:
    """A laptop with a data folder, and its command line."""

    def __init__(self, folder: Path) -> None:
        self.config = config_of(folder)

    def run(self, *words: str | Path) -> str:
        runner = CliRunner()
        done = runner.invoke(cli, ["--data", str(self.config.data), *map(str, words)], catch_exceptions=True)
        if isinstance(done.exception, KitError):
            raise done.exception
        assert done.exit_code == 0, (done.output, done.exception)
        return done.output

    def store(self) -> Store:
        return open_store(self.config)


@pytest.fixture
def home(tmp_path: Path) -> Machine:
    machine = Machine(tmp_path / "home")
    store = machine.store()
    lay_ground(store)
    with store.atomic() as tx:
        missions.save(tx, replace(a_mission(MISSION), policy=Policy(hubs=(ADDRESS,))))
    store.close()
    return machine


def phone_of(machine: Machine) -> Phone:
    store = machine.store()
    with store.reading() as tx:
        asked = missions.get(tx, MISSION)
        [checklist] = checklists.current(tx, asked.code).values()
    phone = enrol(store, checklist)
    store.close()
    return phone


@pytest.fixture
def phone(home: Machine) -> Phone:
    return phone_of(home)


@pytest.fixture
def hub(home: Machine, phone: Phone, tmp_path: Path) -> Machine:
    home.run("hub", "export", MISSION, tmp_path / "hub.gz")
    machine = Machine(tmp_path / "hub")
    machine.run("hub", "import", tmp_path / "hub.gz")
    return machine


def send(machine: Machine, phone: Phone, *envelopes: dict) -> list[dict]:
    store = machine.store()
    results = Intake(store, machine.config).receive_by_token(phone.token, list(envelopes), via="http")
    store.close()
    return results


def test_a_phone_hands_a_report_to_the_hub_and_the_server_has_it_once(home, hub, phone, tmp_path) -> None:
    envelope = phone.envelope()
    [taken] = send(hub, phone, envelope)
    assert taken["status"] == "stored"
    assert send(hub, phone, envelope)[0]["receipt"] == taken["receipt"]
    # The hub's receipt holds under the key that the server vouched for, and not under the server's own.
    public = vouch(home.config, ADDRESS)["key"]["public_key"]
    assert receipts.verify(Receipt(**taken["receipt"]), public)
    assert not receipts.verify(Receipt(**taken["receipt"]), home.store().receipt_key.public)
    assert "1 reports" in hub.run("hub", "collect", MISSION, tmp_path / "taken.jsonl")
    for expected in ("1 stored", "1 known"):
        assert expected in home.run("submissions", "import", tmp_path / "taken.jsonl")
    [again] = send(home, phone, envelope)
    assert again["status"] == "known"
    assert again["receipt"]["key"] != taken["receipt"]["key"]


def test_both_ledgers_hold(home, hub, phone, tmp_path) -> None:
    send(hub, phone, phone.envelope())
    hub.run("hub", "collect", MISSION, tmp_path / "taken.jsonl")
    home.run("submissions", "import", tmp_path / "taken.jsonl")
    for machine in (home, hub):
        store = machine.store()
        assert check(store) == []
        store.close()


def test_phones_enrolled_and_withdrawn_later_come_with_the_next_file(home, hub, phone, tmp_path) -> None:
    second = phone_of(home)
    with pytest.raises(KitError, match="not known here"):
        send(hub, second, second.envelope())
    store = home.store()
    with store.atomic() as tx:
        devices.revoke(tx, phone.device.id, None)
        devices.rename(tx, second.device.id, "spare", None)
    store.close()
    home.run("hub", "export", MISSION, tmp_path / "again.gz")
    hub.run("hub", "import", tmp_path / "again.gz")
    assert send(hub, second, second.envelope())[0]["status"] == "stored"
    assert send(hub, phone, phone.envelope())[0]["status"] == "quarantined"
    store = hub.store()
    with store.reading() as tx:
        before = register.content(tx, MISSION), len(devices.all(tx, MISSION))
        assert {each.label for each in devices.all(tx, MISSION)} >= {"spare"}
    assert check(store) == []
    store.close()
    hub.run("hub", "import", tmp_path / "again.gz")
    store = hub.store()
    with store.reading() as tx:
        assert (register.content(tx, MISSION), len(devices.all(tx, MISSION))) == before
    store.close()


def test_a_hub_enrols_no_phone_that_its_server_would_not_know(hub) -> None:
    store = hub.store()
    with pytest.raises(HubEnrolsNobody, match="own server"), store.atomic() as tx:
        devices.enrol_code(tx, MISSION, "T1", "phone")
    store.close()


def test_the_file_is_for_its_owner_alone_and_opens_nothing_sealed(home, phone, tmp_path) -> None:
    from observer_kit.trust import keys

    out = tmp_path / "hub.gz"
    home.run("hub", "export", MISSION, out)
    assert stat.S_IMODE(out.stat().st_mode) == 0o600
    text = gzip.decompress(out.read_bytes()).decode()
    assert phone.token not in text
    packed = orjson.loads(text)
    pem = packed["key"].encode()
    for name in ("receipt.pem", f"mission-{MISSION}.pem"):
        path = home.config.keys / name
        assert not path.exists() or path.read_bytes() != pem
    assert keys.read_pem(pem, "key")
    assert text.count("PRIVATE KEY") == 2  # begin and end of one key


def test_a_laptop_with_a_mission_of_its_own_is_not_made_a_hub(home, phone, tmp_path) -> None:
    home.run("hub", "export", MISSION, tmp_path / "hub.gz")
    other = Machine(tmp_path / "other")
    store = other.store()
    lay_ground(store, code="m-9")
    store.close()
    with pytest.raises(HubInvalid, match="choose another with --data"):
        other.run("hub", "import", tmp_path / "hub.gz")


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        (lambda raw: raw[: len(raw) // 2], "cut off"),
        (lambda raw: b"no file of ours", "can't be read"),
        (lambda raw: gzip.compress(b'{"kind": "other"}'), "no file of"),
        (lambda raw: changed(raw, format=2), "another version"),
        (lambda raw: changed(raw, key="none"), "holds no key"),
        (lambda raw: changed(raw, phones=[{"id": "x"}]), "not as a server writes it"),
        (lambda raw: changed(raw, locations=[{"code": "A"}]), "not as a server writes it"),
        (lambda raw: changed(raw, checklists=["{}"]), "not as a server writes it"),
    ],
)
def test_a_spoilt_file_is_named_and_leaves_nothing_behind(home, phone, tmp_path, spoil, said) -> None:
    out = tmp_path / "hub.gz"
    home.run("hub", "export", MISSION, out)
    out.write_bytes(spoil(out.read_bytes()))
    machine = Machine(tmp_path / "hub")
    with pytest.raises(HubInvalid, match=said):
        machine.run("hub", "import", out)
    assert not machine.config.keys.exists()


def changed(raw: bytes, **values: object) -> bytes:
    return gzip.compress(orjson.dumps(orjson.loads(gzip.decompress(raw)) | values))


def test_a_hub_that_the_mission_does_not_name_gets_no_file(home, tmp_path) -> None:
    with pytest.raises(HubInvalid, match=r"\[policy\] of mission.toml \(https://hub\.local:8000\)"):
        home.run("hub", "export", MISSION, tmp_path / "x.gz", "--address", "https://other.local")
    store = home.store()
    with store.atomic() as tx:
        missions.save(tx, a_mission(MISSION))
    store.close()
    with pytest.raises(HubInvalid, match="names 0 hubs"):
        home.run("hub", "export", MISSION, tmp_path / "x.gz")
    with pytest.raises(NotFound):
        home.run("hub", "collect", "none", tmp_path / "x.jsonl")
    assert not (tmp_path / "x.jsonl").exists()
    assert hubs.FORMAT == 1
