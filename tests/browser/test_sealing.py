"""A mission that seals: what is finished can be shown by the mission's server, and by the phone no more."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, Route, expect

from observer_kit.missions.model import Policy
from observer_kit.storage import checklists, missions, register, submissions
from observer_kit.storage.check import check
from observer_kit.trust import keys
from tests.browser import field as small
from tests.browser.conftest import Field, Phone

pytestmark = pytest.mark.browser

API = "**/api/submissions"
REMARK = "Көрдім: екі бюллетень"
STORES = ("drafts", "queue", "settings", "photos", "stations")


def set_policy(field: Field, **policy: Any) -> None:
    with field.store.atomic() as tx:
        missions.save(tx, replace(missions.get(tx, small.MISSION), policy=Policy(**policy)))


@pytest.fixture
def field(tmp_path: Path) -> Iterator[Field]:
    opened = Field(tmp_path / "data")
    set_policy(opened, seal=True)
    opened.start()
    yield opened
    assert check(opened.store) == []
    opened.stop()
    opened.store.close()


def remark(phone: Phone, words: str = REMARK) -> None:
    """Write a comment on the question about unauthorised people."""
    phone.turn("people")
    question = phone.page.locator("[data-question=env_unauthorised_present]")
    question.locator("summary").click()
    question.locator("textarea").first.fill(words)


def fill(phone: Phone, words: str = REMARK) -> None:
    phone.begin()
    phone.station("144")
    phone.turn("people")
    phone.answer("env_unauthorised_present", "no")
    remark(phone, words)
    phone.page.fill("#q-env_members_present-value", "98761")
    phone.turn("overall")
    phone.answer("vo_overall", "very_bad")


def everything_kept(phone: Phone) -> str:
    """Give all that the browser keeps for this address, as one text."""
    kept: str = phone.page.evaluate(
        """async (stores) => {
          const parts = [JSON.stringify(localStorage), JSON.stringify(sessionStorage)];
          parts.push(document.documentElement.outerHTML);
          for (const store of stores) {
            parts.push(await new Promise((resolve, reject) => {
              const request = indexedDB.open("observer-kit");
              request.onerror = () => reject(request.error);
              request.onsuccess = () => {
                const all = request.result.transaction(store).objectStore(store).getAll();
                all.onsuccess = () => { request.result.close(); resolve(JSON.stringify(all.result)); };
              };
            }));
          }
          for (const input of document.querySelectorAll("input, textarea")) parts.push(input.value);
          return parts.join("\\n");
        }""",
        list(STORES),
    )
    return kept


def stored(field: Field, id: str) -> Any:
    with field.store.reading() as tx:
        return submissions.get(tx, small.MISSION, id)


def forget_the_library(page: Page) -> None:
    page.evaluate(
        """async () => {
          for (const name of await caches.keys()) await (await caches.open(name)).delete("/static/vendor/hpke.js");
        }"""
    )


def test_what_the_browser_seals_the_server_opens_and_the_phone_can_not_show_again(field: Field, phone: Phone) -> None:
    phone.day()
    phone.context.set_offline(True)
    fill(phone)
    phone.saved()
    assert REMARK in everything_kept(phone)
    phone.turn("review")
    expect(phone.page.locator("#review")).to_contain_text("this phone can’t show it again")
    phone.finish()
    (record,) = phone.records()
    assert (record["raw"], phone.records("drafts")) == (None, [])
    kept = everything_kept(phone)
    assert [word for word in (REMARK, "98761", "very_bad") if word in kept] == []
    phone.page.go_back()
    phone.page.get_by_text("This report is finished").wait_for()
    kept = everything_kept(phone)
    assert [word for word in (REMARK, "98761") if word in kept] == []
    phone.page.goto(phone.address("queue"))
    phone.page.get_by_text("this phone can’t show the answers").wait_for()
    phone.context.set_offline(False)
    phone.wait_state("delivered")
    (envelope,) = field.stored()
    assert envelope["sealed"] == keys.mission_key(field.config, small.MISSION).id
    assert (envelope["quarantine"], envelope["payload"]) == (None, record["envelope"]["payload"])
    judged = stored(field, record["id"]).submission
    assert judged.answers["env_members_present"] == 98761
    assert judged.answers["vo_overall"] == "very_bad"
    assert (judged.location, judged.comments) == ("R-0144", {"env_unauthorised_present": REMARK})
    assert judged.problems == ()
    (record,) = phone.records()
    assert (record["urgent"], record["receipt"]["hash"]) == (False, envelope["hash"])


def test_a_correction_of_a_sealed_report_starts_blank_and_takes_its_place(field: Field, phone: Phone) -> None:
    fill(phone)
    phone.finish()
    phone.wait_state("delivered")
    phone.page.goto(phone.address("queue"))
    expect(phone.page.locator("#reports")).to_contain_text("The new report starts blank")
    phone.page.get_by_role("button", name="Correct").click()
    phone.page.wait_for_url("**/checklist/**")
    expect(phone.page.locator("#progress")).not_to_be_empty()
    (draft,) = phone.records("drafts")
    (first,) = phone.records()
    assert (draft["answers"], draft["comments"], draft["overrides"]) == ({}, {}, {})
    for same in ("location", "visit", "checklist", "version", "stage"):
        assert draft[same] == first[same]
    assert draft["supersedes"] == first["id"]
    phone.turn("overall")
    phone.answer("vo_overall", "bad")
    phone.finish()
    phone.wait_state("delivered", 2)
    again = next(record for record in phone.records() if record["supersedes"])
    assert (stored(field, first["id"]).row.state, stored(field, again["id"]).row.state) == ("superseded", "counted")
    judged = stored(field, again["id"]).submission.answers
    assert (judged["vo_overall"], judged["env_members_present"]) == ("bad", None)


def test_a_refused_sealed_report_says_why_and_is_mended_from_a_blank_one(field: Field, phone: Phone) -> None:
    def refuse(route: Route) -> None:
        (sent,) = json.loads(route.request.post_data or "")["envelopes"]
        error = {"code": "conflict", "message": "another envelope with this id is already stored"}
        route.fulfill(json={"results": [{"id": sent["id"], "status": "conflict", "error": error}]})

    phone.page.route(API, refuse)
    fill(phone)
    phone.finish()
    phone.wait_state("attention")
    phone.page.unroute(API)
    phone.page.goto(phone.address("queue"))
    phone.page.get_by_text("The server already has another report under this number.").wait_for()
    expect(phone.page.locator("#reports")).to_contain_text("The new report starts blank")
    phone.page.get_by_role("button", name="Mend and send as a new report").click()
    phone.page.wait_for_url("**/checklist/**")
    expect(phone.page.locator("#progress")).not_to_be_empty()
    (draft,) = phone.records("drafts")
    assert (draft["answers"], draft["location"], draft["supersedes"]) == ({}, "R-0144", None)
    phone.turn("overall")
    phone.answer("vo_overall", "bad")
    phone.finish()
    phone.wait_state("delivered")
    (envelope,) = field.stored()
    assert stored(field, envelope["id"]).submission.answers["vo_overall"] == "bad"


@pytest.mark.parametrize("open_", [True, False])
def test_a_results_protocol_stays_readable_only_where_the_mission_allows_it_and_is_sealed_all_the_same(
    field: Field, phones: Callable[..., Phone], open_: bool
) -> None:
    set_policy(field, seal=True, protocol_open=open_, keyed_twice=False)
    phone = phones(field).enrol()
    phone.begin("protocol")
    phone.station("144")
    phone.turn("result")
    phone.page.fill("#q-issued-value", "98761")
    phone.turn("review")
    told = expect(phone.page.locator("#review"))
    (told.not_to_contain_text if open_ else told.to_contain_text)("can’t show it again")
    phone.finish()
    phone.wait_state("delivered")
    (record,) = phone.records()
    assert ("98761" in everything_kept(phone)) is open_
    assert (record["raw"] or {}).get("answers", {}).get("issued") == ("98761" if open_ else None)
    (envelope,) = field.stored()
    assert envelope["sealed"] is not None
    assert stored(field, record["id"]).submission.answers["issued"] == 98761


def test_without_the_library_nothing_is_finished_nothing_goes_open_and_the_draft_is_kept(
    field: Field, phone: Phone
) -> None:
    phone.day()
    phone.context.set_offline(True)  # before: the worker fetches anew what its cache has lost
    forget_the_library(phone.page)
    fill(phone)
    phone.turn("review")
    phone.page.wait_for_timeout(800)  # a tap right after turning the page is taken for a double tap
    phone.page.click("#next")
    expect(phone.page.locator("#notice")).to_contain_text("this phone can’t do that yet")
    assert phone.records() == []
    (draft,) = phone.records("drafts")
    assert draft["comments"] == {"env_unauthorised_present": REMARK}
    phone.page.reload()
    expect(phone.page.locator("#progress")).not_to_be_empty()
    phone.context.set_offline(False)
    phone.finish()
    phone.wait_state("delivered")
    (envelope,) = field.stored()
    assert stored(field, envelope["id"]).submission.comments == {"env_unauthorised_present": REMARK}
    assert envelope["sealed"] is not None


def test_a_library_that_comes_late_seals_on_the_next_press_of_the_same_page(field: Field, phone: Phone) -> None:
    fill(phone)
    phone.turn("review")
    phone.context.set_offline(True)
    forget_the_library(phone.page)
    phone.page.wait_for_timeout(800)
    phone.page.click("#next")
    expect(phone.page.locator("#notice")).to_contain_text("this phone can’t do that yet")
    phone.context.set_offline(False)
    phone.finish()
    phone.wait_state("delivered")
    assert field.stored()[0]["sealed"] is not None


def test_sealing_that_a_mission_begins_while_a_draft_is_open_holds_for_that_draft(
    field: Field, phones: Callable[..., Phone]
) -> None:
    set_policy(field, seal=False)
    phone = phones(field).enrol()
    fill(phone)
    set_policy(field, seal=True)
    other = phone.context.new_page()
    other.goto(phone.address())
    expect(other.locator("#offline")).to_have_text("All checklists are in the phone: they open without a network.")
    phone.finish()
    phone.wait_state("delivered")
    assert field.stored()[0]["sealed"] is not None
    assert REMARK not in everything_kept(phone)


def test_a_mission_that_does_not_seal_needs_no_library_and_keeps_reports_readable(
    field: Field, phones: Callable[..., Phone]
) -> None:
    set_policy(field, seal=False)
    phone = phones(field).enrol()
    fetched: list[str] = []
    phone.context.on("request", lambda request: fetched.append(request.url))
    fill(phone)
    phone.turn("review")
    expect(phone.page.locator("#review")).not_to_contain_text("can’t show it again")
    phone.finish()
    phone.wait_state("delivered")
    assert field.stored()[0]["sealed"] is None
    assert phone.records()[0]["raw"]["comments"] == {"env_unauthorised_present": REMARK}
    assert [url for url in fetched if "hpke" in url] == []


def test_a_correction_made_after_the_phone_went_to_another_mission_is_sealed_to_its_own(
    field: Field, phone: Phone
) -> None:
    fill(phone)
    phone.finish()
    phone.wait_state("delivered")
    with field.store.atomic() as tx:
        other = replace(missions.get(tx, small.MISSION), code="other", policy=Policy(seal=False))
        missions.save(tx, other)
        register.save_teams(tx, "other", register.teams(tx, small.MISSION))
        for asked in small.checklists_for_tests():
            checklists.publish(tx, "other", asked)
        code = small.devices.enrol_code(tx, "other", "T01", "test phone")
    phone.page.goto(phone.address(f"enrol#{code}"))
    phone.page.click("#redeem")
    phone.page.locator("#done").wait_for()
    phone.page.goto(phone.address("queue"))
    phone.page.get_by_role("button", name="Correct").click()
    phone.page.wait_for_url("**/checklist/**")
    expect(phone.page.locator("#progress")).not_to_be_empty()
    phone.turn("overall")
    phone.answer("vo_overall", "bad")
    phone.finish()
    phone.wait_state("delivered", 2)
    first, second = field.stored()
    assert (second["mission"], second["supersedes"]) == (small.MISSION, first["id"])
    assert (second["sealed"], second["quarantine"]) == (first["sealed"], None)


def test_a_sealed_report_is_let_go_when_its_day_is_over(phone: Phone) -> None:
    fill(phone)
    phone.finish()
    phone.wait_state("delivered")
    phone.page.evaluate(
        """async () => {
          const { letGo } = await import("/static/js/store.js");
          await letGo(new Date(Date.now() + 1000));
        }"""
    )
    (record,) = phone.records()
    assert (record["envelope"]["payload"], record["receipt"]["id"]) == (None, record["id"])
    phone.page.goto(phone.address("queue"))
    phone.wait_state("delivered")
    expect(phone.page.get_by_role("button", name="Correct")).to_have_count(0)
