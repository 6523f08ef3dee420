"""Every page that the app's own list of addresses names: for everyone, in every state of sight, hand and language."""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect
from werkzeug.routing import Rule

from observer_kit.storage import missions, releases, section_texts, statements, tray
from observer_kit.web import frozen_sets, numbers
from tests.browser import field as small
from tests.browser.conftest import Field, Phone
from tests.browser.staff import hire, sign_in
from tests.browser.test_pages import walk

pytestmark = pytest.mark.browser

NAME = "administrator"
NO_PAGES = re.compile(
    r"/(api|static|language)/|\.(csv|xlsx|json|js|webmanifest|jpg|pdf|crt|pem|zip)$|/sw\.js|words\.json|/o/shell/"
)
"""Addresses that answer with data, not with a page."""

FILES = re.compile(r"/statements/(<mission_code>/)?<name>|/paper\.<|/photos?/|/attachments/|/sheets?\b.*pdf|/receipts")
"""Addresses that answer with a document made for saving."""


def pages(field: Field, language: str, report: str) -> list[str]:
    """Give the address of every page, from the app's own map; a rule that this table can't fill fails the test."""
    given: dict[str, str] = {
        "language": language, "mission": small.MISSION, "mission_code": small.MISSION, "checklist": "voting",
        "version": field.version("voting"), "name": "env_unauthorised_present", "id": report, "team": "T01",
        "token": tray.put(field.config, small.MISSION, [("9f3c01aa.txt", io.BytesIO("обрыв\n".encode()))], ["no code"]),
        **drafted(field),
    }  # fmt: skip
    found = []
    for rule in sorted(field.app.url_map.iter_rules(), key=str):
        if "GET" not in (rule.methods or ()) or NO_PAGES.search(str(rule)) or FILES.search(str(rule)):
            continue
        found += [field.url + address for address in _addresses(field, rule, given)]
    return found


def drafted(field: Field) -> dict[str, str]:
    """Begin a statement, write beside it from another page, and publish another one: for the pages of the office."""
    with field.store.reading() as tx:
        mission = missions.get(tx, small.MISSION)
    draft, gone = (frozen_sets.begin(field.store, mission, style="sco", language="en", by=None) for _ in range(2))
    with field.store.atomic() as tx:
        base = section_texts.standing(tx, draft)["outcome"].head.sequence
        for tab in "ab":
            section_texts.save(
                tx, small.MISSION, draft, "outcome", f"It was calm, says {tab}.", base=base, tab=tab, turn=1, by=None
            )
        found = statements.get(tx, small.MISSION, gone)
        release = releases.publish(
            tx, found, digest=statements.digest(tx, found), version=1, sha256=releases.keep(field.config, b"%PDF-1.7"),
            size=8, by=None, content={"style": "sco", "language": "en", "texts": {}, "used": {}, "sections": []},
        )  # fmt: skip
    figure = numbers.definitions(mission)[0].name
    return {"draft": draft, "section": "outcome", "release": str(release), "figure": figure}


def _addresses(field: Field, rule: Rule, given: dict[str, str]) -> Iterator[str]:
    places = ["enrol", "queue", "missing"]
    if "place" in rule.arguments:
        places = re.findall(r"<any\(([^)]*)\):place>", str(rule))[0].replace(" ", "").replace("'", "").split(",")
    for place in places if "place" in rule.arguments else [""]:
        values = {**given, "place": place}
        unknown = rule.arguments - set(values)
        assert not unknown, f"{rule}: what to put for {unknown}?"
        with field.app.test_request_context():
            yield field.app.url_map.bind("127.0.0.1").build(
                rule.endpoint, {name: values[name] for name in rule.arguments}
            )


