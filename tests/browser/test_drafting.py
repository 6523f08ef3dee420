"""Writing a statement in a real browser: two tabs, a network that goes, a page that is lost, keys alone."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, Playwright, Route, expect

from observer_kit.storage import missions, section_texts
from observer_kit.web import frozen_sets
from tests.browser import field as small
from tests.browser.conftest import Field
from tests.browser.staff import hire, sign_in
from tests.browser.test_desk_live import send
from tests.browser.test_draft import kill_browser_of
from tests.browsers import ARGS, chromium

pytestmark = pytest.mark.browser

NAME = "writer"
AREA = "textarea[name='text:outcome']"
UNSENT = """() => new Promise((resolve, reject) => {
  const request = indexedDB.open("observer-kit-office");
  request.onerror = () => reject(request.error);
  request.onsuccess = () => {
    const count = request.result.transaction("unsent").objectStore("unsent").count();
    count.onsuccess = () => { request.result.close(); resolve(count.result); };
  };
})"""
PASTED = """([area, html, plain]) => {
  const given = new DataTransfer();
  if (html) given.setData("text/html", html);
  given.setData("text/plain", plain);
  const at = document.querySelector(area);
  at.focus();
  at.dispatchEvent(new ClipboardEvent("paste", { clipboardData: given, bubbles: true, cancelable: true }));
}"""
WORD = """<html><head><style>p.MsoNormal { margin: 0 }</style></head><body>
<p class=MsoNormal>Сайлау күні\nтыныш өтті.<o:p></o:p></p>
<p class=MsoListParagraph><![if !supportLists]><span style='mso-list:Ignore'>·<span>&nbsp;&nbsp;
</span></span><![endif]>бірін\u00adші<b>сі</b></p>
<p class=MsoListParagraph><span style='mso-list:Ignore'>·<span>&nbsp; </span></span>екінші</p>
<p class=MsoNormal>Соңы\u202e.</p><script>window.ran = true</script></body></html>"""


@pytest.fixture
def draft(field: Field) -> str:
    with field.store.reading() as tx:
        mission = missions.get(tx, small.MISSION)
    return frozen_sets.begin(field.store, mission, style="sco", language="en", by=None)


@pytest.fixture
def desk(field: Field, browser: Browser, draft: str) -> Iterator[Callable[..., Page]]:
    hire(field, NAME, "staff")
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    errors: list[str] = []
    context.on("weberror", lambda error: errors.append(str(error.error)))
    sign_in(context.new_page(), field, NAME).close()

    def make() -> Page:
        page = context.new_page()
        page.on("dialog", lambda dialog: dialog.accept())
        page.goto(f"{field.url}/office/test/drafts/{draft}")
        page.locator("#writing[data-ready]").wait_for()
        return page

    yield make
    context.close()
    assert errors == []


def standing(field: Field, draft: str) -> section_texts.Standing:
    with field.store.reading() as tx:
        return section_texts.standing(tx, draft)["outcome"]


def kept(field: Field, draft: str) -> set[str]:
    with field.store.reading() as tx:
        return {each.text for each in section_texts.history(tx, draft, "outcome")}


def write(page: Page, text: str) -> None:
    page.locator(AREA).focus()
    page.keyboard.press("Control+End")
    page.keyboard.type(text)


def test_two_tabs_a_cut_network_and_a_lost_page_lose_no_word(
    field: Field, desk: Callable[..., Page], draft: str
) -> None:
    one, two = desk(), desk()
    write(one, "The first tab.")
    expect(one.locator("#kept")).to_have_text("Everything is kept")
    write(two, "The second tab.")  # it does not know of the first
    expect(two.locator("#s-outcome .beside-now")).to_be_visible()
    stands = standing(field, draft)
    assert (stands.head.text, [each.text for each in stands.beside]) == ("The first tab.", ["The second tab."])

    # The server goes while the first tab is typing; the page is closed, and opened again once it is back.
    field.stop()
    write(one, " Typed with no network.")
    expect(one.locator("#kept")).to_contain_text("No connection")
    one.close(run_before_unload=False)
    field.start()
    again = desk()
    expect(again.locator(AREA)).to_have_value("The first tab. Typed with no network.")
    expect(again.locator("#kept")).to_have_text("Everything is kept")
    assert standing(field, draft).head.text == "The first tab. Typed with no network."
    assert again.evaluate(UNSENT) == 0, "what the server has is no longer kept here"
    assert again.evaluate("localStorage.length") == 0

    # A page that is left in the middle of a word hands it over on its way.
    write(again, " Left at once.")
    again.reload()
    expect(again.locator(AREA)).to_have_value("The first tab. Typed with no network. Left at once.")
    assert {"The second tab.", "The first tab. Typed with no network. Left at once."} <= kept(field, draft)

    # An answer that is lost on its way back is no second person.
    again.route("**/sections/outcome/text", lambda route: (route.fetch(), route.abort()))
    write(again, " Heard twice.")
    expect(again.locator("#kept")).to_contain_text("No connection")
    again.unroute("**/sections/outcome/text")
    write(again, " And on.")
    expect(again.locator("#kept")).to_have_text("Everything is kept")
    stands = standing(field, draft)
    assert stands.head.text.endswith("Heard twice. And on.")
    assert len(stands.beside) == 1


def test_words_taken_back_while_they_are_on_their_way_are_taken_back(
    field: Field, desk: Callable[..., Page], draft: str
) -> None:
    page = desk()
    write(page, "Calm.")
    expect(page.locator("#kept")).to_have_text("Everything is kept")
    held: list[Route] = []
    page.route("**/sections/outcome/text", lambda route: held.append(route))
    page.keyboard.type(" Bad")
    for _ in range(50):
        page.wait_for_timeout(100)
        if held:
            break
    for _ in range(4):
        page.keyboard.press("Backspace")
    held[0].continue_()
    page.unroute("**/sections/outcome/text")
    expect(page.locator(AREA)).to_have_value("Calm.")
    expect(page.locator("#kept")).to_have_text("Everything is kept")
    assert standing(field, draft).head.text == "Calm."
    assert kept(field, draft) >= {"Calm. Bad"}


def test_a_session_that_ends_in_the_middle_of_a_word_loses_none(
    field: Field, desk: Callable[..., Page], draft: str
) -> None:
    page = desk()
    write(page, "Before.")
    expect(page.locator("#kept")).to_have_text("Everything is kept")
    page.context.clear_cookies()
    write(page, " After.")
    expect(page.locator("#kept")).to_contain_text("Signed out")
    page.keyboard.press("Control+Space")
    expect(page.locator("#picker-count")).to_contain_text("can’t be fetched")
    page.keyboard.press("Escape")
    assert standing(field, draft).head.text == "Before."
    sign_in(page.context.new_page(), field, NAME).close()
    page.reload()
    expect(page.locator(AREA)).to_have_value("Before. After.")
    expect(page.locator("#kept")).to_have_text("Everything is kept")
    assert standing(field, draft).head.text == "Before. After."


def test_a_figure_is_put_into_the_text_by_keys_alone(field: Field, desk: Callable[..., Page], draft: str) -> None:
    page = desk()
    page.mouse.click = None  # type: ignore[method-assign]  # whoever reaches for the mouse fails
    keys = page.keyboard
    write(page, "Reports: . End")
    for _ in range(5):
        keys.press("ArrowLeft")
    keys.press("Control+Space")
    expect(page.locator("#picker-query")).to_be_focused()
    page.locator("#picker-list li").first.wait_for()
    every = page.locator("#picker-list li").count()
    keys.type("voting")
    assert 0 < page.locator("#picker-list li").count() < every
    keys.press("ArrowDown")
    name = page.locator("#picker-list [aria-selected=true]").get_attribute("data-name")
    keys.press("Enter")
    expect(page.locator("#picker")).to_be_hidden()
    expect(page.locator(AREA)).to_be_focused()
    expect(page.locator(AREA)).to_have_value(f"Reports: [[{name} of]]. End")
    expect(page.locator("#s-outcome [data-seen] :is(.figure, .gap)")).to_have_count(1)
    expect(page.locator("#kept")).to_have_text("Everything is kept")
    keys.press("Control+Z")
    expect(page.locator(AREA)).to_have_value("Reports: . End")
    keys.press("Control+Shift+Z")
    expect(page.locator(AREA)).to_have_value(f"Reports: [[{name} of]]. End")
    keys.press("Control+Space")
    keys.press("Escape")
    expect(page.locator(AREA)).to_be_focused()
    keys.press("Alt+PageDown")
    expect(page.locator("textarea[name='text:thanks']")).to_be_focused()
    keys.press("Alt+PageUp")
    expect(page.locator(AREA)).to_be_focused()
    expect(page.locator("#kept")).to_have_text("Everything is kept")
    assert standing(field, draft).head.text == f"Reports: [[{name} of]]. End"


def test_words_typed_with_no_network_are_there_after_the_browser_is_killed(
    field: Field, playwright: Playwright, draft: str, tmp_path: Path
) -> None:
    hire(field, NAME, "staff")

    def opened() -> Page:
        context = playwright.chromium.launch_persistent_context(
            str(tmp_path / "profile"), executable_path=chromium(), args=ARGS
        )
        page = sign_in(context.new_page(), field, NAME)
        page.goto(f"{field.url}/office/test/drafts/{draft}")
        page.locator("#writing[data-ready]").wait_for()
        return page

    page = opened()
    field.stop()
    for part in ("Typed ", "and never ", "sent."):  # each pause tries to send, and fails
        write(page, part)
        expect(page.locator("#kept")).to_contain_text("No connection")
    kill_browser_of(tmp_path / "profile")
    field.start()
    page = opened()
    expect(page.locator(AREA)).to_have_value("Typed and never sent.")
    expect(page.locator("#kept")).to_have_text("Everything is kept")
    assert standing(field, draft).head.text == "Typed and never sent."
    page.context.close()


def test_typing_asks_the_server_at_pauses_only_and_words_taken_back_do_not_return(
    field: Field, desk: Callable[..., Page], draft: str
) -> None:
    page = desk()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.locator(AREA).focus()
    page.keyboard.type("Many words, typed in one go, with no pause between them at all.", delay=20)
    expect(page.locator("#kept")).to_have_text("Everything is kept")
    assert len(asked) <= 2
    page.keyboard.type("x")
    page.keyboard.press("Backspace")
    expect(page.locator("#kept")).to_have_text("Everything is kept")
    page.wait_for_timeout(800)
    assert page.evaluate(UNSENT) == 0
    page.keyboard.press("Control+Space")
    page.locator("#picker-list li").first.wait_for()
    asked.clear()
    page.keyboard.type("voting reports", delay=20)
    page.wait_for_timeout(300)
    assert len(asked) <= 2


def test_what_is_pasted_from_a_word_processor_is_plain_text_that_can_be_undone(desk: Callable[..., Page]) -> None:
    page = desk()
    write(page, "Before. ")
    page.evaluate(PASTED, [AREA, WORD, "Сайлау күні тыныш өтті."])
    expect(page.locator(AREA)).to_have_value("Before. Сайлау күні тыныш өтті.\n\n- біріншісі\n- екінші\n\nСоңы.")
    assert page.evaluate("window.ran") is None
    page.keyboard.press("Control+Z")
    expect(page.locator(AREA)).to_have_value("Before. ")
    page.evaluate(PASTED, [AREA, "", "\u2022\tone\r\n\u2022\ttwo\u00a0things"])
    expect(page.locator(AREA)).to_have_value("Before. - one\n- two things")
    expect(page.locator("#kept")).to_have_text("Everything is kept")


def test_axe_finds_nothing_with_everything_open_on_a_small_dark_screen(
    field: Field, browser: Browser, draft: str
) -> None:
    hire(field, NAME, "staff")
    context = browser.new_context(viewport={"width": 320, "height": 700}, color_scheme="dark", bypass_csp=True)
    page = sign_in(context.new_page(), field, NAME)
    page.goto(f"{field.url}/office/test/drafts/{draft}")
    page.locator("#writing[data-ready]").wait_for()
    page.evaluate("for (const each of document.querySelectorAll('details')) each.open = true")
    write(page, "### Calm\n\n[[no_such_figure of]]")
    expect(page.locator("#s-outcome [data-troubles] li")).to_have_count(1)
    found = Axe().run(page).response["violations"]
    page.keyboard.press("Control+Space")
    page.locator("#picker-list li").first.wait_for()
    found += Axe().run(page).response["violations"]
    assert [(each["id"], each["nodes"][0]["html"]) for each in found] == []
    assert page.evaluate("document.documentElement.scrollWidth") == 320
    low = page.evaluate(
        """() => [...document.querySelectorAll("main :is(a, button, select, summary, input:not([type=hidden]))")]
            .filter((each) => each.offsetParent && getComputedStyle(each).display !== "inline")
            .filter((each) => each.offsetHeight < 44)
            .map((each) => each.outerHTML.slice(0, 80))"""
    )
    assert low == [], "a finger needs 44 px"
    context.close()


def test_two_people_take_a_statement_from_new_figures_past_a_correction_to_its_withdrawal(
    field: Field, desk: Callable[..., Page], browser: Browser
) -> None:
    writer = desk()
    hire(field, "second", "staff")
    context = browser.new_context(viewport={"width": 390, "height": 844})
    second = sign_in(context.new_page(), field, "second")

    def publish(one: str) -> str:
        """Ask as one person, approve and publish as the other; each ticks off what the checks point at."""
        for page, acts in ((writer, ["Ask for approval"]), (second, ["Approve", "Publish as version"])):
            page.goto(f"{one}/approval")
            for act in acts:
                for box in page.locator("[name=seen]:not(:disabled)").all():
                    assert not box.is_checked(), "nobody's ticks are another one's"
                    box.check()
                page.get_by_role("button", name=act).click()
                expect(page.locator("main > .message.good").first).to_be_visible()
        return second.url

    # A report comes after the figures were frozen: said as it was then and as it is now, and taken in by one press.
    address = writer.url
    write(writer, "Reports: [[voting_observed of]].")
    writer.locator("textarea[name='text:congratulations']").fill("The mission congratulates the people.")
    expect(writer.locator("#kept")).to_have_text("Everything is kept")
    send(field)
    writer.get_by_role("link", name="Figures then and now").click()
    expect(writer.locator("main")).to_contain_text("1 report came since.")
    writer.get_by_role("button", name="Freeze the figures").click()
    expect(writer.locator("main")).to_contain_text("The draft now rests on the new figures")
    assert writer.locator("table.figures thead th").nth(2).inner_text() == "In the draft", "then before now"
    expect(writer.locator("main")).to_contain_text("No report came since")

    late = desk()
    first = publish(address)
    with second.expect_download() as given:
        second.locator(".head a", has_text="PDF").evaluate("(link) => { link.download = ''; link.click(); }")
    assert given.value.path().read_bytes().startswith(b"%PDF-")

    # Words that come after publication are shown to be copied.
    write(late, " Too late.")
    expect(late.locator("#s-outcome [data-state]")).to_contain_text("published")
    late.reload()
    expect(late.locator("#left-over textarea")).to_have_value("Reports: [[voting_observed of]]. Too late.")
    assert late.locator(AREA).count() == 0
    late.click("#left-over button")
    expect(late.locator("#left-over")).to_be_hidden()
    late.reload()
    expect(late.locator("#left-over")).to_be_hidden()

    # A colleague is sent one chapter of the correction.
    writer.goto(first)
    writer.fill("[name=reason]", "A word was wrong.")
    writer.get_by_role("button", name="Begin a correction").click()
    writer.locator("#writing[data-ready]").wait_for()
    correction = writer.url
    writer.locator("#s-outcome").get_by_role("link", name="This section alone").click()
    writer.locator("#writing[data-ready]").wait_for()
    assert writer.locator("[data-section]").evaluate_all("(all) => all.map((each) => each.dataset.section)") == [
        "outcome", "thanks", "congratulations",
    ]  # fmt: skip
    write(writer, " It was corrected.")
    expect(writer.locator("#kept")).to_have_text("Everything is kept")
    writer.get_by_role("link", name="What it changes").click()
    expect(writer.locator(".compared")).to_have_count(1)
    expect(writer.locator("ins")).to_contain_text("It was corrected.")

    # It is given up: the reports themselves were false.
    writer.goto(correction)
    writer.get_by_role("button", name="Put this draft aside").click()
    writer.goto(first)
    writer.fill("[name=reason]", "The reports were false.")
    writer.get_by_role("button", name="Begin a withdrawal").click()
    expect(writer.locator("main")).to_contain_text("It needs no text")
    publish(writer.url)
    expect(second.locator("main")).to_contain_text("Notice of withdrawal.")
    second.goto(f"{field.url}/office/test/statements")
    for said in ("Notice of withdrawal.", "Withdrawn by version 2.", "put aside"):
        expect(second.locator("main")).to_contain_text(said)
    assert second.evaluate("document.documentElement.scrollWidth") == 390
    context.close()
