"""The real browser that tests drive: where it is, and how it starts."""

from __future__ import annotations

import os
import shutil

import pytest

# The address bar's suggestions are web pages of the browser's own: in every context they cost a fourth of what a
# phone's enrolment does. This flag replaces the driver's, so what the driver switches off stands here again.
_OFF = (
    "AvoidUnnecessaryBeforeUnloadCheckSync", "DestroyProfileOnBrowserClose", "HttpsUpgrades",
    "HttpsFirstBalancedModeAutoEnable", "LensOverlay", "MediaRouter", "PaintHolding", "ThirdPartyStoragePartitioning",
    "AvoidCorsURLLoaderRestartOnRedirect", "OptimizationHints", "NetworkTimeServiceQuerying", "AimEnabled",
    "PreconnectToSearch", "WebUIOmniboxPopup", "WebUIOmniboxAimPopup",
)  # fmt: skip
ARGS = [
    "--no-sandbox",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    f"--disable-features={','.join(_OFF)}",
]


def headless() -> str:
    """Find the browser's build without windows: the same engine, workers, storage and network for a fourth less.

    What belongs to the whole browser (a profile that outlives it, the authorities it trusts, a kill) and the whole
    road are tried on `chromium()`, which also stands in where the other is missing.
    """
    return os.environ.get("OBSERVER_KIT_CHROMIUM") or shutil.which("chromium-headless-shell") or chromium()


def chromium() -> str:
    """Find the browser; without one the test is skipped, and in CI failed."""
    found = os.environ.get("OBSERVER_KIT_CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")
    if found is None:
        if os.environ.get("CI") == "true":
            pytest.fail("no Chromium: set OBSERVER_KIT_CHROMIUM, or install Debian's package chromium")
        pytest.skip("no Chromium: set OBSERVER_KIT_CHROMIUM, or install Debian's package chromium")
    return found
