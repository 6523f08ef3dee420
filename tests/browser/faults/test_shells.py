"""Whatever the network says while the app is kept offline: whole or not at all, and no report is touched."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.browser.faults import shells
from tests.browser.faults.table import Row

pytestmark = pytest.mark.browser
ROWS = shells.ROWS


def test_nothing_is_lost_or_doubled(row: Row, floor: bool, stands: Callable[..., object]) -> None:
    assert stands(row.name, floor=floor)
