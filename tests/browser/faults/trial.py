"""A row, run and judged; and every row by its name."""

from __future__ import annotations

from tests.browser.faults import kills, missions, network, phones, shells
from tests.browser.faults.judge import Verdict, judge
from tests.browser.faults.table import Ground, Row

CLEAN = Verdict(0, 0, ())
PLAIN = Row("plain", "nothing happens", lambda _: None)
BY_NAME = {row.name: row for row in [*kills.ROWS, *network.ROWS, *phones.ROWS, *missions.ROWS, *shells.ROWS]}


def verdict_of(ground: Ground, row: Row) -> Verdict:
    """Run a row and judge it."""
    row.run(ground)
    return judge(ground.phone, ground.server.store, **row.left)
