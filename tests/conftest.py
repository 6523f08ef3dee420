"""What every room's tests share: in CI a test that needs PostgreSQL or the browser may not be skipped."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest
from _pytest.terminal import TerminalReporter
from flask import Flask
from jinja2 import FileSystemBytecodeCache
from playwright.sync_api import Browser, Playwright, sync_playwright

from tests.browser.faults import report
from tests.browsers import ARGS, chromium, headless

# Nearly every test makes its own app, and an app compiles its templates anew: a fifth of the time of all web tests.
# What was compiled is kept by the templates' own text, so a changed template is compiled again.
Flask.jinja_options = {**Flask.jinja_options, "bytecode_cache": FileSystemBytecodeCache()}


def pytest_addoption(parser: pytest.Parser) -> None:
    """Let `make soak` ask for every fault, where `make test` takes the quick ones."""
    parser.addoption("--soak", action="store_true", help="run all rows of the faults' table, and keep it beside them")


def pytest_terminal_summary(terminalreporter: TerminalReporter, config: pytest.Config) -> None:
    """Print the table of faults, where any were run."""
    done = [each for kind in ("passed", "failed") for each in terminalreporter.stats.get(kind, [])]
    for line in report.summary(done, keep=config.getoption("--soak")):
        terminalreporter.write_line(line)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]):
    """Turn a skip of a browser or PostgreSQL test into a failure where CI is set."""
    made = yield
    needed = item.get_closest_marker("browser") or item.get_closest_marker("postgres")
    if made.skipped and needed and os.environ.get("CI") and not hasattr(made, "wasxfail"):
        made.outcome = "failed"
        made.longrepr = f"{item.nodeid} was skipped, and CI may not skip it: {made.longrepr}"
    return made


@pytest.fixture(scope="session")
def playwright() -> Iterator[Playwright]:
    """Start the driver once for a process: it can't be started inside itself."""
    with sync_playwright() as started:
        yield started


@pytest.fixture(scope="session")
def browser(playwright: Playwright) -> Iterator[Browser]:
    """Give one browser; each phone and desk is a context of it."""
    opened = playwright.chromium.launch(executable_path=headless(), args=ARGS)
    yield opened
    opened.close()


@pytest.fixture(scope="session")
def whole_browser(playwright: Playwright) -> Iterator[Browser]:
    """Give the browser as people have it, windows and all, though nobody sees them here."""
    opened = playwright.chromium.launch(executable_path=chromium(), args=ARGS)
    yield opened
    opened.close()
