"""Work that other systems' observers lost or could not see: each story is a test here, named after what happened.

The references are those systems' own issues and sources, as their trackers number them.
"""

from __future__ import annotations

import json

import pytest
from playwright.sync_api import expect

from tests.browser.faults import faults
from tests.browser.faults.conftest import Make, Stands
from tests.browser.faults.ground import Server
from tests.browser.faults.judge import devices_of, judge, said, stored
from tests.browser.faults.network import deliver
from tests.browser.faults.table import Ground, Row
from tests.browser.faults.trial import CLEAN, PLAIN

pytestmark = pytest.mark.browser


def states(ground: Ground) -> list[str]:
    return [each["state"] for each in ground.phone.records()]


@pytest.mark.parametrize("line", ["400 Bad Request", "403 Forbidden", "409 Conflict", "422 Unprocessable", "500 Oops"])
def test_a_report_that_the_server_rejects_is_not_shown_as_sent_and_goes_again(ground: Ground, line: str) -> None:
    """nditech/apollo `pwa/templates/pwa/index.html`, postSubmission: any reply but 200 and 401 marks it as posted."""
    ground.wire.always = faults.status(line, b'{"error": {"code": "no", "message": "no"}}', "application/json")
    phone = ground.phone
    phone.seed(1, "rejected")
    phone.page.goto(phone.address("queue"))
    phone.until(lambda _: bool(ground.wire.sent))
    phone.page.wait_for_timeout(300)
    phone.wait_state("waiting")
    assert states(ground) == ["waiting"]
    ground.wire.mend()
    phone.settle()
    phone.wait_state("delivered")
    assert judge(phone, ground.server.store) == CLEAN


def test_a_checklist_that_left_the_servers_list_takes_no_report_along(stands: Stands) -> None:
    """nditech/apollo `index.html`, saveFormstoDatabase: local reports of a form that disappeared are deleted."""
    ground = stands("checklist withdrawn")
    assert [said(each["envelope"]["payload"]) for each in ground.phone.records()] == ["under a checklist that is gone"]


def test_after_a_cold_start_without_network_sending_needs_no_reload(ground: Ground) -> None:
    """nditech/apollo `serviceworker.js`: a library that the sending needs is not in the offline copy."""
    phone = ground.phone
    phone.page.close()
    phone.context.set_offline(True)
    phone.page = phone.context.new_page()
    phone.report("written after a cold start")
    phone.wait_state("waiting")
    address = phone.page.url
    phone.context.set_offline(False)
    phone.wait_state("delivered")
    assert phone.page.url == address
    assert judge(phone, ground.server.store) == CLEAN


def test_an_incident_whose_reply_was_lost_is_there_once(stands: Stands) -> None:
    """nditech/apollo `submissions/api/views.py`, submission(): each post makes a new incident, without an id."""
    ground = stands("reply dropped")
    held = stored(ground.server.store, devices_of(ground.phone))
    assert [row["checklist"] for row in held] == ["incident", "incident"]
    assert len({row["id"] for row in held}) == 2


def test_closing_the_app_while_it_sends_loses_nothing(stands: Stands) -> None:
    """commitglobal/votemonitor `mobile/assets/locales/en/translations.json` 800–805: do not close the app, it syncs."""
    stands("tab killed: store")


def test_what_an_error_answers_is_not_thrown_away(stands: Stands) -> None:
    """commitglobal/votemonitor `PersistQueryContext.provider.tsx`: queued writes are discarded when the API fails."""
    ground = stands("an error page with 500")
    assert states(ground) == ["delivered", "delivered"]


def test_unsent_work_is_still_there_and_goes_after_forty_days(ground: Ground) -> None:
    """commitglobal/votemonitor `PersistQueryContext.provider.tsx`: the queue and its cache expire after five days."""
    phone = ground.phone
    phone.context.set_offline(True)
    phone.begin_incident("a draft of forty days")
    phone.seed(2, "forty days old")
    phone.context.clock.install(time=phone.page.evaluate("Date.now() + 40 * 24 * 3600 * 1000") / 1000)
    phone.page.goto(phone.address("queue"))
    phone.wait_state("waiting", 2)
    phone.context.set_offline(False)
    phone.settle()
    assert judge(phone, ground.server.store, drafts=1) == CLEAN


def test_signing_the_phone_up_anew_loses_no_unsent_work(ground: Ground) -> None:
    """commitglobal/votemonitor `translations.json` 881: signing out offline loses forms, notes and attachments."""
    phone = ground.phone
    phone.begin_incident("a draft of the first enrolment")
    ground.wire.always = faults.request_dropped
    phone.seed(2, "of the first enrolment")
    phone.enrol()
    assert len(phone.records("drafts")) == 1
    ground.wire.mend()
    phone.settle()
    assert judge(phone, ground.server.store, drafts=1) == CLEAN


def test_of_two_writings_of_one_report_the_later_does_not_overwrite_the_first(ground: Ground) -> None:
    """commitglobal/votemonitor `FormSubmission.cs`: upsert without a version check, the last writer wins."""
    phone = ground.phone
    [id] = phone.seed(1, "the first writing")
    deliver(ground)
    [before] = stored(ground.server.store, devices_of(phone))
    phone.page.evaluate(
        """async (id) => {
          const [{ makeEnvelope }, store, { identity }] = await Promise.all(
            ["envelope", "store", "device"].map((name) => import(`/static/js/${name}.js`)));
          const record = await store.queuedOne(id);
          const content = { location: "R-0144", answers: { in_text: "overwritten" } };
          const envelope = await makeEnvelope(record, content, await identity());
          await store.transact("queue", "readwrite", (tx) => tx.store.put({ ...record, state: "waiting", envelope }));
        }""",
        id,
    )
    deliver(ground)
    assert states(ground) == ["attention"]
    assert stored(ground.server.store, devices_of(phone)) == [before]


