"""Whatever ends the server, no receipt is without its report, and no report is there twice."""

from __future__ import annotations

import json
import random
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event, text
from sqlalchemy.exc import DBAPIError

from observer_kit.config import Config
from observer_kit.storage import Store, open_store, submissions
from observer_kit.storage.check import check
from observer_kit.storage.intake import Intake
from tests import phones, postgres
from tests.phones import MISSION, Phone

ENVELOPES = 300


@dataclass
class Ground:
    """A mission, a phone, its envelopes in a file, and the receipts it was given."""

    config: Config
    phone: Phone
    envelopes: Path
    receipts: Path

    def start(self, *more: str) -> subprocess.Popen[bytes]:
        words = [
            str(self.config.data),
            self.config.database_url,
            self.phone.token,
            str(self.envelopes),
            str(self.receipts),
        ]
        process = subprocess.Popen([sys.executable, "-m", "tests.faults.sender", *words, *more], stdout=subprocess.PIPE)
        assert process.stdout is not None
        assert process.stdout.readline() == b"ready\n"
        return process

    def end(self, process: subprocess.Popen[bytes]) -> int:
        process.communicate(timeout=120)
        return process.returncode

    def results(self) -> list[dict[str, Any]]:
        """Give every reply that left the server whole; the kill may have cut the last line."""
        lines = self.receipts.read_text("utf-8").splitlines(keepends=True) if self.receipts.exists() else []
        return [json.loads(line) for line in lines if line.endswith("\n")]

    def prove(self, *, all_delivered: bool) -> None:
        """Hold what was promised against what is stored."""
        store = open_store(self.config)
        sent = [json.loads(line)["id"] for line in self.envelopes.read_text("utf-8").splitlines()]
        with store.reading() as tx:
            stored = [report.id for report in submissions.reports(tx, MISSION)]
            for result in self.results():
                found = submissions.get(tx, MISSION, result["id"])
                assert result["receipt"] == found.receipt.as_dict()
        assert len(set(stored)) == len(stored)
        assert set(stored) <= set(sent)
        assert check(store) == []
        if all_delivered:
            assert sorted(stored) == sorted(sent)
            assert {result["id"] for result in self.results()} == set(sent)
        store.close()


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def ground(request: pytest.FixtureRequest, tmp_path: Path) -> Ground:
    url = f"sqlite:///{tmp_path / 'kit.sqlite'}" if request.param == "sqlite" else postgres.fresh_url()
    config = Config(tmp_path, tmp_path, url)
    store = open_store(config)
    phone = phones.enrol(store, phones.lay_ground(store))
    store.close()
    made = [phone.envelope({"vo_boxes": number}) for number in range(ENVELOPES)]
    envelopes = tmp_path / "envelopes.jsonl"
    envelopes.write_text("".join(json.dumps(one) + "\n" for one in made), "utf-8")
    return Ground(config, phone, envelopes, tmp_path / "receipts.jsonl")


def test_killed_again_and_again_at_any_moment_the_server_loses_and_doubles_nothing(
    ground: Ground, pytestconfig: pytest.Config
) -> None:
    chance = random.Random(22)
    killed = 0
    for _ in range(10 if pytestconfig.getoption("--soak") else 3):
        process = ground.start()
        time.sleep(chance.uniform(0.01, 0.25))
        process.send_signal(signal.SIGKILL)
        killed += ground.end(process) == -signal.SIGKILL
        ground.prove(all_delivered=False)
    assert killed, "every round ended before its kill: the test proved nothing"
    assert ground.end(ground.start()) == 0
    ground.prove(all_delivered=True)


@pytest.mark.parametrize("point", ["before_commit", "before_reply"])
def test_killed_inside_a_group_the_server_keeps_all_of_it_or_none(ground: Ground, point: str) -> None:
    assert ground.end(ground.start(point)) == -signal.SIGKILL
    before = len(ground.results())
    ground.prove(all_delivered=False)
    assert ground.end(ground.start()) == 0
    ground.prove(all_delivered=True)
    statuses = [result["status"] for result in ground.results()[before:]]
    # What was committed and not answered comes back as known; what was not committed is stored now.
    assert ("known" in statuses) or point == "before_commit"


def test_one_process_dies_with_the_turn_and_the_other_goes_on(ground: Ground) -> None:
    dying, living = ground.start("before_commit"), ground.start()
    assert ground.end(dying) == -signal.SIGKILL
    assert ground.end(living) == 0
    ground.prove(all_delivered=True)


@pytest.fixture
def full(tmp_path: Path) -> Iterator[tuple[Store, Phone]]:
    store = open_store(Config(tmp_path, tmp_path, f"sqlite:///{tmp_path / 'kit.sqlite'}"))
    phone = phones.enrol(store, phones.lay_ground(store))
    yield store, phone
    store.close()


def test_on_a_full_disk_nothing_is_promised_and_nothing_is_half_stored(full: tuple[Store, Phone]) -> None:
    store, phone = full
    with store.reading() as tx:
        pages = tx.scalar(text("PRAGMA page_count")) or 0
    limit = [pages + 8]

    def restrict(connection: Any, *_: Any) -> None:
        connection.execute(f"PRAGMA max_page_count = {limit[0]}").close()

    event.listen(store.engine, "connect", restrict)
    store.close()
    intake = Intake(store, store.config)
    waiting = [phone.envelope(comments={"vo_stuffing": "x" * 2000}) for _ in range(40)]
    stored: list[str] = []
    failures: list[str] = []
    for envelope in waiting:
        try:
            [result] = intake.receive([envelope], device=phone.device, via="http")
            stored.append(result["id"])
        except Exception as failure:  # the driver's own error, which the web room hides behind a reference
            failures.append(str(failure))
    assert failures
    assert all("full" in failure for failure in failures)
    with store.reading() as tx:
        assert [report.id for report in submissions.reports(tx, MISSION)] == stored
    assert check(store) == []
    limit[0] = 1_000_000
    store.close()
    for envelope in waiting:
        [result] = intake.receive([envelope], device=phone.device, via="http")
        assert result["status"] == ("known" if envelope["id"] in stored else "stored")
    assert check(store) == []


def test_a_writer_that_fails_gives_its_turn_back(full: tuple[Store, Phone]) -> None:
    store, phone = full
    with pytest.raises(DBAPIError), store.atomic() as tx:
        tx.execute(text("INSERT INTO nowhere VALUES (1)"))
    [result] = Intake(store, store.config).receive([phone.envelope()], device=phone.device, via="http")
    assert result["status"] == "stored"
