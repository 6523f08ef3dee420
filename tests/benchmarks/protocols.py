"""Results protocols: every rule over 100,000 of them, and how that grows from 10,000.

A protocol is the JSON text of judged answers, as the database holds it: 40
fields, of which a few are blank, unreadable or not to be seen. Beside it the same rules one
protocol at a time, as the intake holds each against them.
"""

from __future__ import annotations

import random
import resource
import time
from collections.abc import Iterator
from typing import Any

import orjson

from observer_kit.protocols import compare, load_rules, reconcile
from observer_kit.protocols.columns import reconcile_all
from observer_kit.protocols.reconcile import FAIL

SIZES = (10_000, 31_623, 100_000)
ONE_BY_ONE = 5_000
"""Protocols of which the slower ways are measured; their time is shown as for all."""
LIMIT = 10.0
GOAL = f"100,000 protocols within {LIMIT:.0f} s"


def protocols(count: int) -> Iterator[dict[str, Any]]:
    """Make protocols that add up, one in ten broken in one place."""
    chance = random.Random(5)
    for _ in range(count):
        issued, cancelled, invalid = chance.randrange(200, 2400), chance.randrange(400), chance.randrange(30)
        valid = issued - invalid
        votes = [valid // 20, valid // 25, valid // 10]
        members = [issued // 7] * 6
        answers: dict[str, Any] = {
            "reg_open": issued + cancelled, "reg_added": 4, "reg_removed": 0, "reg_close": issued + cancelled + 4,
            "b_received": issued + cancelled, "signatures": issued, "b_issued": issued, "b_issued_mobile": 12,
            "m_requests": 12, "b_cancelled": cancelled, "b_spoiled": None, "avc_issued": 3, "avc_voted": 2,
            "avc_kept": 2, "box_mobile": 12, "box_fixed": issued - 12, "valid": valid, "invalid": invalid,
            **{f"b_issued_member[{place}]": number for place, number in enumerate([*members, issued - sum(members)])},
            **{f"v[{place}]": number for place, number in enumerate([*votes, valid - sum(votes)])},
            "complete": "yes", "presigned": "no", "corrections": "no", "signed": "yes", "dissent": "no",
            "sealed": "yes", "posted": "yes", "copy_given": "yes", "arrival": "2026-04-03T15:00:00.000Z",
            "departure": "2026-04-03T16:00:00.000Z", "completed_at": "2026-04-03T15:40:00.000Z",
        }  # fmt: skip
        if chance.random() < 0.1:
            broken: list[Any] = [None, "not_observed", {"problem": "not_an_integer"}, 17]
            answers[chance.choice(list(answers))] = chance.choice(broken)
        yield answers


def main() -> None:
    """Print how long each size takes, and each against the limit."""
    rules = load_rules("election")
    print(f"{len(rules)} rules; {GOAL}")
    print(f"{'protocols':>10} {'at once':>9} {'each':>8} {'one by one':>11} {'tables':>8} {'memory':>9}")
    for size in SIZES:
        stored = [orjson.dumps(answers).decode() for answers in protocols(size)]
        start = time.perf_counter()
        found = reconcile_all(map(orjson.loads, stored), rules)
        failing = int(found.failing().sum())
        at_once = time.perf_counter() - start
        some = [orjson.loads(text) for text in stored[:ONE_BY_ONE]]
        start = time.perf_counter()
        slow = sum(any(one.state == FAIL for one in reconcile(answers, "election", rules)) for answers in some)
        one_by_one = (time.perf_counter() - start) * size / ONE_BY_ONE
        assert slow == int(found.failing()[:ONE_BY_ONE].sum())
        numbers = [{name: value for name, value in answers.items() if type(value) is int} for answers in some]
        rows = [{name: value for name, value in answers.items() if name.startswith("v[")} for answers in numbers]
        start = time.perf_counter()
        for protocol, row in zip(numbers, rows, strict=True):
            compare(protocol, row)
        tables = (time.perf_counter() - start) * size / ONE_BY_ONE
        memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        print(
            f"{size:>10,} {at_once:>8.2f}s {at_once / size * 1e6:>6.1f}us {one_by_one:>10.2f}s {tables:>7.2f}s "
            f"{memory:>6.0f} MB  {failing:,} fail"
        )
        if size == SIZES[-1]:
            print(f"limit {LIMIT:.0f} s: {'met' if at_once <= LIMIT else 'NOT MET'}")


if __name__ == "__main__":
    main()
