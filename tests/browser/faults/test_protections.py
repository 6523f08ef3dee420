"""A test of the tests: each protection, switched off, turns its own row red, and for its own reason."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Error

from observer_kit.storage import group
from tests.browser.conftest import Field
from tests.browser.faults.conftest import Make
from tests.browser.faults.ground import Server
from tests.browser.faults.patches import patch
from tests.browser.faults.trial import BY_NAME, CLEAN, verdict_of
from tests.browser.faults.wire import Wire

pytestmark = pytest.mark.browser


@dataclass(frozen=True)
class Protection:
    """What protects, how it is switched off on the phone, which row then fails, and by what one knows it."""

    name: str
    row: str
    sign: str
    patches: tuple[tuple[str, str, str], ...] = ()
    server: Callable[[pytest.MonkeyPatch], None] | None = None


def server_knows_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """Switch off that the server recognises an envelope that it has."""
    real = group.Group.look_up

    def forgetful(self: group.Group, ids: list[str]) -> None:
        real(self, ids)
        self._known = {}

    monkeypatch.setattr(group.Group, "look_up", forgetful)


def server_stores_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """Give receipts for what is not in the database."""
    monkeypatch.setattr(group.Group, "store", lambda self: None)


RECEIPT = ("js/sync.js", "if (!(await holds(", "if (false && !(await holds(")
REPLY = 'if (status !== 200 || !body || !Array.isArray(body.results)) return { verdicts: [], pause: "later" };'
TAKEN = "if (status !== 200 || !body || !Array.isArray(body.results)) return { verdicts: sent.map((id) => ({ id, "
TAKEN += 'to: "delivered", receipt: { id, hash: "", received: "", sequence: 0 } })), pause: null };'
PROTECTIONS = [
    Protection("a receipt is checked", "receipt forged", "lost=2", (RECEIPT,)),
    Protection("only a whole reply counts", "portal", "lost=2", (RECEIPT, ("js/send.js", REPLY, TAKEN))),
    Protection(
        "a change is written before it is called saved",
        "several drafts",
        "lost=3",
        (("js/draft.js", "await store.keepDraft(copy, this.known);", ""),),
    ),
    Protection(
        "a draft becomes a report in one step",
        "tab killed: finish_before",
        "lost=1|Timeout",
        (
            (
                "js/store.js",
                "export function finishDraft(record, known) {",
                "export async function finishDraft(record, known) {\n"
                '  await transact("drafts", "readwrite", (tx) => tx.store.delete(record.id));',
            ),
        ),
    ),
    Protection(
        "one tab sends at a time",
        "two tabs",
        "sent by both tabs",
        (
            (
                "js/exclusive.js",
                "export async function exclusively(name, work) {",
                "export async function exclusively(name, work) { return work();",
            ),
        ),
    ),
    Protection(
        "a draft belongs to one tab, and no stale one is written",
        "one draft in two tabs",
        "lost=1",
        (
            (
                "js/exclusive.js",
                "export async function holdOn(name, changed) {",
                "export async function holdOn(name, changed) { return true;",
            ),
            (
                "js/store.js",
                "async function refuseIfOutrun(tx, id, known) {",
                "async function refuseIfOutrun(tx, id, known) { return;",
            ),
        ),
    ),
    Protection(
        "a report keeps its id over every sending",
        "reply dropped",
        "doubled=",
        (
            (
                "js/send.js",
                "JSON.stringify({ envelopes })",
                "JSON.stringify({ envelopes: envelopes.map((each) => ({ ...each, id: crypto.randomUUID() })) })",
            ),
        ),
    ),
    Protection(
        "what fails lets the others go first",
        "poison in the server",
        "'waiting': [2-6]",
        (
            ("js/sync.js", "aside.add(id);", ""),
            ("js/sync.js", "await store.changeQueued(id, { failures: before + 1 });", "void before;"),
        ),
    ),
    Protection(
        "what is refused is put apart",
        "poison in the queue",
        "1 waiting, not 0",
        (("js/send.js", 'const REFUSED = ["conflict", "malformed"];', "const REFUSED = [];"),),
    ),
    Protection(
        "a request that hangs is given up",
        "reply 60 s late",
        "has not tried again",
        (("js/send.js", "setTimeout(() => stop.abort(),", "setTimeout(() => undefined,"),),
    ),
    Protection(
        "a closed connection is opened again",
        "database closed",
        "the connection was closed|Timeout",
        (("js/database.js", 'if (fault.name !== "InvalidStateError" || attempt > 0) throw fault;', "throw fault;"),),
    ),
    Protection(
        "a new worker waits for open drafts",
        "worker updated",
        "from under a draft|because of a navigation",
        (("js/register.js", "(await draftCount()) === 0", "true"),),
    ),
    Protection(
        "the worker takes only what the list says",
        "portal at the installation",
        "not whole",
        (("sw.js", "if ((await digest(response.clone())) !== hash)", "if (!(await digest(response.clone())))"),),
    ),
    Protection(
        "a checklist's page names its version",
        "portal as a checklist",
        "kept as a checklist",
        (
            (
                "sw.js",
                'sound(response) && response.headers.get("X-Checklist") === address.split("/").pop()',
                "sound(response)",
            ),
        ),
    ),
    Protection(
        "a finish waits for the picture that is being prepared",
        "photo: finished at once",
        "does not name its photo",
        (("js/checklist.js", "await this.photos.taken;", ""),),
    ),
    Protection("a known envelope is recognised", "reply dropped", "waiting, not 0", server=server_knows_nothing),
    Protection("a receipt follows the commit", "request dropped", "lost=2", server=server_stores_nothing),
]


SLOW = {
    "a request that hangs is given up",
    "what is refused is put apart",
    "what fails lets the others go first",
    "a finish waits for the picture that is being prepared",
    "a report keeps its id over every sending",
}
"""Switched off in a soak only: each of them takes the time of several."""


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Switch all of them off in a soak, and otherwise those that take seconds."""
    if "protection" in metafunc.fixturenames:
        soak = metafunc.config.getoption("--soak")
        chosen = [each for each in PROTECTIONS if soak or each.name not in SLOW]
        metafunc.parametrize("protection", chosen, ids=lambda each: each.name)


@pytest.fixture
def own_server(tmp_path: Path) -> Callable[[], Field]:
    """Serve from this process, where a protection of the server can be switched off."""
    opened: list[Field] = []

    def start() -> Field:
        opened.append(Field(tmp_path / "own"))
        opened[-1].start()
        return opened[-1]

    yield start
    for field in opened:
        field.stop()
        field.store.close()


def test_without_it_its_row_fails(
    protection: Protection,
    server: Server,
    grounds: Make,
    own_server: Callable[[], Field],
    monkeypatch: pytest.MonkeyPatch,
    record_property: Callable[[str, object], None],
) -> None:
    noted = {"name": protection.name, "row": protection.row, "red": ""}
    record_property("protection", noted)
    row = BY_NAME[protection.row]

    def prepare(wire: Wire) -> None:
        patch(wire, protection.patches)

    if protection.server:
        protection.server(monkeypatch)
    ground = grounds(own_server() if protection.server else server, row, prepare=prepare)
    try:
        found = str(verdict_of(ground, row))
        assert found != str(CLEAN), "the row does not notice"
    except (AssertionError, Error) as failure:
        found = str(failure)
    sign = re.search(protection.sign, found)
    assert sign, f"red for another reason: {found}"
    noted["red"] = sign[0]
