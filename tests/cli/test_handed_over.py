"""`submissions import` takes the files that phones hand over, and writes the receipts that they wait for."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from observer_kit import clock
from observer_kit.cli import main
from observer_kit.config import Config
from observer_kit.exchange import bundle
from observer_kit.storage import Store, open_store
from observer_kit.trust import keys, receipts
from observer_kit.trust.model import Receipt
from tests import phones
from tests.exchange.sealed import sealed_lines
from tests.phones import Phone


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    data = tmp_path / "data"
    opened = open_store(Config(data, data / "exports", f"sqlite:///{data / 'observer-kit.sqlite'}"))
    yield opened
    opened.close()


@pytest.fixture
def phone(store: Store) -> Phone:
    return phones.enrol(store, phones.lay_ground(store))


Run = Callable[..., "Ran"]


@dataclass(frozen=True)
class Ran:
    """How a command ended."""

    code: int
    out: str
    err: str


@pytest.fixture
def run(store: Store, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    def call(*words: str | Path) -> Ran:
        capsys.readouterr()
        argv = ["observer-kit", "--data", str(store.config.data), "submissions", "import", *map(str, words)]
        monkeypatch.setattr(sys, "argv", argv)
        with pytest.raises(SystemExit) as left:
            main()
        printed = capsys.readouterr()
        return Ran(int(left.value.code or 0), printed.out, printed.err)

    return call


def a_file(store: Store, place: Path, envelopes: list[dict[str, Any]], *, sealed: bool = True) -> Path:
    listed = [["envelope", each["id"]] for each in envelopes]
    records = [({"kind": "contents", "mission": phones.MISSION, "device": "d", "records": listed}, b"")]
    records += [({"kind": "envelope", "id": each["id"]}, json.dumps(each).encode()) for each in envelopes]
    key = keys.mission_key(store.config, phones.MISSION)
    lines = sealed_lines(key, clock.new_id(), records) if sealed else bundle.write(clock.new_id(), records)
    place.write_bytes(b"".join(lines))
    return place


@pytest.mark.parametrize("sealed", [True, False])
def test_a_phones_file_is_taken_in_once_and_its_receipts_are_written(
    store: Store, phone: Phone, tmp_path: Path, run: Run, sealed: bool
) -> None:
    envelopes = [phone.envelope() for _ in range(3)]
    file, out = a_file(store, tmp_path / "a.txt", envelopes, sealed=sealed), tmp_path / "receipts.json"
    first = run(file, "--receipts", out)
    assert (first.code, first.out) == (0, "3 stored\n")
    proofs = json.loads(out.read_bytes())["receipts"]
    assert [each["id"] for each in proofs] == [each["id"] for each in envelopes]
    for each in proofs:
        proof = Receipt(**{name: value for name, value in each.items() if name != "quarantined"})
        assert receipts.verify(proof, store.receipt_key.public)
    again = run(file, "--receipts", out)
    assert (again.code, again.out) == (0, "3 known\n")
    assert json.loads(out.read_bytes())["receipts"] == proofs


def test_several_files_of_several_kinds_are_taken_at_once(store: Store, phone: Phone, tmp_path: Path, run: Run) -> None:
    lines = tmp_path / "b.jsonl"
    lines.write_text(json.dumps(phone.envelope()) + "\n")
    done = run(a_file(store, tmp_path / "a.txt", [phone.envelope(), phone.envelope()]), lines)
    assert (done.code, done.out) == (0, "3 stored\n")


def test_a_file_that_was_cut_off_is_taken_as_far_as_it_goes_and_the_rest_is_named(
    store: Store, phone: Phone, tmp_path: Path, run: Run
) -> None:
    envelopes = [phone.envelope() for _ in range(3)]
    file = a_file(store, tmp_path / "a.txt", envelopes)
    file.write_bytes(file.read_bytes()[:-40])
    done = run(file)
    assert done.code == 2
    assert done.out == "1 listed, not there, 1 malformed, 2 stored\n"
    assert "a.txt line 4" in done.err
    assert f"a.txt ({envelopes[2]['id']})" in done.err
    assert "[bundle_incomplete]" in done.err


def test_an_altered_envelope_in_an_open_file_is_refused_and_its_neighbours_are_not(
    store: Store, phone: Phone, tmp_path: Path, run: Run
) -> None:
    envelopes = [phone.envelope() for _ in range(3)]
    envelopes[1]["payload"] = envelopes[1]["payload"].replace("no", "yes")
    done = run(a_file(store, tmp_path / "a.txt", envelopes, sealed=False))
    assert (done.code, done.out) == (2, "1 malformed, 2 stored\n")
    assert "a.txt line 3 (hash)" in done.err


def test_a_file_sealed_to_a_key_that_is_not_here_stores_nothing(
    store: Store, phone: Phone, tmp_path: Path, run: Run
) -> None:
    elsewhere = Config(tmp_path / "other", tmp_path, "sqlite://")
    key = keys.mission_key(elsewhere, phones.MISSION)
    file = tmp_path / "a.txt"
    file.write_bytes(b"".join(sealed_lines(key, clock.new_id(), [({"kind": "envelope", "id": "x"}, b"{}")])))
    done = run(file)
    assert (done.code, done.out) == (2, "1 malformed\n")
    assert "[bundle_key_unknown]" in done.err


def test_receipts_that_can_not_be_written_are_said_so_and_the_reports_are_stored(
    store: Store, phone: Phone, tmp_path: Path, run: Run
) -> None:
    done = run(a_file(store, tmp_path / "a.txt", [phone.envelope()]), "--receipts", tmp_path / "no" / "where")
    assert done.code == 2
    assert "not_writable" in done.err
    assert "Traceback" not in done.err
    assert run(tmp_path / "a.txt").out == "1 known\n"
