"""Two tabs on one report: one fills in, the other reads and waits its turn; no answer is written over."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Field, Phone

pytestmark = pytest.mark.browser

LOCKS_ARE_FREE = """
if (navigator.locks) {
  navigator.locks.request = async (name, options, work) => (work || options)({ name });
}
"""


def another_tab(phone: Phone, address: str, script: str = "") -> Page:
    page = phone.context.new_page()
    if script:
        page.add_init_script(script)
    page.goto(address)
    expect(page.locator("#progress")).not_to_be_empty()
    return page


def answers(phone: Phone) -> dict[str, object]:
    [draft] = phone.records("drafts")
    return draft["answers"]  # type: ignore[no-any-return]


@pytest.mark.parametrize(
    ("language", "said"),
    [("en", "open in another tab"), ("ru", "открыта в другой вкладке"), ("kk", "басқа қойындыда ашық")],
)
def test_a_second_tab_says_that_the_checklist_is_open_in_another_and_only_shows_it(
    phone: Phone, language: str, said: str
) -> None:
    address = phone.begun()
    second = another_tab(phone, address.replace("/o/en/", f"/o/{language}/"))
    expect(second.locator("#notice")).to_contain_text(said)
    assert second.is_checked("#q-env_unauthorised_present-no")
    assert second.is_disabled("#q-env_unauthorised_present-yes")
    assert not second.is_editable("#q-env_members_present-value")
    expect(second.locator("#next")).to_be_hidden()
    second.locator("#q-env_unauthorised_present-yes").click(force=True)
    second.wait_for_timeout(300)
    assert answers(phone)["env_unauthorised_present"] == "no"
    phone.answer("env_unauthorised_present", "yes")
    phone.page.wait_for_timeout(300)
    assert answers(phone)["env_unauthorised_present"] == "yes"


def test_a_second_tab_takes_over_when_the_first_is_closed_and_has_all_its_answers(phone: Phone) -> None:
    second = another_tab(phone, phone.begun())
    expect(second.locator("#notice")).to_contain_text("open in another tab")
    phone.page.fill("#q-env_members_present-value", "9")
    phone.page.wait_for_timeout(300)
    phone.page.close()
    phone.page = second
    expect(second.locator("#q-env_unauthorised_present-yes")).to_be_enabled()
    expect(second.locator("#contents")).to_be_visible()  # shown when the answers are in place
    expect(second.locator("#notice")).to_be_hidden()
    assert second.input_value("#q-env_members_present-value") == "9"
    phone.page.fill("#q-env_women_members-value", "3")
    phone.page.wait_for_timeout(300)
    assert answers(phone)["env_members_present"] == "9"
    assert answers(phone)["env_women_members"] == "3"


def test_a_second_tab_is_told_when_the_first_has_finished(phone: Phone) -> None:
    second = another_tab(phone, phone.begun())
    expect(second.locator("#notice")).to_contain_text("open in another tab")
    phone.finish()
    expect(second.locator("#notice")).to_contain_text("This report is finished.")
    assert phone.records("drafts") == []


def test_an_incident_can_be_reported_from_a_tab_that_only_shows_a_checklist(field: Field, phone: Phone) -> None:
    second = another_tab(phone, phone.begun())
    expect(second.locator("#notice")).to_contain_text("open in another tab")
    second.click("#incident")
    second.wait_for_url(re.compile(f"/checklist/{field.version('incident')}#"))
    expect(second.locator("#progress")).not_to_be_empty()
    assert "Station 151" in second.inner_text(".bar-title")
    expect(second.locator("#notice")).to_be_hidden()


def test_where_the_lock_fails_a_tab_writes_over_no_answer_of_another_and_says_so(phone: Phone) -> None:
    address = phone.begun()
    second = another_tab(phone, address, LOCKS_ARE_FREE)
    phone.page.fill("#q-env_members_present-value", "9")
    phone.page.wait_for_timeout(300)
    second.locator("#q-env_women_members-not_observed").click()
    expect(second.locator("#notice")).to_contain_text("changed in another tab")
    assert not second.is_editable("#q-env_members_present-value")
    assert answers(phone)["env_members_present"] == "9"
    assert "env_women_members" not in answers(phone)
    phone.answer("env_parties_represented", "p2")
    phone.page.wait_for_timeout(300)
    assert answers(phone)["env_parties_represented"] == ["p2"]
    second.get_by_role("button", name="Open what is kept").click()
    expect(second.locator("#q-env_parties_represented-p2")).to_be_checked()
    assert second.input_value("#q-env_members_present-value") == "9"


CHANGE = """
() => new Promise((resolve, reject) => {
  const request = indexedDB.open("observer-kit");
  request.onsuccess = () => {
    const transaction = request.result.transaction("drafts", "readwrite");
    const drafts = transaction.objectStore("drafts");
    drafts.getAll().onsuccess = ({ target }) => {
      const [draft] = target.result;
      draft.answers.env_members_present = "9";
      drafts.put({ ...draft, changed: new Date().toISOString() });
    };
    transaction.oncomplete = () => { request.result.close(); resolve(); };
    transaction.onabort = () => reject(transaction.error);
  };
})
"""


@pytest.mark.parametrize("way", ["finish", "discard"])
def test_where_the_lock_fails_a_stale_tab_neither_finishes_nor_discards_the_report(phone: Phone, way: str) -> None:
    phone.begun()
    phone.turn("review")
    phone.page.wait_for_timeout(800)
    phone.page.evaluate(CHANGE)
    if way == "finish":
        phone.page.click("#next")
    else:
        phone.page.click("#contents > summary")
        phone.page.get_by_text("Discard this draft").click()
        phone.page.get_by_role("button", name="Erase the draft").click()
    expect(phone.page.locator("#notice")).to_contain_text("changed in another tab")
    assert phone.records("queue") == []
    assert answers(phone)["env_members_present"] == "9"


def test_where_the_lock_fails_a_touch_after_the_finish_revives_no_draft_and_says_so(phone: Phone) -> None:
    second = another_tab(phone, phone.begun(), LOCKS_ARE_FREE)
    phone.finish()
    phone.wait_state("delivered")
    second.locator("#q-env_women_members-not_observed").click()
    expect(second.locator("#notice")).to_contain_text("finished in another tab")
    second.wait_for_timeout(300)
    assert phone.records("drafts") == []
    assert len(phone.records("queue")) == 1


def test_a_write_that_failed_is_not_taken_for_another_tabs(phone: Phone) -> None:
    phone.begun()
    phone.page.evaluate(
        """() => {
          const put = IDBObjectStore.prototype.put;
          window.mend = () => { IDBObjectStore.prototype.put = put; };
          IDBObjectStore.prototype.put = function () { throw new DOMException("no space", "QuotaExceededError"); };
        }"""
    )
    phone.page.fill("#q-env_members_present-value", "7")
    expect(phone.page.locator("#notice")).to_contain_text("no free space")
    phone.page.evaluate("window.mend()")
    phone.page.fill("#q-env_women_members-value", "3")
    expect(phone.page.locator("#notice")).to_be_hidden()
    assert answers(phone)["env_members_present"] == "7"
    assert answers(phone)["env_women_members"] == "3"