def test_after_a_crash_and_a_new_start_nothing_at_the_server_is_overwritten(ground: Ground, grounds: Make) -> None:
    """code4romania/monitorizare-vot#90: staff feared that a reinstalled app overwrites the server's copy."""
    phone = ground.phone
    phone.seed(3, "before the crash")
    phone.settle()
    held = stored(ground.server.store, devices_of(phone))
    anew = grounds(ground.server, PLAIN)
    anew.phone.seed(1, "after the crash")
    anew.phone.settle()
    assert stored(ground.server.store, devices_of(phone)) == held
    assert judge(anew.phone, anew.server.store) == CLEAN


def test_a_save_that_fails_is_said_and_the_answer_stays_on_the_screen(stands: Stands) -> None:
    """enketo/enketo#953: tablets fail to save drafts and to send, with nothing said."""
    stands("storage full")


def test_a_database_that_the_browser_closed_is_opened_again(stands: Stands) -> None:
    """enketo/enketo PR #1576: after memory ran short no save worked until a reload."""
    stands("database closed")


def test_after_the_finish_no_draft_is_left_and_the_next_report_begins_blank(ground: Ground) -> None:
    """enketo/enketo#1072: an unsaved record is found where there is none."""
    phone = ground.phone
    phone.report("finished for good")
    assert phone.records("drafts") == []
    phone.begin("incident")
    phone.turn("what")
    assert phone.page.input_value("#q-in_text-value") == ""
    phone.settle()
    assert judge(phone, ground.server.store) == CLEAN


def test_a_draft_of_a_form_that_changed_can_still_be_opened(stands: Stands) -> None:
    """enketo/enketo#1226 and getodk/collect#6800: after a form's update drafts can't be opened, or are lost."""
    stands("checklist republished")


def test_clearing_the_browsers_page_cache_touches_no_report(ground: Ground) -> None:
    """kobotoolbox/docs PR #45 and `data_through_webforms.md`: clearing the cache destroys queued records."""
    phone = ground.phone
    phone.begin_incident("a draft beside the cache")
    ground.wire.always = faults.request_dropped
    phone.seed(2, "beside the cache")
    phone.page.evaluate(
        """async () => {
          for (const name of await caches.keys()) await caches.delete(name);
          for (const each of await navigator.serviceWorker.getRegistrations()) await each.unregister();
        }"""
    )
    phone.cdp().send("Network.clearBrowserCache")
    ground.wire.mend()
    phone.settle()
    assert judge(phone, ground.server.store, drafts=1) == CLEAN


def test_the_browser_is_asked_to_keep_the_store_and_its_answer_is_shown(server: Server, grounds: Make) -> None:
    """Safari clears what pages stored after seven idle days; none of the peers asks the browser to keep it."""
    script = """
      window.asked = 0;
      StorageManager.prototype.persisted = async () => false;
      StorageManager.prototype.persist = async () => { window.asked += 1; return false; };
    """
    ground = grounds(server, Row("asked", "", lambda _: None, scripts=(script,)))
    assert ground.phone.page.evaluate("window.asked") > 0
    expect(ground.phone.page.locator("#persisted")).not_to_be_empty()


def test_what_could_not_be_sent_is_not_deleted(stands: Stands) -> None:
    """getodk/getodk#1017: a form was deleted although its sending had failed."""
    stands("portal")


def test_while_the_store_cannot_be_opened_nothing_is_taken_as_finished(ground: Ground) -> None:
    """getodk/getodk#48: the memory card was not ready, and the records were gone."""
    phone = ground.phone
    ground.wire.always = faults.request_dropped
    phone.seed(2, "while the store was closed")
    phone.context.add_init_script(
        """if (!localStorage.getItem("ready")) {
          IDBFactory.prototype.open = function () { throw new DOMException("not ready", "UnknownError"); };
        }"""
    )
    phone.page.goto(phone.address())
    phone.page.wait_for_timeout(500)
    phone.page.evaluate("localStorage.setItem('ready', '1')")
    ground.wire.mend()
    phone.settle()
    assert judge(phone, ground.server.store) == CLEAN
    phone.errors.clear()  # the page may say that it could not be opened


def test_a_report_that_was_refused_can_be_opened_again_and_mended(ground: Ground) -> None:
    """ushahidi/platform#4220, #3257: offline posts that could neither be sent nor opened again."""
    phone = ground.phone
    [id] = phone.seed(1, "refused at first")
    said_no = {"results": [{"id": id, "status": "malformed", "error": {"code": "malformed", "message": ""}}]}
    ground.wire.send.append(faults.status("200 OK", json.dumps(said_no).encode(), "application/json"))
    phone.page.goto(phone.address("queue"))
    phone.wait_state("attention")
    phone.page.get_by_role("button", name="Mend and send as a new report").click()
    phone.page.wait_for_url("**/checklist/**")
    expect(phone.page.locator("#progress")).not_to_be_empty()
    expect(phone.page.locator("#q-in_text-value")).to_have_value("refused at first 1")
    phone.finish()
    phone.settle()
    assert sorted(states(ground)) == ["attention", "delivered"]
    assert judge(phone, ground.server.store, refused=1) == CLEAN
