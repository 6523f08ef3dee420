"""A local network with no internet: real servers over HTTPS, a browser that trusts their authorities and no other."""

from __future__ import annotations

import os
import shutil
import socket
import ssl
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from playwright.sync_api import Browser, Playwright, expect
from playwright.sync_api import Error as BrowserError
from sqlalchemy import text

from observer_kit.cli import cli
from observer_kit.config import Config
from observer_kit.missions.model import Policy
from observer_kit.storage import Store, missions, open_store
from observer_kit.trust import authority
from tests.browser import field as small
from tests.browser.conftest import Phone
from tests.browsers import ARGS, chromium

pytestmark = pytest.mark.browser


class Laptop:
    """One machine that runs `serve --lan`, under a name of its own; it can be stopped and started again."""

    def __init__(self, folder: Path, name: str) -> None:
        url = f"sqlite:///{folder / 'observer-kit.sqlite'}"
        self.config = Config(data=folder, exports=folder / "exports", database_url=url)
        self.name, self.port, self.page_port = name, _free(), _free()
        self.url = f"https://{name}.local:{self.port}"
        self._process: subprocess.Popen[bytes] | None = None

    def kit(self, *words: str | Path) -> str:
        done = CliRunner().invoke(cli, ["--data", str(self.config.data), *map(str, words)], catch_exceptions=False)
        assert done.exit_code == 0, done.output
        return done.output

    def start(self) -> None:
        where = ("--host", "127.0.0.1", "--port", str(self.port), "--page-port", str(self.page_port))
        words = ("--data", str(self.config.data), "serve", "--lan", "--name", self.name, *where, "--workers", "1")
        start = "from observer_kit.cli import main; main()"
        self._process = subprocess.Popen([sys.executable, "-c", start, *words], stdout=subprocess.DEVNULL)
        trusting = None
        for _ in range(300):
            assert self._process.poll() is None
            try:
                trusting = trusting or ssl.create_default_context(cadata=self.authority().der)
                with socket.create_connection(("127.0.0.1", self.port), 5) as raw:
                    trusting.wrap_socket(raw, server_hostname=f"{self.name}.local").close()
                return
            except OSError:
                time.sleep(0.1)
        pytest.fail(f"{self.name} does not answer")

    def stop(self) -> None:
        if self._process is not None:
            self._process.terminate()
            self._process.wait(30)
            self._process = None

    def authority(self) -> authority.Authority:
        return authority.authority(self.config, self.name)

    def code(self, team: str = "T01") -> str:
        store = open_store(self.config)
        found = small.code(store, team)
        store.close()
        return found

    def stored(self) -> list[dict[str, Any]]:
        store: Store = open_store(self.config)
        with store.reading() as tx:
            rows = [dict(row._mapping) for row in tx.execute(text("SELECT * FROM envelopes ORDER BY sequence"))]
        store.close()
        return rows


def _free() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@pytest.fixture
def laptops(tmp_path: Path) -> Iterator[tuple[Laptop, Laptop]]:
    """Give the mission's own laptop, and a second one that was made its hub from a file."""
    main, hub = Laptop(tmp_path / "main", "main"), Laptop(tmp_path / "hub", "hub")
    store = open_store(main.config)
    small.furnish(store)
    with store.atomic() as tx:
        missions.save(tx, replace(missions.get(tx, small.MISSION), policy=Policy(hubs=(hub.url,))))
    store.close()
    main.start()
    yield main, hub
    main.stop()
    hub.stop()


