"""Photos on a bad line, and reports by several ways: nothing lost, nothing doubled, both lists agree."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.browser.faults import evidence
from tests.browser.faults.table import Row

pytestmark = pytest.mark.browser
ROWS = evidence.ROWS


def test_nothing_is_lost_or_doubled(row: Row, floor: bool, stands: Callable[..., object]) -> None:
    assert stands(row.name, floor=floor)
