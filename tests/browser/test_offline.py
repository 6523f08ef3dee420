"""The shell: whole or not at all, only its own, and there when the network and the server are gone."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Error, Page, expect

from observer_kit.checklists.versions import seal
from observer_kit.storage import checklists
from observer_kit.web.observer import shell
from tests.browser import field as small
from tests.browser.conftest import Field, Phone

pytestmark = pytest.mark.browser


def cached(page: Page) -> dict[str, list[str]]:
    """List what lies in each of the browser's caches."""
    return page.evaluate(
        """async () => {
          const found = {};
          for (const name of await caches.keys()) {
            const requests = await (await caches.open(name)).keys();
            found[name] = requests.map((request) => request.url.replace(location.origin, ""));
          }
          return found;
        }"""
    )  # type: ignore[no-any-return]


def eventually(page: Page, check: Callable[[dict[str, list[str]]], bool]) -> dict[str, list[str]]:
    """Look at the caches until they are as they should be; a page that takes a new version reloads under the look."""
    found: dict[str, list[str]] = {}
    for _ in range(60):
        page.wait_for_timeout(250)
        try:
            found = cached(page)
        except Error:
            continue
        if check(found):
            break
    return found


def test_every_file_that_an_observers_page_loads_is_on_the_list(field: Field, browser: Browser) -> None:
    with field.app.test_request_context():
        listed, enrolled = set(shell.shell()), set(shell.extras())
    context = browser.new_context(service_workers="block")
    asked: set[str] = set()
    context.on("request", lambda request: asked.add(request.url.removeprefix(field.url)))
    page = context.new_page()
    for language in ("en", "ru", "kk"):
        for place in ("", "enrol", "queue", "missing"):
            page.goto(f"{field.url}/o/{language}/{place}", wait_until="networkidle")
    assert asked - listed == set()
    version = field.version("voting")
    for language in ("en", "ru", "kk"):
        page.goto(f"{field.url}/o/{language}/checklist/{version}", wait_until="networkidle")
    context.close()
    checklists = {address for address in asked if re.fullmatch(rf"/o/(en|ru|kk)/checklist/{version}(#.*)?", address)}
    assert len(checklists) == 3
    assert asked - checklists - listed - enrolled == set()
    assert any(address.endswith("/vendor/idb.js") for address in asked)


def test_the_pages_open_after_a_cold_start_with_the_server_gone(field: Field, phone: Phone) -> None:
    phone.page.close()
    field.stop()
    phone.page = phone.context.new_page()
    for language in ("en", "ru", "kk"):
        phone.language = language
        phone.begin()
        expect(phone.page.locator("#station-query")).to_be_visible()
        phone.page.goto(phone.address("queue"))
        expect(phone.page.locator("#nothing")).to_be_visible()


def test_a_checklist_that_is_not_in_the_phone_says_so(field: Field, phone: Phone) -> None:
    field.stop()
    phone.page.goto(phone.address("checklist/" + "0" * 64))
    expect(phone.page.locator("h1")).to_have_text("This checklist is not in the phone")


def test_the_shell_is_kept_whole_or_not_at_all(field: Field, phones: Callable[..., Phone]) -> None:
    @field.app.before_request
    def break_one_file() -> Any:
        from flask import abort, request

        if request.path == "/static/js/outbox.js" or request.path.startswith("/o/shell/"):
            abort(500)

    phone = phones(field)
    phone.page.goto(phone.address())
    phone.page.wait_for_timeout(1500)
    assert cached(phone.page) == {}
    field.app.before_request_funcs[None].remove(break_one_file)
    phone.enrol()
    [name] = [each for each in cached(phone.page) if "-shell-" in each]
    with field.app.test_request_context():
        assert set(cached(phone.page)[name]) == set(shell.shell())


def test_a_page_that_is_not_what_the_list_says_is_not_kept(field: Field, phones: Callable[..., Phone]) -> None:
    @field.app.after_request
    def portal(response: Any) -> Any:
        from flask import request

        if request.path == "/o/ru/queue" or request.path.startswith("/o/shell/"):
            response.set_data("<title>Sign in to the hotel's network</title>")
        return response

    phone = phones(field)
    phone.page.goto(phone.address())
    phone.page.wait_for_timeout(1500)
    assert cached(phone.page) == {}


def test_a_portals_page_is_never_kept_as_a_checklist(field: Field, phones: Callable[..., Phone]) -> None:
    portal_is_there = True

    @field.app.after_request
    def portal(response: Any) -> Any:
        from flask import request

        if portal_is_there and "/checklist/" in request.path:
            response.set_data("<title>Sign in to the hotel's network</title>")
            response.headers.remove("X-Checklist")
        return response

    phone = phones(field).enrol()
    assert "Not all checklists are in the phone yet" in phone.page.inner_text("#offline")
    portal_is_there = False
    phone.day()
    expect(phone.page.locator("#offline")).to_contain_text("All checklists are in the phone")


