"""A row, run and judged; and every row by its name."""

from __future__ import annotations

from tests.browser.faults import evidence, kills, missions, network, phones, shells
from tests.browser.faults.judge import Verdict, judge
from tests.browser.faults.table import Ground, Row

CLEAN = Verdict(0, 0, ())
PLAIN = Row("plain", "nothing happens", lambda _: None)
ROOMS = (kills, network, phones, missions, shells, evidence)
BY_NAME = {row.name: row for room in ROOMS for row in room.ROWS}


def verdict_of(ground: Ground, row: Row) -> Verdict:
    """Run a row and judge it."""
    row.run(ground)
    return judge(ground.phone, ground.server.store, **row.left)
