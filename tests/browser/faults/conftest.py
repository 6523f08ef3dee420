"""A server process and, for each row, a phone on a wire of its own; which rows are run is said here."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Playwright

from tests.browser.faults import patches
from tests.browser.faults.ground import Address, Handset, Server
from tests.browser.faults.table import Ground, Row
from tests.browser.faults.trial import BY_NAME, CLEAN, PLAIN, verdict_of
from tests.browser.faults.wire import Wire
from tests.browser.test_floor import OLDER

PEERS = {
    name
    for path in Path(__file__).parent.glob("test_peers_*.py")
    for name in re.findall(r'stands\("([^"]+)"\)', path.read_text("utf-8"))
}
"""Rows that are run under the name of what happened to a peer's users, in every run."""


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Take the quick rows that no peer's loss runs anyway; for a soak all, on a phone of today and on the floor."""
    if "row" not in metafunc.fixturenames:
        return
    soak = metafunc.config.getoption("--soak")
    rows = metafunc.module.ROWS
    pairs = [(row, False) for row in rows if soak or (row.quick and row.name not in PEERS)]
    pairs += [(row, True) for row in rows if soak or (row.quick and row.floor)]
    names = [f"{row.name}, floor" if floor else row.name for row, floor in pairs]
    metafunc.parametrize(("row", "floor"), pairs, ids=names)


@pytest.fixture(scope="session")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """Serve the small mission to all rows of this process."""
    server = Server(tmp_path_factory.mktemp("server") / "data")
    yield server.start()
    server.kill()
    server.store.close()


@pytest.fixture
def server(running: Server) -> Server:
    """Give the server, started again if a row before left it dead."""
    return running if running.runs else running.start()


Make = Callable[..., Ground]


@pytest.fixture
def grounds(playwright: Playwright, browser: Browser, tmp_path: Path) -> Iterator[Make]:
    """Make the ground of a row on this server."""
    made: list[Ground] = []

    def make(server: Any, row: Row, *, floor: bool = False, prepare: Callable[[Wire], None] | None = None) -> Ground:
        wire = Wire(server.port)
        for preparation in (row.prepare, prepare):
            if preparation:
                preparation(wire)
        if floor:
            take_newer_css(wire)
        phone = Handset(
            playwright,
            browser,
            Address(server, wire),
            profile=tmp_path / "profile" if row.profile else None,
            scripts=[*([OLDER] if floor else []), *row.scripts],
            options=row.options,
        )
        made.append(Ground(server, wire, phone))
        if row.enrolled:
            phone.enrol()
        return made[-1]

    yield make
    for ground in made:
        ground.wire.mend()
        ground.phone.context.close()
        ground.wire.close()


Stands = Callable[..., Ground]


@pytest.fixture
def stands(server: Server, grounds: Make, record_property: Callable[[str, object], None]) -> Stands:
    """Run a row of the table, hold that it does no harm, and note the verdict for the table that is printed."""

    def run(name: str, *, floor: bool = False) -> Ground:
        row = BY_NAME[name]
        noted: dict[str, Any] = {"name": name, "does": row.does, "floor": floor, "verdict": None}
        try:
            ground = grounds(server, row, floor=floor)
            verdict = verdict_of(ground, row)
            noted["verdict"] = [verdict.lost, verdict.doubled, list(verdict.quarrels)]
        finally:
            record_property("fault", noted)
        assert verdict == CLEAN
        assert ground.phone.errors == []
        return ground

    return run


@pytest.fixture
def ground(server: Server, grounds: Make) -> Ground:
    """Give an enrolled phone on a wire of its own, to which nothing has happened."""
    return grounds(server, PLAIN)


def take_newer_css(wire: Wire) -> None:
    """Let the browser know neither light-dark() nor :has(), as the oldest phones do; the worker's list agrees."""

    def older(text: str) -> str:
        return text.replace("light-dark(", "no-light-dark(").replace(":has(", ":no-has(")

    for name in ("tokens", "phone"):
        patches.serve_changed(wire, f"css/{name}.css", older)
