"""What every room's tests share: in CI a test that needs PostgreSQL or the browser may not be skipped."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Playwright, sync_playwright

from tests.browsers import ARGS, chromium


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]):
    """Turn a skip of a browser or PostgreSQL test into a failure where CI is set."""
    report = yield
    needed = item.get_closest_marker("browser") or item.get_closest_marker("postgres")
    if report.skipped and needed and os.environ.get("CI") and not hasattr(report, "wasxfail"):
        report.outcome = "failed"
        report.longrepr = f"{item.nodeid} was skipped, and CI may not skip it: {report.longrepr}"
    return report


@pytest.fixture(scope="session")
def playwright() -> Iterator[Playwright]:
    """Start the driver once for a process: it can't be started inside itself."""
    with sync_playwright() as started:
        yield started


@pytest.fixture(scope="session")
def browser(playwright: Playwright) -> Iterator[Browser]:
    """Give one browser; each phone and desk is a context of it."""
    opened = playwright.chromium.launch(executable_path=chromium(), args=ARGS)
    yield opened
    opened.close()
