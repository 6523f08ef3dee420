"""The real browser that tests drive: where it is, and how it starts."""

from __future__ import annotations

import os
import shutil

import pytest

ARGS = [
    "--no-sandbox",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]


def chromium() -> str:
    """Find the browser; without one the test is skipped, and in CI failed."""
    found = os.environ.get("OBSERVER_KIT_CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")
    if found is None:
        if os.environ.get("CI") == "true":
            pytest.fail("no Chromium: set OBSERVER_KIT_CHROMIUM, or install Debian's package chromium")
        pytest.skip("no Chromium: set OBSERVER_KIT_CHROMIUM, or install Debian's package chromium")
    return found