@pytest.fixture
def office(field: Field, browser: Browser) -> Iterator[Callable[..., Page]]:
    """Give a maker of pages that are signed in as administrator, each in a context of its own."""
    hire(field, NAME, "administrator", "*")
    contexts = []

    def make(language: str, **more: Any) -> Page:
        context = browser.new_context(**more)
        contexts.append(context)
        page = context.new_page()
        page.goto(f"{field.url}/language/{language}")
        return sign_in(page, field, NAME)

    yield make
    for context in contexts:
        context.close()


def delivered(field: Field, phones: Callable[..., Phone]) -> str:
    """Send one report with a low rating and a comment, and one incident; give the first one's id."""
    phone = phones(field).enrol()
    phone.fill_voting()
    phone.finish()
    phone.wait_state("delivered")
    return str(phone.records()[0]["id"])


LATIN = re.compile(r"[A-Za-z]{3,}")
ALLOWED = re.compile(
    r"Observer Kit|JavaScript|Karaganda region|[Tt]est( phone)?|Asia/Almaty|English|SHA-256|PDF|CSV|XLSX|JSON|JPEG"
    r"|DOCX|HTML|TXT|Markdown"
    r"|HTTPS?|XLS|ODS|utf-(?:8|16)|ECDSA|SQLite|PostgreSQL|PIN|Android|iOS|iPhone|iPad|[0-9a-f]+\.txt|Chrome|Safari|Firefox|Windows|macOS|Linux|Debian|Wi-Fi"
    r"|ODIHR|OSCE|\b(?:EOM|RAM|[IVX]+)\b|PEM|[Mm]ission test|Team \w+|\bT\d\d\b|[a-z]+_[a-z_]+"
    r"|[a-z]+\.(?:csv|toml)\b|\b(?:Ctrl|Shift|Alt|Enter|Space|Escape|Backspace)\b"
    r"|[0-9a-f]{6,}|[\w.-]+@[\w.-]+|https?://\S+|administrator|Organisation"
)
"""Names, file kinds, keys, ids, and the little mission's own words, which are in one language."""


def foreign(page: Page, address: str) -> set[str]:
    """Find what a page says in English to somebody who reads another language."""
    said = page.evaluate(
        """() => {
                const said = [document.title];
                const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
                while (walker.nextNode()) {
                    const parent = walker.currentNode.parentElement;
                    if (parent.closest("script, style, noscript, [lang=en], code, pre, .mono")) continue;
                    said.push(walker.currentNode.data);
                }
                for (const each of document.querySelectorAll("[aria-label], [title], [placeholder], [alt]"))
                    if (!each.closest("[lang=en]"))
                        for (const name of ["aria-label", "title", "placeholder", "alt"])
                                said.push(each.getAttribute(name) || "");
                return said;
        }"""
    )
    return {f"{address}: {text.strip()[:80]}" for text in said if LATIN.search(ALLOWED.sub(" ", text))}


@pytest.mark.parametrize(
    ("language", "scheme", "width"), [("en", "light", 1280), ("ru", "dark", 320), ("kk", "light", 390)]
)
def test_axe_and_a_reader_find_nothing_on_any_address(
    field: Field, phones: Callable[..., Phone], office: Callable[..., Page], language: str, scheme: str, width: int
) -> None:
    report = delivered(field, phones)
    page = office(language, color_scheme=scheme, viewport={"width": width, "height": 800}, bypass_csp=True)
    found: list[str] = []
    left: set[str] = set()
    seen = pages(field, language, report)
    for address in seen:
        answer = page.goto(address)
        assert answer is not None
        assert answer.ok, f"{address} answered {answer.status}"
        result = Axe().run(page)
        found += [f"{address}: {each['id']}: {[node['html'][:140] for node in each['nodes']][:3]}"
                  for each in result.response["violations"]]  # fmt: skip
        if page.evaluate("document.documentElement.scrollWidth") > width:
            found.append(f"{address}: wider than {width} px")
        if language != "en" and not address.endswith(("/o/", "/plain/")):  # these lead on to the browser's own language
            left |= foreign(page, address)
    assert not found, "\n".join(found)
    assert not left, "\n".join(sorted(left))
    assert len(seen) > 20


