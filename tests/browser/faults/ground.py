"""What a fault happens to: a real server process, a phone, the wire between them."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import psutil
from playwright.sync_api import Browser, BrowserContext, CDPSession, Error, Playwright, expect

from observer_kit.config import Config
from observer_kit.storage import Store, checklists, open_store
from tests.browser import field as small
from tests.browser.conftest import PATIENCE, Phone
from tests.browser.faults.scripts import PHOTOS, SEED
from tests.browser.faults.wire import Wire
from tests.browsers import ARGS, chromium


class Server:
    """A small mission under `observer-kit serve`, which can be killed and started again at the same address."""

    def __init__(self, folder: Path, furnish: Callable[[Store], object] = small.furnish) -> None:
        self.folder = folder
        self.config = Config(data=folder, exports=folder / "exports", database_url=f"sqlite:///{folder / 'kit.sqlite'}")
        self.store: Store = open_store(self.config)
        furnish(self.store)
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port: int = probe.getsockname()[1]
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> Server:
        """Serve, and wait until somebody answers."""
        words = ["--data", str(self.folder), "serve", "--port", str(self.port), "--workers", "1", "--threads", "8"]
        self._process = subprocess.Popen(
            [sys.executable, "-c", "from observer_kit.cli import main; main()", *words],
            stdout=subprocess.DEVNULL,
            env=os.environ | {"OBSERVER_KIT_DATABASE_URL": self.config.database_url},
            start_new_session=True,
        )
        for _ in range(1200):
            with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", self.port), 1):
                return self
            assert self._process.poll() is None, "the server did not start"
            time.sleep(0.05)
        raise AssertionError("the server did not answer")

    def kill(self) -> None:
        """End master and worker at once, as a power cut does."""
        if self._process is not None:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait(20)
            self._process = None

    @property
    def runs(self) -> bool:
        """Whether it serves now."""
        return self._process is not None

    def code(self, team: str = "T01") -> str:
        """Make a one-time code."""
        return small.code(self.store, team)

    def version(self, name: str) -> str:
        """Give the version of a checklist that the mission asks now."""
        with self.store.reading() as tx:
            return checklists.current(tx, small.MISSION)[name].version


class Address:
    """What a phone must know of its field: the server's mission at the wire's address."""

    def __init__(self, server: Any, wire: Wire) -> None:
        self.server, self.url = server, wire.url

    def code(self, team: str = "T01") -> str:
        """Make a one-time code."""
        return self.server.code(team)  # type: ignore[no-any-return]

    def version(self, name: str) -> str:
        """Give the version of a checklist that the mission asks now."""
        return self.server.version(name)  # type: ignore[no-any-return]


class Handset(Phone):
    """A phone whose tab and whole browser can be killed; it remembers what its observer reported."""

    def __init__(
        self, playwright: Playwright, browser: Browser, address: Address, *, profile: Path | None = None,
        scripts: Iterable[str] = (), options: dict[str, Any] | None = None,
    ) -> None:  # fmt: skip
        self._playwright, self._browser, self.profile = playwright, browser, profile
        self.scripts = list(scripts)
        self.options = {"viewport": {"width": 390, "height": 844}} | (options or {})
        self.promised: list[str] = []  # the marks of the reports that the page took as finished, or kept as a draft
        super().__init__(self._launch(), address)  # type: ignore[arg-type]  # all that a phone asks of a field

    def _launch(self) -> BrowserContext:
        if self.profile is None:
            context = self._browser.new_context(**self.options)
        else:
            context = self._playwright.chromium.launch_persistent_context(
                self.profile, executable_path=chromium(), args=ARGS, **self.options
            )
        for script in self.scripts:
            context.add_init_script(script)
        return context

    def kill_tab(self) -> None:
        """Kill the processes of this phone's pages, and open another tab."""
        doomed = [each for each in self._processes() if "--type=renderer" in each.info["cmdline"]]
        _kill(doomed)
        self.page = self.context.new_page()

    def kill_browser(self) -> None:
        """Kill the browser's process with all its children, and start it again with the same profile."""
        _kill(self._processes())
        with contextlib.suppress(Error):
            self.context.close()
        self.context = self._launch()
        self.context.set_default_timeout(PATIENCE)
        self.page = self.context.new_page()

    def _processes(self) -> list[psutil.Process]:
        """Find the browser's processes by its profile."""
        assert self.profile is not None, "a phone without a browser of its own"
        mark = f"--user-data-dir={self.profile}"
        found = [each for each in psutil.process_iter(["cmdline"]) if mark in (each.info["cmdline"] or [])]
        assert found, "no browser with this profile"
        family = found + [child for each in found for child in _children(each)]
        return list({each.pid: each for each in family}.values())

    def cdp(self) -> CDPSession:
        """Speak to the browser itself about this page."""
        return self.context.new_cdp_session(self.page)

    def begin_incident(self, mark: str) -> None:
        """Open an incident report and say something in it; wait until it is kept."""
        self.begin("incident")
        self.turn("what")
        self.page.fill("#q-in_text-value", mark)
        self.saved()
        self.promised.append(mark)

    def report(self, mark: str) -> None:
        """Fill in an incident report and finish it."""
        self.begin_incident(mark)
        self.finish()

    def seed(self, number: int, mark: str, padding: int = 0) -> list[str]:
        """Finish so many reports without the page's form; gives their ids."""
        marks = [f"{mark} {each + 1}" for each in range(number)]
        if not self.page.url.endswith("/missing"):  # a page that sends nothing of itself
            self.page.goto(self.address("missing"))
        ids = self.page.evaluate(SEED, [marks, self.field.version("incident"), padding])
        self.promised += marks
        return ids  # type: ignore[no-any-return]

    def photos(self) -> list[dict[str, Any]]:
        """Give what the phone knows of its photos, without their bytes."""
        return self.page.evaluate(PHOTOS)  # type: ignore[no-any-return]

    def until(self, check: Callable[[list[dict[str, Any]]], bool], seconds: float = 15) -> list[dict[str, Any]]:
        """Look at the queue until it is so; gives the queue as it was last seen."""
        found: list[dict[str, Any]] = []
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            with contextlib.suppress(Error):  # the page may be on its way elsewhere
                found = self.records()
                if check(found):
                    break
            self.page.wait_for_timeout(100)
        return found

    def settle(self, seconds: float = 15, *, left: int = 0) -> list[dict[str, Any]]:
        """Open the queue's page and wait until no more than so many reports wait; gives the queue."""
        self.page.goto(self.address("queue"))
        expect(self.page.locator("#main")).to_be_visible()
        undelivered = lambda found: sum(each["state"] in ("waiting", "handed_over") for each in found)  # noqa: E731
        return self.until(lambda found: undelivered(found) <= left, seconds)


def _children(process: psutil.Process) -> list[psutil.Process]:
    found = process.children(recursive=True)
    for each in found:
        with contextlib.suppress(psutil.NoSuchProcess):
            each.info = {"cmdline": each.cmdline()}
    return [each for each in found if hasattr(each, "info")]


def _kill(doomed: list[psutil.Process]) -> None:
    for process in doomed:
        with contextlib.suppress(psutil.NoSuchProcess):
            process.kill()
    psutil.wait_procs(doomed, 10)
