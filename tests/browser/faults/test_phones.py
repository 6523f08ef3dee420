"""Whatever happens to the phone: nothing lost, nothing doubled, both lists agree."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.browser.faults import phones
from tests.browser.faults.table import Row

pytestmark = pytest.mark.browser
ROWS = phones.ROWS


def test_nothing_is_lost_or_doubled(row: Row, floor: bool, stands: Callable[..., object]) -> None:
    assert stands(row.name, floor=floor)
