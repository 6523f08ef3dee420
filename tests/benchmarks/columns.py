"""Columns from storage at 10,000, 100,000 and 1,000,000 submissions: built, extended, exported, shown at the desk.

Each size is measured in a process of its own, which says how much memory it
held; the database is written before, past the intake.
"""

from __future__ import annotations

import gc
import json
import os
import re
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median
from typing import Any, Final

from observer_kit.storage import open_store
from observer_kit.web.columns import columns_of, drop
from tests.benchmarks import filled

SIZES: Final = (10_000, 100_000, 1_000_000)
LIMITS: Final = {
    "build, s": "60", "build, processor s": "–", "build, MB held": "1000", "extend by 1,000, s": "0.2",
    "extend, processor s": "–", "all questions, s": "0.5",
    "desk questions page, s": "1", "CSV of all, s": "stream", "CSV of all, MB more": "constant",
    "XLSX of all, s": "–", "first CSV bytes, s": "–",
}  # fmt: skip


def measure(folder: Path, size: int) -> dict[str, float]:
    """Measure one filled database."""
    from observer_kit.app import create_app
    from observer_kit.statistics import tally
    from observer_kit.storage import checklists

    config = filled.config_of(folder)
    store = open_store(config)
    with store.reading() as tx:
        form = checklists.current(tx, filled.CODE)["voting"]
    found: dict[str, float] = {}

    def read() -> Any:
        with store.reading() as tx:
            return columns_of(tx, filled.CODE, form)

    busy = time.process_time()
    found["build, s"] = timed(read)
    found["build, processor s"] = time.process_time() - busy
    found["build, MB held"] = held()
    made, after = filled.answers(form), size
    rounds, own = [], []
    for _ in range(3):
        filled.fill(folder, form, made, after, 1000)
        after += 1000
        gc.collect()
        busy = time.process_time()
        rounds.append(timed(read))
        own.append(time.process_time() - busy)
    found["extend by 1,000, s"] = median(rounds)
    found["extend, processor s"] = median(own)
    columns = read()
    assert columns.size == after
    found["all questions, s"] = median(
        timed(lambda: tally(columns, form, where={"setting": "urban"})) for _ in range(5)
    )
    client = signed_in(create_app(config, store))
    page = f"/desk/{filled.CODE}/questions/voting"
    rounds = []
    for _ in range(4):
        rounds.append(timed(lambda: expect(client.get(page))))
    found["desk questions page, s"] = median(rounds[1:])
    before = held()
    begun = time.perf_counter()
    response = client.get(f"/desk/{filled.CODE}/submissions/of/voting.csv", buffered=False)
    pieces = iter(response.response)
    next(pieces)
    found["first CSV bytes, s"] = time.perf_counter() - begun
    total = sum(len(piece) for piece in pieces)
    found["CSV of all, s"] = time.perf_counter() - begun
    found["CSV of all, MB more"] = held() - before
    assert total > size * 100
    if size <= 100_000:
        found["XLSX of all, s"] = timed(lambda: expect(client.get(f"/desk/{filled.CODE}/submissions/of/voting.xlsx")))
    with store.reading() as tx:
        drop(tx, filled.CODE, form.name)
    store.close()
    return found


def expect(answer: Any) -> None:
    assert answer.status_code == 200, answer.status


def signed_in(app: Any) -> Any:
    client = app.test_client()
    token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', client.get("/sign-in").text)
    assert token
    client.post("/sign-in", data={"csrf_token": token[1], "name": filled.NAME, "password": filled.PASSWORD})
    return client


def timed(work: Callable[[], object]) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def held() -> float:
    """Give the most memory that this process has held so far, in MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1000


def run(sizes: tuple[int, ...] = SIZES) -> dict[int, dict[str, float]]:
    """Fill, measure and print; a size in a process of its own."""
    found: dict[int, dict[str, float]] = {}
    for size in sizes:
        with tempfile.TemporaryDirectory(prefix="observer-kit-bench-") as name:
            folder = Path(name)
            store, form = filled.prepare(folder)
            store.close()
            made = filled.answers(form)
            for first in range(0, size, 100_000):
                filled.fill(folder, form, made, first, min(100_000, size - first))
            asked = [sys.executable, "-m", "tests.benchmarks.columns", name, str(size)]
            told = subprocess.run(asked, check=True, stdout=subprocess.PIPE, env=os.environ)
            found[size] = json.loads(told.stdout.splitlines()[-1])
    print(f"{'submissions of 60 questions':<26}" + "".join(f"{size:>12,}" for size in sizes) + f"{'limit':>10}")
    for line, limit in LIMITS.items():
        cells = [found[size].get(line) for size in sizes]
        print(f"{line:<26}" + "".join(f"{'–' if cell is None else f'{cell:.3f}' if cell < 10 else f'{cell:.0f}':>12}"
                                      for cell in cells) + f"{limit:>10}")  # fmt: skip
    return found


def main() -> None:
    """Run at the sizes of the budget."""
    run()


if __name__ == "__main__":
    print(json.dumps(measure(Path(sys.argv[1]), int(sys.argv[2]))))