def test_twice_the_text_size_hides_and_overlaps_nothing(field: Field, phones: Callable[..., Phone]) -> None:
    phone = phones(field, "kk", viewport={"width": 390, "height": 844})
    text = phone.context.new_cdp_session(phone.page)
    text.send("Page.setFontSizes", {"fontSizes": {"standard": 32, "fixed": 26}})
    wide: list[str] = []

    def look(page: Page, name: str) -> None:
        assert page.evaluate("getComputedStyle(document.documentElement).fontSize") == "32px"
        if page.evaluate("document.documentElement.scrollWidth") > 390:
            wide.append(name)
        wide.extend(
            f"{name}: {text}"
            for text in page.evaluate(
                """() => [...document.querySelectorAll("h1, h2, p, a, button, label, legend, summary")]
                    .filter((each) => each.offsetParent && each.scrollWidth > each.clientWidth + 1
                        && getComputedStyle(each).display !== "inline")
                    .map((each) => each.textContent.trim().slice(0, 40))"""
            )
        )

    walk(phone, look)
    assert not wide, "\n".join(wide)


def test_in_forced_colours_an_answer_that_is_chosen_looks_chosen(field: Field, phones: Callable[..., Phone]) -> None:
    phone = phones(field, forced_colors="active")
    page = phone.enrol().begin()
    phone.station()
    phone.turn("people")
    phone.answer("env_unauthorised_present", "yes")
    looks = page.evaluate(
        """() => ["yes", "no"].map((code) => {
            const label = document.querySelector(`label[for=q-env_unauthorised_present-${code}]`);
            const { backgroundColor, color, outlineWidth, borderTopWidth, forcedColorAdjust } = getComputedStyle(label);
            return JSON.stringify({ backgroundColor, color, outlineWidth, borderTopWidth, forcedColorAdjust });
        })"""
    )
    assert looks[0] != looks[1]


def test_with_reduced_motion_nothing_moves(field: Field, phones: Callable[..., Phone]) -> None:
    phone = phones(field, reduced_motion="reduce")
    moving: list[str] = []

    def look(page: Page, name: str) -> None:
        moving.extend(
            f"{name}: {each}"
            for each in page.evaluate(
                """() => [...document.querySelectorAll("*")].filter((each) => {
                    const style = getComputedStyle(each);
                    return parseFloat(style.transitionDuration) > 0.01 || parseFloat(style.animationDuration) > 0.01
                        || style.scrollBehavior === "smooth";
                }).map((each) => each.tagName + "." + each.className)"""
            )
        )

    walk(phone, look)
    assert not moving, "\n".join(moving)


def test_a_language_written_from_right_to_left_turns_every_page_round(
    field: Field, phones: Callable[..., Phone]
) -> None:
    phone = phones(field, viewport={"width": 320, "height": 568})
    phone.context.add_init_script(
        "addEventListener('DOMContentLoaded', () => { document.documentElement.dir = 'rtl'; });"
    )
    wrong: list[str] = []

    def look(page: Page, name: str) -> None:
        if page.evaluate("document.documentElement.scrollWidth") > 320:
            wrong.append(f"{name}: scrolls sideways")
        back = page.locator(".back")
        if back.count() and back.is_visible():
            box = back.bounding_box()
            assert box is not None
            if box["x"] < 160:
                wrong.append(f"{name}: the way back stayed on the left")
        for heading in page.locator("h1:visible, h2:visible, legend:visible").all()[:6]:
            if heading.evaluate("each => getComputedStyle(each).textAlign") in ("left", "-webkit-left"):
                wrong.append(f"{name}: {heading.text_content()} is set to the left")

    walk(phone, look)
    expect(phone.page.locator("html")).to_have_attribute("dir", "rtl")
    assert not wrong, "\n".join(wrong)
