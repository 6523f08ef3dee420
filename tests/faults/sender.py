"""A process that takes envelopes in until it is killed: eight threads, each receipt written down as a phone gets it.

    python -m tests.faults.sender DATA DATABASE_URL TOKEN ENVELOPES RECEIPTS [KILL_AT]

KILL_AT ends the process with SIGKILL inside the intake: before_commit or
before_reply of the third group.
"""

from __future__ import annotations

import itertools
import os
import signal
import sys
import threading
from pathlib import Path
from typing import Any

import orjson

from observer_kit.config import Config
from observer_kit.storage import group, open_store
from observer_kit.storage.intake import Intake

THREADS = 8


def die_at(point: str) -> None:
    """Arrange for a kill in the middle of the third group."""
    counter = itertools.count(1)
    place, name = (group.Group, "store") if point == "before_commit" else (Intake, "_tell")
    real = getattr(place, name)

    def deadly(self: Any, *more: Any) -> None:
        if next(counter) == 3:
            if point == "before_commit":
                real(self, *more)
            os.kill(os.getpid(), signal.SIGKILL)
        real(self, *more)

    setattr(place, name, deadly)


def main(data: str, url: str, token: str, envelopes: str, receipts: str, point: str | None = None) -> None:
    """Send every envelope once, in pairs."""
    if point:
        die_at(point)
    store = open_store(Config(Path(data), Path(data), url))
    intake = Intake(store, store.config)
    waiting = [orjson.loads(line) for line in Path(envelopes).read_bytes().splitlines()]
    pairs = iter([waiting[place : place + 2] for place in range(0, len(waiting), 2)])
    turn = threading.Lock()
    out = os.open(receipts, os.O_WRONLY | os.O_APPEND | os.O_CREAT)

    def work() -> None:
        while True:
            with turn:
                pair = next(pairs, None)
            if pair is None:
                return
            for result in intake.receive_by_token(token, pair, via="http"):
                os.write(out, orjson.dumps(result) + b"\n")

    os.write(1, b"ready\n")
    threads = [threading.Thread(target=work) for _ in range(THREADS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    store.close()


if __name__ == "__main__":
    main(*sys.argv[1:])
