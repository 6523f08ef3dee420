"""A real server, a real browser, and a network that can really be cut."""

from __future__ import annotations

import contextlib
import logging
import re
import socket
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from playwright.sync_api import Browser, BrowserContext, Page, Playwright, expect
from werkzeug.serving import BaseWSGIServer, make_server

from observer_kit.app import create_app
from observer_kit.config import Config
from observer_kit.storage import Store, open_store
from observer_kit.web.observer import shell
from tests import databases
from tests.browser import field as small
from tests.browsers import ARGS, chromium

PATIENCE = 30_000  # milliseconds: what is waited for comes at once where it comes at all, but a machine may be busy
expect.set_options(timeout=PATIENCE)
logging.getLogger("werkzeug").setLevel(logging.ERROR)  # a failing test's own words, not a list of requests


_SHELLS: dict[bool, dict[str, Any]] = {}


def _shell_of(app: Flask, demo: bool) -> dict[str, Any]:
    """Give what all servers of this process answer alike, made once: it is a fifth of a phone's enrolment."""
    if demo not in _SHELLS:
        with app.test_request_context():
            _SHELLS[demo] = {"observer_worker": shell.worker(), "observer_parcels": {}}
    return _SHELLS[demo]


class Field:
    """The server of a small mission; it can be stopped and started again at the same address."""

    def __init__(self, folder: Path, *, demo: bool = False) -> None:
        self.config = Config(data=folder, exports=folder / "exports", database_url=databases.sqlite(folder), demo=demo)
        self.store: Store = open_store(self.config)
        self.furnish()
        self.app: Flask = create_app(self.config, self.store)
        self.app.extensions |= _shell_of(self.app, demo)
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}"
        self._server: BaseWSGIServer | None = None
        self._thread: threading.Thread | None = None

    def furnish(self) -> None:
        small.furnish(self.store)

    def start(self) -> None:
        self._server = self._listen()
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)
        self._thread.start()

    def _listen(self) -> BaseWSGIServer:
        """Take the port (again): a connection of somebody else may have it for a moment."""
        for _ in range(40):
            with contextlib.suppress(SystemExit, OSError):
                return make_server("127.0.0.1", self.port, self.app, threaded=True)
            time.sleep(0.5)
        raise AssertionError(f"port {self.port} stays taken")

    def stop(self) -> None:
        if self._server is not None and self._thread is not None:
            self._server.shutdown()
            self._thread.join()
            self._server.server_close()
            self._server = None

    def code(self, team: str = "T01") -> str:
        return small.code(self.store, team)

    def version(self, name: str) -> str:
        return next(each.version for each in small.checklists_for_tests() if each.name == name)

    def stored(self) -> list[dict[str, Any]]:
        """Give every stored envelope as a dict, in the order of arrival."""
        from sqlalchemy import text

        with self.store.reading() as tx:
            return [dict(row._mapping) for row in tx.execute(text("SELECT * FROM envelopes ORDER BY sequence"))]


@pytest.fixture
def field(tmp_path: Path) -> Iterator[Field]:
    opened = Field(tmp_path / "data")
    opened.start()
    yield opened
    opened.stop()
    opened.store.close()


@pytest.fixture
def demo_field(tmp_path: Path) -> Iterator[Field]:
    opened = Field(tmp_path / "demo", demo=True)
    opened.start()
    yield opened
    opened.stop()
    opened.store.close()


ACCEPT = """() => new Promise((resolve, reject) => {
  const request = indexedDB.open("observer-kit");
  request.onerror = () => reject(request.error);
  request.onsuccess = () => {
    const transaction = request.result.transaction("settings", "readwrite");
    const settings = transaction.objectStore("settings");
    settings.get("manifest").onsuccess = ({ target: { result: { mission, conduct } } }) => {
      const at = "2026-11-21T10:00:00+05:00";
      settings.put({ mission: mission.code, version: conduct.version, at }, "conduct");
      settings.put({ mission: mission.code, ready: true, conduct: at }, "readiness");
    };
    transaction.oncomplete = () => { request.result.close(); resolve(); };
  };
})"""


