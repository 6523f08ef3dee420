"""The intake under load: durable, every check on, one envelope of 60 questions in each request.

Beside it, in the same run and under the same server, a Flask view that only
parses the same JSON; and what the disk itself can sync. On a shared machine
trust the ratios, not the rates.
"""

from __future__ import annotations

import os
import random
import shutil
import tempfile
import time
from pathlib import Path

import orjson

from observer_kit import clock
from observer_kit.checklists.model import Checklist
from observer_kit.checklists.versions import seal
from observer_kit.config import from_environment
from observer_kit.storage import open_store
from observer_kit.storage.check import check
from tests import builders, phones
from tests.benchmarks import load, servers
from tests.benchmarks.load import Measured

LEVELS = (1, 8, 32)
GOAL = "0.30 of the echo at 32 connections, p99 at most 100 ms, at most 150 MB"
WORDS = [
    "committee",
    "member",
    "ballot",
    "box",
    "sealed",
    "voters",
    "waiting",
    "outside",
    "since",
    "early",
    "this",
    "morning",
]


def sixty_questions() -> Checklist:
    """Make a checklist like a voting one: 50 yes or no (ten depending on another), five numbers, five texts."""
    asked = [
        builders.question(f"q{place}", relevant=f"${{q{place - 1}}} = 'yes'" if place % 5 == 4 else None)
        for place in range(50)
    ]
    asked += [
        builders.question(
            f"n{place}", "integer", minimum=0, maximum=5000, constraint=f". <= ${{n{place - 1}}}" if place else None
        )
        for place in range(5)
    ]
    asked += [builders.question(f"t{place}", "text") for place in range(5)]
    frame = [builders.question("arrival", "datetime"), builders.question("departure", "datetime")]
    return seal(builders.checklist(*frame, *asked, version=""))


def answers(chance: random.Random) -> dict[str, object]:
    """Fill in the whole checklist."""
    given: dict[str, object] = {"arrival": "2026-11-22T09:10:00+05:00", "departure": "2026-11-22T09:45:00+05:00"}
    given |= {f"q{place}": chance.choice(("yes", "yes", "no", "not_observed")) for place in range(50)}
    given |= {f"n{place}": 1000 - place for place in range(5)}
    return given | {f"t{place}": " ".join(chance.choices(WORDS, k=12)) for place in range(5)}


def prepare(folder: Path, count: int) -> list[bytes]:
    """Lay the ground, enrol 32 phones, and sign this many envelopes, each a request of its own."""
    store = open_store(from_environment(folder, database_url=f"sqlite:///{folder / 'observer-kit.sqlite'}"))
    asked = phones.lay_ground(store, sixty_questions())
    team = [phones.enrol(store, asked) for _ in range(32)]
    store.close()
    chance = random.Random(60)
    requests = []
    for place in range(count):
        phone = team[place % len(team)]
        envelope = phone.envelope(answers(chance), clock=clock.stamp(clock.now()))
        requests.append(load.request("/api/submissions", orjson.dumps({"envelopes": [envelope]}), phone.token))
    return requests


def disk(folder: Path, seconds: float = 1.0) -> float:
    """Count how often a second this disk syncs 4 KB appended to a file."""
    page, count = os.urandom(4096), 0
    descriptor = os.open(folder / "sync", os.O_WRONLY | os.O_CREAT)
    until = time.perf_counter() + seconds
    while time.perf_counter() < until:
        os.write(descriptor, page)
        os.fdatasync(descriptor)
        count += 1
    os.close(descriptor)
    return count / seconds


def run(rounds: int = 3, seconds: float = 3.0) -> dict[int, tuple[Measured, Measured]]:
    """Measure and print; gives for each level the echo's and the intake's median run."""
    folder = Path(tempfile.mkdtemp(prefix="kit-bench-"))
    try:
        requests = prepare(folder, int(2500 * len(LEVELS) * rounds * seconds))
        syncs = [disk(folder)]
        found: dict[int, tuple[list[Measured], list[Measured]]] = {level: ([], []) for level in LEVELS}
        with (
            servers.serving(servers.ECHO, folder) as (echo_port, echo_server),
            servers.serving(servers.SERVE, folder) as (port, server),
        ):
            echoed = [request.replace(b"POST /api/submissions", b"POST /echo", 1) for request in requests[:200]] * 500
            load.measure(echo_port, echo_server, echoed, 8, 1)
            used = 200
            load.measure(port, server, requests[:used], 8, 5)  # warm: imports, compiled rules, connections
            for _ in range(rounds):
                for level in LEVELS:
                    echo, intake = found[level]
                    echo.append(load.measure(echo_port, echo_server, echoed, level, seconds))
                    intake.append(load.measure(port, server, requests[used:], level, seconds))
                    used += int(intake[-1].rate * seconds * 1.2) + 2 * level
            held, bare = servers.memory(server), servers.memory(echo_server)
        syncs.append(disk(folder))
        medians = {level: (load.median(echo), load.median(intake)) for level, (echo, intake) in found.items()}
        _print(medians, syncs, held, bare)
        _prove(folder)
        return medians
    finally:
        shutil.rmtree(folder)


def _prove(folder: Path) -> None:
    store = open_store(from_environment(folder, database_url=f"sqlite:///{folder / 'observer-kit.sqlite'}"))
    faults = check(store)
    store.close()
    print("check: " + ("nothing lost, nothing altered" if not faults else f"{len(faults)} faults: {faults[:3]}"))


def _print(medians: dict[int, tuple[Measured, Measured]], syncs: list[float], held: float, bare: float) -> None:
    heads = ("connections", "echo/s", "cpu ms", "intake/s", "cpu ms", "ratio", "p50 ms", "p99 ms", "errors")
    print(" ".join(f"{head:>8}" for head in heads))
    for level, (echo, intake) in medians.items():
        ratio = intake.rate / echo.rate
        print(
            f"{level:>11} {echo.rate:>8.0f} {echo.cpu:>8.2f} {intake.rate:>8.0f} {intake.cpu:>8.2f} {ratio:>8.2f} "
            f"{intake.p50:>8.1f} {intake.p99:>8.1f} {intake.errors:>8}"
        )
    print(f"disk: {' and '.join(f'{rate:.0f}' for rate in syncs)} syncs of 4 KB a second, before and after")
    print(f"memory (PSS): {held:.0f} MB, the echo {bare:.0f} MB")
    print(f"goal: {GOAL}")


if __name__ == "__main__":
    run()