def test_the_worker_keeps_nothing_but_the_shell_and_the_checklists(field: Field, phone: Phone) -> None:
    phone.fill_voting()
    phone.finish()
    phone.wait_state("delivered")
    for path in ("/", "/plain/", "/api/mission", "/sign-in"):
        phone.page.goto(field.url + path)
    phone.day()
    kept = [address for addresses in cached(phone.page).values() for address in addresses]
    allowed = re.compile(
        r"/o/(en|ru|kk)/((enrol|queue|missing|phone|clock|ready|conduct|hand-over|words\.json)?|checklist/[0-9a-f]+)|/static/.+|/manifest\.webmanifest.*"
    )
    assert [address for address in kept if not allowed.fullmatch(address)] == []
    assert all(name.startswith("observer-kit-") for name in cached(phone.page))


def test_another_apps_cache_is_left_alone(field: Field, phone: Phone) -> None:
    phone.page.evaluate("async () => { await (await caches.open('someone-else')).put('/x', new Response('x')); }")
    phone.day()
    renew(field)
    update(phone.page)
    kept = eventually(phone.page, lambda found: any("-shell-ffffff" in name for name in found) and len(found) == 3)
    assert sorted(name.split("-ffffff")[0] for name in kept) == [
        "observer-kit-checklists",
        "observer-kit-shell",
        "someone-else",
    ]


def renew(field: Field) -> None:
    """Make the server give a newer worker: the same list, another version."""
    with field.app.test_request_context():
        text = shell.worker()
    field.app.extensions["observer_worker"] = re.sub(r'VERSION = "(.{6})', 'VERSION = "ffffff', text)


def update(page: Page) -> None:
    page.evaluate("async () => { await (await navigator.serviceWorker.getRegistration('/o/')).update(); }")


def shells(page: Page) -> list[str]:
    return [name for name in cached(page) if "-shell-" in name]


def test_a_new_version_waits_until_no_draft_is_open_and_keeps_the_checklists(field: Field, phone: Phone) -> None:
    [old] = shells(phone.page)
    kept = next(addresses for name, addresses in cached(phone.page).items() if "-checklists-" in name)
    phone.begin()
    phone.station()
    phone.saved()
    renew(field)
    update(phone.page)
    phone.page.wait_for_timeout(3000)
    assert phone.page.evaluate("async () => Boolean((await navigator.serviceWorker.getRegistration('/o/')).waiting)")
    assert old in shells(phone.page)
    phone.day()
    phone.page.wait_for_timeout(4000)
    assert old in shells(phone.page)
    phone.page.locator("#today a").first.click()
    expect(phone.page.locator("#progress")).not_to_be_empty()
    assert "Station 144" in phone.page.inner_text(".bar-title")
    phone.turn("review")
    phone.page.wait_for_timeout(800)
    phone.page.click("#next")
    phone.page.wait_for_url("**/o/*/")
    caches = eventually(phone.page, lambda found: len(found) == 2 and all("-ffffff" in name for name in found))
    assert sorted(name.split("-ffffff")[0] for name in caches) == ["observer-kit-checklists", "observer-kit-shell"]
    carried = next(addresses for name, addresses in caches.items() if "-checklists-" in name)
    assert sorted(carried) == sorted(kept)
    phone.wait_state("delivered")
    field.stop()
    phone.begin()
    expect(phone.page.locator("#station-query")).to_be_visible()


def test_a_checklist_kept_while_a_new_version_waits_opens_without_a_network_under_that_version(
    field: Field, phone: Phone
) -> None:
    phone.begin()
    phone.station()
    phone.saved()
    renew(field)
    update(phone.page)
    phone.page.wait_for_timeout(3000)
    assert phone.page.evaluate("async () => Boolean((await navigator.serviceWorker.getRegistration('/o/')).waiting)")
    [voting] = [each for each in small.checklists_for_tests() if each.name == "voting"]
    fresh = seal(dataclasses.replace(voting, title={**voting.title, "en": "Voting, mended"}))
    with field.store.atomic() as tx:
        checklists.publish(tx, small.MISSION, fresh)
    phone.page.goto(phone.address(), wait_until="networkidle")
    expect(phone.page.locator("#offline")).to_contain_text("All checklists are in the phone")
    phone.page.goto(phone.address("queue"), wait_until="networkidle")
    phone.page.get_by_text("Discard this draft").click()
    phone.page.get_by_role("button", name="Erase the draft").click()
    expect(phone.page.locator("#nothing")).to_be_visible()
    field.stop()
    phone.page.goto(phone.address(), wait_until="networkidle")
    caches = eventually(phone.page, lambda found: len(found) == 2 and all("-ffffff" in name for name in found))
    assert all("-ffffff" in name for name in caches)
    phone.page.goto(phone.address(f"checklist/{fresh.version}"))
    expect(phone.page.locator("h1")).to_have_text("Voting, mended")
    expect(phone.page.locator("#progress")).not_to_be_empty()


def test_a_mission_page_outside_the_app_is_not_controlled_by_the_worker(field: Field, phone: Phone) -> None:
    phone.page.goto(field.url + "/sign-in")
    assert phone.page.evaluate("navigator.serviceWorker.controller") is None
    assert urlsplit(phone.page.url).path == "/sign-in"