class Phone:
    """One phone: a browser context with its own store; a script error on any of its pages fails the test."""

    def __init__(self, context: BrowserContext, field: Field, language: str = "en") -> None:
        self.context, self.field, self.language = context, field, language
        self.errors: list[str] = []
        context.set_default_timeout(PATIENCE)
        context.on("weberror", lambda error: self.errors.append(str(error.error)))
        self.page: Page = context.new_page()

    def address(self, path: str = "") -> str:
        return f"{self.field.url}/o/{self.language}/{path}"

    def enrol(self, team: str = "T01") -> Phone:
        """Redeem a code, and wait until the checklists are in the phone."""
        self.page.goto(self.address(f"enrol#{self.field.code(team)}"))
        self.page.click("#redeem")
        self.page.locator("#done").wait_for()
        self.page.locator("#offline:not(:empty)").wait_for()
        return self.accept()

    def accept(self) -> Phone:
        """Leave behind what comes before the first checklist: the code of conduct, the check of the phone."""
        self.page.evaluate(ACCEPT)
        return self

    def day(self) -> Page:
        self.page.goto(self.address())
        self.page.locator("#start a").first.wait_for()
        return self.page

    def begin(self, stage: str = "voting") -> Page:
        """Start a checklist from My day."""
        self.day().click(f"#start a[data-stage={stage}]")
        self.page.locator("#progress:not(:empty)").wait_for()
        return self.page

    def begun(self) -> str:
        """Begin a voting report with one answer, and wait until it is on disk; gives its address."""
        self.begin()
        self.station("151")
        self.turn("people")
        self.answer("env_unauthorised_present", "no")
        self.saved()
        self.page.wait_for_timeout(200)
        return self.page.url

    def station(self, number: str = "144") -> None:
        self.page.fill("#station-query", number)
        self.page.locator("#station-found button").first.click()
        self.page.locator("#station-chosen").wait_for()

    def turn(self, section: str) -> None:
        """Go on until this section is shown."""
        while self.page.locator(f"section[data-section={section}]").is_hidden():
            self.page.click("#onward")

    def answer(self, name: str, code: str) -> None:
        self.page.locator(f"#q-{name}-{code}").click()

    def saved(self) -> None:
        """Wait until the page says that the last change is on disk."""
        self.page.locator("#saved[aria-busy=false]:not(:empty)").wait_for()

    def finish(self) -> None:
        self.turn("review")
        self.page.wait_for_timeout(800)  # a tap right after turning the page is taken for a double tap
        self.page.click("#next")
        self.page.wait_for_url("**/o/*/")
        self.page.locator("#today li").first.wait_for()

    def fill_voting(self, station: str = "144", rating: str = "good") -> None:
        """Fill in a short voting checklist, up to its last section."""
        self.begin()
        self.station(station)
        self.turn("people")
        self.answer("env_unauthorised_present", "no")
        self.page.fill("#q-env_members_present-value", "7")
        self.turn("overall")
        self.answer("vo_overall", rating)

    def records(self, shop: str = "queue") -> list[dict[str, Any]]:
        """Read a store of the phone's database."""
        return self.page.evaluate(
            """(shop) => new Promise((resolve, reject) => {
              const request = indexedDB.open("observer-kit");
              request.onerror = () => reject(request.error);
              request.onsuccess = () => {
                const all = request.result.transaction(shop).objectStore(shop).getAll();
                all.onsuccess = () => { request.result.close(); resolve(all.result); };
              };
            })""",
            shop,
        )  # type: ignore[no-any-return]

    def wait_state(self, state: str, count: int = 1) -> None:
        """Wait until so many reports on My day or the queue's page have this state's label."""
        word = {"waiting": "waiting", "delivered": "delivered", "attention": "check"}[state]
        expect(self.page.locator("li .pill", has_text=re.compile(f"^{word}$"))).to_have_count(count)

    def send_now(self) -> None:
        """Press Send now until all is delivered, as a person would.

        A press joins a sending that is under way and may fail with it; where the page sends of itself
        meanwhile, the button is gone already, so the press asks for no visible button.
        """
        waiting = self.page.locator("li .pill", has_text=re.compile("^waiting$"))
        for _ in range(10):
            self.page.locator("#send").dispatch_event("click")
            try:
                expect(waiting).to_have_count(0, timeout=3_000)
                break
            except AssertionError:
                continue
        self.wait_state("delivered")


def phone_on_disk(playwright: Playwright, folder: Path, field: Field) -> Phone:
    """Open a phone whose browser keeps all it has in a folder: killed and opened again, it is the same phone."""
    context = playwright.chromium.launch_persistent_context(
        str(folder / "profile"), executable_path=chromium(), args=ARGS, viewport={"width": 390, "height": 844}
    )
    return Phone(context, field)


@pytest.fixture
def phones(browser: Browser) -> Iterator[Callable[..., Phone]]:
    made: list[Phone] = []

    def make(field: Field, language: str = "en", **options: Any) -> Phone:
        options.setdefault("viewport", {"width": 390, "height": 844})
        phone = Phone(browser.new_context(**options), field, language)
        made.append(phone)
        return phone

    yield make
    for phone in made:
        phone.context.close()
    assert [error for phone in made for error in phone.errors] == []


@pytest.fixture
def phone(field: Field, phones: Callable[..., Phone]) -> Phone:
    """Give a phone that is enrolled and ready for the day."""
    return phones(field).enrol()