@pytest.fixture
def trusting(playwright: Playwright, tmp_path: Path) -> Iterator[Callable[..., Browser]]:
    """Start browsers that trust these laptops' authorities, as a person would have them do, and find their names."""
    opened: list[Browser] = []

    def start(*laptops: Laptop) -> Browser:
        certutil = shutil.which("certutil")
        if certutil is None:
            if os.environ.get("CI"):
                pytest.fail("no certutil: install Debian's package libnss3-tools")
            pytest.skip("no certutil: install Debian's package libnss3-tools")
        home = tmp_path / f"home-{len(opened)}"
        known = home / ".pki" / "nssdb"
        known.mkdir(parents=True)
        base = f"sql:{known}"
        subprocess.run([certutil, "-d", base, "-N", "--empty-password"], check=True)
        for laptop in laptops:
            handed = tmp_path / f"{laptop.name}.crt"
            handed.write_bytes(laptop.authority().der)
            subprocess.run([certutil, "-d", base, "-A", "-t", "C,,", "-n", laptop.name, "-i", str(handed)], check=True)
        names = "--host-resolver-rules=MAP *.local 127.0.0.1"
        browser = playwright.chromium.launch(
            executable_path=chromium(), args=[*ARGS, names], env={**os.environ, "HOME": str(home)}
        )
        opened.append(browser)
        return browser

    yield start
    for browser in opened:
        browser.close()


@pytest.fixture
def phone_at() -> Iterator[Callable[[Browser, Laptop], Phone]]:
    made: list[Phone] = []

    def make(browser: Browser, laptop: Laptop) -> Phone:
        made.append(Phone(browser.new_context(viewport={"width": 390, "height": 844}), laptop))  # type: ignore[arg-type]
        return made[-1]

    yield make
    for phone in made:
        phone.context.close()
    assert [error for phone in made for error in phone.errors] == []


def test_a_browser_that_was_not_told_to_trust_the_laptop_does_not_open_it(laptops, trusting, phone_at) -> None:
    phone = phone_at(trusting(), laptops[0])
    with pytest.raises(BrowserError, match="ERR_CERT_AUTHORITY_INVALID"):
        phone.page.goto(phone.address("enrol"))


def test_a_whole_fill_in_offline_and_its_delivery_over_the_laptops_own_https(laptops, trusting, phone_at) -> None:
    main, _ = laptops
    phone = phone_at(trusting(main), main).enrol()
    assert phone.page.evaluate("isSecureContext && !!navigator.serviceWorker.controller")
    phone.day()
    phone.context.set_offline(True)
    phone.fill_voting()
    phone.finish()
    phone.wait_state("waiting")
    assert main.stored() == []
    phone.page.reload()  # by the service worker alone
    phone.wait_state("waiting")
    phone.context.set_offline(False)
    phone.wait_state("delivered")
    [stored] = main.stored()
    assert (stored["via"], stored["quarantine"]) == ("http", None)


def make_hub(main: Laptop, hub: Laptop, folder: Path) -> None:
    main.kit("hub", "export", small.MISSION, folder / "hub.gz")
    hub.kit("hub", "import", folder / "hub.gz")
    hub.start()


def handed(phone: Phone) -> dict[str, Any]:
    """Wait until the one report is handed over; give what the phone keeps of it."""
    expect(phone.page.locator("li .pill", has_text="handed over")).to_have_count(1)
    [record] = phone.records()
    return record


def test_a_hub_takes_the_report_while_the_server_is_gone_and_the_server_has_it_once(
    laptops, trusting, phone_at, tmp_path
) -> None:
    main, hub = laptops
    phone = phone_at(trusting(main, hub), main).enrol()
    make_hub(main, hub, tmp_path)
    phone.fill_voting()
    main.stop()
    phone.finish()
    record = handed(phone)
    [taken] = hub.stored()
    assert (taken["id"], taken["quarantine"]) == (record["id"], None)
    assert record["hub"]["address"] == hub.url
    assert record["hub"]["receipt"]["hash"] == taken["hash"] == record["envelope"]["hash"]
    assert record["envelope"]["payload"] == taken["payload"]  # handed over, and still kept
    phone.page.goto(phone.address("queue"))
    expect(phone.page.locator("li", has_text="receiving laptop")).to_contain_text(f"hub.local:{hub.port}")
    hub.kit("hub", "collect", small.MISSION, tmp_path / "taken.jsonl")
    assert "1 stored" in main.kit("submissions", "import", tmp_path / "taken.jsonl")
    main.start()
    phone.send_now()
    [home] = main.stored()
    assert (home["id"], home["via"], home["quarantine"]) == (taken["id"], "file", None)
    assert len(hub.stored()) == 1
