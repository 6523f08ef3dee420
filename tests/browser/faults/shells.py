"""Rows: the app's own offline copy: whole or not at all, never a portal's page, and there after thirty days."""

from __future__ import annotations

import datetime
from collections.abc import Callable

from playwright.sync_api import expect

from tests.browser.faults import faults
from tests.browser.faults.missions import newer, shells
from tests.browser.faults.scripts import KEPT
from tests.browser.faults.table import Ground, Row
from tests.browser.faults.wire import Exchange, Fault, Wire, passed


def kept(ground: Ground) -> list[tuple[str, str, bool]]:
    """List what lies in the caches: cache, address, whether it is a portal's page."""
    return [tuple(each) for each in ground.phone.page.evaluate(KEPT)]


def only(path: Callable[[str], bool], fault: Fault) -> Fault:
    """Let this happen to some addresses."""

    def choose(exchange: Exchange) -> None:
        (fault if path(exchange.path) else passed)(exchange)

    return choose


def spoil_one_file(wire: Wire) -> None:
    """Have a portal answer for one of the shell's files."""
    wire.everything = only(lambda path: path.startswith(("/o/ru/queue", "/o/shell/")), faults.portal)


def spoil_checklists(wire: Wire) -> None:
    """Have a portal answer for every checklist."""
    wire.everything = only(lambda path: "/checklist/" in path, faults.portal)


def tried(ground: Ground) -> None:
    """Wait until no worker is being installed any more, whatever came of it."""
    ground.phone.page.evaluate(
        """async () => {
          for (let turn = 0; turn < 150; turn += 1) {
            await new Promise((resume) => setTimeout(resume, 200));
            const found = await navigator.serviceWorker.getRegistration("/o/");
            if (turn > 8 && !(found && found.installing)) return;
          }
        }"""
    )


def installed_whole(ground: Ground) -> None:
    """Open the app through a portal that answers for one file; then on a sound network."""
    phone = ground.phone
    phone.page.goto(phone.address())
    tried(ground)
    assert kept(ground) == [], "a shell was kept that is not whole"
    ground.wire.everything = None
    phone.enrol()
    assert not any(spoilt for _, _, spoilt in kept(ground)), "a portal's page is kept"
    ground.wire.everything = faults.request_dropped
    phone.report("with a shell that came late")
    ground.wire.everything = None
    phone.settle()


def no_portal_as_checklist(ground: Ground) -> None:
    """Enrol while a portal answers for the checklists; then open My day on a sound network."""
    phone = ground.phone
    phone.enrol()
    assert not any(spoilt for _, _, spoilt in kept(ground)), "a portal's page was kept as a checklist"
    ground.wire.everything = None
    phone.day()
    expect(phone.page.locator("#offline")).to_contain_text("All checklists are in the phone")
    phone.report("on a checklist that is one")
    phone.settle()


def portal_over_all(ground: Ground) -> None:
    """Let a portal answer every request of an enrolled phone for a while."""
    phone = ground.phone
    before = sorted(kept(ground))
    ground.wire.everything = ground.wire.always = faults.portal
    phone.report("behind a portal")
    phone.page.goto(phone.address("queue"))
    phone.page.evaluate(
        "async () => { try { await (await navigator.serviceWorker.getRegistration('/o/')).update(); } catch {} }"
    )
    phone.page.wait_for_timeout(500)
    assert sorted(kept(ground)) == before, "the portal's page is in the phone, or something of the app is not"
    assert [each["state"] for each in phone.records()] == ["waiting"]
    ground.wire.mend()
    phone.settle()


def update_in_halves(ground: Ground) -> None:
    """Bring a new worker, of whose files one can't be fetched; the old shell must go on, whole, without a network."""
    phone = ground.phone
    [old] = shells(ground)
    before = sorted(address for name, address, _ in kept(ground) if name == old)
    ground.wire.edit("/sw.js", newer)
    broken = only(lambda path: path.startswith(("/static/js/outbox.js", "/o/shell/")), faults.status("502 Bad Gateway"))
    ground.wire.everything = broken
    phone.page.goto(phone.address())
    phone.page.evaluate(
        "async () => { try { await (await navigator.serviceWorker.getRegistration('/o/')).update(); } catch {} }"
    )
    tried(ground)
    phone.page.wait_for_timeout(3500)  # for so long a page waits before it lets a new worker take over
    assert shells(ground) == [old], "the new shell is there, or the old is gone"
    assert sorted(address for _, address, _ in kept(ground) if address in before) == before, "the shell has holes"
    ground.wire.everything = ground.wire.always = faults.request_dropped
    phone.report("under the shell that stayed")
    ground.wire.mend()
    ground.wire.edits.clear()
    phone.settle()


def thirty_days(ground: Ground) -> None:
    """Cut the network for thirty days by the page's clock: every page opens, a day is filled in, then it is sent."""
    phone = ground.phone
    phone.begin_incident("a draft of thirty days")
    ground.wire.everything = ground.wire.always = faults.request_dropped
    later = datetime.datetime.now(datetime.UTC) + datetime.timedelta(days=30)
    phone.page.close()
    phone.context.clock.install(time=later)
    phone.page = phone.context.new_page()
    for language in ("ru", "kk", "en"):
        phone.language = language
        phone.begin("voting")
        expect(phone.page.locator("#station-query")).to_be_visible()
    phone.report("after thirty days")
    phone.page.goto(phone.address("queue"))
    assert len(phone.records("drafts")) == 1
    ground.wire.mend()
    phone.settle()


ROWS = [
    Row(
        "portal at the installation",
        "a portal answers for one file of the shell while it is installed",
        installed_whole,
        enrolled=False,
        prepare=spoil_one_file,
    ),
    Row(
        "portal as a checklist",
        "a portal answers for the checklists at the enrolment",
        no_portal_as_checklist,
        enrolled=False,
        prepare=spoil_checklists,
    ),
    Row("portal over everything", "a portal answers every request of an enrolled phone", portal_over_all, floor=True),
    Row("update in halves", "of a new worker's files one can't be fetched", update_in_halves),
    Row("thirty days", "thirty days without a network, by the phone's clock", thirty_days, left={"drafts": 1}),
]
